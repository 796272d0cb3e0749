"""Leaky readout: a membrane that integrates its input and never fires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.errors import InputError
from bnsim.neurons.base import NeuronModel


@dataclass(frozen=True, repr=False)
class LeakyReadout(NeuronModel):
    """Leaky integrator that never fires: its membrane potential is the output, a low-pass filter of its input.

    Parameters
    ----------
    tau_m : Quantity
        Membrane time constant.
    v_rest : Quantity
        Resting potential.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Notes
    -----
    tau_m dv/dt = v_rest - v + I, without a threshold; I in volt. Integrated exactly. Its spike counts are 0; record v.

    References
    ----------
    W. Gerstner et al., Neuronal Dynamics (2014), section 1.3: the passive membrane.
    """

    tau_m: Quantity = parameter(20 * ms)
    v_rest: Quantity = parameter(0 * mV)
    refractory: ClassVar[Quantity] = 0 * ms  # type: ignore[misc]

    equations: ClassVar[str] = "dv/dt = (v_rest - v + I) / tau_m : volt"
    threshold: ClassVar[str] = ""
    reset: ClassVar[str] = ""
    initial: ClassVar[dict[str, str]] = {"v": "v_rest"}

    @property
    def rheobase(self) -> Quantity:
        raise InputError(f"{type(self).__name__}.rheobase: without a threshold there is none; scale the drive itself")
