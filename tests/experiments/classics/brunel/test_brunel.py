"""The sparse network: its description, what is measured of given spikes, a small run and its figure."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import Hz, ms, mV

import bnsim
from bnsim.description import canonical
from bnsim.program import lower
from bnsim.recording import Recording, SpikeTimes
from experiments.classics.brunel import CLASSIC, REGIMES, STATES, figure, mean_field, measure, states
from experiments.run_directory import Run
from experiments.shared.siegert import siegert_rate
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
    # Within the 10 ms of 20 spikes there is one in each bin of 0.5 ms, in the other 10 ms none: 100 and 0 Hz. Each of
    # the 16 excitatory neurons has a spike in one bin of 1 ms of 20, and they share 8 such bins two by two.
    point = {"g": 5.0, "eta": 2.0, "neurons": 20, "inputs": config.inputs}
    state = {row.metric: row for row in states.state(recording, point) if row.metric != "share_at"}
    assert state["modulation_at"].value == pytest.approx(1.0)
    assert state["rate_at"].value == pytest.approx(50.0)
    assert state["frequency_at"].value == pytest.approx(50.0, abs=2.0)
    mean, of_each = (8 / 20) / 8, 1 / 20 * (1 - 1 / 20)
    assert state["synchrony_at"].value == pytest.approx(np.sqrt((8 / 20 / 64 - mean**2) / of_each))
    assert state["chance_at"].value == pytest.approx(16**-0.5)
    assert state["variation_at"].facts == point
    shares = {row.facts["regime"]: row.value for row in states.state(recording, point) if row.metric == "share_at"}
    assert shares == {regime: float(regime == "SR") for regime in STATES}


def test_a_network_without_spikes_is_silent_and_has_no_other_measure() -> None:
    spikes = {name: SpikeTimes(np.zeros(0, int), np.zeros(0, int), np.zeros(0)) for name in ("E", "I")}
    counts = {"E": np.zeros((1, 16), int), "I": np.zeros((1, 4), int)}
    recording = Recording(1.0, 1e-4, np.zeros(1, np.uint64), counts, spikes, start=0.2)
    measured = list(states.state(recording, {"g": 8.0, "eta": 0.5, "neurons": 20, "inputs": 4}))
    assert {row.metric for row in measured} == {"rate_at", "share_at"}
    assert [row.facts["regime"] for row in measured if row.metric == "share_at" and row.value] == ["silent"]


@pytest.mark.parametrize(
    ("rate", "irregular", "modulation", "frequency", "regime"),
    [
        (0.09, 0.5, 5.0, 20.0, "silent"),
        (312.0, 0.0, 1.5, 625.0, "SR"),
        (200.0, 0.1, 0.3, 200.0, "AR"),
        (37.0, 0.4, 0.57, 120.0, "AI"),
        (60.0, 0.9, 1.0, 176.0, "SI-fast"),
        (5.0, 0.4, 1.6, 23.0, "SI-slow"),
        (2.0, np.nan, 1.6, 23.0, "SI-slow"),  # no neuron has three spikes
    ],
)
def test_the_rule(rate: float, irregular: float, modulation: float, frequency: float, regime: str) -> None:
    assert states.named(rate, irregular, modulation, frequency) == regime


@pytest.mark.parametrize(("regime", "rate"), [("SI-fast", 55.8), ("AI", 38.0), ("SI-slow", 6.5)])
def test_the_mean_field_of_the_paper(regime: str, rate: float) -> None:
    """Rates in theory that the paper gives beside those of its simulations, in continuous time; second-hand."""
    assert mean_field.settled(REGIMES[regime], 1000, 0.1, dt=0.0) == pytest.approx(rate, abs=0.06)


def test_the_mean_field_without_a_network_is_the_rate_of_a_neuron() -> None:
    """Without synapses there is nothing to settle; far below the threshold no neuron fires."""
    sigma = np.sqrt(0.1 * 30)
    alone = siegert_rate(30.0, float(sigma), 20.0, 20.0, 10.0, 2.0, 0.1)
    assert mean_field.settled((4.0, 1.5), 0, 0.1, 0.1) == pytest.approx(alone)
    assert mean_field.settled((8.0, 0.2), 1000, 0.1, 0.1) == 0.0


def test_the_balance_of_excitation_and_inhibition_leaves_the_mean_of_the_outer_input() -> None:
    assert mean_field.moments(50.0, (4.0, 2.0), 1000, 0.1)[0] == pytest.approx(40.0)


def test_theory_is_compared_in_ai_alone() -> None:
    config = tiny(CLASSIC)
    rows = []
    for g, rate, theory, regime in ((5.0, 11.0, 10.0, "AI"), (6.0, 9.0, 10.0, "AI"), (3.0, 300.0, 100.0, "SR")):
        facts = {"g": g, "eta": 2.0, "neurons": 500, "inputs": 100}
        rows += [CLASSIC["rate_at"](rate, **facts), CLASSIC["theory_at"](theory, **facts)]
        rows += [CLASSIC["share_at"](each == regime, **facts, regime=each) for each in STATES]
    (found,) = measure.deviation(config, rows)
    assert found.value == pytest.approx(0.1)
    assert not list(measure.deviation(config, rows[-2 - len(STATES) :]))


def test_one_compilation_serves_the_whole_plane() -> None:
    config = tiny(CLASSIC)
    plane = [measure.network(config, point, 0.1) for point in ((5.0, 2.0), (0.0, 4.0), (8.0, 0.5))]
    programs = [str(canonical(lower(measure.rates_as_data(each), 1e-4))) for each in plane]
    assert len(set(programs)) == 1
    assert len({str(canonical(lower(each, 1e-4))) for each in plane}) == 3


def test_rates_as_data_give_the_spikes_of_a_constant_rate() -> None:
    network = measure.network(tiny(CLASSIC), (5.0, 2.0), 0.5)
    counts = []
    for each in (network, measure.rates_as_data(network)):
        simulator = each.compile(dt=0.5 * ms, backend="numpy")
        _, recording = simulator.run_for(simulator.initial_state(key=1), 30 * ms)
        counts.append(recording.counts["E"])
    assert counts[0].sum() > 0
    assert np.array_equal(*counts)


def _only(measured: list[Measurement], metric: str) -> Measurement:
    (found,) = [row for row in measured if row.metric == metric]
    return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    points: dict[str, list[float]] = {"steps": [0.1, 0.5], "strengths": [3.0, 5.0], "externals": [0.5, 2.0]}
    return run_tiny("brunel", tmp_path_factory.mktemp("brunel"), **points)


def test_a_small_run_is_drawn_and_told(run: Run) -> None:
    assert passed(run) == {}  # no figure was published for so small a network
    assert figure.draw(run).keys() == {"brunel", "brunel_convergence", "brunel_diagram"}
    (sentence,) = figure.sentences(run)
    assert sentence.startswith("AI: neurons fire at ")
