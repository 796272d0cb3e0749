"""Figures of the information study: information about the class in each layer, and over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bnsim.plotting.style import FAINT, INK, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_curve
from experiments.shared.stored import Entry, Look, by_fact, layer_summaries, looks, pairs_of, summaries
from experiments.shared.wording import listed, number, stated
from experiments.spec import Metric, Plate
from experiments.studies.information import STUDY

_GREY = "#767676"
_DASHES = ("-", "--", ":", "-.")
"""Line styles of a model's layers, from the output back."""
_PANELS = (
    ("probe_accuracy", "Linear probe (% correct)", 100.0),
    ("probe_bits", "Linear probe (bits)", 1.0),
    ("unit_bits", "One unit (bits)", 1.0),
)

PLATES = (
    Plate(
        "information",
        "Information about the class in each layer",
        "By layer, from input to output, mean and 95 % interval over seeds. Top: a cross-validated linear probe on all "
        "units; dashed: the same with shuffled labels. Middle: mutual information of true and decoded class, a lower "
        "bound; dotted: entropy of the class. Bottom: information in the response of one unit, mean over units. Bits "
        "are corrected for the finite sample, and those with shuffled labels are subtracted. Intervals end at the "
        "frame.",
    ),
    Plate(
        "information_time",
        "Information about the class over time",
        "Spikes counted up to a given time, with the same corrections. Solid: output layer; dashed and dotted: the "
        "layers before. Fine dots: entropy of the class.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `information` (by layer) and, if there are spikes, `information_time`.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    figures = {"information": _layers_figure(run), "information_time": _time_figure(run)}
    return {name: figure for name, figure in figures.items() if figure is not None}


def sentences(run: Run) -> list[str]:
    """Describe the information in the last layer before the output, in all of its units and in one.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    read, alone = [], []
    for model in looks(run):
        layer = _layers(run, model)[-2:][0]
        bits, accuracy, unit = (
            _entries(run, STUDY[metric], model, [layer])[0] for metric in ("probe_bits", "probe_accuracy", "unit_bits")
        )
        share = number(accuracy["mean"], accuracy["unit"])
        read.append(f"{stated(bits)} from {layer} of {model} ({share} correct)")
        alone.append(f"{stated(unit)} in {model}")
    all_there_is = number(_class_entropy(run), "bit")
    return [
        f"Of the {all_there_is} that specify the class, a linear probe reads at least {listed(read)}.",
        f"On average, one unit of these layers carries {listed(alone)}.",
    ]


def _layers(run: Run, model: str) -> list[str]:
    """Return the names of a model's layers, from input to output."""
    return [layer for name, layer, _ in by_fact(run, STUDY["probe_accuracy"], "layer") if name == model]


def _entries(run: Run, metric: Metric, model: str, layers: Iterable[str]) -> list[Entry]:
    """Return the entries of the summary for these layers, in their order."""
    found = layer_summaries(run, metric)
    return [entry for layer in layers for entry in found.get((model, layer), ())]


def _layers_figure(run: Run) -> Figure:
    """Draw a column for each pair of twins and a row for each measure."""
    groups = pairs_of(run, STUDY.name)
    with style():
        figure = Figure(figsize=(max(0.8 + 3.2 * len(groups), 4.6), 7.0))
        axes = figure.subplots(len(_PANELS), len(groups), squeeze=False, sharex="col", sharey="row")
        for row, (metric, label, scale) in zip(axes, _PANELS, strict=True):
            for ax, group in zip(row, groups, strict=True):
                _by_layer(ax, run, group, STUDY[metric], scale)
            row[0].set(ylabel=label, ylim=_limits(run, STUDY[metric], scale))
        for ax, group in zip(axes[0], groups, strict=True):
            _name(ax, {model: looks(run)[model] for model in group})
    return figure


def _name(ax: Axes, networks: Mapping[str, Look]) -> None:
    """Say above a column whose colours and markers are whose."""
    marks = [
        Line2D([], [], color=look.colour, marker=look.marker, label=f"{model} ({look.kind})")
        for model, look in networks.items()
    ]
    ax.legend(handles=marks, loc="lower left", bbox_to_anchor=(0, 1), fontsize=10.5, borderaxespad=0.2)


def _by_layer(ax: Axes, run: Run, group: tuple[str, ...], metric: Metric, scale: float) -> None:
    """Draw the layers of twins, aligned from the output back."""
    names = {model: _layers(run, model) for model in group}
    deepest = max(map(len, names.values()))
    for index, (model, layers) in enumerate(names.items()):
        entries, look = _entries(run, metric, model, layers), looks(run)[model]
        places = deepest - len(layers) + np.arange(len(layers)) + 0.12 * (index - (len(group) - 1) / 2)
        ax.plot(places, [scale * entry["mean"] for entry in entries], color=look.colour, marker=look.marker,
                markersize=6, markeredgecolor="white", markeredgewidth=0.6, linewidth=1.2)  # fmt: skip
        if all(entry["ci_low"] is not None for entry in entries):
            low, high = (scale * np.array([entry[key] for entry in entries]) for key in ("ci_low", "ci_high"))
            most = scale if entries[0]["unit"] == "fraction" else np.inf
            ax.vlines(places, low.clip(min=0), high.clip(max=most), color=look.colour, linewidth=2.4, alpha=0.5)
        if metric.name == "probe_accuracy":
            shuffled = _entries(run, STUDY["probe_accuracy_shuffled"], model, layers)
            chance = [scale * entry["mean"] for entry in shuffled]
            ax.plot(places, chance, color=_GREY, linewidth=1.0, linestyle="--", zorder=0)
    if metric.name == "probe_bits":
        _all_there_is(ax, run)
    longest = max(names.values(), key=len)
    ax.set_xticks(range(deepest), _labels(list(names.values()), longest))
    ax.margins(x=0.12)
    ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)


def _labels(names: list[list[str]], longest: list[str]) -> list[str]:
    """Return the layer names from input to output; if twins use different names, both, one below the other."""
    return [
        "\n".join(dict.fromkeys(layers[-back] for layers in names if back <= len(layers)))
        for back in range(len(longest), 0, -1)
    ]


def _limits(run: Run, metric: Metric, scale: float) -> tuple[float, float]:
    """Return limits of the vertical axis from the maximum or the means: intervals of few seeds are too wide."""
    means = [entry["mean"] for read in (metric, _course(metric)) for _, _, entry in by_fact(run, read, "layer")]
    reach = {"probe_accuracy": 1.0, "probe_bits": _class_entropy(run)}.get(metric.name, 0.0)
    return scale * min(0, *means), 1.05 * scale * max(reach, *means)


def _course(metric: Metric) -> Metric:
    """Return the metric that measures the same quantity over time."""
    return STUDY[f"{metric.name}_course"]


def _class_entropy(run: Run) -> float:
    return max(entry["mean"] for entry in summaries(run, STUDY["class_entropy"]))


def _all_there_is(ax: Axes, run: Run) -> None:
    ax.axhline(_class_entropy(run), color=INK, linewidth=1.0, linestyle=(0, (1, 2)), zorder=0)


def _time_figure(run: Run) -> Figure | None:
    """Draw a row for each model with spikes: all units, and one unit."""
    spiking = dict.fromkeys(model for model, _, _ in by_fact(run, STUDY["probe_bits_course"], "layer"))
    if not spiking:
        return None
    with style():
        figure = Figure(figsize=(7.2, 0.5 + 2.7 * len(spiking)))
        axes = figure.subplots(len(spiking), 2, squeeze=False, sharey="col")
        for row, model in zip(axes, spiking, strict=True):
            for ax, (metric, label, _) in zip(row, _PANELS[1:], strict=True):
                _over_time(ax, run, model, _course(STUDY[metric]))
                ax.set(ylabel=label, xlim=(0, None), ylim=_limits(run, STUDY[metric], 1))
                ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
            _all_there_is(row[0], run)
            row[0].set_title(model)
            row[0].legend(loc="lower right", fontsize=8.5, handlelength=3)
        for ax in axes[-1]:
            ax.set_xlabel(STUDY["probe_bits_course"].step)
    return figure


def _over_time(ax: Axes, run: Run, model: str, metric: Metric) -> None:
    for back, layer in enumerate(reversed(_layers(run, model))):
        entries = _entries(run, metric, model, [layer])
        draw_curve(ax, entries, looks(run)[model], label=layer, dashes=_DASHES[back % len(_DASHES)])
