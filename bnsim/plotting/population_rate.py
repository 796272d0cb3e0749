"""Firing rate of whole populations against time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import StepPatch

from bnsim.plotting.bands import Band, Choice, Source, Timeline, bands_of
from bnsim.plotting.selection import Window, checked_axes
from bnsim.plotting.style import FAINT, INK, colour, new_axes, style
from bnsim.plotting.units import shown_time
from bnsim.selection import Indices
from bnsim.times import Time


def population_rate(
    source: Source,
    populations: str | Sequence[str] | None = None,
    *,
    trial: Indices | None = None,
    bin_width: Time | None = None,
    window: Window | None = None,
    duration: Time | None = None,
    dt: Time | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the mean firing rate of populations in time bins.

    Parameters
    ----------
    source : Recording or (times, units)
        A recording with spike times, or two arrays of shape (n_spikes,): the time of each spike since the start of the
        trial, in seconds or with a Brian2 unit, and its unit. The arrays hold one population and one trial; its units
        are numbered from 0 to the largest.
    populations : str or sequence of str, optional
        Which of a recording's populations; all whose spike times were recorded if not given.
    trial : int or sequence of int, optional
        Which of a recording's trials, all if not given. Several are drawn one after the other with a line between.
    bin_width : float or Quantity, optional
        Width of the bins: a whole number of time steps. If not given, 1 ms where less than 250 ms are shown, all trials
        together, 2 ms where less than a second is, and else 5 ms, as near as whole time steps come.
    window : (float or Quantity, float or Quantity), optional
        Draw the time from start to stop only, start included. Both are times since the start of the trial, and a
        whole number of time steps.
    duration : float or Quantity, optional
        Length of the trial, for plain arrays only. If not given, it ends with the bin of the last spike.
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
        If a population or trial is unknown or named twice, spikes were not recorded, the arrays do not fit each other
        or hold other things than finite times and whole numbers, or a time is no time or no whole number of steps.

    Notes
    -----
    The rate is the number of spikes in a bin, divided by the number of units whose spikes were recorded and the length
    of the bin: what `bnsim.plotting.raster` draws below the spikes. The mean over trials, with its error, is
    `bnsim.plotting.psth`.
    """
    checked_axes("population_rate.ax", ax)
    choice = Choice("population_rate", trial, populations, None, bin_width, window, None, duration, dt)
    bands, timeline = bands_of(source, choice)
    with style():
        ax = ax or new_axes(6.4, 3.0)
        draw_rates(ax, bands, timeline)
        ax.set_xlim(*timeline.boundaries[[0, -1]] * timeline.shown_in[0])
        if len(bands) > 1:
            ax.legend()
    return ax


def draw_rates(ax: Axes, bands: list[Band], timeline: Timeline) -> None:
    """Draw the rate of each band as steps, with a line where a trial ends.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    bands : list of Band
        The populations.
    timeline : Timeline
        The axis of time.
    """
    scale, unit = timeline.shown_in
    edges = timeline.edges * scale
    for index, band in enumerate(bands):
        look: Any = {"baseline": None, "edgecolor": colour(index), "fill": False, "linewidth": 1.4}
        # `Axes.stairs` would look for the limits edge by edge: that takes longer than to count a million spikes.
        ax.add_artist(StepPatch(band.rates, edges, label=_named(band), **look))
        # From zero on: the room above a steady rate is a share of it.
        ax.update_datalim([(edges[0], 0.0), (edges[-1], band.rates.max())])
    draw_boundaries(ax, timeline)
    ax.autoscale_view()
    ax.set_ylim(bottom=0)
    ax.set_xlabel(f"Time ({unit})")
    ax.set_ylabel("Rate (Hz)")
    which = "units" if all(band.n_recorded == band.size for band in bands) else "recorded units"
    if any(band.n_rows < band.n_recorded for band in bands):
        which = f"all {which}"
    note = f"mean of {which}, {shown_time(timeline.bins.durations[0])} bins"
    ax.text(1, 1.02, note, transform=ax.transAxes, ha="right", va="bottom", fontsize=9, color=INK)


def _named(band: Band) -> str:
    if band.n_recorded == band.size:
        return band.name
    return f"{band.name} ({band.n_recorded:,} of {band.size:,} units)"


def draw_boundaries(ax: Axes, timeline: Timeline) -> None:
    """Draw a line where a trial ends and the next one begins.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    timeline : Timeline
        The axis of time.
    """
    for time in timeline.boundaries[1:-1]:
        ax.axvline(time * timeline.shown_in[0], color=FAINT, linewidth=0.8, zorder=0)
