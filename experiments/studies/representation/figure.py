"""Figures of the representation study: similarity between all layers of two twins, and over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bnsim.plotting.style import BLUE, FAINT, INK, SEQUENTIAL, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_curve
from experiments.shared.stored import Entry, Look, by_fact, entries, looks, of_model, summaries
from experiments.shared.wording import listed, number, stated
from experiments.spec import Metric, Plate
from experiments.studies.representation import STUDY

_PLAIN = "#767676"
"""Grey of the control."""
_COLOURS = {"BNS": BLUE, "ANN": "#BF5400"}
"""Colours of text: the second is vermillion, dark enough to read on white."""
_MANY = 7
"""Number of layers above which numbers are written in small type."""
_STATES = {"after training": "", "before training": "_before"}

Unit = tuple[str, str]
"""A layer by model and name."""

PLATES = (
    Plate(
        "representation",
        "Similarity between the layers of both networks",
        "Responses to the same test samples, mean over seeds; 1 is identical, 0 is unrelated. Above the diagonal: "
        "debiased linear CKA; below it: rank correlation of dissimilarities (RSA). Bottom: the same networks before "
        "training, as a control: their similarity comes from the shared input, front end or topology. Empty: a layer "
        "that responds identically to all samples, such as a read-out with initial weights of zero.",
    ),
    Plate(
        "representation_time",
        "Similarity to the twin over time",
        "CKA between the spikes up to a given time and the activations of the twin's layer, with 95 % intervals. The "
        "noise ceiling is the CKA that the same responses would reach without the randomness of their spikes; it is 1 "
        "if nothing is random.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `representation` (all layers) and, if twins have spikes, `representation_time`.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    figures = {"representation": _matrices(run), "representation_time": _courses(run)}
    return {name: figure for name, figure in figures.items() if figure is not None}


def sentences(run: Run) -> list[str]:
    """Describe the similarity of twins before and after training, and how training changed each network.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    pairs = [f"{model} and its twin {twin} agree {_likeness(run, model, twin)}" for model, twin in _pairs(run)]
    kept = []
    for model in looks(run):
        layer = _layers(run, model)[-2:][0] if _layers(run, model) else ""
        found = of_model(summaries(run, STUDY["cka_kept"], layer=layer), model)
        kept += [f"{number(entry['mean'], entry['unit'])} in {model}" for entry in found]
    return [
        *([f"By CKA, {'; '.join(pairs)}."] if pairs else []),
        *(
            [f"The last layer before the output and its state before training have a CKA of {listed(kept)}."]
            if kept
            else []
        ),
    ]


def _likeness(run: Run, model: str, twin: str) -> str:
    """Describe the last hidden layer and the output: similarity after training, before it, and the noise ceiling."""
    parts = []
    for layer, other in _counterparts(run, model, twin)[-2:]:
        place = {"layer": layer, "twin": other}
        entry, before = (_entry(run, STUDY[metric], model, place) for metric in ("cka", "cka_before"))
        if entry is None:
            continue
        notes = [] if before is None else [f"before training {number(before['mean'], before['unit'])}"]
        ceiling = _entry(run, STUDY["cka_ceiling"], model, {"layer": layer})
        if ceiling is not None and ceiling["mean"] < 0.9995:
            notes.append(f"noise allows {number(ceiling['mean'], ceiling['unit'])}")
        parts.append(f"by {stated(entry)} in {layer}{f' ({listed(notes)})' if notes else ''}")
    return listed(parts)


def _entry(run: Run, metric: Metric, model: str, place: Mapping[str, str]) -> Entry | None:
    """Return the entry of a metric for this model and place."""
    return next(iter(of_model(summaries(run, metric, **place), model)), None)


def _pairs(run: Run) -> list[Unit]:
    """Return the twins that were compared, as BNS and ANN."""
    compared = dict.fromkeys(model for model, _, _ in by_fact(run, STUDY["cka"], "twin"))
    return [(model, run.manifest["models"][model]["twin"]) for model in compared]


def _layers(run: Run, model: str) -> list[str]:
    """Return the layers whose responses depend on the sample, from input to output."""
    found = [entry["facts"] for name, _, entry in by_fact(run, STUDY["cka"], "other") if name == model]
    return list(dict.fromkeys([held["layer"] for held in found] + [held["other"] for held in found]))


def _counterparts(run: Run, model: str, twin: str) -> list[Unit]:
    """Return pairs of layers of twins at the same position, counted from the output back, without the input."""
    both = zip(_layers(run, model)[:0:-1], _layers(run, twin)[:0:-1], strict=False)
    return list(both)[::-1]


def _matrices(run: Run) -> Figure:
    """Draw panels for each pair of twins and each model without a twin: after training and, below, before it."""
    pairs = _pairs(run)
    paired = {model for pair in pairs for model in pair}
    groups = [*pairs, *((model,) for model in looks(run) if model not in paired)]
    with style():
        figure = Figure(figsize=(0.8 + 3.2 * len(groups), 7.6))
        axes = figure.subplots(2, len(groups), squeeze=False)
        for row, (state, suffix) in zip(axes, _STATES.items(), strict=True):
            for ax, group in zip(row, groups, strict=True):
                _matrix(ax, run, group, suffix)
            row[0].set_ylabel(state.capitalize(), fontweight="bold")
        for ax, group in zip(axes[0], groups, strict=True):
            ax.set_title("\n".join(f"{model} ({looks(run)[model].kind})" for model in group))
        bar = figure.colorbar(
            mpl.cm.ScalarMappable(mpl.colors.Normalize(0, 1), SEQUENTIAL), ax=axes, orientation="horizontal",
            aspect=50, pad=0.03, shrink=0.8, label="Likeness: CKA above the diagonal, RSA below it",
        )  # fmt: skip
        bar.outline.set_visible(False)
    return figure


def _matrix(ax: Axes, run: Run, group: tuple[str, ...], suffix: str) -> None:
    units = [(model, layer) for model in group for layer in _layers(run, model)]
    values = np.full((len(units), len(units)), np.nan)
    above, below = (_compared(run, STUDY[measure + suffix], group) for measure in ("cka", "rsa"))
    for row, first in enumerate(units):
        for column in range(row + 1, len(units)):
            values[row, column] = above.get((first, units[column]), np.nan)
            values[column, row] = below.get((first, units[column]), np.nan)
    ax.imshow(values, cmap=SEQUENTIAL, vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            ax.text(column, row, f"{value:.2f}".replace("-", "−"), ha="center", va="center",
                    fontsize=6.5 if len(units) > _MANY else 8,
                    color=INK if value > 0.55 else "white")  # fmt: skip
    names = [layer for _, layer in units]
    ax.set_xticks(range(len(units)), names, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(units)), names)
    ax.tick_params(length=0)
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        for label, (model, _) in zip(labels, units, strict=True):
            label.set_color(_COLOURS[looks(run)[model].kind])
    for spine in ax.spines.values():
        spine.set_visible(False)
    border = sum(model == group[0] for model, _ in units) - 0.5
    if len(group) > 1:
        ax.axvline(border, color="white", linewidth=3)
        ax.axhline(border, color="white", linewidth=3)


def _compared(run: Run, metric: Metric, group: tuple[str, ...]) -> dict[tuple[Unit, Unit], float]:
    """Return the means of a metric by pair of layers, with layers of the first model before those of its twin."""
    found: dict[tuple[Unit, Unit], float] = {}
    for entry in entries(run, metric):
        model, held = entry["model"], entry["facts"]
        if model in group and "other" in held:
            found[(model, held["layer"]), (model, held["other"])] = entry["mean"]
        elif model == group[0]:
            found[(model, held["layer"]), (group[-1], held["twin"])] = entry["mean"]
    return found


def _courses(run: Run) -> Figure | None:
    """Draw a row for each pair of twins and a panel for each layer with spikes, without the input."""
    spiking = {(model, layer) for model, layer, _ in by_fact(run, STUDY["cka_course"], "layer")}
    rows = {
        (model, twin): [pair for pair in _counterparts(run, model, twin) if (model, pair[0]) in spiking]
        for model, twin in _pairs(run)
    }
    rows = {pair: layers for pair, layers in rows.items() if layers}
    if not rows:
        return None
    columns = max(map(len, rows.values()))
    with style():
        figure = Figure(figsize=(max(3.6 * columns, 5.0), 0.7 + 2.7 * len(rows)))
        axes = figure.subplots(len(rows), columns, squeeze=False, sharey=True)
        for row, ((model, twin), layers) in zip(axes, rows.items(), strict=True):
            for ax, pair in zip(row, layers, strict=False):
                _course(ax, run, (model, twin), pair)
            for ax in row[len(layers) :]:
                ax.set_axis_off()
            row[0].set_ylabel("CKA")
        for column in axes.T:
            [ax for ax in column if ax.axison][-1].set_xlabel(STUDY["cka_course"].step)
        lines = {line.get_label(): line for ax in axes.flat for line in ax.get_lines() if line.get_label()[0] != "_"}
        figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=3)
    return figure


def _course(ax: Axes, run: Run, pair: Unit, layers: Unit) -> None:
    (model, twin), (layer, other) = pair, layers
    look = looks(run)[model]
    ceiling = of_model(summaries(run, STUDY["cka_course_ceiling"], layer=layer), model)
    ceiling.sort(key=lambda entry: entry["step"])
    ax.plot([entry["step"] for entry in ceiling], [entry["mean"] for entry in ceiling], color=INK, linewidth=1.0,
            linestyle=(0, (1, 2)), label="noise ceiling")  # fmt: skip
    before, after = (
        of_model(summaries(run, STUDY[metric], layer=layer, twin=other), model)
        for metric in ("cka_course_before", "cka_course")
    )
    shape: dict[str, Any] = {"dashes": "--", "filled": False}
    draw_curve(ax, before, Look("", _PLAIN, look.marker), label="before training", **shape)
    draw_curve(ax, after, look, label="after training")
    ax.set(xlim=(0, None), ylim=(min(0, ax.get_ylim()[0]), 1.04))
    ax.set_title(f"{model}, {layer}\nwith {twin}, {other}", fontsize=10.5)
    ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
