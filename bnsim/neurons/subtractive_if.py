"""Integrate-and-fire neuron without a leak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.errors import InputError
from bnsim.neurons.base import NeuronModel


@dataclass(frozen=True, repr=False)
class SubtractiveIF(NeuronModel):
    """Integrate-and-fire neuron without a leak, whose reset subtracts the threshold.

    Parameters
    ----------
    tau_m : Quantity
        Time in which a constant input I raises v by I; it corresponds to the membrane time constant of a leaky neuron.
    v_rest, v_threshold : Quantity
        The reset subtracts their difference.
    v_initial : Quantity
        v at the start. Half-way between `v_rest` and `v_threshold`, spike counts are rounded to the nearest.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Raises
    ------
    InputError
        If v_rest is not below v_threshold.

    Notes
    -----
    tau_m dv/dt = I; where v reaches v_threshold a spike is emitted and v falls by v_threshold - v_rest. No input is
    lost: the number of spikes is the input summed up so far, in thresholds, rounded down (at most one spike a step). A
    threshold counts as reached a billionth of its height earlier, so that rounding in the last digits costs no spike.

    References
    ----------
    B. Rueckauer et al., Frontiers in Neuroscience 11:682 (2017), "reset by subtraction".
    """

    tau_m: Quantity = parameter(20 * ms)
    v_rest: Quantity = parameter(-65 * mV)
    v_threshold: Quantity = parameter(-50 * mV)
    v_initial: Quantity = parameter(-65 * mV)

    equations: ClassVar[str] = "dv/dt = I / tau_m : volt (unless refractory)"
    threshold: ClassVar[str] = "v >= v_threshold - 1e-9 * (v_threshold - v_rest)"
    reset: ClassVar[str] = "v -= v_threshold - v_rest"
    initial: ClassVar[dict[str, str]] = {"v": "v_initial"}

    def __post_init__(self) -> None:
        super().__post_init__()
        if np.any(self.numbers("v_rest") >= self.numbers("v_threshold")):
            raise InputError(
                f"{type(self).__name__}.v_rest: not below v_threshold, so that a reset subtracts nothing; lower v_rest"
            )

    @property
    def rheobase(self) -> Quantity:
        raise InputError(
            f"{type(self).__name__}.rheobase: without a leak any positive input reaches threshold; "
            "give a leaky neuron, such as SubtractiveLIF"
        )
