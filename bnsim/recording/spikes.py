"""Spike times of a population: one flat array each of trials, units and times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bnsim import archive
from bnsim.arrays import FloatArray, IntArray
from bnsim.errors import InputError
from bnsim.parts import in_parts
from bnsim.selection import Indices, checked_index, checked_indices, listed


@dataclass(frozen=True, eq=False, repr=False)
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
    units : ndarray of int, shape (n_recorded,), optional
        The units of the population whose spikes were recorded, silent ones among them. Where none is named it is the
        whole population: the `Recording` fills them in.

    Raises
    ------
    InputError
        If the arrays differ in length, or trials are not in order.
    """

    trial: IntArray
    unit: IntArray
    time: FloatArray
    units: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        lengths = [len(self.trial), len(self.unit), len(self.time)]
        if len(set(lengths)) > 1:
            raise InputError(
                f"SpikeTimes: {lengths[0]} trials, {lengths[1]} units and {lengths[2]} times; give one of each a spike"
            )
        # One number for all takes no memory, and needs no check.
        if self.trial.strides != (0,) and (self.trial[1:] < self.trial[:-1]).any():
            raise InputError("SpikeTimes.trial: not in order; sort the spikes by trial, then time, then unit")

    def __eq__(self, other: object) -> bool:
        """Return whether the spikes and the recorded units are the same."""
        return archive.equal(vars(self), vars(other)) if isinstance(other, SpikeTimes) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it holds arrays

    def __repr__(self) -> str:
        of = f" of {len(self.units):,} units" if len(self.units) else ""
        return f"<SpikeTimes: {len(self):,} spikes{of}>"

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

    def places(self, unit: IntArray) -> IntArray:
        """Return the places of units in `units`.

        Parameters
        ----------
        unit : ndarray of int
            Units whose spikes were recorded, such as `SpikeTimes.unit`.

        Returns
        -------
        ndarray of int
            The place of each, for arrays with an entry a recorded unit.
        """
        table = np.zeros(int(self.units.max(initial=-1)) + 1, np.int64)
        table[self.units] = np.arange(len(self.units))
        return table[unit]

    def trains(self, trial: int) -> list[FloatArray]:
        """Return the spike trains of one trial.

        Parameters
        ----------
        trial : int
            Index of the trial.

        Returns
        -------
        list of ndarray of float
            Spike times in seconds since the start of the trial: one array a recorded unit, in the order of `units`.
        """
        times, units = self.of_trial(trial)
        places = self.places(units)
        order = np.argsort(places, kind="stable")
        return np.split(times[order], np.searchsorted(places[order], np.arange(1, len(self.units))))

    def chosen(self, culprit: str, units: Indices | None, size: int) -> IntArray:
        """Return units whose spikes were recorded.

        Parameters
        ----------
        culprit : str
            What the units were given as, for the message of an error.
        units : int, sequence of int or None
            One unit, several, or None for all that were recorded.
        size : int
            Size of the population.

        Returns
        -------
        ndarray of int
            The units in the order given.

        Raises
        ------
        InputError
            If a unit does not exist, is named twice, or its spikes were not recorded.
        """
        if units is None:
            return self.units
        chosen = checked_indices(culprit, units, size, "unit")
        missing = chosen[~np.isin(chosen, self.units)]
        if len(missing):
            raise InputError(
                f"{culprit}: the spikes of unit {missing[0]} were not recorded; those of {listed(self.units)} were"
            )
        return chosen


def with_units(culprit: str, spikes: SpikeTimes, size: int) -> SpikeTimes:
    """Return spikes that name the units that were recorded: all, where they name none.

    Parameters
    ----------
    culprit : str
        What they were given as, for the message of an error.
    spikes : SpikeTimes
        The spikes.
    size : int
        Size of the population.

    Returns
    -------
    SpikeTimes
        The same spikes.

    Raises
    ------
    InputError
        If a unit does not exist or is named twice.
    """
    if not len(spikes.units):
        return replace(spikes, units=np.arange(size))
    numbers, times = np.unique(spikes.units, return_counts=True)
    for number in (numbers[0], numbers[-1]):
        checked_index(f"{culprit}.units", number, size, "unit")
    if (times > 1).any():
        raise InputError(f"{culprit}.units: unit {numbers[times > 1][0]} is named twice; name each unit once")
    return spikes


def cut(spikes: SpikeTimes, n_trials: int, edges: tuple[float, float]) -> SpikeTimes:
    """Return the spikes within a stretch of time.

    Parameters
    ----------
    spikes : SpikeTimes
        The spikes.
    n_trials : int
        Number of trials.
    edges : (float, float)
        Where it begins and ends, in seconds: between time steps.

    Returns
    -------
    SpikeTimes
        The part.
    """
    if n_trials == 1:  # in order of time
        part: Any = slice(*np.searchsorted(spikes.time, edges))
    else:
        part = (spikes.time >= edges[0]) & (spikes.time < edges[1])
    return SpikeTimes(spikes.trial[part], spikes.unit[part], spikes.time[part], spikes.units)


def counted(spikes: SpikeTimes, n_trials: int, size: int) -> IntArray:
    """Return how often each unit fired.

    Parameters
    ----------
    spikes : SpikeTimes
        The spikes.
    n_trials : int
        Number of trials.
    size : int
        Size of the population.

    Returns
    -------
    ndarray of int, shape (n_trials, n_units)
        The counts.
    """
    counts = np.zeros(n_trials * size, np.int64)
    for trial, unit in in_parts(spikes.trial, spikes.unit):
        np.add.at(counts, np.ravel_multi_index((trial, unit), (n_trials, size)), 1)
    return counts.reshape(n_trials, size)


def joined(parts: Sequence[SpikeTimes]) -> SpikeTimes:
    """Return the spikes of consecutive parts of a run.

    Parameters
    ----------
    parts : sequence of SpikeTimes
        Of the same units, in order.

    Returns
    -------
    SpikeTimes
        All of them.
    """
    trial, unit, time = (np.concatenate([getattr(part, name) for part in parts]) for name in ("trial", "unit", "time"))
    return SpikeTimes(trial, unit, time, parts[0].units)


def check_range(culprit: str, spikes: SpikeTimes, n_trials: int, n_units: int, start: float, duration: float) -> None:
    """Refuse spikes out of order, of trials or units that there are not or were not recorded, or not within the trial.

    Parameters
    ----------
    culprit : str
        What they were given as, for the message of an error.
    spikes : SpikeTimes
        The spikes.
    n_trials : int
        Number of trials.
    n_units : int
        Size of the population.
    start, duration : float
        Of the trial, in seconds.

    Raises
    ------
    InputError
        If there is such a spike.
    """
    for trial, unit, time in in_parts(spikes.trial, spikes.unit, spikes.time, further=1):  # for the order
        _check_part(culprit, SpikeTimes(trial, unit, time, spikes.units), n_trials, n_units, (start, duration))


def _check_part(culprit: str, spikes: SpikeTimes, n_trials: int, n_units: int, extent: tuple[float, float]) -> None:
    start, duration = extent
    if not (spikes.time.min() >= start and spikes.time.max() < start + duration):  # NaN is neither
        raise InputError(
            f"{culprit}.time: not within the trial of {start:g} to {start + duration:g} s; give times from its start"
        )
    for what, values, size in (("trial", spikes.trial, n_trials), ("unit", spikes.unit, n_units)):
        for value in (values.min(), values.max()):
            checked_index(f"{culprit}.{what}", value, size, what)
    back = np.diff(spikes.time) < 0
    if back.any() and (back & (np.diff(spikes.trial) == 0)).any():
        raise InputError(f"{culprit}.time: not in order; sort the spikes by trial, then time, then unit")
    recorded = np.zeros(n_units, bool)
    recorded[spikes.units] = True
    if not (known := recorded[spikes.unit]).all():
        raise InputError(
            f"{culprit}.unit: a spike of unit {spikes.unit[~known][0]}, which is not among the units that were "
            "recorded; name it there"
        )
