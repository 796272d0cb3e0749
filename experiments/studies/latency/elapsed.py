"""What is known after some time of a trial: spikes up to then, first spikes, when a lead was large enough."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bnsim.recording import SpikeTimes

FloatArray = NDArray[np.floating]


def until(spikes: SpikeTimes, time: float) -> SpikeTimes:
    """The spikes before `time` (s)."""
    early = spikes.time < time
    return SpikeTimes(spikes.trial[early], spikes.unit[early], spikes.time[early])


def counts_until(spikes: SpikeTimes, n_trials: int, n_units: int, times: Sequence[float]) -> NDArray[np.int64]:
    """Spikes of each unit before each of these increasing times (s): (time, trial, unit)."""
    bins = np.searchsorted(times, spikes.time, side="right")
    counts = np.zeros((len(times) + 1, n_trials, n_units), np.int64)
    np.add.at(counts, (bins, spikes.trial, spikes.unit), 1)
    return counts[:-1].cumsum(axis=0)


def first_spikes(spikes: SpikeTimes, n_trials: int, n_units: int) -> FloatArray:
    """Time (s) of the first spike of each unit in each trial (trial, unit); infinite where there is none."""
    first = np.full((n_trials, n_units), np.inf)
    np.minimum.at(first, (spikes.trial, spikes.unit), spikes.time)
    return first


def exits(lead: NDArray[np.integer], margin: int) -> NDArray[np.intp]:
    """Index of the first time at which the lead (time, trial) is `margin` or more, the last where it never is."""
    reached = lead >= margin
    return np.where(reached.any(axis=0), reached.argmax(axis=0), len(lead) - 1)


def correlation(first: FloatArray, second: FloatArray) -> float | None:
    """Pearson's correlation over all samples and units; None where one of them does not vary."""
    a, b = (np.asarray(values, float).ravel() - np.mean(values) for values in (first, second))
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 0 else None
