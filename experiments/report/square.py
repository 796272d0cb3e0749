"""Pictures of a square: what spikes and what local learning are worth, one picture a metric."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, style
from experiments.findings.effects import Effects, effects
from experiments.run_directory import Run
from experiments.shared.drawing.curves import signed_numbers
from experiments.shared.stored import Entry, entries, values
from experiments.shared.wording import interval, number

CAPTION = (
    "Left: the four networks of the square; thin lines are seeds, marks means with their 95 % intervals. All four take "
    "plain gradient steps, one sample at a time; the grey diamond is the network of rates with Adam in batches. "
    "Parallel lines mean that the two effects add up. Right: the main effect of spikes (mean of the two differences "
    "spikes − rates), that of local learning (local rule − backpropagation), and their interaction (by how much the "
    "effect of local learning is larger with spikes), paired by seed, with 95 % intervals. The two main effects add up "
    "to the difference between spikes with a local rule and rates with backpropagation."
)
"""What a reader must know to read a picture."""

_RULES = (("backpropagation", VERMILLION, "s"), ("local rule", BLUE, "o"))
_NAMES = ("spikes", "local learning", "interaction")
_GREY = "#767676"
_SHIFT = 0.04
"""By how much the marks of the two rules stand apart."""


def name_of(one: Effects) -> str:
    """Return the file name of a picture, without suffix.

    Parameters
    ----------
    one
        The effects in one metric.

    Returns
    -------
    str
        The name.
    """
    return f"square-{one.study.name}"


def draw(run: Run) -> dict[str, Figure]:
    """Draw the square in the primary metric of each study.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix; empty where the run does not hold all corners of a square.
    """
    return {name_of(one): _picture(run, one) for one in effects(run)}


def _picture(run: Run, one: Effects) -> Figure:
    with style():
        figure = Figure(figsize=(9.2, 2.9), layout="constrained")
        corners, told = figure.subplots(1, 2, width_ratios=(1.0, 1.25))
        _draw_corners(corners, run, one)
        _draw_effects(told, one)
    return figure


def _draw_corners(ax: Axes, run: Run, one: Effects) -> None:
    scale = 100.0 if one.metric.unit == "fraction" else 1.0
    table = values(run, one.metric).pivot(index="seed", columns="model", values="value") * scale
    means = {
        entry["model"]: entry for entry in entries(run, one.metric) if not entry["facts"] and entry["step"] is None
    }
    square = one.square
    lines = (
        (square.rates_backpropagation, square.spikes_backpropagation),
        (square.rates_local, square.spikes_local),
    )
    for (rule, shade, marker), ends, shift in zip(_RULES, lines, (-_SHIFT, _SHIFT), strict=True):
        _draw_line(ax, table[list(ends)], [means[end] for end in ends], (rule, shade, marker), shift, scale)
    if square.beside in means:
        beside = means[square.beside]
        _mark(ax, -0.22, beside, scale, _GREY, "D", f"{square.beside}, Adam in batches")
    ax.set_xlim(-0.42, 1.3)
    ax.set_xticks([0, 1], ["rates", "spikes"])
    ax.set_ylabel("%" if scale == 100 else one.spikes["unit"])
    ax.set_title(one.metric.label, loc="left")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=9, handlelength=1.2)
    ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.5)


def _draw_line(
    ax: Axes, table: pd.DataFrame, means: list[Entry], look: tuple[str, str, str], shift: float, scale: float
) -> None:
    rule, shade, marker = look
    places = [shift, 1 + shift]
    for _, of_seed in table.iterrows():
        ax.plot(places, of_seed, color=shade, linewidth=0.6, alpha=0.35)
    ax.plot(places, [scale * entry["mean"] for entry in means], color=shade, linewidth=1.6)
    for place, entry, label in zip(places, means, (rule, None), strict=True):
        _mark(ax, place, entry, scale, shade, marker, label)


def _mark(ax: Axes, place: float, entry: Entry, scale: float, shade: str, marker: str, label: str | None) -> None:
    if entry["ci_low"] is not None:
        ax.vlines(place, scale * entry["ci_low"], scale * entry["ci_high"], color=shade, linewidth=1.6)
    ax.plot([place], [scale * entry["mean"]], marker=marker, markersize=6, color=shade, linestyle="none", label=label)


def _draw_effects(ax: Axes, one: Effects) -> None:
    ax.axvline(0, color=INK, linewidth=0.8)
    for height, entry in enumerate(one.all):
        if entry["ci_low"] is not None:
            ax.hlines(height, entry["ci_low"], entry["ci_high"], color=INK, linewidth=2)
        ax.plot([entry["difference"]], [height], marker="o", markersize=6, color=INK, linestyle="none")
        limits = "" if entry["ci_low"] is None else f" ({interval(entry, signed=True)})"
        told = f"{number(entry['difference'], entry['unit'], signed=True)}{limits}"
        ax.annotate(
            told,
            (0.5, height),
            (0, 9),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )
    ends = [entry[end] for entry in one.all for end in ("difference", "ci_low", "ci_high") if entry[end] is not None]
    reach = 1.15 * max(map(abs, ends)) or 1.0
    ax.set_xlim(-reach, reach)
    ax.set_ylim(2.6, -0.7)
    ax.set_yticks(range(3), _NAMES)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    signed_numbers(ax.xaxis, 5)
    unit = one.spikes["unit"]
    side = "more" if one.better == "more" else "less"
    ax.set_xlabel(f"Effect ({unit}; {side} is better)" if unit else f"Effect ({side} is better)")
