"""The network with synaptic conductances: its two starts, a small run and its figure."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import mV, nS

import bnsim
from experiments.classics.coba import CLASSIC, figure, measure
from experiments.run_directory import Run
from tests.experiments.classics.runs import run_tiny

pytestmark = pytest.mark.slow


def test_a_kick_reaches_some_neurons_for_a_while() -> None:
    """As in NEST's version of the benchmark: 300 Hz to 50 neurons for 50 ms, over synapses like all others."""
    network = measure.network(0.1, "kick")
    (drive,) = network["E"].drives
    assert isinstance(drive, bnsim.PoissonDrive)
    assert isinstance(drive.rate, bnsim.Binned)
    assert np.count_nonzero(drive.rate.numbers) == 50
    assert np.unique(drive.rate.numbers).tolist() == [0.0, 300.0]
    assert drive.synapse == network.projections[0].synapse
    assert float(drive.weight / nS) == float(network.projections[0].weights / nS) == 6.0
    assert not network["I"].drives
    assert not network["E"].initial


def test_drawn_values_reach_potentials_and_conductances_of_both_populations() -> None:
    """Of 800 values and more: three standard errors of their mean are 11 % of their standard deviation."""
    state = measure.network(0.1).compile(backend="numpy").initial_state(key=1)
    expected = {"v": (-65 * mV, 5 * mV), "E_to_{}_g": (40 * nS, 15 * nS), "I_to_{}_g": (200 * nS, 120 * nS)}
    for name in "EI":
        for variable, (mean, deviation) in expected.items():
            drawn = state[f"{name}.{variable.format(name)}"]
            assert abs(drawn.mean() - float(mean)) < 0.11 * float(deviation)
            assert drawn.std() == pytest.approx(float(deviation), rel=0.08)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("coba", tmp_path_factory.mktemp("coba"))


def test_both_starts_lead_to_the_same_state(run: Run) -> None:
    """Two pieces of half a second of a chaotic network: the rate varies by some 5 % from one to the next."""
    found = {
        (entry["metric"], entry["facts"]["start"]): entry["mean"]
        for entry in run.summary["metrics"]
        if "start" in entry["facts"]
    }
    assert found["rate", "kick"] == pytest.approx(found["rate", "drawn"], rel=0.15)
    assert min(found["lasting", start] for start in ("drawn", "kick")) > 0.99
    assert min(found["variation", start] for start in ("drawn", "kick")) > 0.8


def test_a_small_run_is_drawn_and_told(run: Run) -> None:
    assert figure.draw(run).keys() == {"coba"}
    activity, kicked = figure.sentences(run)
    assert activity.startswith("With a time step of 0.1\N{NO-BREAK SPACE}ms neurons fire at ")
    assert kicked.startswith("After a kick of a network at rest, neurons fire at ")
    assert CLASSIC.yardsticks
