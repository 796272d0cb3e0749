"""Figure of a sparse network: spikes, a membrane potential, rates of the neurons, and convergence."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, style
from experiments.classics.cuba import CLASSIC
from experiments.run_directory import Run
from experiments.shared.drawing.curves import means_and_bars
from experiments.shared.stored import along, entries, rows
from experiments.shared.wording import number, stated
from experiments.spec import Fact, Plate
from experiments.yardsticks import Classic

CAPTION = (
    "Top: spikes of 80 excitatory (dark) and 20 inhibitory neurons (red), and the membrane potential of one excitatory "
    "neuron, with its spikes drawn as lines above the threshold (dotted), in the last 400 ms of the first seed. Below: "
    "neurons by their firing rate, averaged over seeds; mean rate less that of the same network with the first time "
    "step, against the time step, with 95 % intervals over seeds."
)
PLATES = (Plate("cuba", "A sparse network of neurons with synaptic currents", CAPTION),)

EXCITATORY, THRESHOLD, PEAK = 80, -50.0, -30.0
"""Excitatory neurons among those shown; threshold and end of a spike's line, in mV."""


def draw(run: Run) -> dict[str, Figure]:
    """Draw `cuba`: spikes, a potential, rates of the neurons, and convergence.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    return {"cuba": drawn(run, CLASSIC)}


def sentences(run: Run) -> list[str]:
    """State rate, variation and synchrony.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    return [told(run, CLASSIC)]


def drawn(run: Run, classic: Classic, **facts: Fact) -> Figure:
    """Draw the activity of a network.

    Parameters
    ----------
    run
        A stored run.
    classic
        The experiment.
    **facts
        Facts of the simulations besides the time step.

    Returns
    -------
    Figure
        The figure.
    """
    (model,) = classic.subjects
    dt = run.config[classic.name]["steps"][0]
    with style():
        figure = Figure(figsize=(8.4, 6.2))
        grid = figure.add_gridspec(3, 2, height_ratios=[1.5, 1, 1.4], width_ratios=[1.2, 1])
        raster = figure.add_subplot(grid[0, :])
        potential = figure.add_subplot(grid[1, :], sharex=raster)
        _raster(raster, run, classic, dt)
        _potential(potential, run, classic, dt)
        _shares(figure.add_subplot(grid[2, 0]), run, classic)
        _convergence(figure.add_subplot(grid[2, 1]), run, classic, model, **facts)
    return figure


def told(run: Run, classic: Classic, **facts: Fact) -> str:
    """State rate, variation and synchrony with the first time step.

    Parameters
    ----------
    run
        A stored run.
    classic
        The experiment.
    **facts
        Facts of the simulations besides the time step.

    Returns
    -------
    str
        A sentence.
    """
    (model,) = classic.subjects
    dt = run.config[classic.name]["steps"][0]
    rate, variation, synchrony = (
        dict(along(run, classic[name], model, "dt", **facts)).get(dt) for name in ("rate", "variation", "synchrony")
    )
    assert rate is not None
    text = f"With a time step of {number(dt, 'ms')} neurons fire at {stated(rate)}"
    if variation and synchrony:
        text += f", with a coefficient of variation of {stated(variation)} and a synchrony of {stated(synchrony)}"
    return f"{text}."


def _raster(ax: Axes, run: Run, classic: Classic, dt: float) -> None:
    spikes = rows(run, classic["spike"])
    neurons = np.array([facts["neuron"] for facts in spikes["facts"]], int)
    colours = np.where(neurons < EXCITATORY, INK, VERMILLION)
    ax.scatter(dt * spikes["step"].to_numpy(float), neurons, s=3, c=colours.tolist(), linewidths=0)
    ax.set(ylabel="Neuron", ylim=(-1, 100))
    ax.tick_params(labelbottom=False)


def _potential(ax: Axes, run: Run, classic: Classic, dt: float) -> None:
    samples = rows(run, classic["potential"])
    times = dt * samples["step"].to_numpy(float)
    ax.plot(times, samples["value"].to_numpy(float), color=BLUE, linewidth=1)
    first = dt * rows(run, classic["spike"], neuron=0)["step"].to_numpy(float)
    ax.vlines(first, THRESHOLD, PEAK, color=BLUE, linewidth=1)
    ax.axhline(THRESHOLD, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set(xlabel="Time (ms)", ylabel="Potential (mV)", xlim=(0, times[-1] + dt if len(times) else 1))


def _shares(ax: Axes, run: Run, classic: Classic) -> None:
    found = sorted(entries(run, classic["share"]), key=lambda entry: entry["step"])
    rates, shares = [2 * entry["step"] for entry in found], [100 * entry["mean"] for entry in found]
    ax.bar(rates, shares, 2, align="edge", color=FAINT)
    ax.set(xlabel="Firing rate (Hz)", ylabel="Neurons (%)", title="Neurons by rate", xlim=(0, None))


def _convergence(ax: Axes, run: Run, classic: Classic, model: str, **facts: Fact) -> None:
    found = along(run, classic["change"], model, "dt", **facts)
    means, bars = means_and_bars(entry for _, entry in found)
    steps = [dt for dt, _ in found]
    ax.axhline(0, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.errorbar(steps, means, bars, fmt="o", color=BLUE, capsize=3)
    ax.set(xlabel="Time step (ms)", ylabel="Change of the rate (Hz)", title="Convergence", xscale="log")
    ax.set_xticks(steps, [f"{dt:g}" for dt in steps])
    ax.xaxis.set_minor_formatter("")
