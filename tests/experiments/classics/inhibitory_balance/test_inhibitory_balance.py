"""Balance by inhibitory plasticity: the network, the currents of given traces, a small run and its figure."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import Hz

import bnsim
from bnsim.recording import Recording, SampledTrace, SpikeTimes
from experiments.classics.inhibitory_balance import CLASSIC, figure, measure
from experiments.run_directory import Run
from tests.experiments.classics.runs import passed, run_tiny
from tests.experiments.digits import tiny

pytestmark = pytest.mark.slow


def test_the_network_has_the_inputs_of_the_paper_and_its_target() -> None:
    for neurons, probability in ((10_000, 0.02), (2000, 0.1)):
        network = measure.network(tiny(CLASSIC, neurons=neurons), 0.1)
        assert network["E"].size == 4 * network["I"].size == neurons * 4 // 5
        for projection in network.projections:
            assert isinstance(projection.connectivity, bnsim.FixedProbability)
            assert projection.connectivity.probability == pytest.approx(probability)
        (plastic,) = [projection for projection in network.projections if projection.plasticity is not None]
        assert plastic.name == "I_to_E"
        assert isinstance(plastic.plasticity, bnsim.VogelsSTDP)
        assert float(plastic.plasticity.target_rate / Hz) == pytest.approx(6.25)  # 0.25 / (2 x 20 ms)


def test_currents_of_given_traces() -> None:
    """At -55 mV, 10 nS of excitation are 550 pA, besides 200 pA; 20 nS of inhibition are -500 pA."""
    values = {"v": (-0.055, "V"), "E_to_E_g": (1e-8, "S"), "I_to_E_g": (2e-8, "S")}
    traces = {
        "E": {
            name: SampledTrace(np.full((1, 3, 2), value), np.arange(3) / 1e3, unit, np.arange(2))
            for name, (value, unit) in values.items()
        }
    }
    counts = {"E": np.zeros((1, 2), int)}
    excitation, inhibition = measure.currents(Recording(0.003, 1e-3, np.zeros(1, np.uint64), counts, {}, traces))
    np.testing.assert_allclose(excitation, np.full((3, 2), 0.75))
    np.testing.assert_allclose(inhibition, np.full((3, 2), -0.5))


def test_coincidences_of_given_trains() -> None:
    """One pair of neurons fires 20 ms apart, once in a second; another synapse's neurons never fire."""
    times, first = {"I": 0.5, "E": 0.52}, np.zeros(1, int)
    spikes = {name: SpikeTimes(first, first, np.array([time])) for name, time in times.items()}
    counts = {name: np.array([[1, 0]]) for name in times}
    recording = Recording(1.0, 1e-3, np.zeros(1, np.uint64), counts, spikes)
    window = np.exp(-np.abs(np.arange(-160, 161)) / 20).sum()
    found = measure.coincidences(recording, np.array([0, 1]), np.array([0, 1]))
    assert found == pytest.approx(np.exp(-1) * 1000 / window, rel=1e-5)
    assert np.isnan(measure.coincidences(recording, np.array([1]), np.array([0])))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("inhibitory-balance", tmp_path_factory.mktemp("inhibitory-balance"))


def test_plasticity_lowers_the_rate_and_balances_the_currents(run: Run) -> None:
    found = {
        (entry["metric"], entry["facts"]["plasticity"]): entry["mean"]
        for entry in run.summary["metrics"]
        if "plasticity" in entry["facts"] and entry["step"] is None
    }
    # Without inhibition of excitatory neurons, refractoriness limits the rate; with it, 4 s bring it near the target.
    assert found["rate", "before"] > 100
    assert found["rate", "after"] < 15
    assert found["balance", "before"] == 0
    # What inhibition leaves over is the leak: some 7 mV times 10 nS, a quarter of an excitation of about 300 pA.
    assert 0.6 < found["balance", "after"] < 1.0
    assert found["variation", "before"] < 0.1 < 0.4 < found["variation", "after"]
    shares = [entry["mean"] for entry in run.summary["metrics"] if entry["metric"] == "weights"]
    assert sum(shares) == pytest.approx(1.0)


def test_a_small_run_is_drawn_and_told(run: Run) -> None:
    assert passed(run).keys() == {f"{what}, target of 6.25 Hz, step 0.2 ms" for what in ("rate", "with coincidences")}
    (drawn,) = figure.draw(run).values()
    activity = drawn.axes[0]
    excitatory, inhibitory, target, *_ = activity.get_lines()
    assert len(excitatory.get_xdata()) == len(inhibitory.get_xdata()) == 50  # bins of 0.1 s in 5 s
    assert list(target.get_ydata()) == [6.25, 6.25]
    rate, balance, variation = figure.sentences(run)
    assert "for a target of 6.25" in rate
    assert "of excitation before" in balance
    assert "rises from" in variation
