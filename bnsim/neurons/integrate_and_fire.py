"""Integrate-and-fire neuron without a leak, reset to a potential."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.errors import InputError
from bnsim.neurons.base import NeuronModel


@dataclass(frozen=True, repr=False)
class IF(NeuronModel):
    """Integrate-and-fire neuron without a leak, reset to a potential.

    Parameters
    ----------
    tau_m : Quantity
        Time in which a constant input I raises v by I; it corresponds to the membrane time constant of a leaky neuron.
    v_threshold, v_reset : Quantity
        Threshold and reset potential; v starts at `v_reset`.
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
    tau_m dv/dt = I; where v > v_threshold a spike is emitted and v = v_reset, so that what lies above threshold is
    lost: `SubtractiveIF` keeps it. It is the neuron IF of the Neuromorphic Intermediate Representation.

    References
    ----------
    J. Pedersen et al., Nature Communications 15:8122 (2024).
    """

    tau_m: Quantity = parameter(20 * ms)
    v_threshold: Quantity = parameter(-50 * mV)
    v_reset: Quantity = parameter(-65 * mV)

    equations: ClassVar[str] = "dv/dt = I / tau_m : volt (unless refractory)"
    threshold: ClassVar[str] = "v > v_threshold"
    reset: ClassVar[str] = "v = v_reset"
    initial: ClassVar[dict[str, str]] = {"v": "v_reset"}

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_below("v_reset", "v_threshold")

    @property
    def rheobase(self) -> Quantity:
        raise InputError(
            f"{type(self).__name__}.rheobase: without a leak any positive input reaches threshold; "
            "give a leaky neuron, such as LIF"
        )
