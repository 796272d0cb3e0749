"""Double-exponential synapses: a current or a conductance with a time constant of its rise and one of its decay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.jumps import Jump
from bnsim.synapses.base import SynapseModel, WeightKind

# With k = tau_decay / tau_rise, a response without a factor peaks at k**(-1 / (k - 1)). Since (k - 1) / log(k) is
# exprel(log(k)), the factor below makes the peak 1 and is exact for equal time constants too, where it is e.
_RISE = "exp(1 / exprel(log(tau_decay / tau_rise))) * r / tau_rise"


@dataclass(frozen=True, repr=False)
class DoubleExponentialCurrent(SynapseModel):
    """Double-exponential current synapse: the input rises and decays with a time constant each.

    Parameters
    ----------
    tau_rise, tau_decay : Quantity
        Time constants of rise and decay. They may be equal, which gives an `AlphaCurrent`; exchanged, they give the
        same response.

    Notes
    -----
    tau_rise dr/dt = -r, r += w at the arrival of a spike; ds/dt = k r / tau_rise - s / tau_decay; I += s, with k = (
    tau_decay / tau_rise)^(tau_rise / (tau_decay - tau_rise)). One spike gives s = w (exp(-t / tau_decay) - exp(-t /
    tau_rise)) divided by the maximum of this difference. The weight w is the peak of s, as with `AlphaCurrent`, in the
    neuron's input unit, negative for an inhibitory synapse.

    References
    ----------
    A. Roth and M. van Rossum, Modeling Synapses, in E. De Schutter (ed.), Computational Modeling Methods for
    Neuroscientists (MIT Press, 2009).
    """

    tau_rise: Quantity = parameter(1 * ms)
    tau_decay: Quantity = parameter(5 * ms)

    equations: ClassVar[str] = (
        f"dr/dt = -r / tau_rise : {{input_unit}}\nds/dt = {_RISE} - s / tau_decay : {{input_unit}}"
    )
    current: ClassVar[str] = "s"
    jumps: ClassVar[tuple[Jump, ...]] = (Jump("r"),)
    weight: ClassVar[WeightKind] = "input"


@dataclass(frozen=True, repr=False)
class DoubleExponentialConductance(SynapseModel):
    """Double-exponential conductance synapse: the conductance rises and decays with a time constant each.

    Parameters
    ----------
    tau_rise, tau_decay : Quantity
        Time constants of rise and decay. They may be equal, which gives an `AlphaConductance`; exchanged, they give the
        same response.
    reversal : Quantity
        Reversal potential, above threshold for an excitatory synapse, at or below rest for an inhibitory one.

    Notes
    -----
    tau_rise dr/dt = -r, r += w at the arrival of a spike; dg/dt = k r / tau_rise - g / tau_decay; I += g (reversal -
    v), with k = (tau_decay / tau_rise)^(tau_rise / (tau_decay - tau_rise)). One spike gives g = w (exp(-t / tau_decay)
    - exp(-t / tau_rise)) divided by the maximum of this difference. The weight w is the peak of g, as in NEST's
    `iaf_cond_beta`, and never negative: siemens where the neuron's input is in ampere; relative to the leak (no unit)
    where it is in volt.

    References
    ----------
    A. Roth and M. van Rossum, Modeling Synapses, in E. De Schutter (ed.), Computational Modeling Methods for
    Neuroscientists (MIT Press, 2009).
    """

    tau_rise: Quantity = parameter(1 * ms)
    tau_decay: Quantity = parameter(5 * ms)
    reversal: Quantity = parameter(0 * mV)

    equations: ClassVar[str] = (
        f"dr/dt = -r / tau_rise : {{conductance_unit}}\ndg/dt = {_RISE} - g / tau_decay : {{conductance_unit}}"
    )
    current: ClassVar[str] = "g * (reversal - {membrane})"
    jumps: ClassVar[tuple[Jump, ...]] = (Jump("r"),)
    weight: ClassVar[WeightKind] = "conductance"
