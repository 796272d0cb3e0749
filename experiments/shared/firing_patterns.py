"""What a spike train in response to a step current looks like: how classic experiments tell firing patterns apart."""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray, IntArray

ABRUPT = 3.0
"""Factor between successive intervals from which on a rise is called abrupt."""


def lasts(train: FloatArray, end: float) -> bool:
    """Return whether a train goes on to the end of the observation.

    Parameters
    ----------
    train
        Spike times.
    end
        End of the observation.

    Returns
    -------
    bool
        False if the silence at the end is longer than one and a half times the longest interval.
    """
    return len(train) > 2 and bool(end - train[-1] <= 1.5 * np.diff(train).max())


def abrupt_rises(train: FloatArray) -> IntArray:
    """Return where intervals rise abruptly: the ends of bursts.

    Parameters
    ----------
    train
        Spike times.

    Returns
    -------
    array of int
        For each rise by a factor of 3 or more from one interval to the next, how many spikes came before it.
    """
    intervals = np.diff(train)
    return np.flatnonzero(intervals[1:] >= ABRUPT * intervals[:-1]) + 2


def period(intervals: FloatArray, longest: int, tolerance: float) -> int | None:
    """Return after how many intervals they repeat.

    Parameters
    ----------
    intervals
        Interspike intervals.
    longest
        Largest number that is tried.
    tolerance
        Largest difference between an interval and its repetition, relative to the longest interval.

    Returns
    -------
    int or None
        The smallest such number; None if they do not repeat, or too few are known to say so.
    """
    for number in range(1, min(longest, len(intervals) // 2) + 1):
        if np.abs(intervals[number:] - intervals[:-number]).max() <= tolerance * intervals.max():
            return number
    return None


def shift(train: FloatArray, reference: FloatArray, spikes: int = 5) -> float:
    """Return by how much the first spikes of two trains differ.

    Parameters
    ----------
    train, reference
        Spike times.
    spikes
        How many spikes are compared, where both trains have so many.

    Returns
    -------
    float
        Largest difference between spikes of the same number; 0 if one train has none.
    """
    compared = min(len(train), len(reference), spikes)
    return float(np.abs(train[:compared] - reference[:compared]).max(initial=0.0))
