"""What figures of random networks share: a curve over the layers for each scale of the weights, coloured by it."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from bnsim.plotting.style import SEQUENTIAL
from experiments.figures.stored import facts

THEORY: dict[str, Any] = {"linestyle": (0, (3, 2)), "linewidth": 0.9}
MEASURED: dict[str, Any] = {"linewidth": 1.5}


def draw_by_scale(ax: Axes, entries: list[dict[str, Any]], norm: Normalize, line: dict[str, Any]) -> None:
    """Means by `step`, a line for each condition; its fact "scale" is the colour."""
    curves: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        curves.setdefault(entry["condition"], []).append(entry)
    for condition, curve in curves.items():
        curve.sort(key=lambda entry: entry["step"])
        colour = mpl.colormaps[SEQUENTIAL](norm(float(facts(condition)["scale"])))
        ax.plot([entry["step"] for entry in curve], [entry["mean"] for entry in curve], color=colour, **line)
