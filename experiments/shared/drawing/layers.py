"""What figures of random networks share: a curve over the layers for each scale of the weights, coloured by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from bnsim.plotting.style import SEQUENTIAL

THEORY: dict[str, Any] = {"linestyle": (0, (3, 2)), "linewidth": 0.9}
MEASURED: dict[str, Any] = {"linewidth": 1.5}


def scale_bar(figure: Figure, axes: Any, norm: Normalize, scales: Iterable[float]) -> None:
    """A bar below `axes` that tells which colour is which scale, with a tick at each."""
    figure.colorbar(
        mpl.cm.ScalarMappable(norm, SEQUENTIAL), ax=axes, orientation="horizontal", aspect=50,
        label="Scale of the weights", ticks=sorted(set(scales)), format="%g",
    ).minorticks_off()  # fmt: skip


def draw_by_scale(ax: Axes, entries: list[dict[str, Any]], norm: Normalize, line: dict[str, Any]) -> None:
    """Draw means by `step`, a line for entries with the same facts; the fact "scale" is the colour."""
    curves: dict[tuple[tuple[str, Any], ...], list[dict[str, Any]]] = {}
    for entry in entries:
        curves.setdefault(tuple(entry["facts"].items()), []).append(entry)
    for curve in curves.values():
        curve.sort(key=lambda entry: entry["step"])
        colour = mpl.colormaps[SEQUENTIAL](norm(curve[0]["facts"]["scale"]))
        ax.plot([entry["step"] for entry in curve], [entry["mean"] for entry in curve], color=colour, **line)
