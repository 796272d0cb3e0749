"""Interactive rasters: the spikes of a BNS, beside them the ANN's activations for the same image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bokeh.embed import components
from bokeh.layouts import column, row
from bokeh.models import ColumnDataSource, FactorRange, HoverTool, Range, Range1d
from bokeh.models.layouts import LayoutDOM
from bokeh.palettes import Greys256
from bokeh.plotting import figure
from bokeh.resources import Resources

from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, colour
from experiments.figures.side_by_side import Pair, hidden_layers, output_scores
from experiments.results import Example

_TOOLS = "xpan,xwheel_zoom,xbox_zoom,reset"
_WIDE, _NARROW = 510, 300


@dataclass(frozen=True)
class Interactive:
    """HTML of the plots, one block a pair, the script that fills them, and the library that both need."""

    library: str
    script: str
    blocks: tuple[str, ...]


def interactive(pairs: Sequence[Pair], classes: Sequence[str]) -> Interactive:
    """Plots of several pairs, ready to be put into a page that needs no network."""
    script, blocks = components(tuple(_pair(pair, list(classes)) for pair in pairs))
    # The plain plotting library alone: widgets, tables and formulas would make the page four times as large.
    return Interactive(Resources(mode="inline", components=["bokeh"]).render(), script, tuple(blocks))


def _pair(pair: Pair, classes: list[str]) -> LayoutDOM:
    counts = _scores(pair.bns, classes, "Output spikes", BLUE)
    # Images are shown beside the counts, long feature vectors above them.
    head = (row if pair.bns.image.ndim == 2 else column)(_image(pair.bns), counts)
    left = column(head, *_spikes(pair.bns))
    if pair.ann is None:
        return left
    right = [_activations(pair.ann, name, values) for name, values in hidden_layers(pair.ann).items()]
    return row(left, column(_scores(pair.ann, classes, "Output activation", VERMILLION), *right))


def _spikes(example: Example) -> list[figure]:
    """One plot a population, output on top; all share the time axis, so that zooming one zooms all."""
    recording = example.recording
    assert recording is not None
    time_range = Range1d(0, recording.duration * 1000)
    plots: list[figure] = []
    for index, (name, size) in enumerate(recording.populations.items()):
        if name not in recording.spikes:
            continue
        times, units = recording.spikes[name].of_trial(0)
        title = f"{example.model} (BNS), {name}: {len(times):,} spikes"
        height = int(np.clip(40 + size / 6, 80, 240))
        plot = _frame(title, _WIDE, height, time_range, tools=_TOOLS)
        plot.y_range = Range1d(-0.5, size - 0.5)
        source = ColumnDataSource({"time": times * 1000, "unit": units})
        mark = float(np.clip(height / size, 2, 7))
        marks = plot.scatter(
            "time", "unit", source=source, marker="dash", angle=np.pi / 2, size=mark,
            line_color=colour(index), line_width=1.2,
        )  # fmt: skip
        plot.add_tools(HoverTool(renderers=[marks], tooltips=[("unit", "@unit"), ("time", "@time{0.00} ms")]))
        plot.yaxis.axis_label = "Unit"
        plot.xaxis.axis_label = "Time (ms)"
        plot.xaxis.visible = not plots  # the lowest carries the time for all
        plots.append(plot)
    return plots[::-1]


def _image(example: Example) -> figure:
    title = f"Input: {example.true_class}"
    if example.image.ndim == 1:
        plot = _frame(title, _WIDE, 110, Range1d(-0.5, len(example.image) - 0.5))
        plot.vbar(np.arange(len(example.image)), 0.8, example.image, color=INK)
        plot.xaxis.axis_label = "Feature"
        return plot
    height, width = example.image.shape
    plot = _frame(title, round(130 * width / height), 130, Range1d(0, width))
    plot.y_range = Range1d(0, height)
    plot.image([example.image], x=0, y=0, dw=width, dh=height, palette=Greys256[::-1], origin="top_left")
    plot.axis.visible = False
    return plot


def _activations(example: Example, layer: str, values: np.ndarray) -> figure:
    x_range = Range1d(-0.5, len(values) - 0.5)
    plot = _frame(f"{example.model} (ANN), {layer}", _NARROW, 150, x_range, tools=_TOOLS)
    source = ColumnDataSource({"unit": np.arange(len(values)), "value": values})
    bars = plot.vbar("unit", 0.9, "value", source=source, color=VERMILLION, line_color=None)
    plot.add_tools(HoverTool(renderers=[bars], tooltips=[("unit", "@unit"), ("activation", "@value{0.000}")]))
    plot.xaxis.axis_label = "Unit"
    plot.yaxis.axis_label = "Activation"
    return plot


def _scores(example: Example, classes: list[str], label: str, shade: str) -> figure:
    """What the decision is read from, the class that it falls on in colour."""
    kind = "ANN" if example.recording is None else "BNS"
    verdict = "right" if example.predicted_class == example.true_class else "wrong"
    title = f"{example.model} ({kind}): {example.predicted_class} ({verdict})"
    plot = _frame(title, _NARROW, 130, FactorRange(*classes))
    colours = [shade if name == example.predicted_class else FAINT for name in classes]
    source = ColumnDataSource({"name": classes, "value": output_scores(example), "colour": colours})
    bars = plot.vbar("name", 0.75, "value", source=source, color="colour")
    plot.add_tools(HoverTool(renderers=[bars], tooltips=[("class", "@name"), ("value", "@value{0.000}")]))
    plot.y_range.start = 0
    plot.yaxis.axis_label = label
    if max(map(len, classes)) > 3:
        plot.xaxis.major_label_orientation = 0.7
    return plot


def _frame(title: str, width: int, height: int, x_range: Range, *, tools: str = "") -> figure:
    """An empty plot in the look of the other figures: no frame, no grid, dark text."""
    plot = figure(
        title=title, frame_width=width, frame_height=height, min_border_left=66, x_range=x_range, tools=tools,
        active_scroll=None, toolbar_location="right" if tools else None,
    )  # fmt: skip
    plot.outline_line_color = None
    plot.grid.visible = False
    plot.toolbar.logo = None
    plot.toolbar.autohide = True
    plot.title.text_color = INK
    plot.title.text_font_size = "10.5pt"
    plot.axis.axis_label_text_font_style = "normal"
    plot.axis.axis_label_text_color = INK
    plot.axis.minor_tick_line_color = None
    plot.axis.major_label_text_font_size = "9pt"
    return plot
