"""Figures of the explain study."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import DIVERGING, FAINT, INK, style, symmetric_limit
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_curve
from experiments.shared.stored import Entry, by_fact, looks, rows
from experiments.shared.wording import by_model, listed, number, stated
from experiments.spec import Fact, Metric, Plate
from experiments.studies.explain import STUDY

_NAMES = {
    "occlusion": "Occlusion",
    "spike-triggered": "Spike-triggered\naverage",
    "receptive-field": "Receptive field",
    "gradient": "Gradient",
}
"""Names of the maps, in the order of the columns."""

PLATES = (
    Plate(
        "explain_maps",
        "Pixels that the answers depend on",
        "The first test images of the first seed, with the maps of the first brain-like network of the run and of its "
        "twin. Red: makes the answer more likely, blue: less likely (occlusion: by the presence of the pixels; other "
        "maps: by more ink). Each map has its own scale.",
    ),
    Plate(
        "explain",
        "Validity of the maps, and agreement between twins",
        "Left: test images still classified correctly when pixels are replaced by the mean training image, in order of "
        "their importance by occlusion (filled, solid, with intervals) or in a random order (open, dashed). Right: "
        "rank correlation of absolute maps of twins for the same image (filled) and for two different images (open), "
        "which measures what all images have in common.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `explain_maps` and `explain`.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix; empty if the task has no images.
    """
    if not by_fact(run, STUDY["deletion_correct"], "order"):
        return {}
    return {"explain_maps": _maps(run), "explain": _measures(run)}


def _maps(run: Run) -> Figure:
    """Draw a row for each image: the image, then the maps of each network."""
    stored = _stored(run)
    models = [model for model in _pair(run) if model in {model for model, _, _ in stored}]
    columns = [(model, name) for model in models for name in _NAMES if (model, 0, name) in stored]
    n_images = 1 + max(index for _, index, _ in stored)
    with style():
        figure = Figure(figsize=(1.25 * (1 + len(columns)), 0.8 + 1.3 * n_images))
        axes = figure.subplots(n_images, 1 + len(columns), squeeze=False)
        for index, row in enumerate(axes):
            _, picture = stored[models[0], index, "image"]
            row[0].imshow(_shaped(run, picture), cmap="gray_r")
            for ax, (model, name) in zip(row[1:], columns, strict=True):
                about, values = stored[model, index, name]
                limit = symmetric_limit(values)
                ax.imshow(_shaped(run, values), cmap=DIVERGING, vmin=-limit, vmax=limit)
                ax.set_xlabel(f"→ {about['answer']}", fontsize=8, labelpad=2)
            about, _ = stored[models[0], index, "image"]
            row[0].set_xlabel(str(about["true"]), fontsize=8, labelpad=2)
        for ax in axes.flat:
            ax.set(xticks=[], yticks=[])
            for spine in ax.spines.values():
                spine.set(visible=True, color=FAINT)
        axes[0, 0].set_title("Image", fontsize=8, loc="center")
        for ax, (model, name) in zip(axes[0, 1:], columns, strict=True):
            ax.set_title(f"{model}\n{_NAMES[name]}", fontsize=8, loc="center")
    return figure


def _pair(run: Run) -> list[str]:
    """Return the first BNS and its twin, or else the first ANN; only one network if the run has only one kind."""
    kinds = {kind: [model for model, look in looks(run).items() if look.kind == kind] for kind in ("BNS", "ANN")}
    twins = {entry["model"]: entry["twin"] for entry in run.summary["differences"]}
    first = kinds["BNS"][:1]
    beside = [twins[model] for model in first if model in twins] or kinds["ANN"][:1]
    return first + beside


def _stored(run: Run) -> dict[tuple[str, int, str], tuple[Mapping[str, Fact], np.ndarray]]:
    """Return the facts and the pixel values of each map, by (model, image, map)."""
    found: dict[tuple[str, int, str], tuple[Mapping[str, Fact], list[float]]] = {}
    ordered = rows(run, STUDY["map_value"]).sort_values("step")
    for model, facts, value in ordered[["model", "facts", "value"]].itertuples(index=False):
        _, values = found.setdefault((model, facts["image"], facts["map"]), (facts, []))
        values.append(value)
    return {place: (facts, np.array(values)) for place, (facts, values) in found.items()}


def _shaped(run: Run, values: np.ndarray) -> np.ndarray:
    return values.reshape(run.manifest["task"]["image_shape"])


def _measures(run: Run) -> Figure:
    paired = bool(by_fact(run, STUDY["twin_agreement"], "twin"))
    with style():
        figure = Figure(figsize=(8.6, 4.4) if paired else (5.4, 4.4))
        axes = figure.subplots(1, 1 + paired, squeeze=False)[0]
        _draw_deletion(axes[0], run)
        if paired:
            _draw_agreement(axes[1], run)
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def _draw_deletion(ax: Axes, run: Run) -> None:
    metric = STUDY["deletion_correct"]
    found = by_fact(run, metric, "order")
    for model, look in looks(run).items():
        for order, dashes in (("occlusion", "-"), ("random", "--")):
            entries = [entry for name, held, entry in found if (name, held) == (model, order)]
            if order == "random":  # eight bands would hide each other
                entries = [{**entry, "ci_low": None, "ci_high": None} for entry in entries]
            draw_curve(
                ax, entries, look, label=f"{model} ({look.kind})" if dashes == "-" else "_", scale=100,
                dashes=dashes, filled=dashes == "-",
            )  # fmt: skip
    ax.set(title="Deletion", xlabel=metric.step, ylabel="Classified correctly (%)", ylim=(-3, 103))
    ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)


def _agreements(run: Run, metric: Metric) -> dict[tuple[str, str, str], Entry]:
    """Return the entries of the summary by (model, its map, its twin's map)."""
    return {(model, entry["facts"]["map"], twin): entry for model, twin, entry in by_fact(run, metric, "twin")}


def _draw_agreement(ax: Axes, run: Run) -> None:
    same, other = (_agreements(run, STUDY[metric]) for metric in ("twin_agreement", "twin_chance"))
    shown = looks(run)
    kinds = sorted({key[1:] for key in same}, key=lambda names: [list(_NAMES).index(name) for name in names])
    models = list(dict.fromkeys(model for model, _, _ in same))
    for key, entry in same.items():
        look = shown[key[0]]
        height = kinds.index(key[1:]) + 0.24 * (models.index(key[0]) - (len(models) - 1) / 2)
        for found, face in ((other.get(key), "white"), (entry, look.colour)):
            if found is None:
                continue
            if found["ci_low"] is not None:
                ax.hlines(height, found["ci_low"], found["ci_high"], color=look.colour, linewidth=1.2, alpha=0.6)
            ax.plot(
                found["mean"], height, marker=look.marker, markersize=6, color=look.colour, markerfacecolor=face,
                markeredgewidth=1.2, linestyle="",
            )  # fmt: skip
    names = [" – ".join(_NAMES[name].replace("\n", " ").lower() for name in pair) for pair in kinds]
    ax.set_yticks(range(len(kinds)), [name.replace(" – ", "\nand ") for name in names], fontsize=8.5)
    ax.invert_yaxis()
    ax.axvline(0, color=INK, linewidth=0.9, zorder=0)
    ax.set(title="Map of a BNS and of its twin", xlabel="Spearman correlation")
    ax.grid(axis="x", color=FAINT, linewidth=0.5, alpha=0.6)


def sentences(run: Run) -> list[str]:
    """Describe the gain of occlusion over chance, and the agreement between the maps of twins.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    if not by_fact(run, STUDY["deletion_correct"], "order"):
        return ["The task has no images, so there are no maps that could explain the answers."]
    said = [
        "When pixels were deleted in order of their importance by occlusion instead of at random, the share of images "
        f"classified correctly was lower by {by_model(run, STUDY['deletion_gain'])}, on average from no pixel to all."
    ]
    same, other = (_agreements(run, STUDY[metric]) for metric in ("twin_agreement", "twin_chance"))
    alike = [
        f"{stated(entry)} in {key[0]} (with the map of another image {number(other[key]['mean'], '')})"
        for key, entry in same.items()
        if key[1:] == ("occlusion", "occlusion") and key in other
    ]
    if alike:
        said.append(f"Occlusion maps of twins for the same image had a correlation of {listed(alike)}.")
    return said
