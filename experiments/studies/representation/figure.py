"""Figures of the representation study: similarity between all layers of two twins, and over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
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
from experiments.studies.representation.cka import LEADING, rests_on_leading

_PLAIN = "#767676"
"""Grey of the control."""
_COLOURS = {"BNS": BLUE, "ANN": "#BF5400"}
"""Colours of text: the second is vermillion, dark enough to read on white."""
_MANY = 7
"""Number of layers above which numbers are written in small type."""
_APART = 0.13
"""Distance from the middle of a row at which marks that would cover each other are drawn."""
_NO_NOISE = 1e-3
"""Angle in degrees below which two presentations differ by rounding alone: 1e-10 in its cosine."""
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
        "representation_twins",
        "Layers of twins by two measures",
        "Layers at the same place, counted from the output back, with 95 % intervals. Left: debiased linear CKA; 1 is "
        "identical, 0 is unrelated. Without the two leading principal components of each layer, CKA shows whether "
        "the likeness is more than one or two directions of large variance. Right: Procrustes distance, the angle that "
        "is left between the responses of both networks after the best rotation; 0 is identical, 90 unrelated. By "
        "chance: with the samples of the twin in another order; finitely many samples bring it below 90. Noise alone: "
        "between two presentations of the same samples to the network with spikes.",
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
    """Draw `representation` (all layers), `representation_twins` and, if twins have spikes, `representation_time`.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    figures = {
        "representation": _matrices(run),
        "representation_twins": _places(run),
        "representation_time": _courses(run),
    }
    return {name: figure for name, figure in figures.items() if figure is not None}


def sentences(run: Run) -> list[str]:
    """Describe the likeness of twins before and after training, and how training changed each network.

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
    misleading = [warning for model, twin in _pairs(run) for warning in _warnings(run, model, twin)]
    apart = [_distance(run, model, twin) for model, twin in _pairs(run)]
    kept = []
    for model in looks(run):
        layer = _layers(run, model)[-2:][0] if _layers(run, model) else ""
        found = of_model(summaries(run, STUDY["cka_kept"], layer=layer), model)
        kept += [f"{number(entry['mean'], entry['unit'])} in {model}" for entry in found]
    return [
        *([f"By CKA, {'; '.join(pairs)}.{''.join(misleading)}"] if pairs else []),
        *([f"By Procrustes distance, {'; '.join(filter(None, apart))}."] if any(apart) else []),
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


def _warnings(run: Run, model: str, twin: str) -> Iterator[str]:
    """Say where the CKA of layers at the same place is owed to one or two directions for the most part."""
    for layer, other in _counterparts(run, model, twin):
        whole, beyond = (
            _entry(run, STUDY[metric], model, {"layer": layer, "twin": other}) for metric in ("cka", "cka_beyond")
        )
        if whole is not None and beyond is not None and rests_on_leading(whole["mean"], beyond["mean"]):
            yield (
                f" Warning: CKA alone may mislead in {layer} of {model}. Without the {LEADING} leading principal "
                f"components of each network, it falls from {number(whole['mean'], '')} to {stated(beyond)}: most of "
                "the likeness is one or two directions of large variance."
            )


def _distance(run: Run, model: str, twin: str) -> str:
    """Describe the last hidden layer and the output: distance after training, before it, by chance, of noise alone."""
    parts = []
    for layer, other in _counterparts(run, model, twin)[-2:]:
        entry = _entry(run, STUDY["procrustes"], model, {"layer": layer, "twin": other})
        if entry is None:
            continue
        beside = {"before training": "_before", "by chance": "_chance"}
        found = {
            what: _entry(run, STUDY[f"procrustes{suffix}"], model, entry["facts"]) for what, suffix in beside.items()
        }
        found["by noise alone"] = _noise(run, model, layer)
        notes = [f"{what} {number(held['mean'], held['unit'])}" for what, held in found.items() if held is not None]
        parts.append(f"{stated(entry)} in {layer} ({listed(notes)})")
    return f"{model} and its twin {twin} are apart by {listed(parts)}" if parts else ""


def _noise(run: Run, model: str, layer: str) -> Entry | None:
    """Return the distance of two presentations, where there is any."""
    entry = _entry(run, STUDY["procrustes_again"], model, {"layer": layer})
    return entry if entry is not None and entry["mean"] >= _NO_NOISE else None


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


def _places(run: Run) -> Figure | None:
    """Draw CKA and Procrustes distance of the layers of twins at the same place; None where no distance is stored."""
    measured = {(model, *entry["facts"].values()) for model, _, entry in by_fact(run, STUDY["procrustes"], "twin")}
    rows = [
        (model, twin, layers)
        for model, twin in _pairs(run)
        for layers in _counterparts(run, model, twin)
        if (model, *layers) in measured
    ]
    if not rows:
        return None
    with style():
        figure = Figure(figsize=(7.2, 1.7 + 0.6 * len(rows)))
        likeness, angle = axes = figure.subplots(1, 2, sharey=True)
        for row, (model, _, (layer, other)) in enumerate(rows):
            look, place = looks(run)[model], {"layer": layer, "twin": other}
            for ax, measure in ((likeness, "cka"), (angle, "procrustes")):
                before = _entry(run, STUDY[f"{measure}_before"], model, place)
                _mark(ax, row + _APART, before, Look("", _PLAIN, look.marker), "before training", filled=False)
                _mark(ax, row - _APART, _entry(run, STUDY[measure], model, place), look, "after training")
            beyond = _entry(run, STUDY["cka_beyond"], model, place)
            _mark(
                likeness,
                row - _APART,
                beyond,
                replace(look, marker="D"),
                "without two leading components",
                filled=False,
            )
            chance = _entry(run, STUDY["procrustes_chance"], model, place)
            _mark(angle, row, chance, Look("", INK, "|"), "by chance", size=16)
            _mark(angle, row, _noise(run, model, layer), Look("", _PLAIN, "|"), "noise alone", size=16)
        likeness.set(title="CKA", xlabel="Likeness", xlim=(min(0, likeness.get_xlim()[0]), 1.04))
        angle.set(title="Procrustes distance", xlabel="Angle (degrees)", xlim=(-2, 92), xticks=range(0, 91, 15))
        names = [f"{model}, {layer}\n{twin}, {other}" for model, twin, (layer, other) in rows]
        likeness.set(yticks=range(len(rows)), yticklabels=names, ylim=(len(rows) - 0.5, -0.5))
        for ax in axes:
            ax.grid(axis="x", color=FAINT, linewidth=0.5, alpha=0.6)
            ax.tick_params(axis="y", length=0)
        _legend(figure, ncols=3)
    return figure


def _mark(
    ax: Axes, row: float, entry: Entry | None, look: Look, label: str, *, filled: bool = True, size: float = 6.5
) -> None:
    """Draw a mean with its interval, if there is one, in a row."""
    if entry is None:
        return
    if entry["ci_low"] is not None:
        ax.plot([entry["ci_low"], entry["ci_high"]], [row, row], color=look.colour, linewidth=1.6)
    ax.plot(
        [entry["mean"]], [row], marker=look.marker, markersize=size, markeredgecolor=look.colour, markeredgewidth=1.4,
        markerfacecolor=look.colour if filled else "white", linestyle="none", label=label,
    )  # fmt: skip


def _legend(figure: Figure, ncols: int) -> None:
    """Name each kind of line once, below all panels."""
    named = {str(line.get_label()): line for ax in figure.axes for line in ax.get_lines()}
    lines = {label: line for label, line in named.items() if not label.startswith("_")}
    figure.legend(list(lines.values()), list(lines), loc="outside lower center", ncols=ncols)


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
        _legend(figure, ncols=3)
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
