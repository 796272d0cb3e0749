"""Synchrony of the units of a layer in one trial, and rasters with destroyed timing for comparison."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnsim import measures
from bnsim.arrays import FloatArray
from bnsim.binning import steps_of
from experiments.shared.random_networks import Train

Raster = NDArray[np.bool_]
"""Whether the unit fires in the time step (unit, step)."""

WINDOW = 2e-3
"""In seconds: largest distance of coincident spikes (spike time tiling), and shortest bin of spike contrast."""
BIN, MAX_LAG = 1e-3, 20e-3
"""Bin width and largest lag of cross-correlations, in seconds; lags are at most half a trial."""


@dataclass(frozen=True)
class Synchrony:
    """Synchrony of some units in one trial; NaN for a measure that is undefined.

    Parameters
    ----------
    tiling
        Mean spike time tiling coefficient over all pairs of units.
    contrast
        Spike contrast.
    followers
        Number of times that a spike of one unit was followed by a spike of another after 0, 1, ... bins of `BIN`.
    chances
        Number of spikes times number of other units, for normalisation.
    """

    tiling: float
    contrast: float
    followers: FloatArray
    chances: int

    @classmethod
    def of(cls, raster: Raster, dt: float) -> Synchrony:
        """Measure all units of a raster.

        Parameters
        ----------
        raster
            Spikes (unit, step); each unit must fire at least once.
        dt
            Time step in s.

        Returns
        -------
        Synchrony
            The measures.
        """
        trains = [np.flatnonzero(unit) * dt for unit in raster]
        duration = raster.shape[1] * dt
        tiling = measures.spike_time_tiling(trains, window=WINDOW, duration=duration, dt=dt)
        return cls(
            float(np.mean(tiling[np.triu_indices(len(trains), 1)])),
            measures.spike_contrast(trains, min_bin=min(WINDOW, duration / 2), duration=duration, dt=dt),
            _followers(trains, duration),
            int(raster.sum()) * (len(trains) - 1),
        )


def _followers(trains: list[FloatArray], duration: float) -> FloatArray:
    """Count for all pairs of units at once: pairs of spikes of all units together, less those within single units."""
    everything = [*trains, np.sort(np.concatenate(trains))]

    def within(unit: int) -> FloatArray:
        lags, counts = measures.cross_correlation(
            everything, units=(unit, unit), bin_width=BIN, max_lag=min(MAX_LAG, duration / 2), duration=duration
        )
        return counts[lags > -BIN / 2].astype(float)

    return within(len(trains)) - np.sum([within(unit) for unit in range(len(trains))], axis=0)


def rate_around_spikes(trials: list[Synchrony]) -> FloatArray:
    """Compute the firing rate of a unit after a spike of another, over all pairs of units of all trials.

    Parameters
    ----------
    trials
        Measures of each trial.

    Returns
    -------
    array (bin,)
        Rate in Hz, 0, 1, ... bins of `BIN` after the spike.
    """
    return np.sum([trial.followers for trial in trials], axis=0) / (sum(trial.chances for trial in trials) * BIN)


def raster_of(train: Train, n_units: int, n_steps: int, dt: float) -> Raster:
    """Return the spikes of a trial as a raster.

    Parameters
    ----------
    train
        Times in s, and units, of the spikes.
    n_units
        Number of units.
    n_steps
        Number of time steps.
    dt
        Time step in s.

    Returns
    -------
    array (unit, step)
        Whether the unit fires in the time step.
    """
    times, units = train
    raster = np.zeros((n_units, n_steps), dtype=bool)
    raster[units, steps_of(times, dt)] = True
    return raster


def shuffled(raster: Raster, width: int, generator: np.random.Generator) -> Raster:
    """Move the spikes of each unit to random steps within successive windows.

    The counts of each unit and window do not change; with a single window as long as the trial, only the counts remain.

    Parameters
    ----------
    raster
        Spikes (unit, step).
    width
        Width of a window in steps.
    generator
        Source of random numbers.

    Returns
    -------
    array (unit, step)
        The raster with moved spikes.
    """
    # Elephant's surrogates draw from NumPy's global generator, which no seed of a run governs.
    starts = range(0, raster.shape[1], width)
    return np.concatenate([generator.permuted(raster[:, start : start + width], axis=1) for start in starts], axis=1)
