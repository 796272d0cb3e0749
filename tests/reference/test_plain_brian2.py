"""A small recurrent network against the same network written out by hand in plain Brian2."""

from __future__ import annotations

import brian2
import numpy as np
import pytest
from brian2.units import Hz, ms, mV, second

import bnsim
from bnsim import LIF, ExponentialCurrent, FixedProbability, Poisson, Population, Projection, Uniform

CELL = LIF(tau_m=15 * ms, v_rest=-60 * mV, v_threshold=-50 * mV, v_reset=-62 * mV, refractory=2 * ms)
DURATION = 120 * ms


def described() -> bnsim.Network:
    fast, slow, sparse = ExponentialCurrent(tau=5 * ms), ExponentialCurrent(tau=10 * ms), FixedProbability(0.3)
    return bnsim.Network(
        [
            Population("input", 50, Poisson(80 * Hz)),
            Population("excitatory", 20, CELL),
            Population("inhibitory", 5, CELL),
        ],
        [
            Projection("input", "excitatory", fast, Uniform(1 * mV, 5 * mV), sparse, delay=1 * ms),
            Projection("excitatory", "inhibitory", fast, 9 * mV, sparse),
            Projection("inhibitory", "excitatory", slow, -4 * mV, sparse, delay=Uniform(0.5 * ms, 3 * ms)),
        ],
    )


def by_hand(state: bnsim.State, spikes: bnsim.SpikeTimes) -> dict[str, brian2.SpikeMonitor]:
    """The network above in Brian2's own words, with the same edges, weights, delays and input spikes."""
    constants = {"tau_m": 15 * ms, "tau_e": 5 * ms, "tau_i": 10 * ms}
    clock = {"dt": 0.1 * ms}
    generator = brian2.SpikeGeneratorGroup(50, spikes.unit, spikes.time * second, **clock)
    cells = brian2.NeuronGroup(
        25,
        """dv/dt = (-60*mV - v + excitation + inhibition) / tau_m : volt (unless refractory)
           dexcitation/dt = -excitation / tau_e : volt
           dinhibition/dt = -inhibition / tau_i : volt""",
        threshold="v > -50*mV",
        reset="v = -62*mV",
        refractory=2 * ms,
        method="exact",
        namespace=constants,
        **clock,
    )
    cells.v = -60 * mV
    groups = {"input": generator, "excitatory": cells[:20], "inhibitory": cells[20:]}
    monitors = {name: brian2.SpikeMonitor(groups[name]) for name in ("excitatory", "inhibitory")}
    synapses = []
    for name, variable in (
        ("input_to_excitatory", "excitation"),
        ("excitatory_to_inhibitory", "excitation"),
        ("inhibitory_to_excitatory", "inhibition"),
    ):
        source, _, target = name.partition("_to_")
        one = brian2.Synapses(groups[source], groups[target], "w : volt", on_pre=f"{variable}_post += w", **clock)
        one.connect(i=state[f"{name}.source"], j=state[f"{name}.target"])
        one.w = state[f"{name}.w"] * brian2.volt
        if f"{name}.delay" in state:
            one.delay = state[f"{name}.delay"] * second
        synapses.append(one)
    brian2.Network(generator, cells, *monitors.values(), *synapses).run(DURATION, namespace={})
    return monitors


@pytest.mark.slow
def test_cells_spike_exactly_as_in_plain_brian2(numpy_target: None) -> None:
    simulator = described().compile(DURATION, presentation=110 * ms, backend="numpy")
    state = simulator.initial_state(11)
    names = ["input", "excitatory", "inhibitory"]
    _, recording = simulator.run(state, np.ones((1, 50)), 11, record=[bnsim.Spikes(name) for name in names])
    monitors = by_hand(state, recording.spike_times("input"))
    for name, monitor in monitors.items():
        found = recording.spike_times(name)
        assert len(found) > 10
        np.testing.assert_array_equal(found.unit, np.asarray(monitor.i))
        np.testing.assert_allclose(found.time, np.asarray(monitor.t), rtol=0, atol=1e-9)
    without = simulator.run(
        state.replace({"inhibitory_to_excitatory.w": 0 * state["inhibitory_to_excitatory.w"]}), np.ones((1, 50)), 11
    )[1]
    assert without.counts["excitatory"].sum() > recording.counts["excitatory"].sum()  # inhibition took part
