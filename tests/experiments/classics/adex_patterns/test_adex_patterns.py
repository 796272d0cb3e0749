"""Firing patterns of the adaptive exponential neuron: criteria on trains made by hand, a small run, and its figure."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.classics.adex_patterns import PATTERNS, figure
from experiments.classics.adex_patterns.measure import recognised
from experiments.run_directory import Run
from tests.experiments.classics.runs import passed, run_tiny

pytestmark = pytest.mark.slow

CELL = PATTERNS["tonic"]  # a membrane time constant of 20 ms


@pytest.mark.parametrize(
    ("latency", "intervals", "name"),
    [
        (10.0, [20.0] * 48, "tonic"),
        (10.0, [15.0, 17.0, *[20.0] * 47], "adapting"),
        (10.0, [4.0, 5.0, *[20.0] * 48], "initial burst"),
        (31.0, [30.0, 25.0, *[20.0] * 45], "delayed accelerating"),
        (10.0, [5.0, 50.0] * 18, "regular bursting"),
        (31.0, [5.0, 50.0] * 18, "delayed regular bursting"),
        (10.0, [20.0] * 10, "transient"),
        (10.0, [], "transient"),
    ],
)
def test_criteria(latency: float, intervals: list[float], name: str) -> None:
    assert recognised(np.cumsum([latency, *intervals]), 1000, CELL) == name


def test_intervals_that_do_not_repeat_are_irregular() -> None:
    intervals = 20 + 10 * np.sin(np.arange(48) ** 2)
    assert recognised(np.cumsum([10.0, *intervals]), 1000, CELL) == "irregular"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("adex-patterns", tmp_path_factory.mktemp("adex-patterns"))


def test_a_small_run_recognises_all_patterns(run: Run) -> None:
    verdicts = passed(run)
    assert len(verdicts) == 8
    assert all(verdicts.values()), verdicts


def test_figure_and_sentence(run: Run) -> None:
    assert figure.draw(run).keys() == {"adex_patterns"}
    assert figure.sentences(run) == ["All 8 patterns were recognised at all time steps."]
