"""Spike raster: a mark for every spike, time across, units up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import blended_transform_factory
from numpy.typing import ArrayLike, NDArray

from bnsim.plotting.selection import chosen_populations, chosen_trials, positive
from bnsim.plotting.style import FAINT, INK, RASTERIZE_ABOVE, colour, style
from bnsim.recording import Recording

Source: TypeAlias = "Recording | tuple[ArrayLike, ArrayLike]"

_LEAST_SHARE = 0.25
"""Part of the height that the smallest population gets beside a much larger one, so that it stays legible."""


@dataclass(frozen=True)
class _Band:
    """Spikes of one population on the joined time axis, and the strip of the picture that it fills."""

    name: str
    times: NDArray[np.floating]
    units: NDArray[np.integer]
    size: int
    bottom: float
    top: float

    @property
    def heights(self) -> NDArray[np.floating]:
        """Where each spike's mark is centred: the middle of its unit's row."""
        return self.bottom + (self.units + 0.5) / self.size * (self.top - self.bottom)


def raster(
    source: Source,
    *,
    trial: int | Sequence[int] | None = None,
    populations: Sequence[str] | None = None,
    bin_width: float = 0.005,
    ax: Axes | None = None,
    rate_ax: Axes | None = None,
) -> Axes:
    """Draw the spikes of populations, one strip a population, and below them the mean rate of each.

    source: a `Recording`, or (times in seconds, units) of one population and one trial.
    trial: index of a trial, several, or None for all. Several are drawn one after the other with a line
    between.
    populations: names, from bottom to top; None for all whose spike times were recorded.
    bin_width: of the rate, in seconds; the rate is spikes a unit and second (Hz).
    ax, rate_ax: where to draw. With an `ax` but no `rate_ax` no rate is drawn. With neither, a new figure
    holds the raster above the rate, and the rate's axes are `ax.figure.axes[1]`.

    Strips are as high as their populations are large, except that none shrinks much below a fifth of the
    picture. Returns the raster's axes. Errors: InputError for an unknown population or trial, or spikes not
    recorded.
    """
    positive("bin_width", bin_width)
    trials = chosen_trials(source, trial) if isinstance(source, Recording) else [0]
    bands, boundaries = _bands(source, trials, populations)
    with style():
        if ax is None:
            ax, rate_ax = _new_pair()
        for index, band in enumerate(bands):
            _draw_band(ax, band, (band.top - band.bottom) / (bands[-1].top - bands[0].bottom), colour(index))
        for time in boundaries[1:-1]:
            ax.axvline(time * 1000, color=FAINT, linewidth=0.8, zorder=0)
        _frame(ax, bands, boundaries)
        _number_trials(ax, trials, boundaries)
        if rate_ax is None:
            ax.set_xlabel("Time (ms)")
        else:
            _draw_rate(rate_ax, bands, boundaries, bin_width)
    return ax


def _bands(
    source: Source, trials: list[int], populations: Sequence[str] | None
) -> tuple[list[_Band], NDArray[np.floating]]:
    """The strips from bottom to top, and the times (s) at which trials begin and end on the joined axis."""
    if not isinstance(source, Recording):
        times, units = (np.asarray(values) for values in source)
        size = int(units.max(initial=0)) + 1
        end = float(times.max(initial=0.0)) or 1.0
        return [_Band("Unit", times, units, size, -0.5, size - 0.5)], np.array([0.0, end])
    names = chosen_populations(source, populations)
    sizes = np.array([source.populations[name] for name in names])
    shares = np.maximum(sizes / sizes.sum(), _LEAST_SHARE if len(names) > 1 else 0.0)
    edges = np.concatenate([[0.0], np.cumsum(shares / shares.sum())]) * sizes.sum() - 0.5
    bands = []
    for name, size, bottom, top in zip(names, sizes, edges[:-1], edges[1:], strict=True):
        parts = [source.spike_times(name).of_trial(index) for index in trials]
        times = np.concatenate([part[0] + place * source.duration for place, part in enumerate(parts)])
        units = np.concatenate([part[1] for part in parts])
        bands.append(_Band(name, times, units, int(size), bottom, top))
    return bands, np.arange(len(trials) + 1) * source.duration


def _new_pair() -> tuple[Axes, Axes]:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 1, sharex=True, figsize=(7.2, 4.8), height_ratios=[3.4, 1])
    figure.align_ylabels(axes)
    return axes[0], axes[1]


def _draw_band(ax: Axes, band: _Band, share: float, shade: str) -> None:
    axes_height = ax.get_window_extent().height * 72 / ax.figure.dpi  # points
    row = axes_height * share / band.size
    mark = np.clip(0.95 * row, 1.9, 11.0)
    ax.scatter(
        band.times * 1000,
        band.heights,
        s=mark**2,
        marker="|",
        linewidths=0.9 if row < 2 else 1.5,
        color=shade,
        rasterized=len(band.times) > RASTERIZE_ABOVE,
        label=band.name,
    )


def _frame(ax: Axes, bands: list[_Band], boundaries: NDArray[np.floating]) -> None:
    ax.set_ylim(bands[0].bottom, bands[-1].top)
    ax.set_xlim(0, boundaries[-1] * 1000)
    if len(bands) == 1:
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_ylabel("Unit" if bands[0].name == "Unit" else f"Unit of {bands[0].name!r}")
    else:
        ax.set_yticks([(band.bottom + band.top) / 2 for band in bands])
        ax.set_yticklabels([f"{band.name}\n{_units(band.size)}" for band in bands])
        ax.tick_params(axis="y", length=0)
        for index, (label, band) in enumerate(zip(ax.get_yticklabels(), bands, strict=True)):
            label.set_fontweight("bold")
            if index:
                ax.axhline(band.bottom, color=FAINT, linewidth=0.8, zorder=0)


def _units(size: int) -> str:
    return f"{size:,} unit" if size == 1 else f"{size:,} units"


def _number_trials(ax: Axes, trials: list[int], boundaries: NDArray[np.floating]) -> None:
    """Number the trials above the raster where there are several, and few enough to be read."""
    if not 1 < len(trials) <= 12:
        return
    place = blended_transform_factory(ax.transData, ax.transAxes)
    for index, (start, end) in zip(trials, pairwise(boundaries), strict=True):
        middle = (start + end) * 500
        text = f"trial {index}" if len(trials) <= 6 else str(index)
        ax.text(middle, 1.01, text, transform=place, ha="center", va="bottom", fontsize=9, color=INK)


def _draw_rate(ax: Axes, bands: list[_Band], boundaries: NDArray[np.floating], bin_width: float) -> None:
    n_bins = max(1, round(boundaries[-1] / bin_width))
    edges = np.linspace(0.0, boundaries[-1], n_bins + 1)
    for index, band in enumerate(bands):
        rate = np.histogram(band.times, edges)[0] / (band.size * np.diff(edges))
        ax.stairs(rate, edges * 1000, baseline=None, color=colour(index), linewidth=1.4, label=band.name)
    for time in boundaries[1:-1]:
        ax.axvline(time * 1000, color=FAINT, linewidth=0.8, zorder=0)
    ax.set_ylim(bottom=0)
    ax.set_xlabel("Time (ms)")
    ax.set_ylabel("Rate (Hz)")
    note = f"mean of units, {np.diff(edges)[0] * 1000:.3g} ms bins"
    ax.text(1, 1.02, note, transform=ax.transAxes, ha="right", va="bottom", fontsize=9, color=INK)
