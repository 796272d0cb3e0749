"""Peristimulus time histogram: the mean firing rate against time since the stimulus began."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes

from bnsim.binning import NANOSECOND, Bins, steps_of, trial_steps
from bnsim.errors import InputError
from bnsim.measures.trains import population_of
from bnsim.parts import in_parts
from bnsim.plotting.selection import Window, checked_axes, window_steps
from bnsim.plotting.style import BLUE, INK, new_axes, style
from bnsim.plotting.units import shown_time, time_axis
from bnsim.recording import Recording
from bnsim.selection import Indices, checked_indices, refuse
from bnsim.times import FloatArray, Time, Times, is_sequence, positive, shown, spike_times

Source: TypeAlias = "Recording | Sequence[Times]"


def psth(
    source: Source,
    population: str | None = None,
    *,
    units: Indices | None = None,
    trial: Indices | None = None,
    bin_width: Time = 0.005,
    window: Window | None = None,
    duration: Time | None = None,
    dt: Time | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a peristimulus time histogram: the firing rate in time bins, mean over units and trials.

    Parameters
    ----------
    source : Recording or sequence of array_like
        A recording with spike times, or one array of spike times a trial, all of one unit, in seconds since the start
        of the trial or with a Brian2 unit.
    population : str, optional
        Which of a recording's populations, the only one with spike times if not given.
    units : int or sequence of int, optional
        Which of a recording's units, all whose spikes were recorded if not given.
    trial : int or sequence of int, optional
        Which of a recording's trials, all if not given.
    bin_width : float or Quantity
        Width of the bins: a whole number of time steps.
    window : (float or Quantity, float or Quantity), optional
        Draw the time from start to stop only, start included. Both are times since the start of the trial, and a
        whole number of time steps.
    duration : float or Quantity, optional
        Length of the trial, for plain spike times only, which must have it.
    dt : float or Quantity, optional
        Time step of the grid on which plain times lie, a nanosecond if not given.
    ax : matplotlib.axes.Axes, optional
        Where to draw, a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, whose vertical one is a rate in hertz. Time is in milliseconds, of more than five seconds in seconds.

    Raises
    ------
    InputError
        If the population, a unit or a trial is unknown or named twice, its spikes were not recorded, there is no trial,
        or a time is no time or no whole number of steps.

    Notes
    -----
    Spikes are counted in whole time steps (see `bnsim.binning`). Where the trial or window is no whole number of bins,
    the last bin is shorter and is divided by its own length. With several trials, a vertical line in each bin shows the
    standard error of the mean over trials.
    """
    checked_axes("psth.ax", ax)
    if isinstance(source, Recording):
        refuse("psth", {"duration": duration, "dt": dt}, "a recording knows its length and time step")
        trains, n_units, note = _of_recording(source, population, units, trial)
        step, begin, n_steps = source.dt, source.first_step, source.first_step + source.n_steps
    else:
        refuse("psth", {"population": population, "units": units, "trial": trial}, "plain spike times are of one unit")
        step = NANOSECOND if dt is None else positive("psth.dt", dt)
        plain, n_steps = _of_arrays(source, duration, step)
        trains = [[train] for train in plain]
        begin, n_units, note = 0, 1, ""
    first, length = begin, n_steps - begin
    if window is not None:
        first, length = window_steps("psth.window", window, step, n_steps, begin)
    bins = Bins.of("psth.bin_width", bin_width, step, length, first)
    # A spike at the very end of plain times belongs to the last step.
    counts = np.zeros((len(trains), len(bins)), np.int64)
    for row, train in zip(counts, trains, strict=True):
        for part in train:
            row += bins.count_steps(np.minimum(steps_of(part, step), n_steps - 1))
    with style():
        ax = ax or new_axes(6.4, 3.0)
        _draw(ax, counts / (n_units * bins.durations), bins, note)
        since = "Time" if isinstance(source, Recording) and source.n_trials == 1 else "Time since stimulus onset"
        ax.set_xlabel(f"{since} ({time_axis(length * step)[1]})")
    return ax


def _draw(ax: Axes, rates: FloatArray, bins: Bins, units: str) -> None:
    mean, edges = rates.mean(axis=0), bins.edges * time_axis(bins.n_steps * bins.dt)[0]
    ax.stairs(mean, edges, color=BLUE, fill=True, alpha=0.25)
    ax.stairs(mean, edges, color=BLUE, linewidth=1.4)
    note = f"{shown_time(bins.durations[0])} bins"
    if len(rates) > 1:
        error = rates.std(axis=0, ddof=1) / np.sqrt(len(rates))
        centres = (edges[:-1] + edges[1:]) / 2
        ax.vlines(centres, mean - error, mean + error, color=INK, linewidth=1.0)
        note = f"mean ± s.e.m. of {len(rates)} trials, {note}"
    ax.text(1, 1.02, units + note, transform=ax.transAxes, ha="right", va="bottom", fontsize=9)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(bottom=0)
    ax.set_ylabel("Rate (Hz)")


def _of_recording(
    recording: Recording, population: str | None, units: Indices | None, trial: Indices | None
) -> tuple[Sequence[Iterable[FloatArray]], int, str]:
    """Spike times (s) of the chosen units together, part by part, of each trial; how many units; and it in words."""
    name = population_of("psth", recording, population)
    spikes = recording.spike_times(name)
    size = recording.populations[name]
    chosen = spikes.chosen("psth.units", units, size)
    trials = checked_indices("psth.trial", trial, recording.n_trials, "trial")
    of_trials = [spikes.of_trial(index) for index in trials]
    note = "" if len(chosen) == size else f"{len(chosen):,} of {size:,} units, "
    trains = [(times[np.isin(unit, chosen)] for times, unit in in_parts(*of_trial)) for of_trial in of_trials]
    return trains, len(chosen), note


def _of_arrays(source: Sequence[Times], duration: Time | None, dt: float) -> tuple[list[FloatArray], int]:
    """Spike times (s), an array a trial, and the length of the trial in steps."""
    if not is_sequence(source):
        raise InputError(
            f"psth.source: {shown(source)} is neither a Recording nor a sequence of spike times, an array a trial; "
            "give one of them"
        )
    trains = [spike_times(f"psth.source[{trial}]", train) for trial, train in enumerate(source)]
    if not trains:
        raise InputError("psth.source: it holds no trial; give one array of spike times a trial")
    if duration is None:
        raise InputError(
            "psth.duration: plain spike times do not tell the length of the trial; pass it, as 1.0 for a second"
        )
    length = positive("psth.duration", duration)
    last = max((train.max() for train in trains if len(train)), default=0.0)
    if last > length:
        raise InputError(f"psth.duration: a spike at {last:g} s lies after the {length:g} s given; pass a longer one")
    return trains, trial_steps("psth.duration", length, dt)
