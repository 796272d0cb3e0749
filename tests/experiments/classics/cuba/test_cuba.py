"""The network with synaptic currents: its description, what is measured of given spikes, a small run and its figure."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import mV

from bnsim.recording import Recording, SampledTrace, SpikeTimes
from experiments.classics.cuba import CLASSIC, figure, measure
from experiments.run_directory import Run
from experiments.spec import Measurement
from tests.experiments.classics.runs import passed, run_tiny

pytestmark = pytest.mark.slow


def test_weights_are_those_of_the_review() -> None:
    """0.27 nS over 60 mV and 4.5 nS over 20 mV, both from -60 mV, relative to a leak of 10 nS."""
    network = measure.network(0.1)
    weights = {projection.source: float(projection.weights / mV) for projection in network.projections}
    assert weights == pytest.approx({"E": 60 * 0.27 / 10, "I": -20 * 4.5 / 10})
    assert network["E"].size == 4 * network["I"].size == 3200


def recorded(fire: int, period: int) -> Recording:
    """Spikes from 0.5 s on for 0.5 s: the first `fire` neurons of E in every `period` steps of 1 ms, together."""
    times = 0.5 + 1e-3 * np.arange(0, 500, period)
    spikes = SpikeTimes(np.zeros(len(times) * fire, int), np.tile(np.arange(fire), len(times)), np.repeat(times, fire))
    none = SpikeTimes(np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    counts = {"E": np.zeros((1, 80), int), "I": np.zeros((1, 20), int)}
    counts["E"][0, :fire] = len(times)
    trace = SampledTrace(np.linspace(-0.06, -0.05, 500)[None, :, None], 0.5 + 1e-3 * np.arange(500), "V", np.array([0]))
    return Recording(
        0.5, 1e-3, np.zeros(1, np.uint64), counts, {"E": spikes, "I": none}, {"E": {"v": trace}}, start=0.5
    )


def only(measured: list[Measurement], metric: str) -> float:
    (found,) = [row.value for row in measured if row.metric == metric]
    return found


def test_rate_variation_and_synchrony_of_given_spikes() -> None:
    """Half of the neurons fire every 10 ms, all at once: 50 spikes in every other bin, of variance 625 and mean 25."""
    measured = list(measure.measured(CLASSIC, recorded(fire=50, period=10), dt=1.0))
    assert only(measured, "rate") == pytest.approx(50.0)
    assert only(measured, "variation") == pytest.approx(0.0, abs=1e-9)
    assert only(measured, "synchrony") == pytest.approx(25.0)


def test_shares_and_what_is_shown() -> None:
    """Half of the neurons fire at 100 Hz, the others not at all."""
    recording = recorded(fire=50, period=10)
    shares = list(measure.shares(CLASSIC, recording))
    assert [(row.step, row.value) for row in shares if row.value] == [(0, 0.5), (50, 0.5)]
    shown = list(measure.shown(CLASSIC, recording))
    assert {row.step for row in shown if row.metric == "spike"} == set(range(0, 400, 10))
    assert {row.facts["neuron"] for row in shown if row.metric == "spike"} == set(range(50))
    potential = [row.value for row in shown if row.metric == "potential"]
    assert potential == pytest.approx(np.linspace(-60, -50, 500)[100:].tolist())


def test_a_silent_network_has_neither_variation_nor_synchrony() -> None:
    measured = list(measure.measured(CLASSIC, recorded(fire=0, period=10), dt=1.0))
    assert [(row.metric, row.value) for row in measured] == [("rate", 0.0)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("cuba", tmp_path_factory.mktemp("cuba"))


def test_a_small_run_is_drawn_and_told(run: Run) -> None:
    # The variation was measured in 5 s; in another time it is another.
    assert passed(run).keys() == {"rate in NEST"}
    assert figure.draw(run).keys() == {"cuba"}
    (sentence,) = figure.sentences(run)
    assert sentence.startswith("With a time step of 0.1\N{NO-BREAK SPACE}ms neurons fire at ")
