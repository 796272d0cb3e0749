"""Latency code (time to first spike): the stronger, the earlier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from brian2.units import ms
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.description import parameter
from bnsim.encoding.base import Encoder, intensities
from bnsim.errors import InputError
from bnsim.timing import Timing


@dataclass(frozen=True, repr=False)
class Latency(Encoder):
    """Latency code: the stronger the value, the earlier its one spike.

    Parameters
    ----------
    latest : Quantity
        Spike time in the limit of zero intensity.

    Notes
    -----
    One spike at (1 - intensity) x latest, rounded to a step; none at intensity 0.

    References
    ----------
    S. Thorpe, A. Delorme and R. Van Rullen, Neural Networks 14 (2001).
    """

    latest: Quantity = parameter(20 * ms)
    threshold: ClassVar[str] = "t_in_timesteps == drive"

    def drive(self, stimulus: Any, n_units: int, timing: Timing) -> Float64Array:
        """Return the step of each unit's spike.

        Parameters
        ----------
        stimulus : array_like, shape (trial, unit)
            Intensities in [0, 1].
        n_units : int
            Size of the population.
        timing : Timing
            The time grid.

        Returns
        -------
        ndarray of float64, shape (trial, unit)
            Step of the spike; -1 where there is none.

        Raises
        ------
        InputError
            If `latest` is at or beyond the end of the presentation, or the stimulus is no array of intensities.
        """
        latest = float(np.asarray(self.latest)) / timing.dt
        if round(latest) >= timing.presentation_steps:
            raise InputError(
                f"Latency.latest: {checks.describe(self.latest)} is not within the presentation of "
                f"{timing.presentation_steps * timing.dt * 1e3:g} ms; shorten latest or lengthen the trial"
            )
        values = intensities(self, stimulus, n_units)
        return np.where(values > 0, np.rint((1 - values) * latest), -1.0)
