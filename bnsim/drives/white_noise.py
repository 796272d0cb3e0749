"""White noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.drives.base import Drive


@dataclass(frozen=True, repr=False)
class WhiteNoise(Drive):
    """Gaussian white noise, independent for each neuron.

    Parameters
    ----------
    sigma : Quantity
        Strength, in the neuron's input unit.
    tau : Quantity
        Time constant in the definition of sigma; usually the membrane's.
    mean : Quantity
        Mean, in the neuron's input unit.

    Notes
    -----
    I += mean + sigma sqrt(tau) xi(t), with <xi(t) xi(t')> = delta(t - t'). Without a threshold, the membrane potential
    of a LIF neuron with tau_m = tau then has the standard deviation sigma / sqrt(2).

    On the time grid the noise is constant within a step, with standard deviation sigma sqrt(tau / dt) and independent
    from step to step. Between grid points the membrane cannot cross the threshold, so that the firing rate is lower
    than in continuous time: as if the threshold, not the reset, were higher by 0.5826 sigma sqrt(dt / tau).

    References
    ----------
    N. Brunel, Journal of Computational Neuroscience 8:183-208 (2000), equation 4, for the definition of sigma.
    """

    sigma: Quantity = parameter(5 * mV, minimum=0, any_unit=True)
    tau: Quantity = parameter(20 * ms)
    mean: Quantity = parameter(0 * mV, signed=True, any_unit=True)

    equations: ClassVar[str] = "x : {input_unit}"
    current: ClassVar[str] = "x"
    at_start: ClassVar[str] = "x = mean + sigma * sqrt(tau / dt) * bnsim_normal_quantile(uniform)"
    random: ClassVar[bool] = True
    in_input_units: ClassVar[tuple[str, ...]] = ("sigma", "mean")
