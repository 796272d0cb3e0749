"""Tasks whose classes differ in the times of spikes: rasters (trial, step, unit) in steps of 1 ms, and classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from experiments.studies.timing import DURATION

Raster = NDArray[np.bool_]

LEVELS = 4
"""Spikes of a pixel at full intensity."""


@dataclass(frozen=True)
class Trials:
    """Trials of one task.

    Parameters
    ----------
    raster
        Whether the unit fires in the step (trial, step, unit); a step is 1 ms.
    y
        Class of each trial (trial,).
    """

    raster: Raster
    y: NDArray[np.int64]

    def scattered(self, generator: np.random.Generator) -> Trials:
        """Return trials with the same counts for every trial and unit, at random times.

        Parameters
        ----------
        generator
            Draws the times.

        Returns
        -------
        Trials
            The new trials.
        """
        return Trials(generator.permuted(self.raster, axis=1), self.y)

    def flat(self) -> FloatArray:
        """Return the rasters as 0 and 1 (trial, step x unit), unit after unit within step after step."""
        return self.raster.reshape(len(self.y), -1).astype(np.float64)

    def binned(self, width: int) -> FloatArray:
        """Count the spikes in time bins.

        Parameters
        ----------
        width
            Width of a bin in ms, a divisor of the trial's duration.

        Returns
        -------
        array (trial, bin x unit)
            Spike counts.
        """
        n_trials, n_steps, n_units = self.raster.shape
        counts = self.raster.reshape(n_trials, n_steps // width, width, n_units).sum(axis=2)
        return counts.reshape(n_trials, -1).astype(np.float64)


def draw_templates(n_classes: int, n_units: int, generator: np.random.Generator) -> FloatArray:
    """Draw a pattern for each class, in which every unit fires once, at a random time.

    Parameters
    ----------
    n_classes
        Number of classes.
    n_units
        Number of units.
    generator
        Draws the times.

    Returns
    -------
    array (class, unit)
        Spike times in ms.
    """
    return generator.uniform(0, DURATION, (n_classes, n_units))


def reversal(times: FloatArray) -> FloatArray:
    """Return a pattern and the same pattern in reversed time, as two classes.

    Parameters
    ----------
    times
        Spike times in ms (unit,).

    Returns
    -------
    array (class, unit)
        Spike times in ms.
    """
    return np.array([times, DURATION - times])


def presented(templates: FloatArray, n_trials: int, jitter: float, generator: np.random.Generator) -> Trials:
    """Return trials of all classes, equally often, in which each spike is moved by a normally distributed time.

    Parameters
    ----------
    templates
        Spike times in ms (class, unit).
    n_trials
        Number of trials of all classes together.
    jitter
        Standard deviation of the shift in ms.
    generator
        Draws the order of the classes and the shifts.
    """
    n_classes, n_units = templates.shape
    y = generator.permutation(np.arange(n_trials) % n_classes)
    times = templates[y] + jitter * generator.standard_normal((n_trials, n_units))
    trial, unit = np.indices(times.shape)
    return Trials(_raster(trial, times, unit, times.shape), y)


def row_after_row(images: FloatArray, y: NDArray[np.int64], jitter: float, generator: np.random.Generator) -> Trials:
    """Return trials in which images are shown one row after the other, with one unit for each column.

    A row has its share of the trial, in which a pixel's spikes, `LEVELS` or fewer, follow each other at equal
    intervals. Each spike is moved by a normally distributed time.

    Parameters
    ----------
    images
        Intensities in [0, 1] (sample, row, column).
    y
        Class of each image (sample,).
    jitter
        Standard deviation of the shift in ms.
    generator
        Draws the shifts.
    """
    n_samples, n_rows, n_columns = images.shape
    counts = np.rint(LEVELS * images).astype(np.int64)
    number = np.arange(LEVELS)
    sample, row, column, spike = np.nonzero(number < counts[..., np.newaxis])
    share = DURATION / n_rows
    times = share * (row + (spike + 0.5) / counts[sample, row, column])
    times = times + jitter * generator.standard_normal(len(times))
    return Trials(_raster(sample, times, column, (n_samples, n_columns)), y)


def _raster(trial: NDArray[np.intp], times: FloatArray, unit: NDArray[np.intp], shape: tuple[int, ...]) -> Raster:
    """Return the raster of spikes.

    Times beyond an end of the trial are reflected there; two spikes of a unit in one step are one.
    """
    folded = times % (2 * DURATION)
    inside = np.minimum(folded, 2 * DURATION - folded)
    raster = np.zeros((shape[0], DURATION, shape[1]), dtype=bool)
    raster[trial, np.minimum(inside.astype(np.int64), DURATION - 1), unit] = True
    return raster
