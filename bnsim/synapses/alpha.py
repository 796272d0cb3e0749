"""Alpha synapses: a current or a conductance that rises and decays with one time constant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.jumps import Jump
from bnsim.synapses.base import SynapseModel, WeightKind


@dataclass(frozen=True, repr=False)
class AlphaCurrent(SynapseModel):
    """Alpha current synapse: the input rises to a peak and decays.

    Parameters
    ----------
    tau : Quantity
        Synaptic time constant, and time from the arrival of a spike to the peak.

    Notes
    -----
    tau dr/dt = -r, r += w at the arrival of a spike; tau ds/dt = e r - s; I += s. One spike gives s = w (t / tau)
    exp(1 - t / tau). The weight w is the peak of s, as in NEST's `iaf_psc_alpha`, in the neuron's input unit, negative
    for an inhibitory synapse. The charge is e tau w, e times that of an `ExponentialCurrent` of the same weight and
    time constant.

    References
    ----------
    W. Rall, Journal of Neurophysiology 30:1138-1168 (1967).
    """

    tau: Quantity = parameter(2 * ms)

    equations: ClassVar[str] = "dr/dt = -r / tau : {input_unit}\nds/dt = (exp(1) * r - s) / tau : {input_unit}"
    current: ClassVar[str] = "s"
    jumps: ClassVar[tuple[Jump, ...]] = (Jump("r"),)
    weight: ClassVar[WeightKind] = "input"


@dataclass(frozen=True, repr=False)
class AlphaConductance(SynapseModel):
    """Alpha conductance synapse: the conductance rises to a peak and decays.

    Parameters
    ----------
    tau : Quantity
        Synaptic time constant, and time from the arrival of a spike to the peak.
    reversal : Quantity
        Reversal potential, above threshold for an excitatory synapse, at or below rest for an inhibitory one.

    Notes
    -----
    tau dr/dt = -r, r += w at the arrival of a spike; tau dg/dt = e r - g; I += g (reversal - v). One spike gives g = w
    (t / tau) exp(1 - t / tau). The weight w is the peak of g, as in NEST's `iaf_cond_alpha`, and never negative:
    siemens where the neuron's input is in ampere; relative to the leak (no unit) where it is in volt.

    References
    ----------
    W. Rall, Journal of Neurophysiology 30:1138-1168 (1967).
    """

    tau: Quantity = parameter(2 * ms)
    reversal: Quantity = parameter(0 * mV)

    equations: ClassVar[str] = (
        "dr/dt = -r / tau : {conductance_unit}\ndg/dt = (exp(1) * r - g) / tau : {conductance_unit}"
    )
    current: ClassVar[str] = "g * (reversal - {membrane})"
    jumps: ClassVar[tuple[Jump, ...]] = (Jump("r"),)
    weight: ClassVar[WeightKind] = "conductance"
