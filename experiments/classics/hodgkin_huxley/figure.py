"""Figure of the squid axon's membrane: spikes, refractoriness, rates, errors."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, ORANGE, SKY, VERMILLION, style
from experiments.classics.hodgkin_huxley import CLASSIC, METHODS, RAISED, SWITCHED
from experiments.run_directory import Run
from experiments.shared.stored import along, first_curve, rows, summaries
from experiments.shared.wording import number
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects

PLATES = (
    Plate(
        "hodgkin_huxley",
        "Membrane of the squid's giant axon",
        "Top left: membrane potential after sudden displacements from rest. Top right: weakest second pulse that "
        "evokes a spike, relative to the weakest at rest; shaded: even a pulse ten times as strong evokes none. "
        "Bottom left: firing rate in response to currents that are switched on or raised slowly; between the dotted "
        "lines, the membrane can rest or fire. Bottom right: error of the interspike interval at 10 µA/cm² against "
        "the time step; lines: slopes of 1 and 2.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `hodgkin_huxley`: spikes, refractoriness, rates and errors.

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
        figure = Figure(figsize=(8.4, 6.4))
        for ax, part in zip(figure.subplots(2, 2).flat, (_spikes, _refractoriness, _rates, _errors), strict=True):
            part(ax, run)
    return {"hodgkin_huxley": figure}


def sentences(run: Run) -> list[str]:
    """State threshold, refractoriness, onset and rate there.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    told = {
        name: number(_value(run, name), str(CLASSIC[name].unit))
        for name in ("threshold", "absolute_refractoriness", "onset", "onset_rate", "stability")
    }
    return [
        f"A displacement by {told['threshold']} evokes a spike, and for {told['absolute_refractoriness']} no pulse "
        "evokes another.",
        f"The rate jumps from 0 to {told['onset_rate']} at {told['onset']}; the resting state remains stable up to "
        f"{told['stability']}.",
    ]


def _value(run: Run, metric: str) -> float:
    (entry,) = summaries(run, CLASSIC[metric])
    return float(entry["mean"])


def _spikes(ax: Axes, run: Run) -> None:
    displacements = sorted({facts["displacement"] for facts in rows(run, CLASSIC["potential"])["facts"]}, reverse=True)
    for displacement, colour in zip(displacements, (INK, BLUE, SKY, VERMILLION), strict=False):
        course = first_curve(run, CLASSIC["potential"], displacement=displacement)
        ax.plot(0.1 * np.arange(len(course)), course, color=colour, label=f"{displacement:g} mV")
    ax.set(xlabel="Time (ms)", ylabel="Potential (mV)", title="Displaced membrane", xlim=(0, 20))
    ax.legend(loc="upper right")


def _refractoriness(ax: Axes, run: Run) -> None:
    found = along(run, CLASSIC["second_threshold"], _MODEL, "interval")
    ax.plot([at for at, _ in found], [entry["mean"] for _, entry in found], "o-", color=BLUE, markersize=3.5)
    ax.axhline(1, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.axvspan(0, _value(run, "absolute_refractoriness"), color=FAINT, alpha=0.35, linewidth=0)
    ax.set(xlabel="Interval between pulses (ms)", ylabel="Relative threshold", title="Refractoriness")
    ax.set(xlim=(0, None), ylim=(0, None))


def _rates(ax: Axes, run: Run) -> None:
    for approach, mark, colour in ((SWITCHED, "o", BLUE), (RAISED, "x", VERMILLION)):
        found = along(run, CLASSIC["rate"], _MODEL, "current", approach=approach)
        places = [at for at, _ in found]
        ax.plot(places, [entry["mean"] for _, entry in found], mark, color=colour, markersize=4, label=approach)
    for name in ("onset", "stability"):
        ax.axvline(_value(run, name), color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set(xlabel="Current (µA/cm²)", ylabel="Firing rate (Hz)", title="f-I curve")
    ax.legend(loc="lower right")


def _errors(ax: Axes, run: Run) -> None:
    steps: set[float] = set()
    for method, colour in zip(METHODS, (BLUE, VERMILLION, ORANGE), strict=True):
        found = along(run, CLASSIC["interval_error"], _MODEL, "dt", method=method)
        steps |= {dt for dt, _ in found}
        label = method.replace("_", " ")
        ax.plot([dt for dt, _ in found], [100 * entry["mean"] for _, entry in found], "o", color=colour, label=label)
        order = {"exponential_euler": 1, "exponential_midpoint": 2}.get(method)
        if order and found:
            dt, entry = found[-1]
            line = np.array([found[0][0], dt])
            ax.plot(line, 100 * entry["mean"] * (line / dt) ** order, color=colour, linewidth=0.8)
    ax.set(xlabel="Time step (ms)", ylabel="Error of the interval (%)", title="Convergence", xscale="log", yscale="log")
    ax.set_xticks(sorted(steps), [f"{dt:g}" for dt in sorted(steps)])
    decades = [0.001, 0.01, 0.1, 1, 10]
    ax.set_ylim(0.001, 200)
    ax.set_yticks(decades, [f"{decade:g}" for decade in decades])
    ax.xaxis.set_minor_formatter("")
    ax.yaxis.set_minor_formatter("")
    ax.legend(loc="upper left")
