"""The network that decides: weights, stimulus, choices of given rates, the Weibull function, and a small run."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import nS

import bnsim
from bnsim.recording import Recording, SpikeTimes
from experiments.classics.decision import figure, measure
from experiments.classics.decision.circuit import Decision, course, decision, network, stimulus
from experiments.run_directory import Run
from tests.experiments.classics.runs import run_tiny


def test_a_selective_neuron_receives_as_much_as_the_others() -> None:
    described = network(0.1)
    received = dict.fromkeys("ABNI", 0.0)
    for projection in described.projections:
        if isinstance(projection.synapse, bnsim.NMDA):
            received[projection.target] += described[projection.source].size * float(projection.weights / nS)
    assert received == pytest.approx({"A": 1600 * 0.165, "B": 1600 * 0.165, "N": 1600 * 0.165, "I": 1600 * 0.13})


def test_the_stimulus_favours_a_and_changes_every_50_ms() -> None:
    rates = stimulus(25.0, 200_000, np.random.default_rng(1))
    assert {name: values.shape for name, values in rates.items()} == {"to_A": (4000, 240), "to_B": (4000, 240)}
    for name, mean in (("to_A", 50.0), ("to_B", 30.0)):
        assert (rates[name] == rates[name][:, :1]).all()
        # Five standard errors of the mean of 4000 values with a standard deviation of 4 Hz, and of that deviation.
        assert rates[name][:, 0].mean() == pytest.approx(mean, abs=5 * 4 / np.sqrt(4000))
        assert rates[name][:, 0].std() == pytest.approx(4, abs=5 * 4 / np.sqrt(8000))
    assert (stimulus(100.0, 5000, np.random.default_rng(1))["to_B"] >= 0).all()


def test_the_rate_of_given_spikes() -> None:
    """240 spikes of 240 neurons at 52 ms: 1 / 50 ms in windows that end from 55 to 100 ms."""
    zeros = np.zeros(240, int)
    spikes = {"A": SpikeTimes(zeros, np.arange(240), np.full(240, 0.052))}
    recording = Recording(0.15, 1e-4, np.zeros(1, np.uint64), {"A": np.ones((1, 240), int)}, spikes)
    ends = 50 + 5 * np.arange(21)
    np.testing.assert_allclose(course(recording, "A"), np.where((ends >= 55) & (ends <= 100), 20.0, 0.0))


@pytest.mark.parametrize(
    ("first", "second", "made"),
    [
        ([20, 0, 14, 15, 30], [0, 0, 0, 14, 16], Decision("A", 10.0)),
        ([0, 0, 0, 15, 30], [20, 20, 0, 16, 0], Decision("B", 10.0)),
        ([0, 0, 15, 0, 0], [0, 0, 15, 0, 0], Decision("A", 5.0)),
        ([20, 20, 14, 14, 14], [0, 0, 14, 14, 14], None),
    ],
    ids=["A", "the higher one", "A where both are equal", "none after the stimulus"],
)
def test_the_choice_of_given_rates(first: list[float], second: list[float], made: Decision | None) -> None:
    """Windows end at 50, 55, ... ms; with a stimulus at 55 ms the first that counts ends at 60 ms."""
    assert decision({"A": np.array(first, float), "B": np.array(second, float)}, 55.0) == made


def test_the_weibull_function_of_given_choices() -> None:
    """With 0.5 + 0.5 (1 - exp(-(c / 9.2)^1.5)) of very many choices correct, 9.2 and 1.5 are found again."""
    coherences = np.array([3.2, 6.4, 12.8, 25.6])
    choices = np.full(4, 1e6)
    correct = choices * (1 - np.exp(-((coherences / 9.2) ** 1.5)) / 2)
    # The search ends when neither logarithm changes by more than 1e-4.
    assert measure.weibull(coherences, choices, correct) == pytest.approx((9.2, 1.5), rel=1e-3)
    assert measure.weibull(coherences, np.full(4, 8.0), np.array([6.0, 8.0, 8.0, 8.0])) is None


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("decision", tmp_path_factory.mktemp("decision"))


@pytest.mark.slow
def test_a_small_run_decides_for_the_evidence(run: Run) -> None:
    found = {
        (entry["metric"], entry["facts"].get("population")): entry["mean"]
        for entry in run.summary["metrics"]
        if entry["step"] is None
    }
    assert found["correct", None] == found["choices", None] == 1
    assert 100 < found["time", None] < 500
    # The state without stimulus: a few spikes a second, of inhibitory neurons about 9.
    assert 1 < found["rate", "N"] < 5
    assert 6 < found["rate", "I"] < 12
    assert found["active_rate", "chosen"] > 10 > found["active_rate", "other"]


@pytest.mark.slow
def test_a_small_run_is_drawn_and_told(run: Run) -> None:
    (drawn,) = figure.draw(run).values()
    chosen, other, threshold, onset = drawn.axes[1].get_lines()
    assert chosen.get_xdata()[0] == -450
    assert max(chosen.get_ydata()) > 15 > max(other.get_ydata())
    assert list(threshold.get_ydata()) == [15, 15]
    assert list(onset.get_xdata()) == [0, 0]
    correct, time = figure.sentences(run)
    assert correct.replace("\N{NO-BREAK SPACE}", " ") == "Correct choices by coherence: 100.00 % at 51.2 %."
    assert time.startswith("Mean decision times by coherence: ")
