"""Figure of the cost of growing networks."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, NullFormatter
from numpy.typing import ArrayLike

from bnsim.arrays import FloatArray
from bnsim.plotting.style import BLUE, FAINT, ORANGE, PURPLE, VERMILLION, style
from experiments.classics.scaling import CLASSIC, MOST_INPUTS, TENTH
from experiments.run_directory import Run
from experiments.shared.drawing.curves import means_and_bars
from experiments.shared.stored import along, entries
from experiments.shared.wording import number, stated
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects

PLATES = (
    Plate(
        "scaling",
        "Cost of growing networks",
        "Top, left: processor time a biological second, time to read the network and to draw it, against the number of "
        "synapses. Right: processor time a synaptic event, neurons included. Bottom, left: most memory of Python and "
        "the compiled network beyond that of Python before, and the size of the state. Right: processor time of a call "
        "with several trials. Grey lines are proportional to the horizontal axis; bars are 95 % intervals over seeds.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `scaling`: processor time and memory against synapses, and processor time against trials.

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
        figure = Figure(figsize=(8.4, 6.6))
        axes = figure.subplots(2, 2)
        _times(axes[0, 0], run)
        _events(axes[0, 1], run)
        _memory(axes[1, 0], run)
        _trials(axes[1, 1], run)
    return {"scaling": figure}


def sentences(run: Run) -> list[str]:
    """State slopes, and what the largest network took.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    told = []
    for entry in entries(run, CLASSIC["slope_seconds"]):
        facts = entry["facts"]
        told.append(
            f"Up to {facts['largest']:,} {facts['against']}, processor time grows with the power {stated(entry)} of "
            "their number; 1 is proportional."
        )
    largest, seconds = along(run, CLASSIC["simulation_seconds"], _MODEL, "synapses")[-1]
    parts = [f"{stated(seconds)} of processor time a biological second"]
    for metric, words in (("event_seconds", "{} a synaptic event"), ("peak_memory", "{} of memory")):
        found = dict(along(run, CLASSIC[metric], _MODEL, "synapses"))
        if largest in found:
            parts.append(words.format(number(found[largest]["mean"], str(CLASSIC[metric].unit))))
    told.append(f"{largest:,.0f} synapses take {', '.join(parts)}.")
    return told


def _curve(ax: Axes, run: Run, metric: str, axis: str, look: tuple[str, str], label: str) -> None:
    """Draw means with intervals on logarithmic axes."""
    found = along(run, CLASSIC[metric], _MODEL, axis)
    if not found:
        return
    means, bars = means_and_bars(entry for _, entry in found)
    bars[0] = np.minimum(bars[0], 0.9 * means)  # An interval that reaches 0 has no place on a logarithmic axis.
    colour, marker = look
    ax.errorbar([size for size, _ in found], means, bars, fmt=f"{marker}-", color=colour, capsize=3, label=label)


def _proportional(ax: Axes, run: Run, metric: str, axis: str) -> None:
    """Draw a line through the last point, on which the quantity is proportional to the axis."""
    found = along(run, CLASSIC[metric], _MODEL, axis)
    if found:
        sizes = np.array([found[0][0], found[-1][0]])
        ax.plot(sizes, found[-1][1]["mean"] * sizes / sizes[-1], color=FAINT, linewidth=1, zorder=0)


def _frame(ax: Axes, xlabel: str, ylabel: str, unit: str, title: str) -> None:
    ax.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel, title=title)
    for axis, of in ((ax.xaxis, ""), (ax.yaxis, unit)):
        axis.set_major_formatter(EngFormatter(of, sep=" " if of else ""))
        axis.set_minor_formatter(NullFormatter())


def _neurons(ax: Axes) -> None:
    """Add an axis with the number of neurons that belongs to each number of synapses."""
    above = ax.secondary_xaxis("top", functions=(_neurons_of, _synapses_of))
    above.set_xlabel("Neurons")
    above.xaxis.set_major_formatter(EngFormatter(sep=""))
    above.xaxis.set_minor_formatter(NullFormatter())


def _neurons_of(synapses: ArrayLike) -> FloatArray:
    given = np.asarray(synapses, float)
    return np.maximum(np.sqrt(TENTH * np.maximum(given, 0)), given / MOST_INPUTS)


def _synapses_of(neurons: ArrayLike) -> FloatArray:
    given = np.asarray(neurons, float)
    return given * np.minimum(given / TENTH, MOST_INPUTS)


def _times(ax: Axes, run: Run) -> None:
    _proportional(ax, run, "simulation_seconds", "synapses")
    _curve(ax, run, "simulation_seconds", "synapses", (BLUE, "o"), "simulating 1 s")
    _curve(ax, run, "reading_seconds", "synapses", (ORANGE, "s"), "reading")
    _curve(ax, run, "drawing_seconds", "synapses", (PURPLE, "D"), "drawing")
    _frame(ax, "Synapses", "Processor time", "s", "Time")
    _neurons(ax)
    ax.legend(loc="upper left", fontsize=8.5)


def _events(ax: Axes, run: Run) -> None:
    found = along(run, CLASSIC["event_seconds"], _MODEL, "synapses")
    means, bars = means_and_bars(entry for _, entry in found)
    ax.errorbar([size for size, _ in found], means, bars, fmt="o-", color=BLUE, capsize=3)
    ax.set(xscale="log", xlabel="Synapses", ylabel="Processor time (ns)", title="One synaptic event")
    ax.xaxis.set_major_formatter(EngFormatter(sep=""))
    ax.set_ylim(0, 1.25 * means.max(initial=1.0))


def _memory(ax: Axes, run: Run) -> None:
    _proportional(ax, run, "state_size", "synapses")
    _curve(ax, run, "peak_memory", "synapses", (VERMILLION, "o"), "most memory")
    _curve(ax, run, "state_size", "synapses", (PURPLE, "s"), "state")
    _frame(ax, "Synapses", "Memory", "B", "Memory")
    ax.legend(loc="upper left", fontsize=8.5)


def _trials(ax: Axes, run: Run) -> None:
    _proportional(ax, run, "trials_seconds", "trials")
    _curve(ax, run, "trials_seconds", "trials", (BLUE, "o"), "")
    _frame(ax, "Trials", "Processor time", "s", "Trials of 100 ms")
