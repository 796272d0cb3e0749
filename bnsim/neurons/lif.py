"""Leaky integrate-and-fire neurons driven by a current, expressed as the voltage that it would reach."""

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
class LIF(NeuronModel):
    """Leaky integrate-and-fire neuron.

    Parameters
    ----------
    tau_m : Quantity
        Membrane time constant.
    v_rest, v_threshold, v_reset : Quantity
        Resting, threshold and reset potential. A cell whose resting potential lies above the threshold fires by itself.
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method.

    Raises
    ------
    InputError
        If the reset potential is not below the threshold.

    Notes
    -----
    tau_m dv/dt = v_rest - v + I; where v > v_threshold a spike is emitted and v = v_reset for the refractory period. I
    is in volt: the membrane resistance times the current. Integrated exactly.

    References
    ----------
    L. Lapicque (1907); W. Gerstner et al., Neuronal Dynamics (2014), section 1.3.
    """

    tau_m: Quantity = parameter(20 * ms)
    v_rest: Quantity = parameter(-65 * mV)
    v_threshold: Quantity = parameter(-50 * mV)
    v_reset: Quantity = parameter(-65 * mV)

    equations: ClassVar[str] = "dv/dt = (v_rest - v + I) / tau_m : volt (unless refractory)"
    threshold: ClassVar[str] = "v > v_threshold"
    reset: ClassVar[str] = "v = v_reset"
    initial: ClassVar[dict[str, str]] = {"v": "v_rest"}

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_below("v_reset", "v_threshold")

    @property
    def rheobase(self) -> Quantity:
        return _distance(self)


@dataclass(frozen=True, repr=False)
class SubtractiveLIF(NeuronModel):
    """Leaky integrate-and-fire neuron whose reset subtracts the threshold.

    Parameters
    ----------
    tau_m : Quantity
        Membrane time constant.
    v_rest, v_threshold : Quantity
        Resting and threshold potential; the reset subtracts their difference.
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
    tau_m dv/dt = v_rest - v + I; where v > v_threshold a spike is emitted and v falls by v_threshold - v_rest. The part
    of v above threshold is kept, so the spike count follows the input more closely than with a fixed reset potential.

    References
    ----------
    B. Rueckauer et al., Frontiers in Neuroscience 11:682 (2017), "reset by subtraction".
    """

    tau_m: Quantity = parameter(20 * ms)
    v_rest: Quantity = parameter(-65 * mV)
    v_threshold: Quantity = parameter(-50 * mV)

    equations: ClassVar[str] = "dv/dt = (v_rest - v + I) / tau_m : volt (unless refractory)"
    threshold: ClassVar[str] = "v > v_threshold"
    reset: ClassVar[str] = "v -= v_threshold - v_rest"
    initial: ClassVar[dict[str, str]] = {"v": "v_rest"}

    def __post_init__(self) -> None:
        super().__post_init__()
        if np.any(self.numbers("v_rest") >= self.numbers("v_threshold")):
            raise InputError(
                f"{type(self).__name__}.v_rest: not below v_threshold, so that a reset subtracts nothing; lower v_rest"
            )

    @property
    def rheobase(self) -> Quantity:
        return _distance(self)


def _distance(model: LIF | SubtractiveLIF) -> Quantity:
    """From rest to threshold; a cell whose rest lies above fires without input, and has no rheobase."""
    if np.any(model.numbers("v_rest") >= model.numbers("v_threshold")):
        raise InputError(
            f"{type(model).__name__}.rheobase: the cell fires without input, so there is none; lower v_rest"
        )
    return model.v_threshold - model.v_rest
