"""Exponential synapses: a current or a conductance that jumps at a spike and decays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.jumps import Jump
from bnsim.synapses.base import SynapseModel, WeightKind


@dataclass(frozen=True, repr=False)
class ExponentialCurrent(SynapseModel):
    """Exponential current synapse: the input jumps and decays.

    Parameters
    ----------
    tau : Quantity
        Synaptic time constant.

    Notes
    -----
    tau ds/dt = -s, s += w at the arrival of a spike, I += s. w in the neuron's input unit, negative for an inhibitory
    synapse.
    """

    tau: Quantity = parameter(5 * ms)

    equations: ClassVar[str] = "ds/dt = -s / tau : {input_unit}"
    current: ClassVar[str] = "s"
    jumps: ClassVar[tuple[Jump, ...]] = (Jump("s"),)
    weight: ClassVar[WeightKind] = "input"


@dataclass(frozen=True, repr=False)
class ExponentialConductance(SynapseModel):
    """Exponential conductance synapse: the conductance jumps and decays.

    Parameters
    ----------
    tau : Quantity
        Synaptic time constant.
    reversal : Quantity
        Reversal potential, above threshold for an excitatory synapse, at or below rest for an inhibitory one.

    Notes
    -----
    tau dg/dt = -g, g += w at the arrival of a spike, I += g (reversal - v). w is a conductance: siemens where the
    neuron's input is in ampere; relative to the leak (no unit) where it is in volt. It is never negative: the reversal
    potential makes the sign.
    """

    tau: Quantity = parameter(5 * ms)
    reversal: Quantity = parameter(0 * mV)

    equations: ClassVar[str] = "dg/dt = -g / tau : {conductance_unit}"
    current: ClassVar[str] = "g * (reversal - {membrane})"
    jumps: ClassVar[tuple[Jump, ...]] = (Jump("g"),)
    weight: ClassVar[WeightKind] = "conductance"
