"""Figures of the memory study: what is held over time, and accuracy by length."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import FAINT, INK, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_curve
from experiments.shared.stored import Entry, by_fact, looks, model_summaries, summaries
from experiments.shared.wording import listed, number, stated
from experiments.spec import Plate
from experiments.studies.memory import STUDY

_DASHES = {"rate": "-", "membrane potential": "-", "adaptation": "--", "spikes": ":"}
"""Line style of each variable; one that is not named here is drawn like spikes."""
_LEAST_LENGTHS = 2
"""Lengths that make a curve."""

PLATES = (
    Plate(
        "memory_held",
        "What the hidden units hold of the class",
        "Accuracy of a linear probe of one variable of the hidden units, by the step of the sequence that begins; mean "
        "and 95 % interval over seeds. Fine dots: share of the most frequent class.",
    ),
    Plate(
        "memory_length",
        "Accuracy by length of the sequence",
        "Test samples of similar length, mean and 95 % interval over seeds.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `memory_held`, if a network shows the course of its hidden units, and `memory_length`, if lengths differ.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    figures = {"memory_held": _held(run), "memory_length": _by_length(run)}
    return {name: figure for name, figure in figures.items() if figure is not None}


def sentences(run: Run) -> list[str]:
    """Say what is held when the last moment comes, and how the accuracy of the longest sequences compares.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    courses = _courses(run)
    last = max((entry["step"] for entries in courses.values() for entry in entries), default=None)
    held = [
        f"{stated(entry)} from the {variable} of {model}"
        for (model, variable), entries in courses.items()
        for entry in entries
        if entry["step"] == last
    ]
    found = []
    if held:
        found.append(f"As step {last:g} of a sequence begins, a linear probe finds the class of {listed(held)}.")
    curves = [entries for entries in model_summaries(run, STUDY["accuracy_of_length"]).values() if entries]
    if curves and len(curves[0]) >= _LEAST_LENGTHS:
        parts = [
            f"{number(entries[0]['mean'], 'fraction')} and {number(entries[-1]['mean'], 'fraction')} with {model}"
            for model, entries in model_summaries(run, STUDY["accuracy_of_length"]).items()
            if entries
        ]
        found.append(f"Of the shortest and of the longest sequences, {listed(parts)} are classified correctly.")
    return found


def _courses(run: Run) -> dict[tuple[str, str], list[Entry]]:
    """Entries of what is held, by model and variable."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for model, variable, entry in by_fact(run, STUDY["held"], "variable"):
        found.setdefault((model, variable), []).append(entry)
    return found


def _held(run: Run) -> Figure | None:
    courses = _courses(run)
    models = list(dict.fromkeys(model for model, _ in courses))
    if not models:
        return None
    with style():
        figure = Figure(figsize=(1.0 + 3.1 * len(models), 3.6))
        panels = figure.subplots(1, len(models), squeeze=False, sharey=True)[0]
        for ax, model in zip(panels, models, strict=True):
            look = looks(run)[model]
            for (name, variable), entries in courses.items():
                if name == model:
                    draw_curve(ax, entries, look, label=variable, scale=100, dashes=_DASHES.get(variable, ":"))
            _finish(ax, str(STUDY["held"].step))
            _chance(ax, run)
            ax.set_title(f"{model} ({look.kind})")
            ax.legend(loc="lower right", fontsize=8.5, handlelength=3)
        panels[0].set_ylabel("Linear probe (% correct)")
    return figure


def _by_length(run: Run) -> Figure | None:
    curves = model_summaries(run, STUDY["accuracy_of_length"])
    if max((len(entries) for entries in curves.values()), default=0) < _LEAST_LENGTHS:
        return None
    with style():
        figure = Figure(figsize=(7.2, 4.0))
        ax = figure.subplots()
        for model, look in looks(run).items():
            draw_curve(ax, curves.get(model, []), look, label=f"{model} ({look.kind})", scale=100)
        _finish(ax, str(STUDY["accuracy_of_length"].step))
        _chance(ax, run)
        ax.set_ylabel("Accuracy (%)")
        ax.legend(loc="lower left")
    return figure


def _finish(ax: Axes, along: str) -> None:
    ax.set(xlabel=along, xlim=(0, None))
    ax.set_ylim(0, 102)
    ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)


def _chance(ax: Axes, run: Run) -> None:
    share = max(entry["mean"] for entry in summaries(run, STUDY["most_frequent"]))
    ax.axhline(100 * share, color=INK, linewidth=1.0, linestyle=(0, (1, 2)), zorder=0)
