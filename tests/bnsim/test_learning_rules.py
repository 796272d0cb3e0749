"""The rules of the learners, worked out by hand from given spikes."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

import bnsim
from tests.networks import DT, given, simulate

STEP = float(DT / ms)
TEACHER = bnsim.Projection("teacher", "cells", bnsim.Delta(), 100 * mV, bnsim.OneToOne())


def taught(
    rule: bnsim.PlasticityRule,
    pre: list[tuple[float, int]],
    post: list[tuple[float, int]],
    weights: Any,
    synapse: bnsim.SynapseModel | None = None,
    size: int = 1,
    further: tuple[bnsim.Projection, ...] = (),
    reward: bnsim.Reward | None = None,
    **options: Any,
) -> bnsim.State:
    """State after one trial of 100 ms in which inputs and cells spike at the given (ms, unit)."""
    network = bnsim.Network(
        [
            bnsim.Population("input", np.shape(weights)[0], bnsim.SpikeTrains()),
            bnsim.Population("teacher", size, bnsim.SpikeTrains()),
            bnsim.Population("cells", size, bnsim.LIF()),
        ],
        [
            TEACHER,
            bnsim.Projection("input", "cells", synapse or bnsim.Delta(), weights, plasticity=rule, name="learned"),
            *further,
        ],
        reward=reward,
    )
    stimulus = {"input": [given(*pre)], "teacher": [given(*((time - STEP, unit) for time, unit in post))]}
    state, recording = simulate(network, stimulus, 100 * ms, **options)
    spikes = recording.spike_times("cells")
    assert sorted(zip(np.round(spikes.time * 1e3, 6), spikes.unit, strict=True)) == sorted(post)
    return state


class TestDiehlCookSTDP:
    RULE = bnsim.DiehlCookSTDP(a_plus=0.1, a_minus=0.01, total=Quantity(1.0))
    SILENT = bnsim.ExponentialConductance(reversal=-65 * mV)  # does not move the membrane from rest

    def learned(self, pre: list[tuple[float, int]], post: list[tuple[float, int]], **changed: Any) -> float:
        """The first input's weight before normalisation: the second never fires, and shows what that did."""
        weights = Quantity([[0.5], [0.5]])
        state = taught(dataclasses.replace(self.RULE, **changed), pre, post, weights, self.SILENT)
        assert state["learned.w"].sum() == pytest.approx(1.0, rel=1e-12)
        return float(state["learned.w"][0] / state["learned.w"][1] * 0.5)

    def test_a_first_postsynaptic_spike_changes_nothing(self) -> None:
        assert self.learned([(20, 0)], [(30, 0)]) == pytest.approx(0.5, rel=1e-12)

    def test_a_second_one_potentiates_by_both_traces(self) -> None:
        """The last arrival alone counts (nearest spike), and so does the last postsynaptic spike before."""
        change = 0.1 * np.exp(-5 / 20) * np.exp(-20 / 40) - 0.01 * np.exp(-15 / 20)
        assert self.learned([(22, 0), (45, 0)], [(30, 0), (50, 0)]) == pytest.approx(0.5 + change, rel=1e-12)

    def test_an_arrival_depresses_by_the_fast_trace(self) -> None:
        change = 0.01 * np.exp(-10 / 20)
        assert self.learned([(40, 0)], [(30, 0)]) == pytest.approx(0.5 - change, rel=1e-12)

    def test_changes_are_fractions_of_the_largest_weight(self) -> None:
        change = 0.1 * np.exp(-5 / 20) * np.exp(-20 / 40) - 0.01 * np.exp(-15 / 20)
        learned = self.learned([(22, 0), (45, 0)], [(30, 0), (50, 0)], w_max=Quantity(0.8))
        assert learned == pytest.approx(0.5 + 0.8 * change, rel=1e-12)

    def test_weights_stay_between_zero_and_the_largest(self) -> None:
        potentiated = self.learned([(22, 0), (45, 0)], [(30, 0), (50, 0)], a_plus=10.0, w_max=Quantity(0.8))
        assert potentiated == pytest.approx(0.8, rel=1e-12)
        assert self.learned([(40, 0)], [(30, 0)], a_minus=10.0) == 0

    def test_weights_into_a_neuron_are_scaled_to_their_total(self) -> None:
        rule = bnsim.DiehlCookSTDP(total=Quantity(3.0))
        weights = Quantity([[0.2, 0.1], [0.4, 0.0], [0.6, 0.7]])
        state = taught(rule, [], [], weights, self.SILENT, size=2)
        np.testing.assert_allclose(state["learned.w"].reshape(3, 2), weights * (3 / np.array([1.2, 0.8])), rtol=1e-12)


class TestErrorFeedback:
    """input -> cells -> output and back; errors of 1 / (1 + exp(-0.2 u)) - target at the output."""

    SCALE = 15 * mV

    def learned(
        self, learning_rate: float, factor: float = 1.0, scale: float = 1.0, spikes: tuple[float, ...] = (10, 20, 40)
    ) -> tuple[bnsim.State, np.ndarray]:
        """State after the trial, and the errors at the output; cell 0 fires at these times (ms), cell 1 never."""
        output = bnsim.Projection(
            "cells",
            "output",
            bnsim.Delta(),
            np.array([[1.0, -2.0], [3.0, 0.5]]) * mV,
            plasticity=bnsim.ErrorModulated(learning_rate=0.1, scale=self.SCALE),
            name="forward",
        )
        back = bnsim.Projection(
            "output",
            "cells",
            bnsim.Modulatory(),
            Quantity([[0.5, -1.0], [2.0, 4.0]]),
            plasticity=bnsim.ErrorFeedback(learning_rate=learning_rate, scale=Quantity(scale)),
            name="back",
        )
        hidden = bnsim.Projection(
            "input",
            "cells",
            bnsim.Delta(),
            np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]) * mV,
            plasticity=bnsim.FeedbackModulated(learning_rate=0.01, scale=self.SCALE),
            name="learned",
        )
        network = bnsim.Network(
            [
                bnsim.Population("input", 3, bnsim.SpikeTrains()),
                bnsim.Population("teacher", 2, bnsim.SpikeTrains()),
                bnsim.Population("cells", 2, bnsim.LIF()),
                bnsim.Population("output", 2, bnsim.LIF()),
            ],
            [TEACHER, output, back, hidden],
        )
        # The first input fires twice, the second once, the third never.
        teacher = given(*((time, 0) for time in spikes))
        stimulus = {"input": [given((5, 0), (30, 0), (60, 1))], "teacher": [teacher]}
        signals = {"forward.target": np.array([[1.0, 0.0]])}
        signals |= {f"{name}.learning_rate_factor": np.array([factor]) for name in ("back", "learned")}
        state, recording = simulate(network, stimulus, 100 * ms, signals=signals)
        assert recording.counts["cells"].tolist() == [[len(spikes), 0]]
        u = len(spikes) * np.array([1.0, -2.0]) / 15
        return state, 1 / (1 + np.exp(-0.2 * u)) - np.array([1.0, 0.0])

    def test_a_hidden_synapse_learns_from_the_error_sent_back(self) -> None:
        state, error = self.learned(learning_rate=0.0)
        hidden = np.array([0.5 * error[0] + 2.0 * error[1], 0.0])  # cell 1 did not fire
        before = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
        change = 0.01 * 15 * np.outer([2, 1, 0], hidden)
        np.testing.assert_allclose(state["learned.w"].reshape(3, 2) * 1e3, before - change, rtol=1e-12)
        assert state["back.w"].tolist() == [0.5, -1.0, 2.0, 4.0]

    def test_feedback_weights_count_in_units_of_their_scale(self) -> None:
        state, error = self.learned(learning_rate=0.1, scale=4.0)
        sent = (0.5 * error[0] + 2.0 * error[1]) / 4
        expected = 0.1 - 0.01 * 15 * 2 * sent
        assert state["learned.w"][0] * 1e3 == pytest.approx(expected, rel=1e-12)
        back = np.array([[0.5, -1.0], [2.0, 4.0]]) - 0.1 * 4 * np.outer(error, [3, 0])
        np.testing.assert_allclose(state["back.w"].reshape(2, 2), back, rtol=1e-12)

    def test_one_spike_is_enough_to_learn(self) -> None:
        state, error = self.learned(learning_rate=0.0, spikes=(20,))
        expected = 0.1 - 0.01 * 15 * 2 * (0.5 * error[0] + 2.0 * error[1])
        assert state["learned.w"][0] * 1e3 == pytest.approx(expected, rel=1e-12)

    def test_learning_rates_change_by_their_factor(self) -> None:
        starts = {"learned": 1e-3 * np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]), "back": np.array([0.5, -1.0, 2.0, 4.0])}
        full, quarter = (self.learned(0.1, factor)[0] for factor in (1.0, 0.25))
        for name, start in starts.items():
            change = full[f"{name}.w"] - start
            assert change.any()
            np.testing.assert_allclose(quarter[f"{name}.w"], start + 0.25 * change, rtol=1e-12)

    def test_feedback_changes_as_the_forward_weight_does(self) -> None:
        state, error = self.learned(learning_rate=0.1)
        change = 0.1 * np.outer([3, 0], error)
        forward = np.array([[1.0, -2.0], [3.0, 0.5]]) / 15 - change
        np.testing.assert_allclose(state["forward.w"].reshape(2, 2) / 15e-3, forward, rtol=1e-12)
        back = np.array([[0.5, -1.0], [2.0, 4.0]]) - change.T
        np.testing.assert_allclose(state["back.w"].reshape(2, 2), back, rtol=1e-12)


class TestRewardModulatedSTDP:
    def learned(self, correct: int, a_minus: float = 0.0, plastic: bool = True, factor: float = 1.0) -> np.ndarray:
        """Unit 0 answers, with spikes at 30 and 50 ms; input 0 fires at 20 and 45 ms, input 1 at 60 ms."""
        rule = bnsim.RewardModulatedSTDP(learning_rate=0.1, a_minus=a_minus, scale=15 * mV)
        state = taught(
            rule,
            [(20, 0), (45, 0), (60, 1)],
            [(30, 0), (50, 0)],
            np.array([[0.3, 0.3], [0.6, 0.6]]) * mV,
            size=2,
            reward=bnsim.Reward("cells"),
            signals={"reward.correct": np.array([correct]), "learned.learning_rate_factor": np.array([factor])},
            plastic=plastic,
        )
        return state["learned.w"].reshape(2, 2) * 1e3

    PAIRS = np.exp(-10 / 20) + np.exp(-30 / 20) + np.exp(-5 / 20)
    EXPECTED = 1 / (1 + np.exp(-0.2 * (0.3 + 0.3 + 0.6) / 15))

    @pytest.mark.parametrize(("correct", "reward"), [(0, 1), (1, 0)])
    def test_the_unit_that_answered_learns_from_the_unexpected_part_of_the_reward(
        self, correct: int, reward: int
    ) -> None:
        change = 0.1 * 15 * (reward - self.EXPECTED) * self.PAIRS
        expected = np.array([[0.3 + change, 0.3], [0.6, 0.6]])
        np.testing.assert_allclose(self.learned(correct), expected, rtol=1e-12)

    def test_arrivals_after_a_spike_count_against(self) -> None:
        reward = 0.1 * 15 * (1 - self.EXPECTED)
        against = 0.5 * np.array([np.exp(-15 / 20), np.exp(-30 / 20) + np.exp(-10 / 20)])
        expected = np.array([[0.3 + reward * (self.PAIRS - against[0]), 0.3], [0.6 - reward * against[1], 0.6]])
        np.testing.assert_allclose(self.learned(0, a_minus=0.5), expected, rtol=1e-12)

    def test_the_learning_rate_changes_by_its_factor(self) -> None:
        change = 0.25 * 0.1 * 15 * (1 - self.EXPECTED) * self.PAIRS
        np.testing.assert_allclose(self.learned(0, factor=0.25), [[0.3 + change, 0.3], [0.6, 0.6]], rtol=1e-12)

    def test_nothing_is_learned_where_learning_is_off(self) -> None:
        assert self.learned(0, plastic=False).tolist() == [[0.3, 0.3], [0.6, 0.6]]
