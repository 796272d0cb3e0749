"""Figure of the cortical microcircuit."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, style
from experiments.classics.microcircuit import CLASSIC, RATES
from experiments.run_directory import Run
from experiments.shared.stored import Entry, by_fact, entries, rows
from experiments.shared.wording import listed, number
from experiments.spec import Plate

_LABELS = ("L2/3", "L4", "L5", "L6")
_COLOURS = {"E": BLUE, "I": VERMILLION}

_NAMES = {"variation": "The mean coefficient of variation of interspike intervals", "synchrony": "Synchrony"}

PLATES = (
    Plate(
        "microcircuit",
        "Spontaneous activity of a cortical microcircuit",
        "Left: spikes of excitatory (blue) and inhibitory (red) neurons in the last 400 ms of the first seed; the dots "
        "stand for one neuron in 40 of the full model. Then, by cell type: rates of neurons (box: middle half; line: "
        "median; whiskers: 5 to 95 %), their mean (dot) and that of the full model in NEST (black line); mean "
        "coefficient of variation of interspike intervals; and synchrony (dotted: independent neurons). Below, where "
        "there are several time steps: mean rates with each.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `microcircuit`: spikes, rates, variation and synchrony of the cell types, and rates with several time steps.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    several = len(run.config[CLASSIC.name]["steps"]) > 1
    with style():
        figure = Figure(figsize=(9.4, 7.4 if several else 5.2))
        heights = [1, 0.55][: 1 + several]
        grid = figure.add_gridspec(1 + several, 4, width_ratios=[1.7, 1, 0.7, 0.7], height_ratios=heights)
        _raster(figure.add_subplot(grid[0, 0]), run)
        _rates(figure.add_subplot(grid[0, 1]), run)
        _bars(figure.add_subplot(grid[0, 2]), run, "variation").set(xlabel="CV", title="Irregularity", xlim=(0, 1.1))
        synchrony = _bars(figure.add_subplot(grid[0, 3]), run, "synchrony")
        synchrony.set(xlabel="Variance / mean", title="Synchrony")
        synchrony.axvline(1, color=INK, linewidth=0.8, linestyle=":")
        if several:
            _steps(figure.add_subplot(grid[1, :]), run)
    return {"microcircuit": figure}


def sentences(run: Run) -> list[str]:
    """State rates beside those of the full model, the ranges of variation and synchrony, and what meets the criterion.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    config = run.config[CLASSIC.name]
    rates = [
        f"{population} {number(entry['mean'], 'Hz')} ({number(RATES[population], 'Hz')})"
        for population, entry in _main(run, "rate").items()
    ]
    of = f"with {config['neurons']:g} of the neurons and {config['inputs']:g} of their inputs"
    if config["neurons"] == config["inputs"] == 1:
        of = "in the full model"
    told = [f"Rates {of}, and of the full model in NEST in brackets: {listed(rates)}."]
    for metric, name in _NAMES.items():
        if values := [entry["mean"] for entry in _main(run, metric).values()]:
            told.append(f"{name} lies between {number(min(values), '')} and {number(max(values), '')}.")
    for entry in entries(run, CLASSIC["asynchronous_irregular"]):
        if entry["facts"]["dt"] == config["steps"][0]:
            share = number(entry["mean"], "fraction")
            told.append(
                f"By the paper's criterion, activity is asynchronous and irregular in {share} of the cell types."
            )
    return told


def _main(run: Run, metric: str) -> dict[str, Entry]:
    """Return the entries of a metric with the first time step, by cell type."""
    dt = run.config[CLASSIC.name]["steps"][0]
    found = {
        population: entry
        for _, population, entry in by_fact(run, CLASSIC[metric], "population")
        if entry["facts"]["dt"] == dt
    }
    return {population: found[population] for population in RATES if population in found}


def _raster(ax: Axes, run: Run) -> None:
    found = rows(run, CLASSIC["spike"])
    facts, begin = list(found["facts"]), 0
    population = np.array([fact["population"] for fact in facts])
    neuron, time = np.array([fact["neuron"] for fact in facts]), 0.1 * found["step"].to_numpy(float)
    ticks = []
    for place, name in enumerate(RATES):
        own = population == name
        number_of = int(neuron[own].max()) + 1 if own.any() else 1
        ax.scatter(time[own], begin + neuron[own], s=1.2, color=_COLOURS[name[-1]], linewidths=0)
        begin += number_of
        if place % 2:
            ax.axhline(begin, color=FAINT, linewidth=0.5)
        else:
            ticks.append(begin - number_of / 2)
    ax.set(xlim=(0, 400), ylim=(begin, 0), xlabel="Time (ms)", title="Spikes")
    ax.set_yticks(ticks, _LABELS)
    ax.tick_params(axis="y", length=0)


def _rates(ax: Axes, run: Run) -> None:
    quantiles: dict[str, dict[int, float]] = {}
    for _, population, entry in by_fact(run, CLASSIC["quantile"], "population"):
        quantiles.setdefault(population, {})[entry["step"]] = entry["mean"]
    for place, (name, entry) in enumerate(_main(run, "rate").items()):
        low, first, median, third, high = (quantiles[name][percentile] for percentile in (5, 25, 50, 75, 95))
        colour = _COLOURS[name[-1]]
        ax.plot([low, high], [place, place], color=colour, linewidth=0.9)
        ax.barh(place, third - first, left=first, height=0.62, color=colour, alpha=0.35, linewidth=0)
        ax.plot([median] * 2, [place - 0.31, place + 0.31], color=colour, linewidth=1.2)
        ax.plot(entry["mean"], place, "o", color=colour, markersize=5)
        ax.plot([RATES[name]] * 2, [place - 0.42, place + 0.42], color=INK, linewidth=1.8)
    ax.set(xlabel="Rate (Hz)", title="Rates", xlim=(0, None))
    _types(ax)


def _bars(ax: Axes, run: Run, metric: str) -> Axes:
    found = _main(run, metric)
    for place, name in enumerate(RATES):
        if name in found:
            ax.barh(place, found[name]["mean"], height=0.62, color=_COLOURS[name[-1]], alpha=0.75, linewidth=0)
    _types(ax)
    return ax


def _types(ax: Axes) -> None:
    ax.set_yticks(range(len(RATES)), [f"{name[1:-1].replace('23', '2/3')}{name[-1].lower()}" for name in RATES])
    ax.set_ylim(len(RATES) - 0.5, -0.5)


def _steps(ax: Axes, run: Run) -> None:
    steps = sorted(run.config[CLASSIC.name]["steps"])
    width = 0.8 / len(steps)
    for place, dt in enumerate(steps):
        found = {
            entry["facts"]["population"]: entry for entry in entries(run, CLASSIC["rate"]) if entry["facts"]["dt"] == dt
        }
        where = np.arange(len(RATES)) + (place - (len(steps) - 1) / 2) * width
        means = [found[name]["mean"] for name in RATES]
        ax.bar(where, means, width * 0.9, color=BLUE, alpha=0.35 + 0.6 * place / len(steps), label=f"{dt:g} ms")
    for place, rate in enumerate(RATES.values()):
        ax.plot([place - 0.42, place + 0.42], [rate, rate], color=INK, linewidth=1.5)
    ax.set_xticks(range(len(RATES)), [f"{name[1:-1].replace('23', '2/3')}{name[-1].lower()}" for name in RATES])
    ax.set(ylabel="Rate (Hz)", title="Time steps")
    ax.legend(ncols=len(steps), loc="upper left")
