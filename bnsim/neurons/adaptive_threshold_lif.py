"""Leaky integrate-and-fire neuron with a threshold that adapts within a trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.neurons.lif import SubtractiveLIF


@dataclass(frozen=True, repr=False)
class AdaptiveThresholdLIF(SubtractiveLIF):
    """LIF whose threshold rises with every spike and decays within seconds: a memory of its own recent spikes.

    Parameters
    ----------
    tau_m : Quantity
        Membrane time constant.
    v_rest, v_threshold : Quantity
        Resting and threshold potential; the reset subtracts their difference.
    theta_increment : Quantity
        Rise of the threshold with each spike. 0 mV: `bnsim.SubtractiveLIF`.
    tau_theta : Quantity
        Time constant of its decay.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Raises
    ------
    InputError
        If the resting potential is not below the threshold, so that a reset would subtract nothing.

    Notes
    -----
    tau_m dv/dt = v_rest - v + I, tau_theta dtheta/dt = -theta; where v > v_threshold + theta a spike is emitted, v
    falls by v_threshold - v_rest, and theta rises by theta_increment. theta is part of the dynamics: each trial starts
    with theta = 0, and it moves whether learning is on or off. That of `bnsim.AdaptiveLIF` is a homeostatic one, which
    carries over from trial to trial and stands still where learning is off, so that it remembers nothing there.

    References
    ----------
    G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein and W. Maass, Nature Communications 11:3625
    (2020), the adaptive neuron (ALIF).
    """

    theta_increment: Quantity = parameter(0.5 * mV, minimum=0)
    tau_theta: Quantity = parameter(2000 * ms)

    equations: ClassVar[str] = SubtractiveLIF.equations + "\ndtheta/dt = -theta / tau_theta : volt"
    threshold: ClassVar[str] = "v > v_threshold + theta"
    reset: ClassVar[str] = SubtractiveLIF.reset + "\ntheta += theta_increment"
