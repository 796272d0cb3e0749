"""Quadratic integrate-and-fire neuron."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.neurons.base import Method, NeuronModel


@dataclass(frozen=True, repr=False)
class QuadraticLIF(NeuronModel):
    """LIF neuron whose leak turns into an upswing: the normal form of a neuron that can fire at any low rate.

    Parameters
    ----------
    tau_m : Quantity
        Membrane time constant at rest.
    v_rest : Quantity
        Resting potential without input.
    v_critical : Quantity
        Potential above which v runs away without input.
    v_peak : Quantity
        Potential at which a spike is seen.
    v_reset : Quantity
        Reset potential.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Raises
    ------
    InputError
        If v_rest is not below v_critical, or v_critical or v_reset not below v_peak.

    Notes
    -----
    tau_m dv/dt = (v - v_rest) (v - v_critical) / (v_critical - v_rest) + I; where v > v_peak a spike is emitted and
    v = v_reset for the refractory period. I is in volt: the membrane resistance at rest times the current. The factor
    of the square is such that tau_m is the time constant of small deflections from rest. The defaults are this
    project's own, after those of the LIF neuron.

    Integrated by the fourth-order Runge-Kutta method. At a time step of 0.1 ms and a constant 10 mV, v is within 5e-7
    mV of the solution, and the 7 spikes of half a second are on their steps ("euler": up to 1.4 ms off).

    References
    ----------
    P. Latham et al., Journal of Neurophysiology 83:808 (2000); W. Gerstner et al., Neuronal Dynamics (2014), section
    5.3.
    """

    tau_m: Quantity = parameter(20 * ms)
    v_rest: Quantity = parameter(-65 * mV)
    v_critical: Quantity = parameter(-50 * mV)
    v_peak: Quantity = parameter(20 * mV)
    v_reset: Quantity = parameter(-65 * mV)
    method: Method = "rk4"

    equations: ClassVar[str] = (
        "dv/dt = ((v - v_rest) * (v - v_critical) / (v_critical - v_rest) + I) / tau_m : volt (unless refractory)"
    )
    threshold: ClassVar[str] = "v > v_peak"
    reset: ClassVar[str] = "v = v_reset"
    initial: ClassVar[dict[str, str]] = {"v": "v_rest"}

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_below("v_rest", "v_critical")
        self.require_below("v_critical", "v_peak")
        self.require_below("v_reset", "v_peak")

    @property
    def rheobase(self) -> Quantity:
        return (self.v_critical - self.v_rest) / 4
