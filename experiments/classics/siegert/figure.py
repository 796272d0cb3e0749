"""Figure of the rate in response to white noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.arrays import FloatArray
from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, style
from experiments.classics.siegert import CLASSIC
from experiments.run_directory import Run
from experiments.shared.drawing.curves import means_and_bars
from experiments.shared.stored import Entry, along
from experiments.shared.wording import number, stated
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects

PLATES = (
    Plate(
        "siegert",
        "Convergence of the rate with the time step",
        "Left: firing rate against the square root of the time step, simulated (dots, with 95 % intervals over seeds) "
        "and in theory, with the threshold raised for the grid (line). Dotted: theory in continuous time. Right: "
        "difference between the two at each time step, relative to theory for that step; shaded: 0.5 %.",
    ),
)
_TOLERATED = 0.5


def draw(run: Run) -> dict[str, Figure]:
    """Draw `siegert`: rate against time step, and its deviation from theory.

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
        figure = Figure(figsize=(7.6, 3.4))
        rates, deviations = figure.subplots(1, 2, width_ratios=[1.3, 1])
        _rates(rates, run)
        _deviations(deviations, run)
    return {"siegert": figure}


def _rates(ax: Axes, run: Run) -> None:
    theory = along(run, CLASSIC["theory"], _MODEL, "dt")
    ax.plot(np.sqrt([dt for dt, _ in theory]), [entry["mean"] for _, entry in theory], color=INK, label="theory")
    ax.axhline(theory[0][1]["mean"], color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    steps, means, bars = _points(along(run, CLASSIC["rate"], _MODEL, "dt"))
    ax.errorbar(np.sqrt(steps), means, bars, fmt="o", color=BLUE, capsize=3, label="simulated")
    ax.set_xticks(np.sqrt([dt for dt, _ in theory]), [f"{dt:g}" for dt, _ in theory], rotation=45)
    ax.set(xlabel="Time step (ms), square-root scale", ylabel="Firing rate (Hz)", title="Rate")
    ax.legend(loc="lower left")


def _deviations(ax: Axes, run: Run) -> None:
    steps, means, bars = _points(along(run, CLASSIC["deviation"], _MODEL, "dt"))
    ax.axhspan(-_TOLERATED, _TOLERATED, color=FAINT, alpha=0.35, linewidth=0)
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.errorbar(steps, 100 * means, 100 * bars, fmt="o", color=VERMILLION, capsize=3)
    ax.set(xlabel="Time step (ms)", ylabel="Difference (%)", title="Simulation minus theory", xscale="log")
    ax.set_xticks(steps, [f"{dt:g}" for dt in steps])
    ax.xaxis.set_minor_formatter("")
    ax.set_ylim(-1, 1)


def _points(found: list[tuple[Any, Entry]]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Time steps, means, and how far the intervals reach below and above them."""
    return np.array([dt for dt, _ in found]), *means_and_bars(entry for _, entry in found)


def sentences(run: Run) -> list[str]:
    """State the rate with the smallest time step, and theory.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    dt, measured = along(run, CLASSIC["rate"], _MODEL, "dt")[0]
    theory = dict(along(run, CLASSIC["theory"], _MODEL, "dt"))
    return [
        f"With a time step of {number(dt, 'ms')} the neurons fire at {stated(measured)}; theory for this step says "
        f"{number(theory[dt]['mean'], 'Hz')}, and {number(theory[0.0]['mean'], 'Hz')} in continuous time."
    ]
