"""Figures of the accuracy study: test accuracy of every model, differences between twins, confusions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from bnsim.plotting.style import FAINT, INK, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_row
from experiments.shared.stored import Entry, Look, class_names, differences, looks, rows, summaries, values
from experiments.shared.wording import by_model, number, twin_sentences
from experiments.spec import Plate
from experiments.studies.accuracy import STUDY

_LEGIBLE_CLASSES = 12


PLATES = (
    Plate("accuracy", "Accuracy for each seed, and differences between twins", ""),
    Plate("confusion", "Confusions between classes", ""),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `accuracy` (single seeds, means with intervals, and differences) and `confusion`.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    return {"accuracy": _accuracy(run), "confusion": _confusion(run)}


def sentences(run: Run) -> list[str]:
    """Describe the accuracies, and the accuracy of always answering the most frequent class.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    metric = STUDY["test_accuracy"]
    said = twin_sentences(run, metric, "test samples") or [f"{metric.label}: {by_model(run, metric)}."]
    return [*said, *_of_classes(run)]


def _of_classes(run: Run) -> list[str]:
    levels = summaries(run, STUDY["majority_accuracy"])
    if not levels:
        return []
    level = number(levels[0]["mean"], levels[0]["unit"])
    balanced = by_model(run, STUDY["balanced_accuracy"])
    return [
        f"Always answering the most frequent class of the training set would classify {level} correctly; balanced "
        f"accuracy, the mean over the classes: {balanced}."
    ]


def confusion(run: Run) -> dict[str, NDArray[np.float64]]:
    """Return the confusion counts of each model, summed over seeds.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to array (true class, predicted class)
        Counts by model.
    """
    found, places = rows(run, STUDY["confusion_count"]), {name: place for place, name in enumerate(class_names(run))}
    counts = {str(model): np.zeros((len(places),) * 2) for model in found["model"].unique()}
    for model, facts, value in found[["model", "facts", "value"]].itertuples(index=False):
        counts[model][places[facts["true"]], places[facts["predicted"]]] += value
    return counts


def _accuracy(run: Run) -> Figure:
    models, seeds = looks(run), values(run, STUDY["test_accuracy"])
    twins = [entry for entry in differences(run, primary=True) if entry["metric"] == "test_accuracy"]
    with style():
        figure = Figure(figsize=(9.2 if twins else 6.4, 1.5 + 0.55 * len(models)))
        axes = figure.subplots(1, 1 + bool(twins), width_ratios=[1.7, 1] if twins else [1], squeeze=False)[0]
        _draw_models(axes[0], seeds, models, summaries(run, STUDY["test_accuracy"]))
        if twins:
            _draw_differences(axes[1], seeds, models, twins)
    return figure


def _draw_models(ax: Axes, measured: pd.DataFrame, models: dict[str, Look], means: list[Entry]) -> None:
    for height, (model, look) in enumerate(models.items()):
        seeds = 100 * measured.loc[measured["model"] == model, "value"].to_numpy(dtype=float)
        entry = next(entry for entry in means if entry["model"] == model)
        draw_row(ax, height, seeds, entry, 100, look)
        ax.annotate(
            f"{100 * entry['mean']:.2f} %", (1.0, height), (6, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", fontsize=9.5, color=INK, fontweight="bold",
            annotation_clip=False,
        )  # fmt: skip
    _frame_rows(ax, [f"{model} ({look.kind})" for model, look in models.items()], len(models))
    ax.set_xlabel("Test accuracy (%, enlarged scale)")
    ax.set_title("Each seed, mean and 95 % interval")


def _draw_differences(ax: Axes, measured: pd.DataFrame, models: dict[str, Look], twins: list[Entry]) -> None:
    table = measured.pivot(index="seed", columns="model", values="value")
    for height, entry in enumerate(twins):
        seeds = 100 * (table[entry["model"]] - table[entry["twin"]]).to_numpy(dtype=float)
        scaled = {"mean": entry["difference"], "ci_low": entry["ci_low"], "ci_high": entry["ci_high"]}
        draw_row(ax, height, seeds, scaled, 1, models[entry["model"]])
    ax.axvline(0, color=INK, linewidth=0.9, zorder=0)
    limit = 1.15 * max(abs(bound) for bound in ax.get_xlim())
    ax.set_xlim(-limit, limit)
    _frame_rows(ax, [f"{entry['model']}\n− {entry['twin']}" for entry in twins], len(models))
    ax.set_xlabel("Difference (percentage points)")
    ax.set_title("Between twins")


def _frame_rows(ax: Axes, names: list[str], n_slots: int) -> None:
    """Label the rows; `n_slots` rows fill the height, so that rows have the same height in all panels."""
    ax.set_yticks(range(len(names)), names)
    middle = (len(names) - 1) / 2
    ax.set_ylim(middle + n_slots / 2, middle - n_slots / 2)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color=FAINT, linewidth=0.5, alpha=0.6)
    ax.set_axisbelow(True)
    ax.xaxis.set_major_locator(MaxNLocator(6))


def _confusion(run: Run) -> Figure:
    names, matrices = class_names(run), confusion(run)
    models = looks(run)
    shares = {model: _shares(matrix) for model, matrix in matrices.items()}
    greatest = max(float(_errors(share).max()) for share in shares.values()) or 1.0
    with style():
        figure = Figure(figsize=(0.9 + 3.3 * len(shares), 3.7))
        axes = figure.subplots(1, len(shares), squeeze=False, sharey=True)[0]
        for ax, (model, share) in zip(axes, shares.items(), strict=True):
            image = ax.imshow(_errors(share), cmap="Reds", vmin=0, vmax=greatest)
            if len(names) <= _LEGIBLE_CLASSES:
                _write_shares(ax, share, greatest)
            ax.set_title(f"{model} ({models[model].kind})")
            _name_classes(ax, names)
            ax.set_xlabel("Predicted class")
        axes[0].set_ylabel("True class")
        bar = figure.colorbar(image, ax=list(axes), label="Taken for another class (%)", pad=0.02, shrink=0.85)
        bar.outline.set_visible(False)
    return figure


def _shares(matrix: np.ndarray) -> np.ndarray:
    """Return percentages of each true class; zeros for a class without a test sample."""
    return 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


def _errors(share: np.ndarray) -> np.ndarray:
    """Return the shares with 0 on the diagonal, whose large values would hide all others."""
    return np.where(np.eye(len(share), dtype=bool), 0.0, share)


def _write_shares(ax: Axes, share: np.ndarray, greatest: float) -> None:
    for (row, column), value in np.ndenumerate(share):
        if round(value) == 0:
            continue
        dark = row != column and value > 0.6 * greatest
        weight = "bold" if row == column else "normal"
        ax.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=7.5,
                color="white" if dark else INK, fontweight=weight)  # fmt: skip


def _name_classes(ax: Axes, names: list[str]) -> None:
    if len(names) <= _LEGIBLE_CLASSES:
        long = max(map(len, names)) > 3
        turned: Any = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if long else {}
        ax.set_xticks(range(len(names)), names, **turned)
        ax.set_yticks(range(len(names)), names)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
