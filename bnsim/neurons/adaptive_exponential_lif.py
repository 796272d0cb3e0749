"""Adaptive exponential leaky integrate-and-fire neuron (AdEx)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from brian2.units import ms, mV, nS, pA, pF
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.errors import InputError
from bnsim.neurons.base import InputUnit, Method, NeuronModel
from bnsim.neurons.exponential_lif import require_finite_upswing


@dataclass(frozen=True, repr=False)
class AdaptiveExponentialLIF(NeuronModel):
    """Exponential LIF neuron with an adaptation current, in physical units (AdEx).

    Parameters
    ----------
    c_m : Quantity
        Membrane capacitance C.
    g_leak : Quantity
        Leak conductance g_L.
    e_leak : Quantity
        Reversal potential E_L of the leak.
    v_threshold : Quantity
        Threshold V_T of the upswing.
    slope_factor : Quantity
        Sharpness Delta_T of its onset.
    v_peak : Quantity
        Potential at which a spike is seen, well above v_threshold.
    v_reset : Quantity
        Reset potential V_r; above v_threshold, a spike brings on the next one, until the adaptation ends the burst.
    tau_w : Quantity
        Time constant of the adaptation current w, the variable `adaptation`.
    a : Quantity
        Subthreshold adaptation, a conductance of any sign.
    b : Quantity
        Spike-triggered adaptation: rise of the adaptation current with each spike.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Raises
    ------
    InputError
        If v_threshold or v_reset is not below v_peak, or the slope factor is so small that the upswing leaves the range
        of floating point.

    Notes
    -----
    c_m dv/dt = g_leak (e_leak - v) + g_leak slope_factor exp((v - v_threshold) / slope_factor) - w + I and
    tau_w dw/dt = a (v - e_leak) - w, I in ampere; where v > v_peak a spike is emitted, w rises by b, and v = v_reset
    for the refractory period, during which w goes on. v is bounded by v_peak in the exponential and in the equation of
    w, which only matters within the step of a spike.

    Integrated by the fourth-order Runge-Kutta method. At a time step of 0.1 ms and a constant 1 nA, v is within 1e-7 mV
    of the solution until 1 ms before the spike, and the 31 spikes of a second are on the steps of the solution that is
    reset at the end of a step ("rk2": 0.1 ms off, "euler": 1.7 ms). Where reset and b act at once, as in NEST, the last
    of them comes 0.3 ms earlier. From v_peak, the upswing would take another 0.05 ms; with the 20 mV that others use,
    the step that crosses them adds to w what it should not, and the last spike is 2.1 ms late.

    `rheobase` is the constant input at which the resting state vanishes or, where a / g_leak > c_m / (g_leak tau_w),
    becomes unstable.

    References
    ----------
    R. Brette and W. Gerstner, Journal of Neurophysiology 94:3637 (2005), whose parameters the defaults are, but for
    v_peak. R. Naud et al., Biological Cybernetics 99:335 (2008), for the rheobase and the firing patterns.
    """

    c_m: Quantity = parameter(281 * pF, above=0)
    g_leak: Quantity = parameter(30 * nS, above=0)
    e_leak: Quantity = parameter(-70.6 * mV)
    v_threshold: Quantity = parameter(-50.4 * mV)
    slope_factor: Quantity = parameter(2 * mV, above=0)
    v_peak: Quantity = parameter(-40 * mV)
    v_reset: Quantity = parameter(-70.6 * mV)
    tau_w: Quantity = parameter(144 * ms)
    a: Quantity = parameter(4 * nS, signed=True)
    b: Quantity = parameter(80.5 * pA, signed=True)
    method: Method = "rk4"

    equations: ClassVar[str] = """
        dv/dt = (g_leak * (e_leak - v + upswing) - adaptation + I) / c_m : volt (unless refractory)
        dadaptation/dt = (a * (clip(v, -inf*volt, v_peak) - e_leak) - adaptation) / tau_w : amp
        upswing = slope_factor * exp((clip(v, -inf*volt, v_peak) - v_threshold) / slope_factor) : volt
    """
    threshold: ClassVar[str] = "v > v_peak"
    reset: ClassVar[str] = "v = v_reset\nadaptation += b"
    input_unit: ClassVar[InputUnit] = "amp"
    initial: ClassVar[dict[str, str]] = {"v": "e_leak"}

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_below("v_threshold", "v_peak")
        self.require_below("v_reset", "v_peak")
        require_finite_upswing(self)

    @property
    def rheobase(self) -> Quantity:
        ratio, slow = self.a / self.g_leak, self.c_m / (self.g_leak * self.tau_w)
        if ratio <= -1:
            raise InputError(f"{type(self).__name__}.rheobase: without a resting state there is none; raise a")
        # Where the slope of the exponential lets the resting state go: a saddle-node or, before it, a Hopf bifurcation.
        rise = 1 + min(ratio, slow)
        depolarisation = self.v_threshold - self.e_leak + self.slope_factor * np.log(rise)
        return (self.g_leak + self.a) * depolarisation - self.g_leak * self.slope_factor * rise
