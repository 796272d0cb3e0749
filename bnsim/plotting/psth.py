"""Peristimulus time histogram: the mean firing rate against time since the stimulus began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from bnsim.errors import InputError
from bnsim.plotting.selection import checked_unit, chosen_trials, positive
from bnsim.plotting.style import BLUE, INK, new_axes, style
from bnsim.recording import Recording

FloatArray: TypeAlias = NDArray[np.floating]
Source: TypeAlias = "Recording | Sequence[ArrayLike]"


def psth(
    source: Source,
    population: str | None = None,
    *,
    units: Sequence[int] | None = None,
    trial: int | Sequence[int] | None = None,
    bin_width: float = 0.005,
    duration: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the firing rate (Hz, mean over units and trials) in bins of `bin_width` seconds.

    source: a `Recording`, or a sequence with one array of spike times (s) a trial, all of one unit; these
    need the trial's `duration` (s). units, trial: which of a recording's; None for all. With several trials
    a band shows the standard error of their mean. Bins divide the trial evenly: the width drawn is the
    nearest that does.

    Returns the axes. Errors: InputError for an unknown population, unit or trial, or spikes not recorded.
    """
    positive("bin_width", bin_width)
    rates, edges = _rates(source, population, units, trial, bin_width, duration)
    mean = rates.mean(axis=0)
    with style():
        ax = ax or new_axes(6.4, 3.0)
        ax.stairs(mean, edges * 1000, color=BLUE, fill=True, alpha=0.25)
        ax.stairs(mean, edges * 1000, color=BLUE, linewidth=1.4)
        note = f"{np.diff(edges)[0] * 1000:.3g} ms bins"
        if len(rates) > 1:
            error = rates.std(axis=0, ddof=1) / np.sqrt(len(rates))
            centres = (edges[:-1] + edges[1:]) * 500
            ax.vlines(centres, mean - error, mean + error, color=INK, linewidth=1.0)
            note = f"mean ± s.e.m. of {len(rates)} trials, {note}"
        ax.text(1, 1.02, note, transform=ax.transAxes, ha="right", va="bottom", fontsize=9)
        ax.set_xlim(0, edges[-1] * 1000)
        ax.set_ylim(bottom=0)
        ax.set_xlabel("Time since stimulus onset (ms)")
        ax.set_ylabel("Rate (Hz)")
    return ax


def _rates(
    source: Source,
    population: str | None,
    units: Sequence[int] | None,
    trial: int | Sequence[int] | None,
    bin_width: float,
    duration: float | None,
) -> tuple[FloatArray, FloatArray]:
    """Rates (trial, bin) in hertz, and the edges of the bins in seconds."""
    if isinstance(source, Recording):
        if population is None:
            held = ", ".join(map(repr, source.counts))
            raise InputError(f"psth.population: none was named; the recording holds {held}")
        spikes, size, duration = (
            source.spike_times(population),
            source.populations[population],
            source.duration,
        )
        chosen = range(size) if units is None else [checked_unit(unit, size, population) for unit in units]
        of_trials = [spikes.of_trial(index) for index in chosen_trials(source, trial)]
        trains = [times[np.isin(of_unit, list(chosen))] for times, of_unit in of_trials]
        n_units = len(chosen)
    else:
        if duration is None:
            raise InputError("psth.duration: plain spike times do not tell the length of the trial; pass it in seconds")
        trains, n_units = [np.asarray(train, dtype=float) for train in source], 1
    edges = np.linspace(0.0, positive("duration", duration), max(1, round(duration / bin_width)) + 1)
    counts = np.array([np.histogram(train, edges)[0] for train in trains])
    return counts / (n_units * np.diff(edges)), edges
