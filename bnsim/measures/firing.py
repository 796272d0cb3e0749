"""Firing rates and first spikes."""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray
from bnsim.measures.trains import Source, plain_trains, population_of, trains_and_duration
from bnsim.parts import in_parts
from bnsim.recording import Recording
from bnsim.selection import known_population, refuse
from bnsim.times import Time


def rates(source: Source, population: str | None = None, *, duration: Time | None = None) -> FloatArray:
    """Return the mean firing rate of each trial and unit: spikes divided by the length of the trial.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        Of a recording the spike counts suffice; spike times need not have been recorded.
    population : str, optional
        Which of a recording's populations, the only one if not given.
    duration : float or Quantity, optional
        Length of the trial, for plain spike times only, which must have it.

    Returns
    -------
    ndarray of float, shape (n_trials, n_units) or (n_units,)
        Rates in hertz.

    Raises
    ------
    InputError
        If the population is unknown, a train is no row of times, or a spike lies after the trial.
    """
    if isinstance(source, Recording):
        refuse("rates", {"duration": duration}, "a recording knows its length")
        return (
            source.spike_counts(known_population("rates.population", population, source.populations)) / source.duration
        )
    trains, length = trains_and_duration("rates", source, population, duration)
    return np.array([len(train) for train in trains]) / length


def first_spike_latency(source: Source, population: str | None = None) -> FloatArray:
    """Return the time from the start of the trial to the first spike of each unit.

    Parameters
    ----------
    source : Recording or sequence of spike trains
        With spike times.
    population : str, optional
        Which of a recording's populations, the only one with spike times if not given.

    Returns
    -------
    ndarray of float, shape (n_trials, n_units) or (n_units,)
        Times in seconds; NaN where a unit is silent.

    Raises
    ------
    InputError
        If the population is unknown, its spike times were not recorded, or a train is no row of times.
    """
    if not isinstance(source, Recording):
        trains = plain_trains("first_spike_latency", source, population)
        return np.array([train[0] if len(train) else np.nan for train in trains])
    name = population_of("first_spike_latency", source, population)
    spikes = source.spike_times(name)
    latency = np.full((source.n_trials, len(spikes.units)), np.inf)
    for trial, unit, time in in_parts(spikes.trial, spikes.unit, spikes.time):
        np.minimum.at(latency, (trial, spikes.places(unit)), time - source.start)
    return np.where(np.isinf(latency), np.nan, latency)
