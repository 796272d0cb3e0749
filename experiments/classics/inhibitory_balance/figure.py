"""Figure of the balance by inhibitory plasticity."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.arrays import FloatArray
from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, style
from experiments.classics.inhibitory_balance import CLASSIC, TAU
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_points
from experiments.shared.stored import Entry, along, by_fact, entries, rows
from experiments.shared.wording import number, stated
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects
_POPULATIONS = {"E": ("excitatory", VERMILLION), "I": ("inhibitory", BLUE)}

PLATES = (
    Plate(
        "inhibitory_balance",
        "Excitation and inhibition come into balance",
        "Top: mean rates in bins of 0.1 s; plasticity begins at 0, the dotted line is its target for excitatory "
        "neurons. Middle: spikes of 100 excitatory neurons in the last 200 ms before plasticity (left) and of the "
        "simulation "
        "(right), with the first seed. Below them: currents into one of these neurons, excitation (with the constant "
        "current) and inhibition. Bottom: weights of the plastic synapses at the end, and the rate at the end with "
        "several time steps.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `inhibitory_balance`: rates in time, spikes and currents before and after, weights, and time steps.

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
        figure = Figure(figsize=(7.6, 8.2))
        grid = figure.add_gridspec(4, 2, height_ratios=[1, 1, 0.8, 0.9])
        _activity(figure.add_subplot(grid[0, :]), run)
        for column, plasticity in enumerate(("before", "after")):
            raster = figure.add_subplot(grid[1, column])
            _raster(raster, run, plasticity)
            _currents(figure.add_subplot(grid[2, column], sharex=raster), run, plasticity)
        _weights(figure.add_subplot(grid[3, 0]), run)
        _steps(figure.add_subplot(grid[3, 1]), run)
    return {"inhibitory_balance": figure}


def sentences(run: Run) -> list[str]:
    """State rate, variation and balance before and after plasticity.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    rate, balance = (_main(run, name) for name in ("rate", "balance"))
    deviation, variation = (_main(run, name) for name in ("rate_deviation", "variation"))
    told = [
        f"Inhibitory plasticity moves the rate of the excitatory neurons from {stated(rate['before'])} to "
        f"{stated(rate['after'])}, for a target of {number(_target(run), 'Hz')}; between neurons, rates then differ by "
        f"{number(deviation['after']['mean'], 'Hz')}.",
        f"Inhibition is {stated(balance['before'])} of excitation before, and {stated(balance['after'])} after.",
    ]
    if variation.keys() >= {"before", "after"}:
        told.append(
            f"The coefficient of variation of interspike intervals rises from {stated(variation['before'])} to "
            f"{stated(variation['after'])}."
        )
    return told


def _target(run: Run) -> float:
    return float(1e3 * run.config[CLASSIC.name]["alpha"] / (2 * TAU))


def _main(run: Run, metric: str) -> dict[str, Entry]:
    """Return the entries of a metric with the first time step, before and after plasticity."""
    dt = run.config[CLASSIC.name]["steps"][0]
    found = [entry for entry in entries(run, CLASSIC[metric]) if entry["facts"]["dt"] == dt]
    return {entry["facts"]["plasticity"]: entry for entry in found}


def _activity(ax: Axes, run: Run) -> None:
    for name, (label, colour) in _POPULATIONS.items():
        found = [
            entry for _, population, entry in by_fact(run, CLASSIC["activity"], "population") if population == name
        ]
        found.sort(key=lambda entry: entry["step"])
        times = 0.1 * np.array([entry["step"] for entry in found]) - 1
        ax.step(times, [entry["mean"] for entry in found], where="post", color=colour, label=label)
    ax.axhline(_target(run), color=INK, linewidth=0.9, linestyle=(0, (1, 2)), label="target")
    ax.axvspan(-1, 0, color=FAINT, alpha=0.25, linewidth=0)
    ax.set(yscale="log", xlabel="Time since plasticity began (s)", ylabel="Rate (Hz)", xlim=(-1, times[-1] + 0.1))
    ax.set_yticks([3, 10, 30, 100], ["3", "10", "30", "100"])
    ax.legend(ncols=3, loc="upper right")


def _raster(ax: Axes, run: Run, plasticity: str) -> None:
    found = rows(run, CLASSIC["spike"], plasticity=plasticity)
    neurons = [facts["neuron"] for facts in found["facts"]]
    ax.scatter(0.1 * found["step"].to_numpy(float), neurons, s=2, color=INK, linewidths=0)
    ax.set(title=f"{plasticity.capitalize()} plasticity", xlim=(0, 200), ylim=(0, 100))
    if plasticity == "before":
        ax.set_ylabel("Neuron")
    ax.tick_params(labelbottom=False)


def _currents(ax: Axes, run: Run, plasticity: str) -> None:
    courses: list[FloatArray] = []
    for kind, colour in (("excitatory", VERMILLION), ("inhibitory", BLUE)):
        found = rows(run, CLASSIC["current"], plasticity=plasticity, kind=kind).sort_values("step")
        courses.append(found["value"].to_numpy(float))
        ax.plot(found["step"].to_numpy(float), courses[-1], color=colour, linewidth=0.9, label=kind)
    if all(len(course) for course in courses):
        ax.plot(np.sum(courses, axis=0), color=INK, linewidth=0.9, label="sum")
    ax.axhline(0, color=FAINT, linewidth=0.8)
    ax.set_xlabel("Time (ms)")
    if plasticity == "before":
        ax.set_ylabel("Current (nA)")
        ax.legend(loc="upper left", ncols=3, fontsize=8, handlelength=1.2, columnspacing=1.0)
    ax.margins(y=0.3)


def _weights(ax: Axes, run: Run) -> None:
    found = sorted(entries(run, CLASSIC["weights"]), key=lambda entry: entry["step"])
    place = 0.5 * np.array([entry["step"] for entry in found])
    ax.bar(place, [100 * entry["mean"] for entry in found], width=0.5, align="edge", color=BLUE, linewidth=0)
    ax.set(xlabel="Weight (nS)", ylabel="Synapses (%)", xlim=(0, None), title="Inhibitory weights")


def _steps(ax: Axes, run: Run) -> None:
    found = along(run, CLASSIC["rate"], _MODEL, "dt", plasticity="after")
    draw_points(ax, found, fmt="o-", colour=VERMILLION)
    ax.axhline(_target(run), color=INK, linewidth=0.9, linestyle=(0, (1, 2)))
    ax.set(xlabel="Time step (ms)", ylabel="Rate (Hz)", xlim=(0, None), ylim=(0, 2 * _target(run)))
    ax.set_title("Rate and time step")
