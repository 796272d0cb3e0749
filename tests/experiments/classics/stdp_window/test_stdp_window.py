"""The STDP window: hand-computed changes, all yardsticks of a small run, and its figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from brian2.units import ms, mV

import bnsim
from experiments.classics.stdp_window import figure
from experiments.classics.stdp_window.measure import closed_solution
from experiments.run_directory import Run
from tests.experiments.classics.runs import passed, run_tiny

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("stdp-window", tmp_path_factory.mktemp("stdp-window"))


def test_closed_solution_by_hand() -> None:
    rule = bnsim.PairSTDP(tau_plus=10 * ms, tau_minus=20 * ms, a_plus=0.1, a_minus=0.2, w_max=1 * mV)
    expected = [-0.2 / np.e, -0.2 * np.exp(-0.5), 0.1 / np.e, 0.1 / np.e**2]
    np.testing.assert_allclose(closed_solution(rule, np.array([-20, -10, 10, 20])), expected, rtol=1e-12)


def test_a_small_run_passes_all_yardsticks(run: Run) -> None:
    verdicts = passed(run)
    assert len(verdicts) == 4
    assert all(verdicts.values()), run.summary["references"]


def test_a_wrong_time_constant_would_be_seen(tmp_path: Path) -> None:
    verdicts = passed(run_tiny("stdp-window", tmp_path, tau_plus=16.9))
    assert verdicts["error of the pair rule, spikes on the grid, step 1 ms"]
    assert not verdicts["time constant of potentiation"]


def test_figure_and_sentence(run: Run) -> None:
    assert figure.draw(run).keys() == {"stdp_window"}
    assert figure.sentences(run) == [
        "Time constants fitted to the simulated window: 16.8\N{NO-BREAK SPACE}ms for potentiation and "
        "33.7\N{NO-BREAK SPACE}ms for depression."
    ]
