"""What figures of curves have in common: means over seeds, with 95 % intervals as bands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from bnsim.arrays import FloatArray
from bnsim.plotting.style import BLUE, FAINT, style
from experiments.run_directory import Run
from experiments.shared.stored import Entry, Look, looks, summaries
from experiments.spec import Metric

_DASHES = ("-", "--", ":", "-.")
_JITTER = 0.16
"""Distance from the middle of a row within which the dots of its seeds are spread."""


def accuracy_figure(run: Run, metric: Metric) -> Figure:
    """Draw the accuracy of every model along the metric's steps.

    Parameters
    ----------
    run
        A stored run.
    metric
        The accuracy, with steps.

    Returns
    -------
    Figure
        With one panel, whose horizontal axis is logarithmic.
    """
    entries = summaries(run, metric)
    with style():
        figure = Figure(figsize=(7.2, 4.0))
        ax = figure.subplots()
        for model, look in looks(run).items():
            curve = [entry for entry in entries if entry["model"] == model]
            draw_curve(ax, curve, look, label=f"{model} ({look.kind})", scale=100)
        frame(ax, str(metric.step), f"{metric.label} (%)")
        ax.set_ylim(max(0, ax.get_ylim()[0]), 100)
        ax.set_title(f"Mean and 95 % interval over {_seeds(run)}")
        ax.legend(loc="lower right")
    return figure


def in_grey_too(run: Run) -> dict[str, tuple[Look, str, bool]]:
    """Return looks by which models of the same kind can also be distinguished in greyscale.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to (Look, str, bool)
        Name of the model -> its look, its line style, and whether its markers are filled.
    """
    styles: dict[str, tuple[Look, str, bool]] = {}
    for model, look in looks(run).items():
        place = sum(other.kind == look.kind for other, _, _ in styles.values())
        styles[model] = (look, _DASHES[place % len(_DASHES)], place == 0)
    return styles


def draw_curve(
    ax: Axes,
    entries: list[Entry],
    look: Look,
    *,
    label: str,
    scale: float = 1.0,
    dashes: str = "-",
    filled: bool = True,
) -> None:
    """Draw one curve: a line of means, and a band where there are intervals.

    Parameters
    ----------
    ax
        Axes to draw on.
    entries
        Entries of the summary with steps, in any order; nothing is drawn without any.
    look
        Colour and marker.
    label
        Name in the legend.
    scale
        Factor by which values are multiplied.
    dashes
        Line style.
    filled
        Whether markers are filled.
    """
    if not entries:
        return
    curve = sorted(entries, key=lambda entry: entry["step"])
    steps = [entry["step"] for entry in curve]
    draw_band(ax, steps, curve, look, scale=scale)
    ax.plot(
        steps, scale * np.array([entry["mean"] for entry in curve]), color=look.colour, linestyle=dashes,
        linewidth=1.8, marker=look.marker, markersize=5, markerfacecolor=look.colour if filled else "white",
        markeredgecolor="white" if filled else look.colour, markeredgewidth=0.6 if filled else 1.2, label=label,
    )  # fmt: skip


def placed(points: Iterable[tuple[float, Entry]]) -> list[Entry]:
    """Return entries along an axis as a curve, with their places as their `step`.

    Parameters
    ----------
    points
        Place on the axis, and entry of the summary.

    Returns
    -------
    list of Entry
        The entries with their steps.
    """
    return [{**entry, "step": place} for place, entry in points]


def draw_band(
    ax: Axes,
    places: Sequence[float],
    entries: Sequence[Entry],
    look: Look,
    *,
    scale: float = 1.0,
) -> None:
    """Draw the 95 % intervals of entries as a band; nothing where an entry has none.

    Parameters
    ----------
    ax
        Axes to draw on.
    places
        Places of the entries on the horizontal axis.
    entries
        Entries of the summary.
    look
        Colour.
    scale
        Factor by which values are multiplied.
    """
    if all(entry["ci_low"] is not None for entry in entries):
        low, high = (scale * np.array([entry[key] for entry in entries]) for key in ("ci_low", "ci_high"))
        ax.fill_between(places, low, high, color=look.colour, alpha=0.18, lw=0)


def means_and_bars(entries: Iterable[Entry]) -> tuple[FloatArray, FloatArray]:
    """Return the means of entries, and how far their 95 % intervals reach below and above them.

    Parameters
    ----------
    entries
        Entries of the summary.

    Returns
    -------
    means : array of float
        Means (entry,).
    bars : array of float
        Lengths (2, entry), as `Axes.errorbar` takes them; 0 where an entry has no interval.
    """
    held = np.array([[entry[key] for key in ("mean", "ci_low", "ci_high")] for entry in entries], float).reshape(-1, 3)
    return held[:, 0], np.nan_to_num(np.abs(held[:, 1:] - held[:, :1]).T)


def draw_points(
    ax: Axes,
    points: Sequence[tuple[float, Entry]],
    *,
    fmt: str = "o",
    colour: str = BLUE,
    scale: float = 1.0,
    label: str | None = None,
) -> None:
    """Draw means with their 95 % intervals against a number.

    Parameters
    ----------
    ax
        Axes to draw on.
    points
        Numbers, and entries of the summary.
    fmt
        Marker and line, as matplotlib writes them.
    colour
        Of both.
    scale
        Factor by which values are multiplied.
    label
        Name in the legend.
    """
    means, bars = means_and_bars(entry for _, entry in points)
    places = [place for place, _ in points]
    ax.errorbar(places, scale * means, scale * bars, fmt=fmt, color=colour, capsize=3, markersize=4, label=label)


def draw_row(ax: Axes, height: int, seeds: FloatArray, entry: Entry, scale: float, look: Look) -> None:
    """Draw the values of all seeds as faint dots, with their mean and interval on top.

    Parameters
    ----------
    ax
        Axes to draw on.
    height
        Place of the row on the vertical axis; the dots are spread around it, so that equal ones stay visible.
    seeds
        Values (seed,), as they are drawn.
    entry
        Entry of the summary.
    scale
        Factor by which the mean and the interval of the entry are multiplied.
    look
        Colour and marker.
    """
    offsets = np.linspace(-_JITTER, _JITTER, len(seeds)) if len(seeds) > 1 else np.zeros(1)
    ax.scatter(seeds, height + offsets, s=26, marker=look.marker, color=look.colour, alpha=0.4, linewidths=0)
    if entry["ci_low"] is not None:
        low, high = scale * entry["ci_low"], scale * entry["ci_high"]
        ax.hlines(height, low, high, color=look.colour, linewidth=2.4, capstyle="butt")
    ax.scatter(
        scale * entry["mean"], height, s=70, marker=look.marker, color=look.colour, edgecolors="white",
        linewidths=1.2, zorder=3,
    )  # fmt: skip


def frame(ax: Axes, along: str, value: str, *, logarithmic: bool = False) -> None:
    """Label the axes, make the horizontal one logarithmic, and write numbers without powers of ten.

    Parameters
    ----------
    ax
        Axes to change.
    along
        Label of the horizontal axis.
    value
        Label of the vertical axis.
    logarithmic
        Whether the vertical axis is logarithmic, too.
    """
    ax.set(xscale="log", yscale="log" if logarithmic else "linear", xlabel=along, ylabel=value)
    for axis in (ax.xaxis, ax.yaxis) if logarithmic else (ax.xaxis,):
        axis.set_major_locator(LogLocator(10, subs=(1, 3), numticks=20))
        plain_numbers(axis)
        axis.set_minor_formatter(NullFormatter())
    ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)


def plain_numbers(axis: Axis) -> None:
    """Write the numbers of an axis without powers of ten.

    Parameters
    ----------
    axis
        Axis to change.
    """
    axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.12g}"))


def signed_numbers(axis: Axis, most: int) -> None:
    """Write the numbers of an axis with their signs, at places as far below zero as above it.

    Parameters
    ----------
    axis
        Axis to change.
    most
        How many intervals there are at most.
    """
    axis.set_major_locator(MaxNLocator(most, symmetric=True))
    axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:+,.12g}".replace("-", "−") if number else "0"))


def _seeds(run: Run) -> str:
    count = len(run.summary["seeds"])
    return f"{count} seed" if count == 1 else f"{count} seeds"
