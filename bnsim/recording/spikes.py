"""Spike times of a population: one flat array each of trials, units and times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bnsim.arrays import FloatArray, IntArray
from bnsim.errors import InputError
from bnsim.selection import checked_index


@dataclass(frozen=True)
class SpikeTimes:
    """Spikes of one population, ordered by trial, then time, then unit.

    Parameters
    ----------
    trial : ndarray of int, shape (n_spikes,)
        Index into the recording's trials.
    unit : ndarray of int, shape (n_spikes,)
        Index into the population.
    time : ndarray of float, shape (n_spikes,)
        Seconds since the start of the trial.

    Raises
    ------
    InputError
        If the arrays differ in length, or trials are not in order.
    """

    trial: IntArray
    unit: IntArray
    time: FloatArray

    def __post_init__(self) -> None:
        lengths = [len(self.trial), len(self.unit), len(self.time)]
        if len(set(lengths)) > 1:
            raise InputError(
                f"SpikeTimes: {lengths[0]} trials, {lengths[1]} units and {lengths[2]} times; give one of each a spike"
            )
        if self.trial.strides != (0,) and (np.diff(self.trial) < 0).any():  # one number for all takes no memory
            raise InputError("SpikeTimes.trial: not in order; sort the spikes by trial, then time, then unit")

    def __len__(self) -> int:
        return len(self.time)

    def of_trial(self, trial: int) -> tuple[FloatArray, IntArray]:
        """Return the spikes of one trial.

        Parameters
        ----------
        trial : int
            Index of the trial.

        Returns
        -------
        times : ndarray of float, shape (n_spikes,)
            Seconds since the start of the trial, in order.
        units : ndarray of int, shape (n_spikes,)
            The unit of each spike.
        """
        start, stop = np.searchsorted(self.trial, [trial, trial + 1])
        return self.time[start:stop], self.unit[start:stop]

    def trains(self, n_units: int, trial: int) -> list[FloatArray]:
        """Return the spike trains of one trial.

        Parameters
        ----------
        n_units : int
            Size of the population.
        trial : int
            Index of the trial.

        Returns
        -------
        list of ndarray of float
            Spike times in seconds since the start of the trial: one array a unit, in order.
        """
        times, units = self.of_trial(trial)
        order = np.argsort(units, kind="stable")
        return np.split(times[order], np.searchsorted(units[order], np.arange(1, n_units)))


def cut(spikes: SpikeTimes, n_trials: int, edges: tuple[float, float]) -> SpikeTimes:
    if n_trials == 1:  # in order of time
        part: Any = slice(*np.searchsorted(spikes.time, edges))
    else:
        part = (spikes.time >= edges[0]) & (spikes.time < edges[1])
    return SpikeTimes(spikes.trial[part], spikes.unit[part], spikes.time[part])


def counted(spikes: SpikeTimes, n_trials: int, size: int) -> IntArray:
    places = spikes.trial * size + spikes.unit
    return np.bincount(places, minlength=n_trials * size).reshape(n_trials, size)


def joined(parts: Sequence[SpikeTimes]) -> SpikeTimes:
    return SpikeTimes(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("trial", "unit", "time")))


def check_range(culprit: str, spikes: SpikeTimes, n_trials: int, n_units: int, start: float, duration: float) -> None:
    """Refuse spikes of trials or units that there are not, and times that are not within the trial."""
    if not len(spikes):
        return
    if not (spikes.time.min() >= start and spikes.time.max() < start + duration):  # NaN is neither
        raise InputError(
            f"{culprit}.time: not within the trial of {start:g} to {start + duration:g} s; give times from its start"
        )
    for what, values, size in (("trial", spikes.trial, n_trials), ("unit", spikes.unit, n_units)):
        for value in (values.min(), values.max()):
            checked_index(f"{culprit}.{what}", value, size, what)
