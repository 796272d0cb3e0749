"""Interspike intervals and their variability."""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray
from bnsim.measures.trains import Source, plain_trains, population_of
from bnsim.recording import Recording


def interspike_intervals(source: Source, population: str | None = None) -> list[FloatArray]:
    """Return the intervals between successive spikes of each unit.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        With spike times.
    population : str, optional
        Which of a recording's populations; it must be given with a recording.

    Returns
    -------
    list of ndarray of float
        Intervals in seconds: one array a unit, the trials of a recording joined. An interval never spans two trials. A
        unit with fewer than two spikes in every trial has an empty array.

    Raises
    ------
    InputError
        If the population is unknown, its spike times were not recorded, or a train is no row of times.
    """
    return _intervals("interspike_intervals", source, population)


def coefficient_of_variation(source: Source, population: str | None = None) -> FloatArray:
    """Return the standard deviation of each unit's interspike intervals divided by their mean.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        With spike times; the trials of a recording are joined.
    population : str, optional
        Which of a recording's populations; it must be given with a recording.

    Returns
    -------
    ndarray of float, shape (n_units,)
        1 for a Poisson process, 0 for a clock. NaN for a unit with fewer than two intervals: three spikes in one trial,
        or two spikes in each of two trials, are the least from which a spread can be had.

    Raises
    ------
    InputError
        If the population is unknown, its spike times were not recorded, or a train is no row of times.
    """
    from elephant.statistics import cv

    intervals = _intervals("coefficient_of_variation", source, population)
    return np.array([cv(values) if len(values) > 1 else np.nan for values in intervals])


def _intervals(owner: str, source: Source, population: str | None) -> list[FloatArray]:
    from elephant.statistics import isi

    if not isinstance(source, Recording):
        return [isi(train) for train in plain_trains(owner, source, population)]
    name = population_of(owner, source, population)
    spikes, size = source.spike_times(name), source.populations[name]
    trials = [[isi(train) for train in spikes.trains(size, trial)] for trial in range(source.n_trials)]
    return [np.concatenate(intervals) for intervals in zip(*trials, strict=True)]
