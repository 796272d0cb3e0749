"""Leaky integrate-and-fire neurons driven by a current, expressed as the voltage that it would reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

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
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4", "heun"}
        Integration method.
    tau_m : Quantity
        Membrane time constant.
    v_rest, v_threshold, v_reset : Quantity
        Resting, threshold and reset potential; the others lie below the threshold.

    Raises
    ------
    InputError
        If the resting or the reset potential is not below the threshold.

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
        _rest_below_threshold(self, self.v_rest, self.v_threshold)

    @property
    def rheobase(self) -> Quantity:
        return self.v_threshold - self.v_rest


@dataclass(frozen=True, repr=False)
class SubtractiveLIF(NeuronModel):
    """Leaky integrate-and-fire neuron whose reset subtracts the threshold.

    Parameters
    ----------
    refractory : Quantity
        Absolute refractory period.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4", "heun"}
        Integration method.
    tau_m : Quantity
        Membrane time constant.
    v_rest, v_threshold : Quantity
        Resting and threshold potential; the reset subtracts their difference.

    Raises
    ------
    InputError
        If the resting potential is not below the threshold.

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
        _rest_below_threshold(self, self.v_rest, self.v_threshold)

    @property
    def rheobase(self) -> Quantity:
        return self.v_threshold - self.v_rest


def _rest_below_threshold(model: NeuronModel, rest: Quantity, threshold: Quantity) -> None:
    if rest >= threshold:
        raise InputError(
            f"{type(model).__name__}.v_rest: not below v_threshold, so the neuron would fire for ever; lower v_rest"
        )
