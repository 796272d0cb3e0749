"""Firing patterns of Izhikevich's model: criteria on trains made by hand, a small run, and its figure."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.classics.izhikevich_patterns import PATTERNS, figure
from experiments.classics.izhikevich_patterns.measure import currents, recognised
from experiments.run_directory import Run
from tests.experiments.classics.runs import passed, run_tiny

pytestmark = pytest.mark.slow

FLAT = np.full(500, -64.0)


@pytest.mark.parametrize(
    ("intervals", "name"),
    [
        ([5.0, *[30.0] * 7], "regular spiking"),
        ([2.0, 3.0, *[30.0] * 7], "intrinsically bursting"),
        ([2.0, 40.0, 2.0, 40.0, 2.0, 40.0, 2.0, 40.0, 2.0, 40.0], "chattering"),
        ([4.0, 6.0, *[8.0] * 28], "fast spiking"),
        ([3.0, 5.0, 8.0, *[10.0] * 22], "low-threshold spiking"),
        ([12.0, 20.0, *[30.0] * 6], "thalamo-cortical"),
        ([4.0, 5.0, 6.0], "thalamo-cortical, released"),
        ([4.0], ""),
    ],
)
def test_criteria(intervals: list[float], name: str) -> None:
    assert recognised(np.cumsum([20.0, *intervals]), FLAT) == name


def test_a_resonator_overshoots_below_threshold() -> None:
    ringing = FLAT.copy()
    ringing[10] = -62.5
    assert recognised(np.array([60.0, 63.0]), ringing) == "resonator"
    assert recognised(np.zeros(0), ringing) == "resonator"


def test_currents_begin_when_they_should() -> None:
    given = currents(PATTERNS["resonator"])
    assert given[:14].tolist() == [-2, -2, *[-0.5] * 10, 10, -0.5]
    assert len(given) == 50


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("izhikevich-patterns", tmp_path_factory.mktemp("izhikevich-patterns"))


def test_a_small_run_recognises_all_patterns(run: Run) -> None:
    verdicts = passed(run)
    assert len(verdicts) == 8
    assert all(verdicts.values()), verdicts


def test_figure_and_sentence(run: Run) -> None:
    assert figure.draw(run).keys() == {"izhikevich_patterns"}
    assert figure.sentences(run) == ["All 8 patterns were recognised at all time steps."]
