"""Detection of a repeating pattern against the same neuron in a loop over time steps, with the same input spikes."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import ms, mV, second

import bnsim
from bnsim.arrays import FloatArray, Int64Array
from experiments.classics.pattern_detection.afferents import AFFERENTS, drawn
from experiments.classics.pattern_detection.listener import network

DT, SECONDS = 0.1, 3


def by_hand(steps: Int64Array, units: Int64Array) -> tuple[list[int], FloatArray]:
    """Steps in which the neuron fires, and weights at the end: exact solutions between steps, times since last spikes.

    In each step: the potential moves, and may cross the threshold; spikes arrive; the neuron is reset.
    """
    gain = 4 ** (4 / 3)  # (tau_m / tau_s)^(tau_m / (tau_m - tau_s))
    slow, fast = np.exp(-DT / 10), np.exp(-DT / 2.5)
    weights = np.full(AFFERENTS, 0.475)
    last = np.full(AFFERENTS, -np.inf)  # step of the arrival that may still strengthen; infinitely long ago where none
    free = np.zeros(AFFERENTS, bool)  # whether no spike has arrived since the neuron's last one
    v = s = 0.0
    above, borders = False, np.searchsorted(steps, np.arange(10_000 * SECONDS + 1))
    fired: list[int] = []
    for step in range(10_000 * SECONDS):
        v, s = v * slow + s * gain * (slow - fast) / 3, s * fast
        fires, above = v > 500 and not above, v > 500
        arriving = units[borders[step] : borders[step + 1]]
        s += weights[arriving].sum()
        weakened = arriving[free[arriving]]
        if weakened.size:
            since = DT * (step - fired[-1])
            weights[weakened] = np.maximum(weights[weakened] - 0.85 / 32 * np.exp(-since / 33.7), 0)
        free[arriving] = False
        last[arriving] = step
        if fires:
            weights = np.minimum(weights + np.exp(-DT * (step - last) / 16.8) / 32, 1)
            last[:], free[:] = -np.inf, True
            fired.append(step)
            v, s = 1000.0, -4 * 500 * 3 / gain
            above = True
    return fired, weights


@pytest.mark.slow
def test_spikes_and_weights_are_those_of_a_loop_over_steps() -> None:
    steps, units = drawn(SECONDS, 1.0, seed=5).on_grid(DT)
    simulator = network().compile(dt=DT * ms)
    stimulus = steps * DT / 1e3, units
    state = simulator.initial_state(key=0)
    state, recording = simulator.run_for(state, SECONDS * second, stimulus, record=[bnsim.Spikes("neuron")])
    fired, weights = by_hand(steps, units)
    assert len(fired) > 100
    np.testing.assert_array_equal(np.rint(1e4 * recording.spike_times("neuron").time).astype(int), fired)
    # Traces are multiplied from step to step or follow from the time since a spike: within some 100 roundings of a
    # change of 1/32, and a weight goes through some 300 changes.
    np.testing.assert_allclose(state.weights("afferents_to_neuron", 1 * mV), weights, rtol=0, atol=1e-12)
    assert np.abs(weights - 0.475).min() < 0.01 < np.abs(weights - 0.475).mean()  # learning took part
