"""Spikes up to a given time, first spikes, and the time at which a lead is large enough."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from bnsim.binning import steps_of
from bnsim.recording import SpikeTimes


def counts_until(spikes: SpikeTimes, n_trials: int, n_units: int, steps: Sequence[int], dt: float) -> NDArray[np.int64]:
    """Count the spikes of each unit before each of some time steps.

    Parameters
    ----------
    spikes
        Spikes of one population.
    n_trials, n_units
        Number of trials and of units.
    steps
        Time steps, increasing; a spike in such a step comes after it.
    dt
        Length of a step, in s.

    Returns
    -------
    array (time, trial, unit)
        Number of spikes.
    """
    bins = np.searchsorted(steps, steps_of(spikes.time, dt), side="right")
    counts = np.zeros((len(steps) + 1, n_trials, n_units), np.int64)
    np.add.at(counts, (bins, spikes.trial, spikes.unit), 1)
    return counts[:-1].cumsum(axis=0)


def first_spikes(spikes: SpikeTimes, n_trials: int, n_units: int) -> FloatArray:
    """Return when each unit fires first in each trial.

    Parameters
    ----------
    spikes
        Spikes of one population.
    n_trials, n_units
        Number of trials and of units.

    Returns
    -------
    array (trial, unit)
        Time of the first spike in s; infinite where there is none.
    """
    first = np.full((n_trials, n_units), np.inf)
    np.minimum.at(first, (spikes.trial, spikes.unit), spikes.time)
    return first


def exits(lead: NDArray[np.integer], margin: int) -> NDArray[np.intp]:
    """Return the time at which each trial may end.

    Parameters
    ----------
    lead
        Lead of the best unit in spikes (time, trial).
    margin
        Lead in spikes at which a trial ends.

    Returns
    -------
    array (trial,)
        Index of the first time at which the lead is that large, or of the last time if it never is.
    """
    reached = lead >= margin
    return np.where(reached.any(axis=0), reached.argmax(axis=0), len(lead) - 1)


def correlation(first: FloatArray, second: FloatArray) -> float | None:
    """Compute Pearson's correlation over all samples and units.

    Parameters
    ----------
    first, second
        Responses (sample, unit), in any units.

    Returns
    -------
    float or None
        The correlation; None if either is constant.
    """
    a, b = (np.asarray(values, float).ravel() - np.mean(values) for values in (first, second))
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 0 else None
