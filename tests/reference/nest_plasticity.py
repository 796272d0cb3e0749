"""Weights of a plastic synapse in NEST, for spikes that are given on both sides.

NEST takes the whole delay of a synapse as dendritic: the presynaptic spike acts on the synapse at once, the
postsynaptic one after the delay. bnsim takes it as axonal: the presynaptic spike arrives late. A pair has the same lag
in both where NEST's presynaptic spikes come later by NEST's delay, so that is how they are given here; all times below
are those at the synapse. Three more conventions of NEST's decide which trains can be compared:

- a weight changes at presynaptic spikes only, so a train must end with one;
- a postsynaptic spike before the first presynaptic one is paired with a presynaptic spike at time 0 by the
  nearest-spike synapses, so a train must begin with a presynaptic one;
- a pair that meets at the synapse in the same step does not count, so there must be none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

RESOLUTION = 0.1
"""Time step in ms."""

_LEAD = 5.0  # ms before the first step of the trains, for spikes that NEST needs earlier


def kernel() -> Any:
    """NEST with a fresh kernel; the test is skipped where it is not installed."""
    nest = pytest.importorskip("nest")
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.set(resolution=RESOLUTION, print_time=False)
    return nest


def final_weight(
    model: str,
    parameters: Mapping[str, float],
    pre: Sequence[float],
    post: Sequence[float],
    weight: float,
    neuron: Mapping[str, float],
    delay: float = RESOLUTION,
) -> float:
    """Weight after the last presynaptic spike; `neuron` holds the parameters that NEST keeps in the target neuron."""
    nest = kernel()
    # A parrot repeats the spikes at its port 0 one delay later; spikes at port 1 change nothing but the synapse.
    target = nest.Create("parrot_neuron", params=dict(neuron))
    _play(nest, target, post, {})
    return _weights(nest, model, parameters, pre, post, weight, target, delay, {"receptor_type": 1})


def final_weight_with_voltage(
    parameters: Mapping[str, float],
    pre: Sequence[float],
    post: Sequence[float],
    weight: float,
    neuron: Mapping[str, float],
    delay: float = RESOLUTION,
) -> float:
    """Weight of a `clopath_synapse` after the last presynaptic spike.

    The neuron is `aeif_psc_delta_clopath` without exponential, adaptation, afterpotential and moving threshold, so
    passive; a jump of 200 mV makes it fire, and it goes on from V_clamp, since the clamp itself has length 0. Weights
    and amplitudes are given to NEST a billion times smaller, for its synapse transmits its spikes too (in mV).
    """
    nest = kernel()
    passive = {"a": 0.0, "b": 0.0, "I_sp": 0.0, "Delta_T": 0.0, "V_th_rest": 30.0, "V_th_max": 30.0, "t_clamp": 0.0}
    small = {name: neuron[name] * 1e-9 for name in ("A_LTD", "A_LTP")}
    target = nest.Create("aeif_psc_delta_clopath", params={**passive, **neuron, **small})
    _play(nest, target, post, {"weight": 200.0})
    limits = {**parameters, "Wmax": parameters["Wmax"] * 1e-9}
    return 1e9 * _weights(nest, "clopath_synapse", limits, pre, post, weight * 1e-9, target, delay, {})


def _play(nest: Any, neuron: Any, times: Sequence[float], synapse: Mapping[str, float]) -> None:
    """Make a neuron fire at given times, one step after the generator."""
    grid = np.round(np.asarray(times) + _LEAD - RESOLUTION, 6)
    generator = nest.Create("spike_generator", params={"spike_times": grid})
    nest.Connect(generator, neuron, syn_spec={"delay": RESOLUTION, **synapse})


def _weights(
    nest: Any,
    model: str,
    parameters: Mapping[str, float],
    pre: Sequence[float],
    post: Sequence[float],
    weight: float,
    target: Any,
    delay: float,
    synapse: Mapping[str, float],
) -> float:
    assert pre[0] < min(post)
    assert pre[-1] > max(post)
    source = nest.Create("parrot_neuron")
    late = np.asarray(pre) + delay
    _play(nest, source, late, {})
    spikes = nest.Create("spike_recorder")
    nest.Connect(source, spikes)
    nest.Connect(target, spikes)
    # Parameters that NEST keeps once for all synapses of a model can be set here only.
    nest.CopyModel(model, "plastic", dict(parameters))
    nest.Connect(source, target, syn_spec={"synapse_model": "plastic", "weight": weight, "delay": delay, **synapse})
    nest.Simulate(_LEAD + max(late) + 10)
    events = spikes.events
    for neuron, times in ((source, late), (target, post)):
        found = events["times"][events["senders"] == neuron.global_id]
        np.testing.assert_allclose(np.sort(found), np.sort(times) + _LEAD, atol=1e-6)
    return float(nest.GetConnections(source, target).weight)
