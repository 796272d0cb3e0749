"""The plots of an interactive raster: each is made once a network, and holds columns and a title for every image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from bokeh.models import ColumnDataSource, DataRange1d, FactorRange, GlyphRenderer, HoverTool, Range, Range1d
from bokeh.palettes import Greys256
from bokeh.plotting import figure
from markupsafe import escape

from bnsim.binning import Bins
from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, colour
from bnsim.recording import Recording
from experiments.report.side_by_side import hidden_layers, output_label, output_scores
from experiments.run_directory import Example

Columns: TypeAlias = dict[str, Any]

TOOLS = "xbox_zoom,xpan,xwheel_zoom,reset"
LEFT = 66
"""Pixels left of each frame, so that time axes stand exactly one above the other."""
_RATE_BINS = 50
_POTENTIALS = 10
_PIXELS = 130


@dataclass(frozen=True)
class Panel:
    """One plot, and for each example image the columns of its source and its title."""

    plot: figure
    source: ColumnDataSource
    columns: list[Columns]
    titles: list[str]


def panel(plot: figure, columns: list[Columns], titles: list[str]) -> Panel:
    """A panel that shows the first image; what is drawn on `plot` takes its columns from the panel's source."""
    plot.title.text = titles[0]
    return Panel(plot, ColumnDataSource(dict(columns[0])), columns, titles)


def frame(height: int, x_range: Range | None = None, *, tools: str = "") -> figure:
    """An empty plot as wide as its place, in the look of the other figures: no frame, no grid, dark text."""
    ranges = {} if x_range is None else {"x_range": x_range}
    plot = figure(
        title=" ", height=height, sizing_mode="stretch_width", min_border_left=LEFT, min_border_right=12, tools=tools,
        active_drag="xbox_zoom" if tools else None, active_scroll=None, toolbar_location=None, **ranges,
    )  # fmt: skip
    plot.outline_line_color = None
    plot.grid.visible = False
    plot.toolbar.logo = None
    plot.title.text_color = INK
    plot.title.text_font_size = "10.5pt"
    plot.axis.axis_label_text_font_style = "normal"
    plot.axis.axis_label_text_color = INK
    plot.axis.minor_tick_line_color = None
    plot.axis.major_label_text_font_size = "9pt"
    return plot


def hover(renderers: Sequence[GlyphRenderer], facts: dict[str, str], mode: str = "mouse") -> HoverTool:
    """What is told of the thing that the pointer is at: name of a fact -> its value, in Bokeh's way to name columns.

    Over lines it is told of the point where the stretch below the pointer begins.
    """
    # Bokeh's own table of names and values has names in a light blue, too faint to be read by all.
    text = "".join(f'<div style="color: {INK}">{name}: <strong>{value}</strong></div>' for name, value in facts.items())
    return HoverTool(renderers=list(renderers), tooltips=text, mode=mode, line_policy="prev")


def recorded(recording: Recording) -> list[str]:
    """The populations whose spikes were recorded, in the network's order, which their colours follow."""
    return [name for name in recording.counts if name in recording.spikes]


def image(examples: Sequence[Example]) -> Panel:
    """The input: pixels, or a bar a feature."""
    titles = [f"Input: {example.true_class}" for example in examples]
    if examples[0].image.ndim == 1:
        features = np.arange(len(examples[0].image))
        bars = panel(frame(150), [{"feature": features, "value": example.image} for example in examples], titles)
        bars.plot.vbar("feature", 0.8, "value", source=bars.source, color=INK)
        bars.plot.xaxis.axis_label = "Feature"
        bars.plot.yaxis.axis_label = "Scaled value"
        return bars
    height, width = examples[0].image.shape
    # The width of the frame follows from the image's, not from the page's.
    plot = frame(height=_PIXELS + 30, x_range=Range1d(0, width))
    plot.update(sizing_mode="fixed", width=round(_PIXELS * width / height) + 24, min_border_left=12)
    plot.y_range = Range1d(0, height)
    pixels = panel(plot, [{"pixels": [example.image.astype(np.float32)]} for example in examples], titles)
    plot.image("pixels", source=pixels.source, x=0, y=0, dw=width, dh=height, palette=Greys256[::-1], origin="top_left")
    plot.axis.visible = False
    return pixels


def scores(examples: Sequence[Example], classes: list[str]) -> Panel:
    """What the decision is read from, the class that it falls on in colour."""
    kind, shade = ("ANN", VERMILLION) if examples[0].recording is None else ("BNS", BLUE)
    columns, titles = [], []
    for example in examples:
        colours = [shade if name == example.predicted_class else FAINT for name in classes]
        columns.append({"name": classes, "value": output_scores(example), "colour": colours})
        verdict = "right" if example.predicted_class == example.true_class else "wrong"
        titles.append(f"{kind}: {example.predicted_class} ({verdict})")
    bars = panel(frame(_PIXELS + 60, FactorRange(*classes)), columns, titles)
    drawn = bars.plot.vbar("name", 0.75, "value", source=bars.source, color="colour")
    bars.plot.add_tools(hover([drawn], {"class": "@name", "value": "@value{0.000}"}))
    if all(np.min(output_scores(example)) >= 0 for example in examples):  # votes may be logarithms
        bars.plot.y_range.start = 0
    bars.plot.yaxis.axis_label = output_label(examples[0])
    if max(map(len, classes)) > 3:
        bars.plot.xaxis.major_label_orientation = 0.7
    return bars


def activations(examples: Sequence[Example]) -> list[Panel]:
    """A bar a unit, one plot a hidden layer of an ANN."""
    layers = [hidden_layers(example) for example in examples]
    panels = []
    for name, values in layers[0].items():
        columns = [{"unit": np.arange(len(values)), "value": of_image[name].astype(np.float32)} for of_image in layers]
        bars = panel(frame(190, tools=TOOLS), columns, [f"{name}: activations"] * len(examples))
        bars.plot.x_range = Range1d(-0.5, len(values) - 0.5, bounds="auto")
        drawn = bars.plot.vbar("unit", 0.9, "value", source=bars.source, color=VERMILLION, line_color=None)
        bars.plot.add_tools(hover([drawn], {"unit": "@unit", "activation": "@value{0.000}"}))
        bars.plot.xaxis.axis_label = "Unit"
        bars.plot.yaxis.axis_label = "Activation"
        panels.append(bars)
    return panels


def rates(recordings: Sequence[Recording], time_range: Range1d) -> Panel:
    """The mean rate of the units of each population, in bins of a fiftieth of the trial; a line a population."""
    first = recordings[0]
    steps = -(-first.n_steps // _RATE_BINS)
    columns = [_rates(recording, steps) for recording in recordings]
    title = f"Population rates, bins of {1000 * steps * first.dt:.3g} ms"
    lines = panel(frame(150, time_range, tools=TOOLS), columns, [title] * len(recordings))
    drawn = []
    for index, name in enumerate(recorded(first)):
        shade = colour(index)
        line = lines.plot.line(
            "time (ms)", name, name=name, source=lines.source, color=shade, line_width=1.6, legend_label=name
        )
        drawn.append(line)
    lines.plot.y_range = DataRange1d(start=0, only_visible=True, renderers=drawn)
    # One word on all lines, from a line that is never hidden.
    unseen = lines.plot.line("time (ms)", recorded(first)[0], source=lines.source, line_alpha=0)
    facts = {str(escape(name)): f"@{{{name}}}{{0.0}} Hz" for name in recorded(first)}
    lines.plot.add_tools(hover([unseen], {**facts, "time": "@from{0.0} to @to{0.0} ms"}, "vline"))
    lines.plot.yaxis.axis_label = "Rate (Hz)"
    legend = lines.plot.legend
    legend.update(orientation="horizontal", location="top_right", padding=2, margin=0, border_line_color=None)
    legend.update(background_fill_alpha=0.8, click_policy="hide", label_text_color=INK, label_text_font_size="9pt")
    return lines


def _rates(recording: Recording, steps_per_bin: int) -> Columns:
    """Stairs: each bin's rate (Hz) at its beginning and at its end."""
    bins = Bins(recording.dt, recording.n_steps, steps_per_bin)
    begin, end = (1000 * recording.dt * side for side in (bins.edge_steps[:-1], bins.edge_steps[1:]))
    columns: Columns = {
        "time (ms)": np.column_stack([begin, end]).ravel(),
        "from": begin.repeat(2),
        "to": end.repeat(2),
    }
    for name in recorded(recording):
        times, _ = recording.spikes[name].of_trial(0)
        columns[name] = (bins.count(times) / (recording.populations[name] * bins.durations)).repeat(2)
    return {name: values.astype(np.float32) for name, values in columns.items()}


def potentials(examples: Sequence[Example], classes: list[str], time_range: Range1d) -> list[Panel]:
    """The recorded traces, a plot for each variable of each population: those of the units that spiked most.

    The units that stand for the answer are blue, those of the true class dark where the answer is wrong.
    """
    first = examples[0].recording
    assert first is not None
    panels = []
    for population, variables in first.traces.items():
        for variable, trace in variables.items():
            columns = [_potentials(example, population, variable, classes) for example in examples]
            quantity = "potential" if variable == "v" else variable
            plot = frame(190, time_range, tools=TOOLS)
            lines = panel(plot, columns, [f"{population}: {quantity}"] * len(examples))
            drawn = lines.plot.multi_line(
                "times", "values", source=lines.source, line_color="colour", line_width="width"
            )
            unit = "mV" if trace.unit == "V" else trace.unit
            facts = {"unit": "@unit", quantity: f"$snap_y{{0.00}} {unit}", "time": "$snap_x{0.00} ms"}
            lines.plot.add_tools(hover([drawn], facts))
            lines.plot.yaxis.axis_label = f"{quantity.capitalize()} ({unit})" if unit else quantity.capitalize()
            panels.append(lines)
    return panels


def _potentials(example: Example, population: str, variable: str, classes: list[str]) -> Columns:
    recording = example.recording
    assert recording is not None
    trace, counts = recording.trace(population, variable), recording.counts[population][0]
    values = (trace.values[0] * (1000 if trace.unit == "V" else 1)).astype(np.float32)
    names = example.field_classes or (tuple(classes) if len(classes) == len(counts) else ("",) * len(counts))
    busiest = np.argsort(-counts, kind="stable")[:_POTENTIALS]
    looks = {int(unit): _look(names[unit], example) for unit in sorted(busiest)}
    units = sorted(looks, key=lambda unit: looks[unit][0] != FAINT)  # what matters is drawn last, above the others
    return {
        "times": [(1000 * recording.dt * np.arange(len(values))).astype(np.float32)] * len(units),
        "values": [values[:, unit] for unit in units],
        "unit": [f"{unit}, class {names[unit]}" if names[unit] else f"{unit}" for unit in units],
        "colour": [looks[unit][0] for unit in units],
        "width": [looks[unit][1] for unit in units],
    }


def _look(name: str, example: Example) -> tuple[str, float]:
    """Colour and width of the line of a unit that stands for this class ("" for none)."""
    if name == example.predicted_class:
        return BLUE, 2.0
    return (INK, 2.0) if name == example.true_class else (FAINT, 1.0)
