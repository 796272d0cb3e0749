"""Spikes of a population grouped by unit, so that each train is one stretch of one array."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass

import numpy as np

from bnsim.arrays import FloatArray, IntArray
from bnsim.parts import in_parts
from bnsim.recording.spikes import SpikeTimes


@dataclass(frozen=True, eq=False)
class Trains:
    """Spike trains one after another.

    Parameters
    ----------
    times : ndarray of float, shape (n_spikes,)
        The trains of all recorded units, in the order of `SpikeTimes.units`.
    edges : ndarray of int, shape (n_recorded + 1,)
        Where each train begins, and where the last one ends.
    """

    times: FloatArray
    edges: IntArray

    def of(self, place: int) -> FloatArray:
        """Return one train.

        Parameters
        ----------
        place : int
            Place of its unit in `SpikeTimes.units`.

        Returns
        -------
        ndarray of float
            Its spike times.
        """
        return self.times[self.edges[place] : self.edges[place + 1]]


def by_unit(spikes: SpikeTimes, trial: int | None = None, period: float = 0.0) -> Trains:
    """Group spikes by unit, part by part.

    Parameters
    ----------
    spikes : SpikeTimes
        The spikes.
    trial : int, optional
        Index of the trial; all trials, one after another, if not given.
    period : float
        Seconds from the start of one trial to that of the next, by which their times are shifted.

    Returns
    -------
    Trains
        The trains. Where the spikes are mapped from disk, so are these, from a file without a name.
    """
    chosen = slice(None) if trial is None else slice(*np.searchsorted(spikes.trial, [trial, trial + 1]))
    trials, units, times = spikes.trial[chosen], spikes.unit[chosen], spikes.time[chosen]
    edges = np.zeros(len(spikes.units) + 1, np.int64)
    for (unit,) in in_parts(units):
        edges[1:] += np.bincount(spikes.places(unit), minlength=len(spikes.units))
    np.cumsum(edges, out=edges)
    grouped, free = _room(times), edges[:-1].copy()
    for numbers, unit, time in in_parts(trials, units, times):
        places = spikes.places(unit)
        order = np.argsort(places, kind="stable")
        ordered = places[order]
        firsts = np.flatnonzero(np.diff(ordered, prepend=-1))  # of each unit that fires in this part
        rank = np.arange(len(ordered)) - np.repeat(firsts, np.diff(firsts, append=len(ordered)))
        grouped[free[ordered] + rank] = (time + period * numbers)[order]
        free += np.bincount(places, minlength=len(free))
    return Trains(grouped, edges)


def _room(times: FloatArray) -> FloatArray:
    """An array of the same length: in memory where the times are."""
    if isinstance(times, np.memmap) and times.size:
        with tempfile.TemporaryFile() as file:
            return np.memmap(file, np.float64, "w+", shape=times.shape)
    return np.empty(times.shape)
