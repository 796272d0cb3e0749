"""Latency code (time to first spike): the stronger, the earlier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from brian2.units import ms
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.description import parameter
from bnsim.drives.encoder import EncodedForm, Encoder, SpikeRaster, intensities
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
    form: ClassVar[EncodedForm] = "spikes"
    threshold: ClassVar[str] = "drive > 0"

    def drive(self, stimulus: Any, n_units: int, timing: Timing) -> SpikeRaster:
        """Return the spike of each unit.

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
        SpikeRaster
            The spikes of each trial, ordered by step, then unit.

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
        places = np.rint((1 - values) * latest).astype(np.int64) * n_units + np.arange(n_units)
        trials = [np.sort(of_trial[value > 0]) for of_trial, value in zip(places, values, strict=True)]
        ends = np.cumsum([0, *(len(spikes) for spikes in trials)])
        return SpikeRaster(ends.astype(np.int64), np.concatenate([np.zeros(0, np.int64), *trials]))
