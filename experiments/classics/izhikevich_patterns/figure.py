"""Figure of the firing patterns of Izhikevich's model."""

from __future__ import annotations

from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, INK, style
from experiments.classics.izhikevich_patterns import CLASSIC, PART, PATTERNS
from experiments.run_directory import Run
from experiments.shared.drawing.spike_shifts import spike_shifts
from experiments.shared.stored import entries, first_curve
from experiments.shared.wording import recognised
from experiments.spec import Plate

PLATES = (
    Plate(
        "izhikevich_patterns",
        "Firing patterns of Izhikevich's model",
        "Membrane potential of each cell (blue) and, below it, its current (black, in mV, shifted by -100 mV).",
    ),
    Plate(
        "izhikevich_convergence",
        "Convergence with the time step",
        "Largest difference of the first five spikes from those with the finest time step, 0 drawn at 0.001 ms; "
        "dashed: one time step.",
    ),
)
SAMPLE = 0.5
"""Time in ms between samples of the potential."""
_BASE = -100.0
"""Potential (mV) at which a current of 0 is drawn."""


def draw(run: Run) -> dict[str, Figure]:
    """Draw `izhikevich_patterns`, and `izhikevich_convergence` where there are several time steps.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    figures = {"izhikevich_patterns": _patterns(run)}
    if entries(run, CLASSIC["shift"]):
        figures["izhikevich_convergence"] = spike_shifts(run, CLASSIC["shift"])
    return figures


def sentences(run: Run) -> list[str]:
    """Say which patterns were recognised.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    return [recognised(run, CLASSIC["recognised"])]


def _patterns(run: Run) -> Figure:
    with style():
        figure = Figure(figsize=(11, 5))
        axes = figure.subplots(2, 4, sharex=True, sharey=True)
        for ax, pattern in zip(axes.flat, PATTERNS, strict=True):
            v, spikes, given = (
                first_curve(run, CLASSIC[name], pattern=pattern) for name in ("potential", "spike", "current")
            )
            ax.plot([SAMPLE * k for k in range(len(v))], v.clip(max=30), color=BLUE, linewidth=0.9)
            ax.vlines(spikes, -60, 30, color=BLUE, linewidth=0.9)
            ax.stairs(_BASE + given, [PART * k for k in range(len(given) + 1)], baseline=None, color=INK, linewidth=0.9)
            ax.set_title(pattern, fontsize=10)
        for ax in axes[-1]:
            ax.set_xlabel("Time (ms)")
        for ax in axes[:, 0]:
            ax.set_ylabel("v (mV)")
    return figure
