"""Figure of the firing patterns of the adaptive exponential neuron."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.arrays import FloatArray
from bnsim.plotting.style import BLUE, INK, VERMILLION, style
from experiments.classics.adex_patterns import CLASSIC, PATTERNS
from experiments.run_directory import Run
from experiments.shared.drawing.spike_shifts import spike_shifts
from experiments.shared.stored import entries, first_curve
from experiments.shared.wording import recognised
from experiments.spec import Plate

PLATES = (
    Plate(
        "adex_patterns",
        "Firing patterns of the adaptive exponential neuron",
        "For each cell, above: membrane potential in the first 400 ms; spikes are drawn to 0 mV. Below: adaptation "
        "current against membrane potential, from the start (dot).",
    ),
    Plate(
        "adex_convergence",
        "Convergence with the time step",
        "Largest difference of the first five spikes from those with the finest time step, 0 drawn at 0.001 ms; "
        "dashed: one time step.",
    ),
)
SAMPLE = 0.5
"""Time in ms between samples of the courses."""


def draw(run: Run) -> dict[str, Figure]:
    """Draw `adex_patterns`, and `adex_convergence` where there are several time steps.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    figures = {"adex_patterns": _patterns(run)}
    if entries(run, CLASSIC["shift"]):
        figures["adex_convergence"] = spike_shifts(run, CLASSIC["shift"])
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
        figure = Figure(figsize=(11, 9))
        axes = figure.subplots(4, 4, height_ratios=[1, 1.2, 1, 1.2])
        for place, pattern in enumerate(PATTERNS):
            row, column = divmod(place, 4)
            course, plane = axes[2 * row, column], axes[2 * row + 1, column]
            v, w = (first_curve(run, CLASSIC[name], pattern=pattern) for name in ("potential", "adaptation"))
            _course(course, v, first_curve(run, CLASSIC["spike"], pattern=pattern), pattern)
            plane.plot(v, w, color=INK, linewidth=0.6)
            plane.plot(v[0], w[0], "o", color=VERMILLION, markersize=5)
            plane.set_xlabel("v (mV)")
        for row in range(4):
            axes[row, 0].set_ylabel("v (mV)" if row % 2 == 0 else "w (pA)")
    return figure


def _course(ax: Axes, v: FloatArray, spikes: FloatArray, pattern: str) -> None:
    times = SAMPLE * len(v)
    ax.plot([SAMPLE * k for k in range(len(v))], v, color=BLUE, linewidth=0.9)
    ax.vlines(spikes[spikes < times], -50, 0, color=BLUE, linewidth=0.9)
    ax.set(xlabel="time (ms)", xlim=(0, times), ylim=(-75, 3), title=pattern)
