"""The two neurons of Diehl & Cook's network (2015)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.neurons.adaptive_lif import AdaptiveLIF
from bnsim.neurons.base import Method
from bnsim.neurons.lif import LIF


@dataclass(frozen=True, repr=False)
class DiehlCookExcitatory(AdaptiveLIF):
    """Excitatory cell: adaptive threshold, conductance synapses, and a time after each spike in which none is emitted.

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
    theta_start : Quantity
        theta at the start.
    blocked : Quantity
        Time after a spike in which the membrane integrates, but no spike is emitted.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Notes
    -----
    tau_m dv/dt = v_rest - v + I, a conductance synapse (relative to the leak) adding g (reversal - v) to I, and
    tau_theta dtheta/dt = -theta. A spike where v > v_threshold + theta - theta_start and the last spike is more than
    `blocked` ago; then v = v_reset for the refractory period, and theta += theta_increment. theta starts at theta_start
    and carries over from trial to trial. Forward Euler, as in the authors' code.

    The paper states a refractory period of 5 ms only. Brian2's example of this network has a timer that runs at a tenth
    of the speed, which makes it 50 ms (`blocked`). In the authors' code for Brian 1 that line is
    `dtimer/dt = 100.0 : ms`. Brian 1 checks the unit of an equation and does not scale by it, so that their timer
    exceeds 5 ms after one step and blocks nothing more (as read in the source of both; they were not run).

    References
    ----------
    P. Diehl and M. Cook, Frontiers in Computational Neuroscience 9:99 (2015), and the code published with it.
    """

    tau_m: Quantity = parameter(100 * ms)
    v_threshold: Quantity = parameter(-52 * mV)
    refractory: Quantity = parameter(5 * ms)
    theta_start: Quantity = parameter(20 * mV, minimum=0)
    blocked: Quantity = parameter(50 * ms, minimum=0)

    # Half a step more, so that rounding does not decide whether a spike exactly `blocked` ago is long enough ago.
    threshold: ClassVar[str] = "v > v_threshold + theta - theta_start and t - lastspike > blocked + dt / 2"
    initial: ClassVar[dict[str, str]] = {"v": "v_rest", "theta": "theta_start"}
    method: Method = "euler"


@dataclass(frozen=True, repr=False)
class DiehlCookInhibitory(LIF):
    """Inhibitory cell: a fast LIF neuron, integrated by forward Euler as in the authors' code.

    Parameters
    ----------
    tau_m : Quantity
        Membrane time constant.
    v_rest, v_threshold, v_reset : Quantity
        Resting, threshold and reset potential.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Notes
    -----
    The equations are those of `bnsim.LIF`.

    References
    ----------
    P. Diehl and M. Cook, Frontiers in Computational Neuroscience 9:99 (2015), and the code published with it.
    """

    tau_m: Quantity = parameter(10 * ms)
    v_rest: Quantity = parameter(-60 * mV)
    v_threshold: Quantity = parameter(-40 * mV)
    v_reset: Quantity = parameter(-45 * mV)
    refractory: Quantity = parameter(2 * ms, minimum=0)

    method: Method = "euler"
