"""Interspike intervals and their variability."""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray, IntArray
from bnsim.measures.trains import Source, plain_trains, population_of
from bnsim.recording import Recording, SpikeTimes


def interspike_intervals(source: Source, population: str | None = None) -> list[FloatArray]:
    """Return the intervals between successive spikes of each unit.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        With spike times.
    population : str, optional
        Which of a recording's populations, the only one with spike times if not given.

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
        Which of a recording's populations, the only one with spike times if not given.

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
    owner = "coefficient_of_variation"
    if isinstance(source, Recording):
        name = population_of(owner, source, population)
        intervals, unit, size = _of_all(source.spike_times(name))
    else:
        trains = [np.diff(train) for train in plain_trains(owner, source, population)]
        intervals, size = np.concatenate([np.zeros(0), *trains]), len(trains)
        unit = np.repeat(np.arange(size), [len(train) for train in trains])
    # Elephant's cv for all units at once: for each alone it takes 5 ms.
    number = np.bincount(unit, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(unit, intervals, minlength=size) / number
        variance = np.bincount(unit, (intervals - mean[unit]) ** 2, minlength=size) / number
        return np.where(number > 1, np.sqrt(variance) / mean, np.nan)


def _of_all(spikes: SpikeTimes) -> tuple[FloatArray, IntArray, int]:
    """All intervals within trials, in order of unit, then trial, the place of each one's unit, and how many units."""
    places = spikes.places(spikes.unit)
    order = np.lexsort((spikes.time, spikes.trial, places))
    time, trial, unit = spikes.time[order], spikes.trial[order], places[order]
    within = (np.diff(unit) == 0) & (np.diff(trial) == 0)
    return np.diff(time)[within], unit[1:][within], len(spikes.units)


def _intervals(owner: str, source: Source, population: str | None) -> list[FloatArray]:
    if not isinstance(source, Recording):
        return [np.diff(train) for train in plain_trains(owner, source, population)]
    name = population_of(owner, source, population)
    intervals, unit, size = _of_all(source.spike_times(name))
    return np.split(intervals, np.searchsorted(unit, np.arange(1, size)))
