"""Tasks whose classes differ in the times of spikes: rasters (trial, step, unit) in steps of 1 ms, and classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]
Raster = NDArray[np.bool_]

DURATION = 64
"""Of a trial, in ms and steps."""
LEVELS = 4
"""Spikes of a pixel at full intensity."""


@dataclass(frozen=True)
class Trials:
    """raster (trial, step, unit): whether the unit fires; y (trial,): the class."""

    raster: Raster
    y: NDArray[np.int64]

    def scattered(self, generator: np.random.Generator) -> Trials:
        """The same counts of every trial and unit, at random times."""
        return Trials(generator.permuted(self.raster, axis=1), self.y)

    def flat(self) -> FloatArray:
        """One row a trial, unit after unit within step after step."""
        return self.raster.reshape(len(self.y), -1).astype(np.float64)

    def binned(self, width: int) -> FloatArray:
        """Spike counts (trial, bin x unit) in bins of `width` ms, which must divide the trial."""
        n_trials, n_steps, n_units = self.raster.shape
        counts = self.raster.reshape(n_trials, n_steps // width, width, n_units).sum(axis=2)
        return counts.reshape(n_trials, -1).astype(np.float64)


def draw_templates(n_classes: int, n_units: int, generator: np.random.Generator) -> FloatArray:
    """Times in ms (class, unit): in each class every unit fires once, at a random time."""
    return generator.uniform(0, DURATION, (n_classes, n_units))


def reversal(times: FloatArray) -> FloatArray:
    """A pattern (unit,) and the same in reversed time, as two classes (class, unit)."""
    return np.array([times, DURATION - times])


def presented(templates: FloatArray, n_trials: int, jitter: float, generator: np.random.Generator) -> Trials:
    """Trials of all classes equally often; each spike is moved by a normally distributed time (`jitter`, in ms)."""
    n_classes, n_units = templates.shape
    y = generator.permutation(np.arange(n_trials) % n_classes)
    times = templates[y] + jitter * generator.standard_normal((n_trials, n_units))
    trial, unit = np.indices(times.shape)
    return Trials(_raster(trial, times, unit, times.shape), y)


def row_after_row(images: FloatArray, y: NDArray[np.int64], jitter: float, generator: np.random.Generator) -> Trials:
    """Images (sample, row, column) of values in [0, 1], shown one row after the other to a unit a column.

    A row has its share of the trial, in which a pixel's spikes, LEVELS or fewer, follow each other at equal distances.
    Each is moved by a normally distributed time (`jitter`, in ms).
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
    """Times beyond an end of the trial are reflected there; two spikes of a unit in one step are one."""
    folded = times % (2 * DURATION)
    inside = np.minimum(folded, 2 * DURATION - folded)
    raster = np.zeros((shape[0], DURATION, shape[1]), dtype=bool)
    raster[trial, np.minimum(inside.astype(np.int64), DURATION - 1), unit] = True
    return raster
