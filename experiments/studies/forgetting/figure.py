"""Figure of the forgetting study."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import FAINT, INK, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_curve
from experiments.shared.stored import Entry, looks, model_summaries
from experiments.shared.wording import listed, number, stated
from experiments.spec import Plate
from experiments.studies.forgetting import CLASSES, PERMUTED, STUDY

_COLUMNS = {CLASSES: "New classes", PERMUTED: "New permutations"}

PLATES = (
    Plate(
        "forgetting",
        "Accuracy on earlier tasks while new tasks are learned",
        "Accuracy on the validation split after each task: on the first task, and on average over all tasks so far. "
        "Open marks: a network that learned all tasks at once, with the same total number of presentations. Dotted: "
        "accuracy over all classes of a network that knows only the latest classes, without error; networks without "
        "protection against forgetting are known to fall to this line.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `forgetting`: the first task and all tasks so far, in both scenarios.

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
        figure = Figure(figsize=(7.2, 6.2))
        axes = figure.subplots(2, len(_COLUMNS), sharey=True, sharex="col")
        for (first, average), (scenario, heading) in zip(axes.T, _COLUMNS.items(), strict=True):
            _draw_courses(first, run, model_summaries(run, STUDY["accuracy"], scenario=scenario, task=1))
            _draw_courses(average, run, model_summaries(run, STUDY["average_accuracy"], scenario=scenario))
            _draw_ceiling(average, run, scenario)
            first.set_title(f"{heading}: first task")
            average.set(title=f"{heading}: all so far", xlabel=STUDY["average_accuracy"].step)
        for ax in axes.flat:
            ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
        for ax in axes[:, 0]:
            ax.set_ylabel("Validation accuracy (%)")
        axes[0, 0].set_ylim(-3, 103)
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return {"forgetting": figure}


def _draw_courses(ax: Axes, run: Run, courses: dict[str, list[Entry]]) -> None:
    for model, look in looks(run).items():
        draw_curve(ax, courses[model], look, label=f"{model} ({look.kind})", scale=100)


def _draw_ceiling(ax: Axes, run: Run, scenario: str) -> None:
    """Draw learning at once, next to the last task, and the line of networks that know only the latest task."""
    joint, shown = model_summaries(run, STUDY["joint_accuracy"], scenario=scenario), looks(run)
    (steps,) = {len(course) for course in model_summaries(run, STUDY["average_accuracy"], scenario=scenario).values()}
    tasks = np.arange(1, steps + 1)
    if scenario == CLASSES:  # knowledge of one permutation may help with another by chance
        ax.plot(tasks, 100 / tasks, color=INK, linestyle=":", linewidth=1.3, zorder=5)
    places = steps + 1 + 0.18 * (np.arange(len(shown)) - (len(shown) - 1) / 2)  # side by side, to avoid overlap
    for place, (model, look) in zip(places, shown.items(), strict=True):
        (entry,) = joint[model]
        if entry["ci_low"] is not None:
            ax.vlines(place, 100 * entry["ci_low"], 100 * entry["ci_high"], color=look.colour, linewidth=1.4)
        ax.plot(
            place, 100 * entry["mean"], color=look.colour, marker=look.marker, markersize=5,
            markerfacecolor="white", markeredgewidth=1.2,
        )  # fmt: skip
    every = -(-steps // 6)
    ax.set_xticks([*tasks[::every], steps + 1], [*map(str, tasks[::every]), "at\nonce"])


def sentences(run: Run) -> list[str]:
    """Describe the final accuracy over all tasks, compared with learning all tasks at once, in both scenarios.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    return [
        _sentence(run, CLASSES, "After learning the classes group by group"),
        _sentence(run, PERMUTED, "After learning one permutation of the features after another"),
    ]


def _sentence(run: Run, scenario: str, opening: str) -> str:
    left, at_once = (
        model_summaries(run, STUDY[metric], scenario=scenario) for metric in ("final_accuracy", "joint_accuracy")
    )
    final = listed([f"{stated(entry)} in {model}" for model, (entry,) in left.items()])
    joint = listed([f"{number(entry['mean'], entry['unit'])} in {model}" for model, (entry,) in at_once.items()])
    return (
        f"{opening}, the networks had an accuracy over all tasks of {final}; after learning them at once, of {joint}."
    )
