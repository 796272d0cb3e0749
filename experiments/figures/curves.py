"""What figures of curves share: means over seeds along a logarithmic axis, with 95 % intervals as bands."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bnsim.plotting.style import FAINT, style
from experiments.figures.stored import Look, looks, summaries
from experiments.results import Run


def accuracy_figure(run: Run, study: str, along: str) -> Figure | None:
    """Validation accuracy of every model by `step`, which the axis names `along`; None without this study."""
    entries = summaries(run, study, "validation_accuracy")
    if not entries:
        return None
    with style():
        figure = Figure(figsize=(7.2, 4.0))
        ax = figure.subplots()
        for model, look in looks(run).items():
            curve = [entry for entry in entries if entry["model"] == model]
            draw_curve(ax, curve, look, label=f"{model} ({look.kind})", scale=100, limits=(0, 100))
        frame(ax, along, "Validation accuracy (%)")
        ax.set_ylim(max(0, ax.get_ylim()[0]), 100)
        ax.set_title(f"Mean and 95 % interval over {_seeds(run)}")
        ax.legend(loc="lower right")
    return figure


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
    if all(entry["ci_low"] is not None for entry in curve):
        low, high = (scale * np.array([entry[key] for entry in curve]) for key in ("ci_low", "ci_high"))
        ax.fill_between(steps, low.clip(*limits), high.clip(*limits), color=look.colour, alpha=0.18, lw=0)
    ax.plot(
        steps, scale * np.array([entry["mean"] for entry in curve]), color=look.colour, linestyle=dashes,
        linewidth=1.8, marker=look.marker, markersize=5, markerfacecolor=look.colour if filled else "white",
        markeredgecolor="white" if filled else look.colour, markeredgewidth=0.6 if filled else 1.2, label=label,
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
