"""Figures of the synchrony study."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bnsim.plotting.style import FAINT, INK, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import draw_band
from experiments.shared.stored import Entry, Look, layer_summaries, looks
from experiments.shared.wording import listed, number, stated
from experiments.spec import Metric, Plate
from experiments.studies.synchrony import STUDY

Row = tuple[str, str]
"""Model and layer."""
_LINES: dict[str, Any] = {"measured": "-", "jittered": (0, (4, 1.5)), "scattered": (0, (1, 1.5))}
_WORDS = {"measured": "measured", "jittered": "jittered within 10 ms", "scattered": "scattered over the trial"}
_SCALES = (STUDY["spike_time_tiling"], STUDY["spike_contrast"])
_PANELS_A_ROW = 3


PLATES = (
    Plate(
        "synchrony",
        "Synchrony by layer",
        "Mean over the samples shown and, left, over pairs of units; bars: 95 % intervals. Spikes jittered within "
        "windows of 10 ms keep slow changes of the rates; scattered spikes keep only their counts, which influence the "
        "measures slightly in such short trials.",
    ),
    Plate(
        "synchrony_lags",
        "Firing around the spikes of another unit",
        "Cross-correlation histograms over all pairs of units; band: 95 % interval. All decrease with the time between "
        "spikes because trials are finite.",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `synchrony` (two measures by layer) and `synchrony_lags` (cross-correlations).

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix; empty without spikes.
    """
    rows = list(_found(run, STUDY["spike_time_tiling"]))
    if not rows:
        return {}
    models = looks(run)
    with style():
        by_layer = Figure(figsize=(7.2, 1.4 + 0.42 * len(rows)))
        axes = by_layer.subplots(1, 2, sharey=True)
        for ax, metric in zip(axes, _SCALES, strict=True):
            _dots(ax, run, metric, rows, models)
            ax.set_xlabel(metric.label)
        axes[0].set_yticks(range(len(rows)), [f"{model}, {layer}" for model, layer in rows])
        axes[0].set_ylim(len(rows) - 0.5, -0.5)
        _legend(by_layer, marks=True)
        lags = _lags(run, rows, models)
    return {"synchrony": by_layer, "synchrony_lags": lags}


def sentences(run: Run) -> list[str]:
    """Describe the tiling coefficients, those of the controls, and which networks have no spikes.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    found = _found(run, STUDY["spike_time_tiling"])
    texts = [
        f"{stated(entries['measured'])} in {layer} of {model} (jittered within 10\N{NO-BREAK SPACE}ms "
        f"{number(entries['jittered']['mean'], '')}, scattered {number(entries['scattered']['mean'], '')})"
        for (model, layer), entries in found.items()
    ]
    measured = {model for model, _ in found}
    without = [model for model in run.manifest["models"] if model not in measured]
    said = []
    if texts:
        said.append(
            f"The mean spike time tiling coefficient of two units is {listed(texts)}; in brackets, that of the "
            "same spikes at other times of the trial."
        )
    if without:
        said.append(f"Without spike times, synchrony cannot be measured in {listed(without)}.")
    return said


def _found(run: Run, metric: Metric) -> dict[Row, dict[str, Entry]]:
    """Return the entries of a metric without steps, by (model, layer) and version of the spikes, in the run's order."""
    return {
        row: {entry["facts"]["spikes"]: entry for entry in found} for row, found in layer_summaries(run, metric).items()
    }


def _dots(ax: Axes, run: Run, metric: Metric, rows: list[Row], models: dict[str, Look]) -> None:
    found = _found(run, metric)
    for height, row in enumerate(rows):
        look = models[row[0]]
        for place, (version, entry) in enumerate(found.get(row, {}).items()):
            y = height + 0.18 * (place - 1)
            if entry["ci_low"] is not None:
                ax.hlines(y, entry["ci_low"], entry["ci_high"], color=look.colour, linewidth=1.2)
            shape = _mark(version, look.marker, look.colour)
            ax.plot(entry["mean"], y, **shape)
    ax.axvline(0, color=INK, linewidth=0.8, zorder=0)
    ax.grid(axis="x", color=FAINT, linewidth=0.5, alpha=0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def _mark(version: str, marker: str, colour: str) -> dict[str, Any]:
    """Return a filled mark for the measured spikes, an open mark and a cross for the controls."""
    return {
        "marker": "x" if version == "scattered" else marker,
        "markerfacecolor": colour if version == "measured" else "white",
        "color": colour,
        "linestyle": "none",
        "markersize": 6.5,
        "markeredgewidth": 1.3,
    }


def _legend(figure: Figure, *, marks: bool) -> None:
    """Add a legend of the measured spikes and the controls below the figure."""
    handles = [
        Line2D([], [], **(_mark(version, "o", INK) if marks else {"color": INK, "linestyle": line}))
        for version, line in _LINES.items()
    ]
    figure.legend(handles, _WORDS.values(), loc="outside lower center", ncols=3)


def _lags(run: Run, rows: list[Row], models: dict[str, Look]) -> Figure:
    columns = min(_PANELS_A_ROW, len(rows))
    lines = -(-len(rows) // columns)
    figure = Figure(figsize=(7.2, 0.9 + 2.3 * lines))
    axes = figure.subplots(lines, columns, squeeze=False).ravel()
    for ax in axes[len(rows) :]:
        ax.set_visible(False)
    found = layer_summaries(run, STUDY["cross_correlation"])
    for index, ((model, layer), ax) in enumerate(zip(rows, axes, strict=False)):
        own = sorted(found[model, layer], key=lambda entry: entry["step"])
        for version, line in _LINES.items():
            course = [entry for entry in own if entry["facts"]["spikes"] == version]
            _course(ax, course, models[model], line)
        ax.set_title(f"{model},\n{layer}")
        ax.set_ylim(0, 1.4 * max(entry["mean"] for entry in own) or 1)
        ax.grid(axis="y", color=FAINT, linewidth=0.5, alpha=0.6)
        if index >= len(rows) - columns:
            ax.set_xlabel(STUDY["cross_correlation"].step)
        if index % columns == 0:
            ax.set_ylabel("Rate of another\nunit (Hz)")
    _legend(figure, marks=False)
    return figure


def _course(ax: Axes, course: list[Entry], look: Look, line: Any) -> None:
    steps = [entry["step"] for entry in course]
    solid = line == "-"
    if solid:
        draw_band(ax, steps, course, look)
    ax.plot(
        steps, [entry["mean"] for entry in course], color=look.colour if solid else INK, linestyle=line,
        linewidth=1.8 if solid else 1.2,
    )  # fmt: skip
