"""Hodgkin & Huxley's neuron: the membrane of the squid giant axon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import cm, ms, msiemens, mV, uF, um
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.neurons.base import InputUnit, Method, NeuronModel


@dataclass(frozen=True, repr=False)
class HodgkinHuxley(NeuronModel):
    """A patch of the squid giant axon's membrane, with its sodium, potassium and leak channels, at 6.3 degrees Celsius.

    Parameters
    ----------
    area : Quantity
        Area of the patch; with the default, 1 nA is 10 uA/cm^2.
    c_m : Quantity
        Membrane capacitance, per area.
    g_na, g_k, g_leak : Quantity
        Largest conductance of the sodium and potassium channels and conductance of the leak, per area.
    e_na, e_k, e_leak : Quantity
        Reversal potentials of sodium, potassium and the leak.
    v_spike : Quantity
        Potential whose upward crossing is a spike.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Notes
    -----
    c_m dv/dt = g_na m^3 h (e_na - v) + g_k n^4 (e_k - v) + g_leak (e_leak - v) + I / area, I in ampere, and
    dx/dt = alpha_x (1 - x) - beta_x x for x = m, h, n. With v in mV, per millisecond:

    alpha_m = 0.1 (v + 40) / (1 - exp(-(v + 40) / 10)), beta_m = 4 exp(-(v + 65) / 18),
    alpha_h = 0.07 exp(-(v + 65) / 20), beta_h = 1 / (1 + exp(-(v + 35) / 10)),
    alpha_n = 0.01 (v + 55) / (1 - exp(-(v + 55) / 10)), beta_n = 0.125 exp(-(v + 65) / 80).

    These are the parameters of 1952 in today's convention: depolarisation is positive and the resting potential, from
    which the patch starts, is -65 mV. A spike is emitted where v > v_spike; the next one is, once v has been at or
    below v_spike. Nothing is reset, and there is no refractory period but that of the channels.

    The default method is stable at a time step of 0.1 ms and of second order: at 10 uA/cm^2 the intervals are 0.9 % too
    long then, and 0.3 % at 0.05 ms. Exponential Euler takes half the time a step, and errs by 5.0 and 2.5 %. With
    `method="rk4"`, which takes a sixth longer, intervals are exact to the step at 0.05 ms; at 0.1 ms it diverges.

    References
    ----------
    A. Hodgkin and A. Huxley, Journal of Physiology 117:500 (1952).
    """

    area: Quantity = parameter(10_000 * um**2, above=0)
    c_m: Quantity = parameter(1 * uF / cm**2, above=0)
    g_na: Quantity = parameter(120 * msiemens / cm**2, minimum=0)
    g_k: Quantity = parameter(36 * msiemens / cm**2, minimum=0)
    g_leak: Quantity = parameter(0.3 * msiemens / cm**2, above=0)
    e_na: Quantity = parameter(50 * mV)
    e_k: Quantity = parameter(-77 * mV)
    e_leak: Quantity = parameter(-54.387 * mV)
    v_spike: Quantity = parameter(0 * mV)
    method: Method = "exponential_midpoint"
    refractory: ClassVar[Quantity] = 0 * ms  # type: ignore[misc]

    equations: ClassVar[str] = """
        dv/dt = (g_na*m**3*h*(e_na - v) + g_k*n**4*(e_k - v) + g_leak*(e_leak - v) + I/area) / c_m : volt
        dm/dt = alpha_m*(1 - m) - beta_m*m : 1
        dh/dt = alpha_h*(1 - h) - beta_h*h : 1
        dn/dt = alpha_n*(1 - n) - beta_n*n : 1
        alpha_m = 1/exprel(-(v + 40*mV)/(10*mV))/ms : Hz
        beta_m = 4*exp(-(v + 65*mV)/(18*mV))/ms : Hz
        alpha_h = 0.07*exp(-(v + 65*mV)/(20*mV))/ms : Hz
        beta_h = 1/(1 + exp(-(v + 35*mV)/(10*mV)))/ms : Hz
        alpha_n = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms : Hz
        beta_n = 0.125*exp(-(v + 65*mV)/(80*mV))/ms : Hz
    """
    threshold: ClassVar[str] = "v > v_spike"
    reset: ClassVar[str] = ""
    rearmed: ClassVar[str] = "v <= v_spike"
    input_unit: ClassVar[InputUnit] = "amp"
    initial: ClassVar[dict[str, str]] = {
        "v": "-65*mV",
        "m": "0.05293248525724958",
        "h": "0.5961207535084603",
        "n": "0.3176769140606974",
    }
