"""Izhikevich's simple model of a spiking neuron."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.neurons.base import Method, NeuronModel


@dataclass(frozen=True, repr=False)
class Izhikevich(NeuronModel):
    """Izhikevich's simple model: a quadratic membrane and one recovery variable make the known firing patterns.

    Parameters
    ----------
    a : float
        Rate of the recovery variable, per millisecond.
    b : float
        How the recovery variable follows the membrane potential, of either sign.
    c : Quantity
        Reset potential.
    d : Quantity
        Rise of the recovery variable with each spike, of either sign.
    v_peak : Quantity
        Potential at which a spike is seen.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Raises
    ------
    InputError
        If the reset potential is not below the peak.

    Notes
    -----
    In millivolt and millisecond, dv/dt = 0.04 v^2 + 5 v + 140 - u + I and du/dt = a (b v - u); where v >= v_peak a
    spike is emitted, v = c and u rises by d. I is in volt, as u is: a constant input of 10 in the paper is 10 mV. Both
    start at v = -65 mV, u = b v, as in the paper's code. The defaults are its regularly spiking cell. In the equation
    of u, v is bounded by v_peak, which only matters within the step of a spike.

    Integrated by the fourth-order Runge-Kutta method. At a time step of 0.1 ms and a constant 10 mV, v is within 1e-6
    mV of the solution until 1 ms before the spike, and the 12 spikes of half a second are on their steps. The paper's
    results come from forward Euler steps of 1 ms, two halves for v; `method="euler"` is up to 2.6 ms off at 0.1 ms, and
    equals NEST's `izhikevich` with consistent_integration.

    `rheobase` is the constant input at which the resting state vanishes or, where b > a, becomes unstable.

    References
    ----------
    E. Izhikevich, IEEE Transactions on Neural Networks 14:1569 (2003).
    """

    a: float = parameter(0.02, above=0)
    b: float = parameter(0.2, signed=True)
    c: Quantity = parameter(-65 * mV)
    d: Quantity = parameter(8 * mV)
    v_peak: Quantity = parameter(30 * mV)
    method: Method = "rk4"

    equations: ClassVar[str] = """
        dv/dt = (0.04*v**2/mV + 5*v + 140*mV - u + I) / ms : volt (unless refractory)
        du/dt = a * (b*clip(v, -inf*volt, v_peak) - u) / ms : volt
    """
    threshold: ClassVar[str] = "v >= v_peak"
    reset: ClassVar[str] = "v = c\nu += d"
    initial: ClassVar[dict[str, str]] = {"v": "-65*mV", "u": "b * -65*mV"}

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_below("c", "v_peak")

    @property
    def rheobase(self) -> Quantity:
        v = (min(self.a, self.b) - 5) / 0.08  # the resting state vanishes at a slope of b, or is unstable from a
        return -(0.04 * v**2 + (5 - self.b) * v + 140) * mV
