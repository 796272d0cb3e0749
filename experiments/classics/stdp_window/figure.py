"""Figure of the STDP window."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, style
from experiments.classics.stdp_window import BETWEEN, CLASSIC, ON_GRID
from experiments.run_directory import Run
from experiments.shared.stored import along, summaries
from experiments.shared.wording import listed, number
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects
_LEAST = 1e-13
"""What an error of 0 is drawn at."""

PLATES = (
    Plate(
        "stdp_window",
        "Window of spike-timing-dependent plasticity",
        "Left: change of the weight by one pair of spikes, against the time from the presynaptic to the postsynaptic "
        "spike. Right: largest relative error of a change against the time step, for spikes on the time grid and for "
        "spikes between its points, which are moved by half a step at most; line: half a step, relative to the time "
        "constant of potentiation.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `stdp_window`: change against lag.

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
        window, errors = figure.subplots(1, 2, width_ratios=[1.3, 1])
        _window(window, run)
        _errors(errors, run)
    return {"stdp_window": figure}


def _window(ax: Axes, run: Run) -> None:
    changes = along(run, CLASSIC["change"], _MODEL, "lag")
    ax.axhline(0, color=FAINT, linewidth=0.8)
    ax.axvline(0, color=FAINT, linewidth=0.8)
    for color, side in ((BLUE, 1), (VERMILLION, -1)):
        points = [(lag, 100 * entry["mean"]) for lag, entry in changes if side * lag > 0]
        ax.plot(*zip(*points, strict=True), "o-", color=color, markersize=3)
    ax.set(
        xlabel="Postsynaptic minus presynaptic spike (ms)", ylabel="Change (% of the largest weight)", title="Window"
    )


def _errors(ax: Axes, run: Run) -> None:
    for spikes, color in ((BETWEEN, VERMILLION), (ON_GRID, BLUE)):
        errors = along(run, CLASSIC["error"], _MODEL, "dt", spikes=spikes)
        steps = [dt for dt, _ in errors]
        ax.plot(steps, [max(entry["mean"], _LEAST) for _, entry in errors], "o", color=color, label=spikes)
    (tau,) = {entry["mean"] for entry in summaries(run, CLASSIC["tau_plus"])} or {math.nan}
    ax.plot(steps, [dt / 2 / tau for dt in steps], color=INK, linewidth=0.8)
    ax.set(xlabel="Time step (ms)", ylabel="Largest relative error", title="Convergence", xscale="log", yscale="log")
    ax.set_xticks(steps, [f"{dt:g}" for dt in steps])
    ax.xaxis.set_minor_formatter("")
    decades = range(-15, 0, 3)
    ax.set_yticks([10.0**decade for decade in decades], [f"1e{decade}" for decade in decades])
    ax.set_ylim(1e-13, 1)
    ax.legend(title="spikes", loc="center left")


def sentences(run: Run) -> list[str]:
    """State the fitted time constants.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    fitted = [
        f"{number(entry['mean'], 'ms')} for {what}"
        for what in ("potentiation", "depression")
        for entry in summaries(run, CLASSIC["tau_plus" if what == "potentiation" else "tau_minus"])
    ]
    return [f"Time constants fitted to the simulated window: {listed(fitted)}."] if fitted else []
