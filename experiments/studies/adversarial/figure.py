"""Figures of the adversarial study."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bnsim.plotting.style import BLACK, FAINT, INK, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_curve, draw_row, in_grey_too, placed, plain_numbers
from experiments.shared.stored import Entry, Look, along, looks, of_model, summaries, values
from experiments.shared.wording import by_model, listed, number, twin_sentences
from experiments.spec import Metric, Plate
from experiments.studies.adversarial import STUDY

_ATTACKS: Mapping[str, tuple[str, str, str]] = {
    "noise": ("noise (control)", ":", "none"),
    "transfer": ("from the twin", "-.", "^"),
    "black_box": ("black box", "--", "D"),
    "fgsm": ("FGSM", (0, (4, 1.5)), "v"),  # type: ignore[dict-item]
    "pgd": ("PGD", "-", "o"),
}
_EPSILON = "Largest change ε (of the range)"


PLATES = (
    Plate(
        "adversarial",
        "Accuracy under the worst attack, and the smallest change that the black box finds",
        "Left: share of samples that withstand FGSM, PGD and the black-box attack, by the largest change of a feature. "
        "Right: median of the smallest change found by the black-box attack, which sees only answers: each seed, mean "
        "and 95 % interval.",
    ),
    Plate(
        "adversarial_attacks",
        "Each attack on each network",
        "Means over seeds. FGSM and PGD follow the gradient; for a spiking network, that of its rate network. Where "
        "the black-box attack, or examples made for the twin, are more effective than PGD, the gradient is masked or "
        "wrong.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `adversarial` (all models in one panel) and `adversarial_attacks` (a panel for each model).

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    return {"adversarial": _models(run), "adversarial_attacks": _attacks(run)}


def sentences(run: Run) -> list[str]:
    """Describe the mean accuracy over epsilons, the changes that the black box needs, and signs of gradient masking.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    when = "On average over ε, with the worst of FGSM, PGD and the black-box attack on each sample, "
    metric = STUDY["adversarial_mean"]
    said = twin_sentences(run, metric, "attacked test samples", when)
    if not said and summaries(run, metric):
        said = [f"Mean accuracy over ε under the worst attack: {by_model(run, metric)}."]
    distances, gaps = (
        {entry["model"]: entry["mean"] for entry in summaries(run, STUDY[name])}
        for name in ("black_box_distance", "masking_gap")
    )
    needed = [f"{number(distances[model], '')} in {model}" for model in looks(run) if model in distances]
    if not needed:
        return [*said, "No network classified any of the samples correctly, so there was none to deceive."]
    text = (
        f"To deceive half of the samples, the black-box attack changed features by this part of their range: "
        f"{listed(needed)}"
    )
    if gaps:
        told = [f"{number(gaps[model], 'fraction')} in {model}" for model in looks(run) if model in gaps]
        text += f"; other attacks deceived more samples than PGD by at most this share: {listed(told)}"
    return [*said, f"{text}."]


def _curve(run: Run, metric: Metric, model: str, attack: str) -> list[Entry]:
    """Return the entries by epsilon, in the form that `draw_curve` expects."""
    return placed(along(run, metric, model, "epsilon", attack=attack))


def _undisturbed(run: Run, model: str) -> list[Entry]:
    return placed((0.0, entry) for entry in of_model(summaries(run, STUDY["clean_accuracy"]), model))


def _models(run: Run) -> Figure:
    models = looks(run)
    with style():
        figure = Figure(figsize=(8.4, 3.4))
        curves, distances = figure.subplots(1, 2, width_ratios=[1.25, 1])
        for place, (model, (look, dashes, filled)) in enumerate(in_grey_too(run).items()):
            curve = _curve(run, STUDY["accuracy"], model, "worst")
            draw_curve(
                curves, [*_undisturbed(run, model), *curve] if curve else [], look, label=f"{model} ({look.kind})",
                scale=100, dashes=dashes, filled=filled,
            )  # fmt: skip
            _distance(distances, run, place, model, look)
        _frame(curves)
        curves.set_title("Worst attack")
        if curves.lines:
            curves.legend(loc="upper right")
        distances.set_yticks(range(len(models)), list(models))
        distances.set_ylim(len(models) - 0.5, -0.5)
        distances.set_xlim(left=0)
        distances.tick_params(axis="y", length=0)
        distances.grid(axis="x", color=FAINT, linewidth=0.5, alpha=0.6)
        distances.set(xlabel="Median change found (of the range)", title="Black box")
    return figure


def _distance(ax: Axes, run: Run, height: int, model: str, look: Look) -> None:
    rows = values(run, STUDY["black_box_distance"])
    seeds = rows.loc[rows["model"] == model, "value"].to_numpy(dtype=float)
    for entry in of_model(summaries(run, STUDY["black_box_distance"]), model):
        draw_row(ax, height, seeds, entry, 1, look)


def _attacks(run: Run) -> Figure:
    models = looks(run)
    columns = min(2, len(models))
    rows = -(-len(models) // columns)
    with style():
        figure = Figure(figsize=(4.2 * columns, 0.6 + 2.7 * rows))
        axes = figure.subplots(rows, columns, sharey=True, sharex=True, squeeze=False).ravel()
        shown: dict[str, Line2D] = {}
        for ax, (model, look) in zip(axes, models.items(), strict=False):
            shown |= _panel(ax, run, model, look)
        for ax in axes[len(models) :]:
            ax.set_axis_off()
        handles = {
            name: Line2D([], [], color=BLACK, linestyle=line.get_linestyle(), marker=line.get_marker(), markersize=4)
            for name, line in shown.items()
        }
        figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=5)
    return figure


def _panel(ax: Axes, run: Run, model: str, look: Look) -> dict[str, Line2D]:
    """Draw the panel of a model and return its lines by label."""
    lines = {}
    for attack, (label, dashes, marker) in _ATTACKS.items():
        curve = _curve(run, STUDY["accuracy"], model, attack)
        if attack == "transfer" and look.kind == "ANN":  # stored with the BNS that the examples were made for
            curve = next((held for name in _twins_of(run, model) if (held := _transferred(run, name))), [])
        if curve:
            points = [*_undisturbed(run, model), *curve]
            control = attack == "noise"
            (lines[label],) = ax.plot(
                [point["step"] for point in points], [100 * point["mean"] for point in points],
                color=INK if control else look.colour, linestyle=dashes, marker=marker, markersize=4,
                linewidth=1.0 if control else 1.5,
            )  # fmt: skip
    _frame(ax)
    ax.set_title(f"{model} ({look.kind})")
    return lines


def _twins_of(run: Run, ann: str) -> list[str]:
    return [name for name, known in run.manifest["models"].items() if known["twin"] == ann]


def _transferred(run: Run, bns: str) -> list[Entry]:
    return _curve(run, STUDY["twin_accuracy"], bns, "transfer")


def _frame(ax: Axes) -> None:
    ax.set(ylim=(0, 103), xlabel=_EPSILON, ylabel="Accuracy (%)")
    ax.label_outer()
    plain_numbers(ax.xaxis)
    ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
