"""Figure of the depth-activity study."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from bnsim.plotting.style import FAINT, SEQUENTIAL, style
from experiments.figures.curves import plain_numbers
from experiments.figures.layers import MEASURED, THEORY, draw_by_scale
from experiments.figures.stored import by_fact
from experiments.results import Run

_PANELS = {"lif": ("LIF", "Firing rate (Hz)"), "tanh": ("tanh", "RMS activation"), "relu": ("ReLU", "RMS activation")}
_FLOOR = 1e-3
"""Lowest activity shown where the axis is logarithmic."""


def draw(run: Run) -> dict[str, Figure]:
    """`depth_activity`: activity by layer, one line a scale of the weights; empty without the study."""
    if "depth-activity" not in run.config:
        return {}
    scales = sorted({float(scale) for _, scale, _ in by_fact(run, "depth-activity", "activity", "scale")})
    norm = LogNorm(scales[0], scales[-1])
    with style():
        figure = Figure(figsize=(7.2, 4.2))
        axes = figure.subplots(1, 3)
        for ax, (model, (title, unit)) in zip(axes, _PANELS.items(), strict=True):
            _panel(ax, run, model, norm)
            ax.set(xlabel="Layer", ylabel=unit, title=title)
            ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
        axes[2].set(yscale="log", ylim=(_FLOOR, 1e4))
        plain_numbers(axes[2].yaxis)
        bar = figure.colorbar(
            mpl.cm.ScalarMappable(norm, SEQUENTIAL), ax=axes, orientation="horizontal", aspect=40, shrink=0.9
        )
        bar.set_label("Scale of the weights, at published initialisations")
        _mark(bar.ax)
    return {"depth_activity": figure}


def _panel(ax: Axes, run: Run, model: str, norm: Normalize) -> None:
    for metric, line in (("theory", THEORY), ("activity", MEASURED)):
        found = by_fact(run, "depth-activity", metric, "scale")
        draw_by_scale(ax, [entry for name, _, entry in found if name == model], norm, line)


def _mark(ax: Axes) -> None:
    """Ticks where published initialisations lie, instead of round numbers."""
    from experiments.studies.depth_activity import INITIALISATIONS

    places: dict[float, list[str]] = {}
    for named in INITIALISATIONS.values():
        for name, scale in named.items():
            names = places.setdefault(round(float(scale), 3), [])
            if name not in names:
                names.append(name)
    ax.minorticks_off()
    ax.set_xticks(list(places), ["\n".join([f"{scale:.2f}", *names]) for scale, names in places.items()])
