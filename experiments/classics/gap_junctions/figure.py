"""Figure of gap junctions."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, style
from experiments.classics.gap_junctions import CLASSIC, COUPLING
from experiments.run_directory import Run
from experiments.shared.drawing.curves import means_and_bars
from experiments.shared.stored import along, rows
from experiments.shared.wording import number
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects

PLATES = (
    Plate(
        "gap_junctions",
        "Gap junctions",
        "Top: coupling coefficient of two passive cells by the conductance of the junction for a steady current, and "
        "by the frequency of the current for one conductance (dots), with theory (lines); a cell that fires and the "
        "spikelets in its neighbour, which is at rest. Bottom: spikes of a group of cells without and with the "
        "strongest coupling; synchrony of a group by the total conductance of each cell (dotted: independent cells); "
        "largest error of the coupling coefficient for alternating currents by time step (line: first order).",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `gap_junctions`: coupling coefficients, spikelets, synchrony, and errors.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    with style():
        figure = Figure(figsize=(9.6, 6.2))
        grid = figure.add_gridspec(2, 3)
        _steady(figure.add_subplot(grid[0, 0]), run)
        _alternating(figure.add_subplot(grid[0, 1]), run)
        inner = grid[0, 2].subgridspec(2, 1)
        upper = figure.add_subplot(inner[0])
        _potential(upper, run, "driven", BLUE)
        upper.set_title("Spikelets")
        upper.tick_params(labelbottom=False)
        _potential(figure.add_subplot(inner[1]), run, "neighbour", VERMILLION)
        figure.axes[-1].set_xlabel("Time (ms)")
        groups = grid[1, 0].subgridspec(2, 1)
        _rasters([figure.add_subplot(groups[0]), figure.add_subplot(groups[1])], run)
        _synchrony(figure.add_subplot(grid[1, 1]), run)
        _errors(figure.add_subplot(grid[1, 2]), run)
    return {"gap_junctions": figure}


def sentences(run: Run) -> list[str]:
    """State spikelet, synchrony and error with the smallest time step.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    dt, spikelet = along(run, CLASSIC["spikelet"], _MODEL, "dt")[0]
    error = along(run, CLASSIC["coefficient_error"], _MODEL, "dt")[0][1]
    said = [
        f"With a time step of {number(dt, 'ms')}, a spike of one cell depolarizes its neighbour by "
        f"{number(spikelet['mean'], 'mV')}, and no coupling coefficient differs from theory by more than "
        f"{number(error['mean'], 'fraction')} of it."
    ]
    groups = along(run, CLASSIC["synchrony"], _MODEL, "total", dt=dt)
    if groups:
        (weakest, lowest), (strongest, highest) = groups[0], groups[-1]
        said.append(
            f"The synchrony of a group is {number(lowest['mean'], '')} at {number(weakest, 'nS')} and "
            f"{number(highest['mean'], '')} at {number(strongest, 'nS')}."
        )
    return said


def _finest(run: Run) -> float:
    return along(run, CLASSIC["coefficient_error"], _MODEL, "dt")[0][0]


def _steady(ax: Axes, run: Run) -> None:
    for metric, look, colour, facts in (
        ("theory", "-", INK, {}),
        ("coefficient", "o", BLUE, {"dt": _finest(run)}),
    ):
        found = along(run, CLASSIC[metric], _MODEL, "coupling", frequency=0.0, **facts)
        ax.plot([at for at, _ in found], [entry["mean"] for _, entry in found], look, color=colour)
    ax.set(xlabel="Conductance (of the leak)", ylabel="Coupling coefficient", title="Steady current", ylim=(0, None))


def _alternating(ax: Axes, run: Run) -> None:
    for metric, look, colour, facts in (
        ("theory", "-", INK, {}),
        ("coefficient", "o", BLUE, {"dt": _finest(run)}),
    ):
        found = [
            (at, entry)
            for at, entry in along(run, CLASSIC[metric], _MODEL, "frequency", coupling=COUPLING, **facts)
            if at > 0
        ]
        ax.plot([at for at, _ in found], [entry["mean"] for _, entry in found], look, color=colour)
    ax.set(
        xlabel="Frequency (Hz)", ylabel="Coupling coefficient", title="Low-pass filter", xscale="log", ylim=(0, None)
    )
    ax.xaxis.set_ticks([2, 10, 50], ["2", "10", "50"])
    ax.xaxis.set_minor_formatter("")


def _potential(ax: Axes, run: Run, cell: str, colour: str) -> None:
    values = rows(run, CLASSIC["potential"], cell=cell).sort_values("step")
    ax.plot(values["step"] / 4, values["value"], color=colour, linewidth=1)
    ax.set_ylabel(f"{cell} (mV)")


def _rasters(axes: list[Axes], run: Run) -> None:
    totals = sorted({facts["total"] for facts in rows(run, CLASSIC["spike"])["facts"]})
    for ax, total in zip(axes, totals, strict=False):
        chosen = rows(run, CLASSIC["spike"], total=total)
        ax.plot(chosen["step"] / 20, [facts["neuron"] for facts in chosen["facts"]], "|", color=INK, markersize=4)
        ax.set(ylabel=f"{total:g} nS", yticks=[], xlim=(0, 100))
    axes[0].set_title("Spikes of groups")
    axes[0].tick_params(labelbottom=False)
    axes[1].set_xlabel("Time (ms)")


def _synchrony(ax: Axes, run: Run) -> None:
    found = along(run, CLASSIC["synchrony"], _MODEL, "total", dt=_finest(run))
    if found:
        means, bars = means_and_bars(entry for _, entry in found)
        ax.errorbar([at for at, _ in found], means, bars, fmt="o-", color=BLUE, capsize=3, linewidth=1)
        independent = 1 / np.sqrt(found[0][1]["facts"]["cells"])
        ax.axhline(independent, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set(xlabel="Total conductance (nS)", ylabel="Synchrony", title="Synchrony", ylim=(0, 1.02))


def _errors(ax: Axes, run: Run) -> None:
    errors = along(run, CLASSIC["coefficient_error"], _MODEL, "dt")
    steps, values = [dt for dt, _ in errors], [entry["mean"] for _, entry in errors]
    ax.plot(steps, [values[-1] * dt / steps[-1] for dt in steps], color=FAINT)
    ax.plot(steps, values, "o", color=BLUE)
    ax.set(xlabel="Time step (ms)", ylabel="Largest relative error", title="Convergence", xscale="log", yscale="log")
    ax.xaxis.set_ticks(steps, [f"{dt:g}" for dt in steps])
    ax.yaxis.set_ticks(values, [f"{value:.1e}" for value in values])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_formatter("")
