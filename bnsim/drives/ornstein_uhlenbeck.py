"""Ornstein-Uhlenbeck noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.drives.base import Drive


@dataclass(frozen=True, repr=False)
class OrnsteinUhlenbeck(Drive):
    """Ornstein-Uhlenbeck noise (coloured noise), independent for each neuron.

    Parameters
    ----------
    sigma : Quantity
        Standard deviation in the steady state, in the neuron's input unit.
    tau : Quantity
        Correlation time.
    mean : Quantity
        Mean, in the neuron's input unit.

    Notes
    -----
    I += x with tau dx/dt = mean - x + sigma sqrt(2 tau) xi(t), integrated exactly: x(t + dt) = mean + (x(t) - mean)
    exp(-dt / tau) + sigma sqrt(1 - exp(-2 dt / tau)) z, z standard normal. x starts at its mean and is in the steady
    state after a few tau. Within a step the membrane takes it as constant.

    References
    ----------
    D. Gillespie, Physical Review E 54:2084-2091 (1996).
    """

    sigma: Quantity = parameter(5 * mV, minimum=0, any_unit=True)
    tau: Quantity = parameter(5 * ms)
    mean: Quantity = parameter(0 * mV, signed=True, any_unit=True)

    equations: ClassVar[str] = "x : {input_unit}"
    current: ClassVar[str] = "x"
    at_start: ClassVar[str] = (
        "x = mean + (x - mean) * exp(-dt / tau) + sigma * sqrt(1 - exp(-2 * dt / tau)) * bnsim_normal_quantile(uniform)"
    )
    initial: ClassVar[dict[str, str]] = {"x": "mean"}
    random: ClassVar[bool] = True
    in_input_units: ClassVar[tuple[str, ...]] = ("sigma", "mean")
