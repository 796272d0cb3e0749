"""How far spikes move with the time step, for each of several firing patterns."""

from __future__ import annotations

from matplotlib.figure import Figure

from bnsim.plotting.style import INK, colour, style
from experiments.run_directory import Run
from experiments.shared.stored import entries
from experiments.spec import Metric

_LEAST = 1e-3
"""Where a shift of 0 is drawn, in ms."""


def spike_shifts(run: Run, metric: Metric) -> Figure:
    """Draw the largest shift of spikes against the time step, and a line at one step.

    Parameters
    ----------
    run
        A stored run.
    metric
        A metric with the facts "pattern" and "dt", in ms.

    Returns
    -------
    Figure
        The figure.
    """
    found: dict[str, dict[float, float]] = {}
    for entry in entries(run, metric):
        found.setdefault(entry["facts"]["pattern"], {})[entry["facts"]["dt"]] = entry["mean"]
    steps = sorted({dt for shifts in found.values() for dt in shifts})
    with style():
        figure = Figure(figsize=(7.2, 3.6))
        ax = figure.subplots()
        for place, (pattern, shifts) in enumerate(found.items()):
            line = "-" if place < 7 else ":"
            ax.plot(
                steps,
                [max(shifts[dt], _LEAST) for dt in steps],
                f"o{line}",
                color=colour(place),
                markersize=4,
                linewidth=0.8,
                label=pattern,
            )
        ax.plot(steps, steps, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        ax.set(xlabel="Time step (ms)", ylabel="Largest shift (ms)", xscale="log", yscale="log")
        ax.set_xticks(steps, [f"{dt:g}" for dt in steps])
        decades = [0.001, 0.01, 0.1, 1, 10]
        ax.set_yticks(decades, [f"{decade:g}" for decade in decades])
        ax.xaxis.set_minor_formatter("")
        ax.yaxis.set_minor_formatter("")
        figure.legend(loc="outside right upper", fontsize=9)
    return figure
