"""The cells of Diehl & Cook's network under a constant current: Euler's steps by hand, the blocked period, theta."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import ms, mV

import bnsim
from tests.networks import current_driven, simulate

STEP = 0.5 * ms


def spikes(model: bnsim.NeuronModel, drive: float, plastic: bool = True) -> tuple[bnsim.State, np.ndarray]:
    """State and spike times (ms) of one cell with a constant input of `drive` mV."""
    network = current_driven(model, 1)
    state, recording = simulate(network, np.array([[drive]]), 300 * ms, STEP, plastic=plastic)
    return state, recording.spike_times("cells").time * 1e3


def first_step(drive: float, tau: float, distance: float) -> int:
    """The first step at which Euler's solution from rest lies above the threshold, `distance` mV away."""
    v = 0.0
    for step in range(1, 10_000):
        v += 0.5 / tau * (drive - v)
        if v > distance:
            return step - 1  # the threshold is looked at in the step that made it
    raise AssertionError("it never fires")


def test_the_excitatory_cell_is_blocked_after_a_spike() -> None:
    """100 mV would let it fire again after 5 ms of refractoriness and 14 ms of charging; it must wait for 50 ms."""
    state, times = spikes(bnsim.DiehlCookExcitatory(), 100.0)
    assert times[0] == pytest.approx(0.5 * first_step(100.0, 100.0, 13.0))
    np.testing.assert_allclose(np.diff(times), 50.5)  # the first step that is more than 50 ms after
    rise = 0.05 * len(times)
    decayed = 20 * (1 - 0.5 / 1e7) ** 600
    assert state["cells.theta"][0] * 1e3 == pytest.approx(decayed + rise, abs=1e-5)


def test_without_a_blocked_period_refractoriness_and_charging_remain() -> None:
    model = bnsim.DiehlCookExcitatory(blocked=0 * ms, theta_increment=0 * mV)
    _, times = spikes(model, 100.0)
    charging = first_step(100.0, 100.0, 13.0) + 1
    np.testing.assert_allclose(np.diff(times), 5 + 0.5 * (charging - 1), atol=0.51)
    assert np.ptp(np.diff(times)) == pytest.approx(0, abs=1e-9)


def test_thresholds_stand_still_where_learning_is_off() -> None:
    state, times = spikes(bnsim.DiehlCookExcitatory(), 100.0, plastic=False)
    assert len(times) == 6
    assert state["cells.theta"][0] * 1e3 == pytest.approx(20, rel=1e-15)


def test_the_inhibitory_cell_starts_again_close_to_threshold() -> None:
    """Reset to -45 mV, 15 mV above rest: it fires again sooner than from rest."""
    _, times = spikes(bnsim.DiehlCookInhibitory(), 40.0)
    assert times[0] == pytest.approx(0.5 * first_step(40.0, 10.0, 20.0))
    intervals = np.diff(times)
    assert np.ptp(intervals) == pytest.approx(0, abs=1e-9)
    assert intervals[0] < times[0]
