"""Bands of a raster: the strip of each population, its spikes and its rate, on one axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import Int64Array
from bnsim.binning import NANOSECOND, Bins, steps_of, trial_steps
from bnsim.errors import InputError
from bnsim.plotting.selection import Window, times_and_units, window_steps
from bnsim.plotting.units import time_axis
from bnsim.recording import Recording
from bnsim.selection import Indices, checked_indices, known_population, refuse, sampled_units
from bnsim.times import FloatArray, Time, Times, positive, shown

Source: TypeAlias = "Recording | tuple[Times, NDArray[np.integer] | Sequence[int]]"
Train: TypeAlias = "tuple[FloatArray, NDArray[np.integer]]"
"""Times of spikes, and the unit of each."""

_LEAST_SHARE = 0.25
"""Part of the height that the smallest population gets beside a much larger one, so that it stays legible."""

_USUAL_BINS = ((1.0, 0.005), (0.25, 0.002), (0.0, 0.001))
"""From which length that is shown (s) bins are how wide (s): the shorter it is, the finer are the marks above them, and
in bins of 5 ms a rate that oscillates at 200 Hz is flat."""


@dataclass(frozen=True)
class Choice:
    """What of a source is drawn.

    Parameters
    ----------
    owner : str
        The function that was called, for the message of an error.
    trial, populations, units, bin_width, window, sample, duration, dt
        The options of `raster`.
    """

    owner: str
    trial: Indices | None
    populations: str | Sequence[str] | None
    units: Indices | None
    bin_width: Time | None
    window: Window | None
    sample: int | None
    duration: Time | None
    dt: Time | None


@dataclass(frozen=True)
class Timeline:
    """The same stretch of several trials, one after the other.

    Parameters
    ----------
    trials : list of int
        Their numbers.
    bins : Bins
        The bins of the stretch in each trial; none spans two trials.
    """

    trials: list[int]
    bins: Bins

    @property
    def length(self) -> float:
        """Length of the stretch of one trial in seconds."""
        return self.bins.n_steps * self.bins.dt

    @property
    def shown_in(self) -> tuple[float, str]:
        """What seconds are multiplied by on the axis, and the unit in which it counts."""
        return time_axis(self.length * len(self.trials))

    @property
    def boundaries(self) -> FloatArray:
        """Times (s) at which trials begin and end on the axis, which starts like the first trial's stretch."""
        return self.bins.edges[0] + np.arange(len(self.trials) + 1) * self.length

    @property
    def edges(self) -> FloatArray:
        """Edges (s) of the bins of all trials on the axis."""
        starts = [self.bins.edges[:-1] + place * self.length for place in range(len(self.trials))]
        return np.append(np.concatenate(starts), self.boundaries[-1])

    def steps_since(self, times: FloatArray) -> Int64Array:
        """Return how many time steps after the stretch begins a trial's times lie.

        Parameters
        ----------
        times : ndarray of float, shape (n_spikes,)
            Times in seconds since the start of the trial.

        Returns
        -------
        ndarray of int, shape (n_spikes,)
            Steps, negative before it begins.
        """
        return steps_of(times, self.bins.dt) - self.bins.first_step


@dataclass(frozen=True)
class Band:
    """Spikes of one population, and the strip of the picture that it fills.

    Parameters
    ----------
    name : str
        Of the population.
    trains : list of (ndarray of float, ndarray of int)
        Times of all spikes in seconds since the start of their trial, and the unit of each, of each trial.
    rates : ndarray of float, shape (n_bins,)
        Mean rate (Hz) of all recorded units of the population in each bin.
    size : int
        Units of the population.
    n_recorded : int
        Units whose spikes were recorded.
    units : ndarray of int, shape (n_rows,)
        Those that have a row, from bottom to top.
    bottom, top : float
        Of the strip.
    """

    name: str
    trains: list[Train]
    rates: FloatArray
    size: int
    n_recorded: int
    units: Int64Array
    bottom: float
    top: float

    @property
    def n_rows(self) -> int:
        """Number of units that have a row."""
        return len(self.units)

    @property
    def extent(self) -> str:
        """How many units have a row, in words."""
        total = f"{self.size:,} unit" if self.size == 1 else f"{self.size:,} units"
        return total if self.n_rows == self.size else f"{self.n_rows:,} of {total}"


def bands_of(source: Source, choice: Choice) -> tuple[list[Band], Timeline]:
    """Return the bands of a raster from bottom to top, and its axis of time.

    Parameters
    ----------
    source : Recording or pair of array_like
        A recording, or a pair (times, units).
    choice : Choice
        What of it is drawn.

    Returns
    -------
    bands : list of Band
        One a population.
    timeline : Timeline
        The axis of time, which all bands share.

    Raises
    ------
    InputError
        If the source does not hold what is asked for, or an option does not go with it.
    """
    return _of_recording(source, choice) if isinstance(source, Recording) else _of_arrays(source, choice)


def _of_recording(recording: Recording, choice: Choice) -> tuple[list[Band], Timeline]:
    owner = choice.owner
    unknown = {"duration": choice.duration, "dt": choice.dt}
    refuse(owner, unknown, "a recording knows its length and time step")
    names = chosen_populations(owner, recording, choice.populations)
    trials = checked_indices(f"{owner}.trial", choice.trial, recording.n_trials, "trial").tolist()
    first, n_steps = recording.first_step, recording.n_steps
    if choice.window is not None:
        first, n_steps = window_steps(f"{owner}.window", choice.window, recording.dt, first + n_steps, first)
    width = _steps_a_bin(choice, recording.dt, n_steps * len(trials))
    timeline = Timeline(trials, Bins(recording.dt, n_steps, width, first))
    shown_units = [_shown_units(choice, recording, name, len(names)) for name in names]
    sizes = np.array([len(units) for units in shown_units])
    shares = np.maximum(sizes / sizes.sum(), _LEAST_SHARE if len(names) > 1 else 0.0)
    edges = np.concatenate([[0.0], np.cumsum(shares / shares.sum())]) * sizes.sum() - 0.5
    bands = []
    for name, units, strip in zip(names, shown_units, pairwise(edges), strict=True):
        spikes = recording.spike_times(name)
        trains, size = [spikes.of_trial(trial) for trial in trials], recording.populations[name]
        bands.append(_band(name, trains, timeline, (size, len(spikes.units)), units, strip))
    return bands, timeline


def _shown_units(choice: Choice, recording: Recording, name: str, n_names: int) -> Int64Array:
    culprit = f"{choice.owner}.units"
    if choice.units is not None and n_names > 1:
        raise InputError(f"{culprit}: of which of {n_names} populations? name one in populations")
    units = recording.spike_times(name).chosen(culprit, choice.units, recording.populations[name])
    return np.sort(units)[sampled_units(f"{choice.owner}.sample", choice.sample, len(units))].astype(np.int64)


def _of_arrays(source: object, choice: Choice) -> tuple[list[Band], Timeline]:
    owner = choice.owner
    unknown = {"trial": choice.trial, "populations": choice.populations}
    refuse(owner, unknown, "plain arrays hold one population and one trial")
    times, units = times_and_units(f"{owner}.source", source)
    dt = NANOSECOND if choice.dt is None else positive(f"{owner}.dt", choice.dt)
    trial_steps(f"{owner}.source", float(times.max(initial=0.0)), dt)  # raises where they are too many to be counted
    steps = steps_of(times, dt)
    n_steps = int(steps.max(initial=0)) + 1
    if choice.duration is not None:
        length = positive(f"{owner}.duration", choice.duration)
        if times.max(initial=0.0) > length:
            raise InputError(
                f"{owner}.duration: a spike at {times.max():g} s lies after the {length:g} s given; pass a longer one"
            )
        n_steps = trial_steps(f"{owner}.duration", length, dt)
        times = np.where(steps < n_steps, times, (n_steps - 1) * dt)
    first = 0
    if choice.window is not None:
        end = None if choice.duration is None else n_steps
        first, n_steps = window_steps(f"{owner}.window", choice.window, dt, end)
    width = _steps_a_bin(choice, dt, n_steps)
    if choice.duration is None and choice.window is None:
        # The axis ends with the bin of the last spike, so that all bins are equally long.
        n_steps = -(-n_steps // width) * width
    timeline = Timeline([0], Bins(dt, n_steps, width, first))
    size = int(units.max(initial=0)) + 1
    chosen = np.sort(checked_indices(f"{owner}.units", choice.units, size, "unit"))
    chosen = chosen[sampled_units(f"{owner}.sample", choice.sample, len(chosen))]
    return [_band("Unit", [(times, units)], timeline, (size, size), chosen, (-0.5, len(chosen) - 0.5))], timeline


def _steps_a_bin(choice: Choice, dt: float, n_steps: int) -> int:
    """Width of the rate's bins in steps, where so many are shown."""
    if choice.bin_width is not None:
        return Bins.of(f"{choice.owner}.bin_width", choice.bin_width, dt, n_steps).steps_per_bin
    usual = next(width for least, width in _USUAL_BINS if (n_steps + 0.5) * dt > least)
    return max(1, round(usual / dt))


def _band(
    name: str,
    trains: list[Train],
    timeline: Timeline,
    sizes: tuple[int, int],
    units: Int64Array,
    strip: tuple[float, float],
) -> Band:
    """The strip of a population, from its spikes in each trial, and how many units it has and were recorded."""
    counts = np.concatenate([timeline.bins.count(of_trial) for of_trial, _ in trains])
    rates = counts / (sizes[1] * np.tile(timeline.bins.durations, len(trains)))
    return Band(name, trains, rates, *sizes, units, *strip)


def chosen_populations(owner: str, recording: Recording, populations: str | Sequence[str] | None) -> list[str]:
    """Return the populations asked for, or all whose spike times were recorded, in the network's order.

    Parameters
    ----------
    owner : str
        The function that was called, for the message of an error.
    recording : Recording
        The recording.
    populations : str or sequence of str, optional
        Names of populations.

    Returns
    -------
    list of str
        Their names.

    Raises
    ------
    InputError
        If one is unknown, named twice or was not recorded, or there is none.
    """
    if populations is None:
        chosen = [name for name in recording.populations if name in recording.spikes]
        if not chosen:
            name = next(iter(recording.populations))
            raise InputError(
                f"Recording.spikes: no spike times were recorded; run again with record=[bnsim.Spikes({name!r})]"
            )
        return chosen
    if not isinstance(populations, (str, list, tuple)):
        raise InputError(f"{owner}.populations: {shown(populations)} is no list of names; give a list of populations")
    asked = [populations] if isinstance(populations, str) else list(populations)
    names = [known_population(f"{owner}.populations", name, recording.populations) for name in asked]
    if not names:
        raise InputError(f"{owner}.populations: no population was named; give names, or None for all")
    for name in names:
        recording.spike_times(name)  # raises where it was not recorded
        if names.count(name) > 1:
            raise InputError(f"{owner}.populations: {name!r} is named twice; name each population once")
    return names
