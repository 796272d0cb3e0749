"""Figure of the depth-activity study."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from bnsim.plotting.style import FAINT, SEQUENTIAL, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import plain_numbers
from experiments.shared.drawing.layers import MEASURED, THEORY, draw_by_scale
from experiments.shared.stored import by_fact, summaries
from experiments.shared.wording import listed, stated
from experiments.spec import Plate
from experiments.studies.depth_activity import STUDY
from experiments.studies.depth_activity.initialisations import INITIALISATIONS

_PANELS = {"lif": ("LIF", "Firing rate (Hz)"), "tanh": ("tanh", "RMS activation"), "relu": ("ReLU", "RMS activation")}
_FLOOR = 1e-3
"""Lowest activity shown on a logarithmic axis."""


PLATES = (
    Plate(
        "depth_activity",
        "Activity from layer to layer",
        "Random networks without training; one line for each scale of the weights. Dashed: mean-field theory for "
        "infinitely many units. Marked on the colour scale: published initialisations. Rates and activations have "
        "different units.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `depth_activity`: activity by layer, with a line for each scale of the weights.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    scales = sorted({scale for _, scale, _ in by_fact(run, STUDY["activity"], "scale")})
    norm = LogNorm(scales[0], scales[-1])
    with style():
        figure = Figure(figsize=(7.2, 4.2))
        axes = figure.subplots(1, 3)
        for ax, (model, (title, unit)) in zip(axes, _PANELS.items(), strict=True):
            _panel(ax, run, model, norm)
            ax.set(xlabel=STUDY["activity"].step, ylabel=unit, title=title)
            ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
        axes[2].set(yscale="log", ylim=(_FLOOR, 1e4))
        plain_numbers(axes[2].yaxis)
        bar = figure.colorbar(
            mpl.cm.ScalarMappable(norm, SEQUENTIAL), ax=axes, orientation="horizontal", aspect=40, shrink=0.9
        )
        bar.set_label("Scale of the weights, at published initialisations")
        _mark(bar.ax)
    return {"depth_activity": figure}


def sentences(run: Run) -> list[str]:
    """Describe how much activity is kept, and the smallest scale at which a network stays active.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    kept = [
        f"{_PANELS[model][0]} with {name} {stated(entry)}"
        for model, name, entry in by_fact(run, STUDY["activity_kept"], "initialisation")
    ]
    living = [f"{_PANELS[entry['model']][0]} {stated(entry)}" for entry in summaries(run, STUDY["living_scale"])]
    return [
        f"Activity of the last layer relative to that of the input: {listed(kept)}.",
        f"Smallest scale at which 1\N{NO-BREAK SPACE}% of the activity is kept: {listed(living)}."
        if living
        else "At none of the scales was 1\N{NO-BREAK SPACE}% of the activity kept.",
    ]


def _panel(ax: Axes, run: Run, model: str, norm: Normalize) -> None:
    for metric, line in ((STUDY["theory"], THEORY), (STUDY["activity"], MEASURED)):
        found = by_fact(run, metric, "scale")
        draw_by_scale(ax, [entry for name, _, entry in found if name == model], norm, line)


def _mark(ax: Axes) -> None:
    """Put ticks at published initialisations instead of at round numbers."""
    places: dict[float, list[str]] = {}
    for named in INITIALISATIONS.values():
        for name, scale in named.items():
            names = places.setdefault(round(scale, 3), [])
            if name not in names:
                names.append(name)
    ax.minorticks_off()
    ax.set_xticks(list(places), ["\n".join([f"{scale:.2f}", *names]) for scale, names in places.items()])
