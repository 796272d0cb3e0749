"""Figure of the privacy study."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import INK, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_curve, frame
from experiments.shared.stored import Entry, looks, model_summaries, summaries
from experiments.shared.wording import by_model, listed, number
from experiments.spec import Plate
from experiments.studies.privacy import SIZE, STUDY

PLATES = (
    Plate(
        "privacy",
        "What an attacker learns about the training set",
        "Left: share of members that an attacker recognises by the winning share of the output, minus the share of "
        "other samples that are mistaken for members; dotted: the same with random membership. Right: share of "
        "members (filled, solid) and of other samples (open, dashed) classified correctly at the time of the attack.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `privacy`: the advantage, and the accuracies of members and others, by size of the training set.

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
        figure = Figure(figsize=(7.2, 4.0))
        attack, accuracy = figure.subplots(1, 2)
        _draw(attack, run, model_summaries(run, STUDY["membership_advantage"], score="share"))
        for model, curve in model_summaries(run, STUDY["shuffled_advantage"], score="share").items():
            steps, means = [entry["step"] for entry in curve], [100 * entry["mean"] for entry in curve]
            attack.plot(steps, means, color=looks(run)[model].colour, linestyle=":", linewidth=1.2)
        _draw(accuracy, run, model_summaries(run, STUDY["train_accuracy"]))
        _draw(accuracy, run, model_summaries(run, STUDY["held_out_accuracy"]), others=True)
        attack.axhline(0, color=INK, linewidth=0.9, zorder=0)
        frame(attack, SIZE, "Advantage (percentage points)")
        frame(accuracy, SIZE, "Classified correctly (%)")
        for ax in (attack, accuracy):
            ax.set_xticks(_sizes(run))
            ax.minorticks_off()
        attack.set_title("Attack")
        accuracy.set_title("Members and others")
        handles, labels = attack.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return {"privacy": figure}


def _draw(ax: Axes, run: Run, entries: dict[str, list[Entry]], *, others: bool = False) -> None:
    """Draw a curve for each model, dashed with open marks for samples that are not members."""
    for model, look in looks(run).items():
        draw_curve(
            ax, entries[model], look, label=f"{model} ({look.kind})", scale=100,
            dashes="--" if others else "-", filled=not others,
        )  # fmt: skip


def _sizes(run: Run) -> list[int]:
    return sorted({entry["step"] for entry in summaries(run, STUDY["train_accuracy"])})


def sentences(run: Run) -> list[str]:
    """Describe how much better than guessing the attack was, and at which training accuracy.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    accuracies = model_summaries(run, STUDY["train_accuracy"])
    taken = listed([f"{_range(curve)} in {model}" for model, curve in accuracies.items()])
    return [
        f"The advantage of an attacker who infers membership from the winning share of the output (0 for random "
        f"guessing) was, on average over the training sets, {by_model(run, STUDY['membership_advantage_mean'])}.",
        f"The networks were attacked at a training accuracy of {taken}; "
        f"the target was {number(run.config[STUDY.name]['level'], 'fraction')}.",
    ]


def _range(curve: list[Entry]) -> str:
    means = [entry["mean"] for entry in curve]
    low, high = number(min(means), "fraction"), number(max(means), "fraction")
    return low if low == high else f"{low} to {high}"
