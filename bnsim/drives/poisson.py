"""Poisson rate code: the intensity of a value is a firing rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from brian2.units import Hz
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.description import parameter
from bnsim.drives.encoder import BY_CHANCE, Encoder, intensities
from bnsim.errors import InputError
from bnsim.timing import Timing


@dataclass(frozen=True, repr=False)
class Poisson(Encoder):
    """Poisson rate code: the firing rate is proportional to the value.

    Parameters
    ----------
    max_rate : Quantity
        Firing rate at intensity 1.

    Notes
    -----
    In each step of the presentation a unit fires with probability max_rate x intensity x dt. This is the Bernoulli
    approximation of a Poisson process, as in Brian2's PoissonGroup: at most one spike a step, so the rate is exact, the
    interspike interval is at least dt, and the number of spikes in a step has the variance p (1 - p), with p the
    probability of a spike, where that of a Poisson process has p: choose dt so that p is small wherever the variance
    matters, as for noise. Intensities lie in [0, 1]; a stimulus may also be a rate, from 0 to max_rate, with its unit.
    """

    max_rate: Quantity = parameter(100 * Hz, above=0)
    threshold: ClassVar[str] = BY_CHANCE
    silent_without_drive: ClassVar[bool] = True
    scale: ClassVar[str] = "max_rate"

    def drive(self, stimulus: Any, n_units: int, timing: Timing) -> Float64Array:
        """Return the probability that a unit fires in a step.

        Parameters
        ----------
        stimulus : array_like, shape (trial, unit)
            Intensities in [0, 1], or rates.
        n_units : int
            Size of the population.
        timing : Timing
            The time grid.

        Returns
        -------
        ndarray of float64, shape (trial, unit)
            max_rate x intensity x dt.

        Raises
        ------
        InputError
            If max_rate x dt is above 1, or the stimulus is no array of intensities.
        """
        probability = float(np.asarray(self.max_rate)) * timing.dt
        if probability > 1:
            raise InputError(
                f"Poisson.max_rate: {checks.describe(self.max_rate)} is more than one spike a step of "
                f"{timing.dt * 1e3:g} ms; lower max_rate or dt"
            )
        return probability * intensities(self, stimulus, n_units)
