"""Figure of the timing study."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from bnsim.plotting.style import BLUE, FAINT, INK, ORANGE, VERMILLION, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_band, plain_numbers
from experiments.shared.stored import Entry, Look, along, by_fact, summaries
from experiments.shared.wording import listed, number, stated
from experiments.spec import Plate
from experiments.studies.timing import STUDY, TASKS

_LOOKS = {
    "three-factor": Look("BNS", BLUE, "o"),
    "dense": Look("ANN", VERMILLION, "s"),
    "recurrent": Look("ANN", ORANGE, "D"),
}
_DASHES: dict[str, Any] = {"recurrent": (0, (3, 2))}
"""Dashes distinguish lines that coincide, in greyscale too."""
Point = tuple[float, Entry]


PLATES = (
    Plate(
        "timing",
        "Learning from spike times",
        "Top: accuracy by the jitter of the spikes, with fixed bins for the artificial networks. Bottom: artificial "
        "networks by the width of their bins, at one jitter, up to one bin as long as the trial, which leaves only "
        "counts. The horizontal band is the brain-like network at this jitter, which has no bins; the open disc is the "
        "same network with spikes at random times. Dotted: chance. Bands: 95 % intervals.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `timing`: accuracy by jitter and by bin width in each task.

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
        figure = Figure(figsize=(7.2, 5.2))
        rows = figure.subplots(2, len(TASKS), sharey=True)
        for task, by_jitter, by_bin in zip(TASKS, *rows, strict=True):
            _by_jitter(by_jitter, run, task)
            _by_bin(by_bin, run, task)
            by_jitter.set(title=TASKS[task], xlabel="Jitter (ms)")
            by_bin.set(xlabel="Width of a bin (ms)")
            for ax in (by_jitter, by_bin):
                _frame(ax, run, task)
        for ax in rows[:, 0]:
            ax.set_ylabel("Accuracy (%)")
        handles, labels = rows[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(_LOOKS))
    return {"timing": figure}


def sentences(run: Run) -> list[str]:
    """Describe the accuracies with and without spike times.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    found = {(model, task): stated(entry) for model, task, entry in by_fact(run, STUDY["accuracy_of_counts"], "task")}
    jitter = float(run.config[STUDY.name]["at_jitter"])
    said = []
    for task, title in TASKS.items():
        parts = [_best(run, model, task, jitter) for model in _LOOKS]
        counts = [f"{found[model, task]} of {model}" for model in _LOOKS]
        said.append(
            f"{title}, at a jitter of {number(jitter, 'ms')}: {listed(parts)}; with counts only, "
            f"{listed(counts)}; chance is {number(_chance(run, task), 'fraction')}."
        )
    return said


def _chance(run: Run, task: str) -> float:
    return float(summaries(run, STUDY["chance"], task=task)[0]["mean"])


def _best(run: Run, model: str, task: str, jitter: float) -> str:
    """Return the accuracy of a network in words, at the best bin width that was tried if it has bins."""
    if _LOOKS[model].kind == "ANN":
        points = _points(run, model, task, "bin")
        # One bin as long as the trial, always the last point, is reported as counts only unless it is the only point.
        width, entry = max(points[:-1] or points, key=lambda point: float(point[1]["mean"]))
        return f"{model} (ANN) {stated(entry)} with its best bins, of {number(width, 'ms')}"
    (entry,) = [entry for place, entry in _points(run, model, task, "jitter") if place == jitter]
    return f"{model} (BNS) {stated(entry)}"


def _points(run: Run, model: str, task: str, axis: str) -> list[Point]:
    """Return the accuracies of a network along one axis, with the other axis at the value in the study's options."""
    options, metric = run.config[STUDY.name], STUDY["accuracy"]
    if axis == "bin":
        return along(run, metric, model, axis, task=task, jitter=options["at_jitter"])
    bins = {} if _LOOKS[model].kind == "BNS" else {"bin": options["at_bin"]}
    return along(run, metric, model, axis, task=task, **bins)


def _by_jitter(ax: Axes, run: Run, task: str) -> None:
    for model, look in _LOOKS.items():
        points = _points(run, model, task, "jitter")
        width = run.config[STUDY.name]["at_bin"]
        _line(
            ax, points, model, f"{model} (BNS)" if look.kind == "BNS" else f"{model} (ANN), above in bins of {width} ms"
        )
    ax.set_xticks([place for place, _ in points])


def _by_bin(ax: Axes, run: Run, task: str) -> None:
    for model, look in _LOOKS.items():
        if look.kind == "ANN":
            points = _points(run, model, task, "bin")
            _line(ax, points, model)
    own, jitter = _LOOKS["three-factor"], run.config[STUDY.name]["at_jitter"]
    (entry,) = [entry for place, entry in _points(run, "three-factor", task, "jitter") if place == jitter]
    ax.axhline(100 * entry["mean"], color=own.colour, linewidth=1.8)
    if entry["ci_low"] is not None:
        ax.axhspan(100 * entry["ci_low"], 100 * entry["ci_high"], color=own.colour, alpha=0.18, linewidth=0)
    alone = next(e for e in summaries(run, STUDY["accuracy_of_counts"], task=task) if e["model"] == "three-factor")
    mark: dict[str, Any] = {"markerfacecolor": "none", "markeredgewidth": 1.6, "markersize": 9}
    ax.plot(points[-1][0], 100 * alone["mean"], own.marker, color=own.colour, zorder=4, **mark)
    ax.set_xticks([place for place, _ in points])


def _line(ax: Axes, points: list[Point], model: str, label: str | None = None) -> None:
    """Draw means, with 95 % intervals if there are any."""
    look = _LOOKS[model]
    places = [place for place, _ in points]
    draw_band(ax, places, [entry for _, entry in points], look, scale=100)
    means = [100 * entry["mean"] for _, entry in points]
    ax.plot(
        places, means, color=look.colour, marker=look.marker, markersize=5, markeredgecolor="white",
        markeredgewidth=0.6, linestyle=_DASHES.get(model, "-"), label=label,
    )  # fmt: skip


def _frame(ax: Axes, run: Run, task: str) -> None:
    ax.axhline(100 * _chance(run, task), color=INK, linewidth=1, linestyle=(0, (1, 2)))
    ticks = ax.get_xticks()
    ax.set(xscale="log", ylim=(0, 103))
    ax.set_xticks(ticks)
    plain_numbers(ax.xaxis)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
