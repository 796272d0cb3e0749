"""Competition of synapses against the same neurons written out by hand in plain Brian2, with the same input spikes."""

from __future__ import annotations

import brian2
import numpy as np
import pytest
from brian2.units import ms, mV, second

import bnsim
from bnsim.arrays import FloatArray, IntArray
from bnsim.recording import SpikeTimes
from experiments.classics.synaptic_competition import CLASSIC, measure
from tests.experiments.digits import tiny

DT, SECONDS, CELLS, INPUT_RATE = 0.5, 2, 3, 20.0


def inhibitory_spikes(g: FloatArray) -> IntArray:
    """Spikes that arrived in each step, (step, cell), from the conductance at the steps' beginnings."""
    jumps = (g[1:] - g[:-1] * np.exp(-DT / 5.0)) / 0.05
    spikes = np.rint(jumps)
    np.testing.assert_allclose(jumps, spikes, rtol=0, atol=1e-9)
    return np.concatenate([spikes.astype(int), np.zeros((1, g.shape[1]), int)])  # none arrive in the last step


def by_hand(
    weights: FloatArray, excitatory: SpikeTimes, inhibitory: IntArray
) -> tuple[brian2.SpikeMonitor, brian2.Synapses]:
    """The neurons in Brian2's own words; the membrane takes the conductances at the middle of each step."""
    clock = {"dt": DT * ms}
    names = {
        "inhibition": brian2.TimedArray(0.05 * inhibitory, dt=DT * ms),
        "a_plus": 0.005 * 0.015,
        "a_minus": 1.05 * 0.005 * 0.015 * float(np.exp(DT / 20.0)),
        "tau": 20 * ms,
    }
    source = brian2.SpikeGeneratorGroup(1000, excitatory.unit, excitatory.time * second, **clock)
    cells = brian2.NeuronGroup(
        CELLS, "v : volt\ng_e : 1\ng_i : 1", threshold="v > -54*mV", reset="v = -60*mV", namespace=names, **clock
    )
    cells.v = -70 * mV
    cells.run_regularly(
        """half = exp(-dt / (10*ms))
        total = 1 + g_e * half + g_i * half
        resting = (-70*mV - 70*mV * g_i * half) / total
        v = resting + (v - resting) * exp(-total * dt / (20*ms))
        g_e = g_e * half**2
        g_i = g_i * half**2""",
        when="groups",
    )
    cells.run_regularly("g_i += inhibition(t, i)", when="synapses")
    synapses = brian2.Synapses(
        source,
        cells,
        """w : 1
        dx/dt = -x / tau : 1 (event-driven)
        dy/dt = -y / tau : 1 (event-driven)""",
        on_pre="g_e_post += w\nx += 1\nw = clip(w - a_minus * y, 0, 0.015)",
        on_post="y += 1\nw = clip(w + a_plus * x, 0, 0.015)",
        namespace=names,
        **clock,
    )
    synapses.connect()
    synapses.w = weights
    monitor = brian2.SpikeMonitor(cells)
    brian2.Network(source, cells, synapses, monitor).run(SECONDS * second, namespace={})
    return monitor, synapses


@pytest.mark.slow
def test_spikes_and_weights_are_those_of_plain_brian2(numpy_target: None) -> None:
    config = tiny(CLASSIC, input_rates=(INPUT_RATE, 2 * INPUT_RATE), cells=CELLS)
    simulator = measure.network(config, DT).compile(dt=DT * ms)
    state = simulator.initial_state(key=3)
    record = [bnsim.Spikes("input"), bnsim.Spikes("cells"), bnsim.Trace("cells", "drive0_g")]
    after, recording = simulator.run_for(state, SECONDS * second, np.full(1000, 0.5), record=record)
    excitatory, found = recording.spike_times("input"), recording.spike_times("cells")
    assert len(excitatory) / SECONDS / 1000 == pytest.approx(INPUT_RATE, rel=0.02)  # 40,000: 4 s.d. are 2 %
    inhibitory = inhibitory_spikes(recording.trace("cells", "drive0_g").values[0])
    assert inhibitory.sum() / SECONDS / CELLS == pytest.approx(2000, rel=0.04)  # 12,000: 4 s.d. are 3.7 %
    monitor, synapses = by_hand(state.weights("input_to_cells", 1), excitatory, inhibitory)
    assert len(found) > 100
    np.testing.assert_array_equal(found.unit, np.asarray(monitor.i))
    np.testing.assert_allclose(found.time, np.asarray(monitor.t), rtol=0, atol=1e-9)
    # Traces are multiplied in each of 4000 steps here, and follow from the time since the last spike there: each
    # change of a weight agrees to 4000 roundings, about 1e-12 of it, and a weight goes through some 100 changes.
    np.testing.assert_allclose(after.weights("input_to_cells", 1), np.asarray(synapses.w), rtol=0, atol=1e-12 * 0.015)
    moved = np.abs(after.weights("input_to_cells", 1) - state.weights("input_to_cells", 1))
    assert np.median(moved) > 0.01 * 0.015  # learning took part
