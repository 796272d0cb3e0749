"""What figures of random networks have in common: curves over the layers, coloured by the scale of the weights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from bnsim.plotting.style import SEQUENTIAL
from experiments.shared.stored import Entry

Line: TypeAlias = dict[str, Any]
"""Properties of a line in matplotlib."""

THEORY: Line = {"linestyle": (0, (3, 2)), "linewidth": 0.9}
MEASURED: Line = {"linewidth": 1.5}


def scale_bar(figure: Figure, axes: Any, norm: Normalize, scales: Iterable[float]) -> None:
    """Draw a colour bar of the scales.

    Parameters
    ----------
    figure
        Figure to draw on.
    axes
        Panels below which the bar is placed.
    norm
        Scale -> colour.
    scales
        Scales that get a tick.
    """
    figure.colorbar(
        mpl.cm.ScalarMappable(norm, SEQUENTIAL), ax=axes, orientation="horizontal", aspect=50,
        label="Scale of the weights", ticks=sorted(set(scales)), format="%g",
    ).minorticks_off()  # fmt: skip


def draw_by_scale(ax: Axes, entries: list[Entry], norm: Normalize, line: Line) -> None:
    """Draw means over steps, with one line for all entries that have the same facts.

    Parameters
    ----------
    ax
        Axes to draw on.
    entries
        Entries of the summary with steps and the fact "scale", which gives the colour.
    norm
        Scale -> colour.
    line
        Line properties, such as `MEASURED` or `THEORY`.
    """
    curves: dict[tuple[tuple[str, Any], ...], list[Entry]] = {}
    for entry in entries:
        curves.setdefault(tuple(entry["facts"].items()), []).append(entry)
    for curve in curves.values():
        curve.sort(key=lambda entry: entry["step"])
        colour = mpl.colormaps[SEQUENTIAL](norm(curve[0]["facts"]["scale"]))
        ax.plot([entry["step"] for entry in curve], [entry["mean"] for entry in curve], color=colour, **line)
