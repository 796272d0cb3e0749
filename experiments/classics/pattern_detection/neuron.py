"""The neuron: a spike response model, which forgets its inputs when it fires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

import bnsim
from bnsim.synapses.base import SynapseModel, WeightKind

# A response exp(-t / tau_m) - exp(-t / tau_s) whose maximum is made 1 has this amplitude where s is its weight.
_UNIT = "(tau_m / tau_s)**(tau_m / (tau_m - tau_s))"


@dataclass(frozen=True, repr=False)
class SpikeResponseNeuron(bnsim.NeuronModel):
    """Spike response model of Masquelier et al. (2008).

    Parameters
    ----------
    tau_m, tau_s : Quantity
        Time constants of decay and rise; they differ.
    v_threshold : Quantity
        Threshold T, which the potential crosses from below at a spike.
    k_1, k_2 : float
        Height of the spike, and depth of the potential after it, relative to the threshold.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Notes
    -----
    tau_m dv/dt = k s - v and tau_s ds/dt = -s, with k = (tau_m / tau_s)^(tau_m / (tau_m - tau_s)). A spike that reaches
    the neuron adds its weight to s: a postsynaptic potential that is proportional to exp(-t / tau_m) - exp(-t / tau_s),
    with the weight as its peak. At a spike of the neuron the potentials of all inputs until then are forgotten: v = k_1
    T, and s is such that v = T (k_1 exp(-t / tau_m) - k_2 (exp(-t / tau_m) - exp(-t / tau_s))) without further input.
    """

    tau_m: Quantity = bnsim.parameter(10 * ms)
    tau_s: Quantity = bnsim.parameter(2.5 * ms)
    v_threshold: Quantity = bnsim.parameter(500 * mV)
    k_1: float = bnsim.parameter(2.0)
    k_2: float = bnsim.parameter(4.0)

    equations: ClassVar[str] = f"dv/dt = ({_UNIT} * s - v) / tau_m : volt\nds/dt = -s / tau_s : volt"
    threshold: ClassVar[str] = "v > v_threshold"
    rearmed: ClassVar[str] = "v <= v_threshold"
    reset: ClassVar[str] = f"v = k_1 * v_threshold\ns = -k_2 * v_threshold * (tau_m / tau_s - 1) / {_UNIT}"


class PostsynapticPotential(SynapseModel):
    """Synapse onto a `SpikeResponseNeuron`: the weight is the peak of the postsynaptic potential."""

    jumps: ClassVar[tuple[bnsim.Jump, ...]] = (bnsim.Jump("s"),)
    weight: ClassVar[WeightKind] = "potential"
