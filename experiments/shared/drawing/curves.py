"""What figures of curves share: means over seeds along a logarithmic axis, with 95 % intervals as bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from bnsim.plotting.style import FAINT, style
from experiments.run_directory import Run
from experiments.shared.stored import Look, looks, summaries
from experiments.spec import Metric

_DASHES = ("-", "--", ":", "-.")
_JITTER = 0.16
"""Height over which the seeds of a row are spread."""


def accuracy_figure(run: Run, metric: Metric) -> Figure:
    """Accuracy of every model along the metric's steps."""
    entries = summaries(run, metric)
    with style():
        figure = Figure(figsize=(7.2, 4.0))
        ax = figure.subplots()
        for model, look in looks(run).items():
            curve = [entry for entry in entries if entry["model"] == model]
            draw_curve(ax, curve, look, label=f"{model} ({look.kind})", scale=100, limits=(0, 100))
        frame(ax, str(metric.step), f"{metric.label} (%)")
        ax.set_ylim(max(0, ax.get_ylim()[0]), 100)
        ax.set_title(f"Mean and 95 % interval over {_seeds(run)}")
        ax.legend(loc="lower right")
    return figure


def in_grey_too(run: Run) -> dict[str, tuple[Look, str, bool]]:
    """Look, dashes and whether marks are filled: the second of a kind is told from the first in grey too."""
    styles: dict[str, tuple[Look, str, bool]] = {}
    for model, look in looks(run).items():
        place = sum(other.kind == look.kind for other, _, _ in styles.values())
        styles[model] = (look, _DASHES[place % len(_DASHES)], place == 0)
    return styles


def draw_curve(
    ax: Axes,
    entries: list[dict[str, Any]],
    look: Look,
    *,
    label: str,
    scale: float = 1.0,
    limits: tuple[float, float] = (-np.inf, np.inf),
    dashes: str = "-",
    filled: bool = True,
) -> None:
    """One curve from the summary's entries: a line of means, and a band where there are intervals, cut at `limits`."""
    if not entries:
        return
    curve = sorted(entries, key=lambda entry: entry["step"])
    steps = [entry["step"] for entry in curve]
    draw_band(ax, steps, curve, look, scale=scale, limits=limits)
    ax.plot(
        steps, scale * np.array([entry["mean"] for entry in curve]), color=look.colour, linestyle=dashes,
        linewidth=1.8, marker=look.marker, markersize=5, markerfacecolor=look.colour if filled else "white",
        markeredgecolor="white" if filled else look.colour, markeredgewidth=0.6 if filled else 1.2, label=label,
    )  # fmt: skip


def draw_band(
    ax: Axes,
    places: Sequence[float],
    entries: Sequence[dict[str, Any]],
    look: Look,
    *,
    scale: float = 1.0,
    limits: tuple[float, float] = (-np.inf, np.inf),
) -> None:
    """The 95 % intervals of entries at these places, cut at `limits`; nothing where there are none."""
    if all(entry["ci_low"] is not None for entry in entries):
        low, high = (scale * np.array([entry[key] for entry in entries]) for key in ("ci_low", "ci_high"))
        ax.fill_between(places, low.clip(*limits), high.clip(*limits), color=look.colour, alpha=0.18, lw=0)


def draw_row(
    ax: Axes, height: int, seeds: NDArray[np.floating], entry: dict[str, Any], scale: float, look: Look
) -> None:
    """Seeds as faint dots, spread so that equal ones stay visible; over them mean and interval."""
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
    """Name the axes. The horizontal one is logarithmic, the vertical one if asked for; numbers are plain."""
    ax.set(xscale="log", yscale="log" if logarithmic else "linear", xlabel=along, ylabel=value)
    for axis in (ax.xaxis, ax.yaxis) if logarithmic else (ax.xaxis,):
        axis.set_major_locator(LogLocator(10, subs=(1, 3), numticks=20))
        plain_numbers(axis)
        axis.set_minor_formatter(NullFormatter())
    ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)


def plain_numbers(axis: Axis) -> None:
    """Numbers as they are, where matplotlib would write powers of ten."""
    axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.12g}"))


def _seeds(run: Run) -> str:
    count = len(run.summary["seeds"])
    return f"{count} seed" if count == 1 else f"{count} seeds"
