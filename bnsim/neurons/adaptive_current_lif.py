"""Leaky integrate-and-fire neuron with an adaptation current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.errors import InputError
from bnsim.neurons.lif import LIF


@dataclass(frozen=True, repr=False)
class AdaptiveCurrentLIF(LIF):
    """LIF neuron with a current that rises with its spikes and its depolarisation, and opposes them.

    Parameters
    ----------
    tau_m : Quantity
        Membrane time constant.
    v_rest, v_threshold, v_reset : Quantity
        Resting, threshold and reset potential; the others lie below the threshold.
    tau_w : Quantity
        Time constant of the adaptation current w, the variable `adaptation`.
    a : float
        Subthreshold adaptation: a conductance relative to the leak, above -1.
    b : Quantity
        Spike-triggered adaptation: rise of the adaptation current with each spike.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Raises
    ------
    InputError
        If the resting or the reset potential is not below the threshold, or without a resting state.

    Notes
    -----
    tau_m dv/dt = v_rest - v - w + I and tau_w dw/dt = a (v - v_rest) - w; where v > v_threshold a spike is emitted, w
    rises by b, and v = v_reset for the refractory period, during which w goes on. I and w are in volt: the membrane
    resistance times the current. The defaults of a and b are this project's own.

    Integrated exactly, in and out of the refractory period, whether v and w oscillate or not.

    References
    ----------
    W. Gerstner et al., Neuronal Dynamics (2014), section 6.1; the threshold is sharp instead of exponential.
    """

    tau_w: Quantity = parameter(100 * ms)
    a: float = parameter(0.0, signed=True)
    b: Quantity = parameter(1 * mV, signed=True)

    equations: ClassVar[str] = """
        dv/dt = (v_rest - v - adaptation + I) / tau_m : volt (unless refractory)
        dadaptation/dt = (a * (v - v_rest) - adaptation) / tau_w : volt
    """
    reset: ClassVar[str] = "v = v_reset\nadaptation += b"

    def __post_init__(self) -> None:
        super().__post_init__()
        if np.any(self.numbers("a") <= -1):
            least = self.numbers("a").min()
            raise InputError(f"{type(self).__name__}.a: {least:g} leaves no resting state; give a value above -1")

    @property
    def rheobase(self) -> Quantity:
        return (1 + self.a) * (self.v_threshold - self.v_rest)
