"""Leaky integrate-and-fire neuron with an adaptive threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.neurons.lif import LIF


@dataclass(frozen=True, repr=False)
class AdaptiveLIF(LIF):
    """LIF whose threshold rises with every spike and decays slowly: the most active neurons become the least excitable.

    Parameters
    ----------
    tau_m : Quantity
        Membrane time constant.
    v_rest, v_threshold, v_reset : Quantity
        Resting, threshold and reset potential.
    theta_increment : Quantity
        Rise of the threshold with each spike.
    tau_theta : Quantity
        Time constant of its decay.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Notes
    -----
    tau_m dv/dt = v_rest - v + I, tau_theta dtheta/dt = -theta; a spike where v > v_threshold + theta, then v = v_reset
    and theta += theta_increment. theta carries over from trial to trial and is constant where learning is off.

    References
    ----------
    P. Diehl and M. Cook, Frontiers in Computational Neuroscience 9:99 (2015).
    """

    theta_increment: Quantity = parameter(0.05 * mV, minimum=0)
    tau_theta: Quantity = parameter(1e7 * ms)

    equations: ClassVar[str] = LIF.equations + "\ndtheta/dt = -theta / tau_theta : volt"
    threshold: ClassVar[str] = "v > v_threshold + theta"
    reset: ClassVar[str] = "v = v_reset\ntheta += theta_increment"
    persistent: ClassVar[tuple[str, ...]] = ("theta",)
