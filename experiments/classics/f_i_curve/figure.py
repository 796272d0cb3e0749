"""Figure of the f-I curve."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, INK, VERMILLION, style
from experiments.classics.f_i_curve import CLASSIC, THRESHOLD
from experiments.run_directory import Run
from experiments.shared.stored import along
from experiments.shared.wording import number
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects

PLATES = (
    Plate(
        "f_i_curve",
        "Firing rate of a leaky integrate-and-fire neuron",
        "Left: rate against current with the smallest time step (dots), and the closed solution (line); dotted: "
        "threshold. Right: largest error of an interspike interval against the time step; line: one step.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `f_i_curve`: rate against current, and error against time step.

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
        figure = Figure(figsize=(7.2, 3.4))
        rates, errors = figure.subplots(1, 2, width_ratios=[1.4, 1])
        _rates(rates, run)
        _errors(errors, run)
    return {"f_i_curve": figure}


def sentences(run: Run) -> list[str]:
    """Say by how much intervals differ from the closed solution.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    dt, entry = along(run, CLASSIC["interval_error"], _MODEL, "dt")[0]
    return [
        f"With a time step of {number(dt, 'ms')}, no interval differs from the closed solution by more than "
        f"{number(entry['mean'], 'ms')}."
    ]


def _rates(ax: Axes, run: Run) -> None:
    theory = along(run, CLASSIC["theory"], _MODEL, "current")
    finest = along(run, CLASSIC["interval_error"], _MODEL, "dt")[0][0]
    measured = along(run, CLASSIC["rate"], _MODEL, "current", dt=finest)
    ax.plot([at for at, _ in theory], [entry["mean"] for _, entry in theory], color=INK, label="closed solution")
    ax.plot([at for at, _ in measured], [entry["mean"] for _, entry in measured], "o", color=BLUE, label="simulated")
    ax.axvline(THRESHOLD, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set(xlabel="Current, as potential µ (mV)", ylabel="Firing rate (Hz)", title="f-I curve")
    ax.legend(loc="lower right")


def _errors(ax: Axes, run: Run) -> None:
    errors = along(run, CLASSIC["interval_error"], _MODEL, "dt")
    steps = [dt for dt, _ in errors]
    ax.plot(steps, steps, color=INK, linewidth=0.8)
    ax.plot(steps, [entry["mean"] for _, entry in errors], "o", color=VERMILLION)
    ax.set(xlabel="Time step (ms)", ylabel="Largest error (ms)", title="Convergence", xscale="log", yscale="log")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks(steps, [f"{dt:g}" for dt in steps])
        axis.set_minor_formatter("")
