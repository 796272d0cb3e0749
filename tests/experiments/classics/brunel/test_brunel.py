"""The sparse network: its description, what is measured of given spikes, a small run and its figure."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import Hz, mV

import bnsim
from bnsim.recording import Recording, SpikeTimes
from experiments.classics.brunel import CLASSIC, REGIMES, figure, measure
from experiments.run_directory import Run
from experiments.spec import Measurement
from tests.experiments.classics.runs import passed, run_tiny
from tests.experiments.digits import tiny

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("inputs", [1000, 100])
def test_the_outer_input_alone_brings_the_mean_to_eta_times_the_threshold(inputs: int) -> None:
    """Rate times weight times time constant; and the weights of the paper for its 1000 inputs."""
    config = tiny(CLASSIC, neurons=2500, inputs=inputs)
    for regime, (strength, external) in REGIMES.items():
        network = measure.network(config, REGIMES[regime], 0.1)
        (drive,) = network["E"].drives
        assert isinstance(drive, bnsim.PoissonDrive)
        mean = float(drive.rate / Hz) * float(drive.weight / mV) * 0.020
        assert mean == pytest.approx(external * 20)
        assert float(drive.weight / mV) == pytest.approx(100 / inputs)
        weights = {projection.source: float(projection.weights / mV) for projection in network.projections}
        assert weights["I"] == pytest.approx(-strength * weights["E"])
        assert network["E"].size == 4 * network["I"].size == 2000


def test_initial_potentials_lie_between_reset_and_threshold() -> None:
    network = measure.network(tiny(CLASSIC), REGIMES["AI"], 0.1)
    for population in network.populations:
        low, high = population.initial["v"].bounds
        assert (float(low / mV), float(high / mV)) == pytest.approx((10.0, 20.0))


def test_rate_variation_and_frequency_of_given_spikes() -> None:
    """Each neuron fires every 20 ms, a half of a millisecond after the one before it: a square wave of 50 Hz."""
    config = tiny(CLASSIC, neurons=20, duration=1000)
    spikes = {}
    for name, units in (("E", np.arange(16)), ("I", np.arange(4))):
        delays = 0.0005 * (units + (16 if name == "I" else 0))
        times = 0.2 + 0.020 * np.arange(50)[:, None] + delays
        spikes[name] = SpikeTimes(np.zeros(times.size, int), np.tile(units, 50), times.ravel())
    counts = {name: np.full((1, size), 50) for name, size in (("E", 16), ("I", 4))}
    recording = Recording(1.0, 1e-4, np.zeros(1, np.uint64), counts, spikes, start=0.2)
    measured = list(measure.measured(config, "AI", recording, seed=0))
    assert _only(measured, "rate").value == pytest.approx(50.0)
    assert _only(measured, "variation").value == pytest.approx(0.0, abs=1e-9)
    assert _only(measured, "frequency").value == pytest.approx(50.0, abs=2.0)
    shown = [row for row in measured if row.metric == "spike"]
    assert len(shown) == 10 * 16  # the last 200 ms
    assert {row.step for row in shown if row.facts["neuron"] == 0} == set(range(0, 2000, 200))
    assert {row.step for row in shown if row.facts["neuron"] == 3} == set(range(15, 2000, 200))
    assert _only(measured, "rate").facts == {"regime": "AI", "neurons": 20, "inputs": config.inputs, "dt": 0.1}
    # Within the 10 ms of 20 spikes there are two in each bin of 1 ms, in the other 10 ms none: 100 and 0 Hz.
    state = {row.metric: row for row in measure.state(config, (5.0, 2.0), recording)}
    assert state["synchrony_at"].value == pytest.approx(1.0)
    assert state["rate_at"].value == pytest.approx(50.0)
    assert state["variation_at"].facts == {"g": 5.0, "eta": 2.0}


def _only(measured: list[Measurement], metric: str) -> Measurement:
    (found,) = [row for row in measured if row.metric == metric]
    return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    points: dict[str, list[float]] = {"steps": [0.1, 0.5], "strengths": [3.0, 5.0], "externals": [2.0]}
    return run_tiny("brunel", tmp_path_factory.mktemp("brunel"), **points)


def test_a_small_run_is_drawn_and_told(run: Run) -> None:
    assert passed(run) == {}  # no figure was published for so small a network
    assert figure.draw(run).keys() == {"brunel", "brunel_convergence", "brunel_diagram"}
    (sentence,) = figure.sentences(run)
    assert sentence.startswith("AI: neurons fire at ")
