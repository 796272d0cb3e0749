"""Figure of the network that decides: two trials, choices and times by coherence, and two choices side by side."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, ORANGE, VERMILLION, style
from experiments.classics.decision import BEFORE, CLASSIC, EVERY, SELECTIVE, SHOWN, THRESHOLD, WINDOW
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_points
from experiments.shared.stored import along, entries, first_curve, rows
from experiments.shared.wording import listed, number, stated
from experiments.spec import Plate

(_MODEL,) = CLASSIC.subjects
_COLOURS = dict(zip(SELECTIVE, (BLUE, ORANGE), strict=True))

PLATES = (
    Plate(
        "decision",
        "Two populations compete for the choice",
        "Left: trials with the least and the largest coherence, of the first seed: spikes of 40 neurons of each "
        "selective population, and the rates of both, with the rate that is a choice (dotted); the stimulus begins at "
        "0. Right: share of correct choices with the Weibull function of the mean threshold and slope, mean decision "
        "time, and firing rates without stimulus against the time step, with 95 % intervals over seeds.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `decision`: two trials, the share of correct choices, decision times, and convergence.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    coherences = run.config[CLASSIC.name]["coherences"]
    shown = sorted({min(coherences), max(coherences)})
    with style():
        figure = Figure(figsize=(8.4, 6.6))
        halves = figure.add_gridspec(1, 2, width_ratios=[1.25, 1])
        cells = halves[0].subgridspec(2 * len(shown), 1, height_ratios=[1, 1.2] * len(shown))
        for place, coherence in enumerate(shown):
            raster = figure.add_subplot(cells[2 * place])
            course = figure.add_subplot(cells[2 * place + 1], sharex=raster)
            _raster(raster, run, coherence)
            _course(course, run, coherence)
        course.set_xlabel("Time since the stimulus (ms)")
        lower = halves[1].subgridspec(3, 1)
        correct = figure.add_subplot(lower[0])
        _correct(correct, run)
        _times(figure.add_subplot(lower[1], sharex=correct), run)
        _convergence(figure.add_subplot(lower[2]), run)
    return {"decision": figure}


def sentences(run: Run) -> list[str]:
    """State what the choices and their times are, and where they come to.

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
    for metric, words in (("correct", "Correct choices"), ("time", "Mean decision times")):
        if found := along(run, CLASSIC[metric], _MODEL, "coherence"):
            parts = [f"{stated(entry)} at {number(coherence, '%')}" for coherence, entry in found]
            told.append(f"{words} by coherence: {listed(parts)}.")
    if threshold := entries(run, CLASSIC["threshold"]):
        told.append(
            f"Choices are described by a Weibull function with the threshold {stated(threshold[0])} and the slope "
            f"{stated(entries(run, CLASSIC['slope'])[0])}."
        )
    return told


def _raster(ax: Axes, run: Run, coherence: float) -> None:
    spikes = rows(run, CLASSIC["spike"], coherence=coherence)
    neurons = np.array([facts["neuron"] for facts in spikes["facts"]], int)
    for place, name in enumerate(SELECTIVE):
        of_name = neurons // SHOWN == place
        ax.scatter(
            spikes["step"].to_numpy(float)[of_name] - BEFORE,
            neurons[of_name],
            s=1.5,
            color=_COLOURS[name],
            linewidths=0,
        )
    ax.set(ylim=(2 * SHOWN, -1), yticks=[SHOWN / 2, SHOWN * 3 / 2], title=f"Coherence {coherence:g} %")
    ax.set_yticklabels(SELECTIVE)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(labelbottom=False)


def _course(ax: Axes, run: Run, coherence: float) -> None:
    for name in SELECTIVE:
        rates = first_curve(run, CLASSIC["course"], coherence=coherence, population=name)
        ax.plot(WINDOW + EVERY * np.arange(len(rates)) - BEFORE, rates, color=_COLOURS[name], label=name, linewidth=1.2)
    ax.axhline(THRESHOLD, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.axvline(0, color=FAINT, linewidth=0.8)
    ax.set(ylabel="Rate (Hz)", ylim=(0, None))


def _correct(ax: Axes, run: Run) -> None:
    found = along(run, CLASSIC["correct"], _MODEL, "coherence")
    draw_points(ax, found, scale=100)
    described = [entries(run, CLASSIC[name]) for name in ("threshold", "slope")]
    if all(described):
        alpha, beta = (entry[0]["mean"] for entry in described)
        coherences = np.linspace(0, max(place for place, _ in found), 200)
        ax.plot(coherences, 100 - 50 * np.exp(-((coherences / alpha) ** beta)), color=INK, linewidth=1)
    ax.axhline(50, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set(ylabel="Correct (%)", ylim=(30, 103), title="Choices")


def _times(ax: Axes, run: Run) -> None:
    draw_points(ax, along(run, CLASSIC["time"], _MODEL, "coherence"))
    ax.set(xlabel="Coherence (%)", ylabel="Decision time (ms)", ylim=(0, None))


def _convergence(ax: Axes, run: Run) -> None:
    for population, colour, marker in (("N", INK, "o"), ("I", VERMILLION, "s")):
        found = along(run, CLASSIC["rate"], _MODEL, "dt", population=population)
        draw_points(ax, found, fmt=marker, colour=colour, label=population)
    ax.set(xlabel="Time step (ms)", ylabel="Rate at rest (Hz)", ylim=(0, None), xlim=(0, None))
    ax.legend()
