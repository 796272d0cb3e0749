"""Spike raster: a mark for every spike, time across, units up."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import blended_transform_factory

from bnsim.errors import InputError
from bnsim.plotting.bands import Band, Choice, Source, Timeline, bands_of
from bnsim.plotting.density import draw_densities
from bnsim.plotting.marks import Marks, densities_of
from bnsim.plotting.population_rate import draw_boundaries, draw_rates
from bnsim.plotting.selection import Window, checked_axes
from bnsim.plotting.style import FAINT, INK, PIXELS_AN_INCH, RASTERIZE_ABOVE, colour, style
from bnsim.selection import Indices
from bnsim.times import Time

MOST_NUMBERED = 20
"""Rows of a sample that are numbered each."""


def raster(
    source: Source,
    populations: str | Sequence[str] | None = None,
    *,
    units: Indices | None = None,
    trial: Indices | None = None,
    bin_width: Time | None = None,
    window: Window | None = None,
    sample: int | None = None,
    duration: Time | None = None,
    dt: Time | None = None,
    ax: Axes | None = None,
    rate_ax: Axes | None = None,
) -> Axes:
    """Draw the spikes of populations, one strip a population, and below them the mean rate of each.

    Parameters
    ----------
    source : Recording or (times, units)
        A recording with spike times, or two arrays of shape (n_spikes,): the time of each spike since the start of the
        trial, in seconds or with a Brian2 unit, and its unit. The arrays hold one population and one trial; its units
        are numbered from 0 to the largest.
    populations : str or sequence of str, optional
        Which of a recording's populations, from bottom to top; all whose spike times were recorded if not given.
    units : int or sequence of int, optional
        Which units of a single population have a row, all that were recorded if not given. The rate is that of all.
    trial : int or sequence of int, optional
        Which of a recording's trials, all if not given. Several are drawn one after the other with a line between.
    bin_width : float or Quantity, optional
        Width of the rate's bins: a whole number of time steps. If not given, 1 ms where less than 250 ms are shown, all
        trials together, 2 ms where less than a second is, and else 5 ms, as near as whole time steps come.
    window : (float or Quantity, float or Quantity), optional
        Draw the time from start to stop only, start included. Both are times since the start of the trial, or in a
        continuous run since the state's beginning, and whole numbers of time steps.
    sample : int, optional
        Draw at most so many units of each population, chosen at random, but always the same of a population of some
        size. The label says how many of how many. The rate is that of all units whose spikes were recorded.
    duration : float or Quantity, optional
        Length of the trial, for plain arrays only. If not given, it ends with the bin of the last spike.
    dt : float or Quantity, optional
        Time step of the grid on which plain times lie, a nanosecond if not given.
    ax : matplotlib.axes.Axes, optional
        Where to draw the raster. If not given, a new figure holds the raster above the rate, whose axes are
        ``ax.figure.axes[1]``.
    rate_ax : matplotlib.axes.Axes, optional
        Where to draw the rate, which is not drawn if there is an `ax` alone.

    Returns
    -------
    matplotlib.axes.Axes
        The axes of the raster. Time is in milliseconds, of more than five seconds in seconds.

    Raises
    ------
    InputError
        If a population, unit or trial is unknown or named twice, its spikes were not recorded, units are named of
        several populations, the arrays do not fit each other or hold other things than finite times and whole numbers,
        or a time is no time or no whole number of steps.

    Notes
    -----
    Only units whose spikes were recorded have a row. The rate is the number of spikes in a bin, divided by the number
    of these units and the length of the bin. Spikes are counted in whole time steps (see `bnsim.binning`). Bins start
    anew with each trial; where a trial or window is no whole number of bins, its last bin is shorter and is divided by
    its own length.

    More than a million spikes would hide each other. Instead of a mark each, they are drawn as their density then: the
    opacity of a pixel is a fifth for next to no spikes and 1 for the highest rate of any pixel's units, which a note
    above the raster names; in between, it grows with the square root of the rate, in all strips alike.

    Strips are as high as their populations are large, except that none shrinks much below a fifth of the picture.
    """
    checked_axes("raster.ax", ax)
    checked_axes("raster.rate_ax", rate_ax)
    if ax is None and rate_ax is not None:
        raise InputError("raster.rate_ax: given without ax; give both, or ax alone for a raster without rate")
    choice = Choice("raster", trial, populations, units, bin_width, window, sample, duration, dt)
    bands, timeline = bands_of(source, choice)
    with style():
        if ax is None:
            ax, rate_ax = _new_pair()
            if len(bands) == 1:  # several have names instead of a label, wider than any label
                ax.figure.align_ylabels([ax, rate_ax])
        if (densities := densities_of(bands, timeline, *_pixels(ax))) is not None:
            draw_densities(ax, bands, densities, timeline)
        else:
            for index, band in enumerate(bands):
                share = (band.top - band.bottom) / (bands[-1].top - bands[0].bottom)
                _draw_marks(ax, band, timeline, share, colour(index))
        draw_boundaries(ax, timeline)
        _frame(ax, bands, timeline)
        _number_trials(ax, timeline)
        if rate_ax is None:
            ax.set_xlabel(f"Time ({timeline.shown_in[1]})")
        else:
            draw_rates(rate_ax, bands, timeline)
    return ax


def _new_pair() -> tuple[Axes, Axes]:
    from matplotlib import pyplot

    _, axes = pyplot.subplots(2, 1, sharex=True, figsize=(7.2, 4.8), height_ratios=[3.4, 1])
    return axes[0], axes[1]


def _pixels(ax: Axes) -> tuple[int, int]:
    """Width and height of axes in pixels of a saved figure."""
    extent, a_dot = ax.get_window_extent(), PIXELS_AN_INCH / ax.figure.dpi
    return max(1, round(extent.width * a_dot)), max(1, round(extent.height * a_dot))


def _draw_marks(ax: Axes, band: Band, timeline: Timeline, share: float, shade: str) -> None:
    axes_height = ax.get_window_extent().height * 72 / ax.figure.dpi  # points
    row = axes_height * share / band.n_rows
    least = 1.9 if band.n_rows == band.size else 4.0  # the few spikes of a sample must be seen
    mark = np.clip(0.95 * row, least, 11.0)
    marks = Marks.of(band, timeline)
    ax.scatter(
        marks.times * timeline.shown_in[0],
        marks.heights,
        s=mark**2,
        marker="|",
        linewidths=0.9 if row < 2 else 1.5,
        color=shade,
        rasterized=len(marks.times) > RASTERIZE_ABOVE,
        label=band.name,
    )


def _frame(ax: Axes, bands: list[Band], timeline: Timeline) -> None:
    ax.set_ylim(bands[0].bottom, bands[-1].top)
    ax.set_xlim(*timeline.boundaries[[0, -1]] * timeline.shown_in[0])
    if len(bands) == 1:
        _label_units(ax, bands[0])
        return
    ax.set_yticks([(band.bottom + band.top) / 2 for band in bands])
    ax.set_yticklabels([f"{band.name}\n{band.extent}" for band in bands])
    ax.tick_params(axis="y", length=0)
    for index, (label, band) in enumerate(zip(ax.get_yticklabels(), bands, strict=True)):
        label.set_fontweight("bold")
        if index:
            ax.axhline(band.bottom, color=FAINT, linewidth=0.8, zorder=0)


def _label_units(ax: Axes, band: Band) -> None:
    """Number the units of a single population; the rows of a large sample have no number that a reader could follow."""
    plain = band.name == "Unit"
    if band.n_rows == band.size:
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_ylabel("Unit" if plain else f"Unit of {band.name!r}")
    else:
        numbered = band.n_rows <= MOST_NUMBERED
        ax.set_yticks(np.arange(band.n_rows) if numbered else [], band.units.tolist() if numbered else None)
        ax.set_ylabel(f"Sample: {band.extent}" if plain else f"Sample of {band.name!r}: {band.extent}")


def _number_trials(ax: Axes, timeline: Timeline) -> None:
    """Number the trials above the raster where there are several, and few enough to be read."""
    trials, boundaries = timeline.trials, timeline.boundaries
    if not 1 < len(trials) <= 12:
        return
    place = blended_transform_factory(ax.transData, ax.transAxes)
    for index, (start, end) in zip(trials, pairwise(boundaries), strict=True):
        middle = (start + end) / 2 * timeline.shown_in[0]
        text = f"trial {index}" if len(trials) <= 6 else str(index)
        ax.text(middle, 1.01, text, transform=place, ha="center", va="bottom", fontsize=9, color=INK)
