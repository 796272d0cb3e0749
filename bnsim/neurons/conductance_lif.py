"""Conductance-based leaky integrate-and-fire neuron."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV, nS, pF
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.neurons.base import InputUnit, NeuronModel


@dataclass(frozen=True, repr=False)
class ConductanceLIF(NeuronModel):
    """Leaky integrate-and-fire neuron in physical units, to be driven by conductance synapses.

    Parameters
    ----------
    c_m : Quantity
        Membrane capacitance.
    g_leak : Quantity
        Leak conductance.
    e_leak : Quantity
        Reversal potential of the leak.
    v_threshold, v_reset : Quantity
        Threshold and reset potential.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Raises
    ------
    InputError
        If the leak's reversal or the reset potential is not below the threshold.

    Notes
    -----
    c_m dv/dt = g_leak (e_leak - v) + I, I in ampere; a conductance synapse adds g (reversal - v) to I. Where v >
    v_threshold a spike is emitted and v = v_reset for the refractory period. Integrated exactly, and by the exponential
    midpoint rule, of second order, where a conductance enters (see `bnsim.program.integration`).

    References
    ----------
    The defaults are those of the COBA network of R. Brette et al., Journal of Computational Neuroscience 23 (2007).
    """

    c_m: Quantity = parameter(200 * pF, above=0)
    g_leak: Quantity = parameter(10 * nS, above=0)
    e_leak: Quantity = parameter(-60 * mV)
    v_threshold: Quantity = parameter(-50 * mV)
    v_reset: Quantity = parameter(-60 * mV)
    refractory: Quantity = parameter(5 * ms, minimum=0)

    equations: ClassVar[str] = "dv/dt = (g_leak * (e_leak - v) + I) / c_m : volt (unless refractory)"
    threshold: ClassVar[str] = "v > v_threshold"
    reset: ClassVar[str] = "v = v_reset"
    input_unit: ClassVar[InputUnit] = "amp"
    initial: ClassVar[dict[str, str]] = {"v": "e_leak"}

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("e_leak", "v_reset"):
            self.require_below(name, "v_threshold")

    @property
    def rheobase(self) -> Quantity:
        return self.g_leak * (self.v_threshold - self.e_leak)
