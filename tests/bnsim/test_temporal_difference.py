"""Temporal-difference rules against sums over time steps that are worked out by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from brian2.units import Hz, ms, mV

import bnsim
from tests.networks import given, simulate
from tests.plastic import STEP, Silent, forced

RULE = bnsim.TemporalDifferenceLTP(learning_rate=0.3)
DURATION = 40.0


def learned(
    rule: bnsim.PlasticityRule, pre: list[float], post: list[float], *, plastic: bool = True, **signals: Any
) -> float:
    """Change of a weight (mV) in 40 ms, from 0.5 mV, with spikes at these times (ms)."""
    network = forced([bnsim.Projection("input", "cells", Silent(), 0.5 * mV, plasticity=rule, name="learned")], 1)
    stimulus = {
        "input": [given(*((time, 0) for time in pre))],
        "teacher": [given(*((time - STEP, 0) for time in post))],
    }
    told = {f"learned.{name}": np.array([value]) for name, value in signals.items()}
    state, recording = simulate(network, stimulus, DURATION * ms, plastic=plastic, signals=told)
    np.testing.assert_allclose(recording.spike_times("cells").time * 1e3, post, atol=1e-6)
    return float(state["learned.w"][0] * 1e3 - 0.5)


def change(pre: float, post: float) -> float:
    """Change (mV) by a pair for an error of 1: its eligibility, summed over all steps from its own on."""
    n_steps = round((DURATION - post) / STEP)
    left = np.exp(-np.arange(n_steps) * STEP / 100)
    return float(0.3 * np.exp(-(post - pre) / 20) * left.sum() * STEP / 100)


@pytest.mark.parametrize("error", [1.0, -0.5])
@pytest.mark.parametrize("selected", [1.0, -1.0])
def test_a_pair_changes_the_weight_by_error_times_eligibility(error: float, selected: float) -> None:
    found = learned(RULE, [10], [15], td_error=error, selected=[selected])
    assert found == pytest.approx(error * selected * change(10, 15), rel=1e-9)


def test_pairs_add_up_and_the_other_order_leaves_nothing() -> None:
    assert learned(RULE, [10, 30], [35], td_error=1.0) == pytest.approx(change(10, 35) + change(30, 35), rel=1e-9)
    assert learned(RULE, [20], [15], td_error=1.0) == 0


def test_nothing_changes_without_an_error_or_with_learning_off() -> None:
    assert learned(RULE, [10], [15]) == 0
    assert learned(RULE, [10], [15], td_error=1.0, plastic=False) == 0


@pytest.mark.parametrize(("error", "limit"), [(1e3, 1.0), (-1e3, 0.0)])
def test_weights_stay_within_their_bounds(error: float, limit: float) -> None:
    assert learned(RULE, [10], [15], td_error=error) + 0.5 == pytest.approx(limit)


def test_intensity_takes_the_place_of_spikes() -> None:
    """A cell that stays at rest, 20.6 mV below the threshold, with an intensity of 100 Hz exp(-2.06)."""
    rule = bnsim.TemporalDifferenceIntensity(learning_rate=0.3, width=10 * mV)
    trace = eligibility = expected = 0.0
    for step in range(round(DURATION / STEP)):
        trace = trace * np.exp(-STEP / 20) + (step == round(10 / STEP))
        expected += 0.3 * 2.0 * eligibility * STEP / 100
        eligibility = eligibility * np.exp(-STEP / 100) + trace * 0.1 * STEP * np.exp(-2.06)
    assert learned(rule, [10], [], td_error=2.0) == pytest.approx(expected, rel=1e-9)
    assert learned(dataclasses.replace(rule, rate=0 * Hz), [10], [], td_error=2.0) == 0
