"""How spikes of an output layer become an answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import bnsim
from bnsim.arrays import LabelArray


def decide(counts: NDArray[np.integer], spikes: bnsim.SpikeTimes) -> LabelArray:
    """Return the unit with most spikes; of equals the one whose last spike came first, then the first unit.

    Parameters
    ----------
    counts : ndarray of int, shape (n_trials, n_units)
        Spikes of each output unit.
    spikes : bnsim.SpikeTimes
        Their times.

    Returns
    -------
    ndarray of int, shape (n_trials,)
        Index of the unit.
    """
    last = np.full(counts.shape, np.inf)
    last[spikes.trial, spikes.unit] = spikes.time  # spikes are in order of time, so the last one stays
    best = counts == counts.max(axis=1, keepdims=True)
    return np.where(best, last, np.inf).argmin(axis=1) if counts.size else np.zeros(len(counts), np.int64)
