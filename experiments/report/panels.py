"""Plots of an interactive raster: each exists once per network, with columns and a title for every image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bokeh.models import DataRange1d, FactorRange, PlainText, Range1d
from bokeh.palettes import Greys256

from bnsim.binning import Bins
from bnsim.plotting.style import BLUE, FAINT, INK, VERMILLION, colour
from bnsim.recording import Recording
from experiments.report.plots import TOOLS, Columns, Fact, Panel, frame, hover, panel, style_legend
from experiments.report.side_by_side import WIDEST, hidden_layers, output_label, output_scores
from experiments.run_directory import Example

_RATE_BINS = 50
_POTENTIALS = 10
_PIXELS = 130


def recorded(recording: Recording) -> list[str]:
    """Return the populations whose spikes were recorded, in the order of the network, which determines their colours.

    Parameters
    ----------
    recording
        A recording.

    Returns
    -------
    list of str
        Names of the populations.
    """
    return [name for name in recording.counts if name in recording.spikes]


def image(examples: Sequence[Example]) -> Panel:
    """Plot the input: pixels, or a bar for each feature.

    Parameters
    ----------
    examples
        Responses of one network to each image.

    Returns
    -------
    Panel
        The plot.
    """
    titles = [f"Input: {example.true_class}" for example in examples]
    if examples[0].image.ndim == 1:
        features = np.arange(len(examples[0].image))
        bars = panel(frame(150), [{"feature": features, "value": example.image} for example in examples], titles)
        bars.plot.vbar("feature", 0.8, "value", source=bars.source, color=INK)
        bars.plot.xaxis.axis_label = "Feature"
        bars.plot.yaxis.axis_label = "Scaled value"
        return bars
    height, width = examples[0].image.shape
    # The width of the frame depends on the image, not on the page.
    plot = frame(height=_PIXELS + 30, x_range=Range1d(0, width))
    plot.update(sizing_mode="fixed", width=round(_PIXELS * min(width / height, WIDEST)) + 24, min_border_left=12)
    plot.y_range = Range1d(0, height)
    pixels = panel(plot, [{"pixels": [example.image.astype(np.float32)]} for example in examples], titles)
    plot.image("pixels", source=pixels.source, x=0, y=0, dw=width, dh=height, palette=Greys256[::-1], origin="top_left")
    plot.axis.visible = False
    return pixels


def scores(examples: Sequence[Example], classes: list[str]) -> Panel:
    """Plot the values that determine the decision, with the predicted class in colour.

    Parameters
    ----------
    examples
        Responses of one network to each image.
    classes
        Names of the classes.

    Returns
    -------
    Panel
        The plot.
    """
    kind, shade = ("ANN", VERMILLION) if examples[0].recording is None else ("BNS", BLUE)
    columns, titles = [], []
    for example in examples:
        colours = [shade if name == example.predicted_class else FAINT for name in classes]
        columns.append({"name": classes, "value": output_scores(example), "colour": colours})
        verdict = "right" if example.predicted_class == example.true_class else "wrong"
        titles.append(f"{kind}: {example.predicted_class} ({verdict})")
    bars = panel(frame(_PIXELS + 60, FactorRange(*classes)), columns, titles)
    drawn = bars.plot.vbar("name", 0.75, "value", source=bars.source, color="colour")
    bars.plot.add_tools(hover([drawn], [Fact("class", "@name"), Fact("value", "@value{0.000}")]))
    if all(np.min(output_scores(example)) >= 0 for example in examples):  # votes may be logarithms
        bars.plot.y_range.start = 0
    bars.plot.yaxis.axis_label = output_label(examples[0])
    if max(map(len, classes)) > 3:
        bars.plot.xaxis.major_label_orientation = 0.7
    return bars


def activations(examples: Sequence[Example]) -> list[Panel]:
    """Plot the activations of each hidden layer of an ANN, with a bar for each unit.

    Parameters
    ----------
    examples
        Responses of one network to each image.

    Returns
    -------
    list of Panel
        A plot for each layer.
    """
    layers = [hidden_layers(example) for example in examples]
    panels = []
    for name, values in layers[0].items():
        columns = [{"unit": np.arange(len(values)), "value": of_image[name].astype(np.float32)} for of_image in layers]
        bars = panel(frame(190, tools=TOOLS), columns, [f"{name}: activations"] * len(examples))
        bars.plot.x_range = Range1d(-0.5, len(values) - 0.5, bounds="auto")
        drawn = bars.plot.vbar("unit", 0.9, "value", source=bars.source, color=VERMILLION, line_color=None)
        bars.plot.add_tools(hover([drawn], [Fact("unit", "@unit"), Fact("activation", "@value{0.000}")]))
        bars.plot.xaxis.axis_label = "Unit"
        bars.plot.yaxis.axis_label = "Activation"
        panels.append(bars)
    return panels


def rates(recordings: Sequence[Recording], time_range: Range1d) -> Panel:
    """Plot the mean firing rate of each population in bins of a fiftieth of the trial, with a line for each population.

    Parameters
    ----------
    recordings
        Recording of each image.
    time_range
        Common time axis, in ms.

    Returns
    -------
    Panel
        The plot.
    """
    first = recordings[0]
    steps = -(-first.n_steps // _RATE_BINS)
    columns = [_rates(recording, steps) for recording in recordings]
    title = f"Population rates, bins of {1000 * steps * first.dt:.3g} ms"
    lines = panel(frame(150, time_range, tools=TOOLS), columns, [title] * len(recordings))
    drawn = []
    for index, name in enumerate(recorded(first)):
        shade = colour(index)
        line = lines.plot.line(
            "time", _rate(index), source=lines.source, color=shade, line_width=1.6, legend_label=name
        )
        drawn.append(line)
    lines.plot.y_range = DataRange1d(start=0, only_visible=True, renderers=drawn)
    # One tooltip for all lines, attached to a line that is never hidden.
    unseen = lines.plot.line("time", _rate(0), source=lines.source, line_alpha=0)
    facts = [Fact(name, f"@{_rate(index)}{{0.0}}", "Hz") for index, name in enumerate(recorded(first))]
    lines.plot.add_tools(hover([unseen], [*facts, Fact("time", "@from{0.0} to @to{0.0}", "ms")], "vline"))
    lines.plot.yaxis.axis_label = "Rate (Hz)"
    style_legend(lines.plot)
    return lines


def _rate(index: int) -> str:
    """Return the name of the column with the rates of a population."""
    return f"rate_{index}"


def _rates(recording: Recording, steps_per_bin: int) -> Columns:
    """Return step functions: the rate (Hz) of each bin at its beginning and at its end."""
    bins = Bins(recording.dt, recording.n_steps, steps_per_bin)
    begin, end = (1000 * recording.dt * side for side in (bins.edge_steps[:-1], bins.edge_steps[1:]))
    columns: Columns = {
        "time": np.column_stack([begin, end]).ravel(),
        "from": begin.repeat(2),
        "to": end.repeat(2),
    }
    for index, name in enumerate(recorded(recording)):
        times, _ = recording.spikes[name].of_trial(0)
        columns[_rate(index)] = (bins.count(times) / (len(recording.spikes[name].units) * bins.durations)).repeat(2)
    return {name: values.astype(np.float32) for name, values in columns.items()}


def potentials(examples: Sequence[Example], classes: list[str], time_range: Range1d) -> list[Panel]:
    """Plot the recorded traces of the units with the most spikes, with a plot for each variable of each population.

    Units that represent the predicted class are blue; if the prediction is wrong, those of the true class are dark.

    Parameters
    ----------
    examples
        Responses of one network to each image.
    classes
        Names of the classes.
    time_range
        Common time axis, in ms.

    Returns
    -------
    list of Panel
        The plots.
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
            value = Fact(quantity, "$snap_y{0.00}", unit)
            lines.plot.add_tools(hover([drawn], [Fact("unit", "@unit"), value, Fact("time", "$snap_x{0.00}", "ms")]))
            label = f"{quantity.capitalize()} ({unit})" if unit else quantity.capitalize()
            lines.plot.yaxis.axis_label = PlainText(text=label)
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
    units = sorted(looks, key=lambda unit: looks[unit][0] != FAINT)  # highlighted units last, on top
    return {
        "times": [(1000 * trace.times).astype(np.float32)] * len(units),
        "values": [values[:, unit] for unit in units],
        "unit": [f"{unit}, class {names[unit]}" if names[unit] else f"{unit}" for unit in units],
        "colour": [looks[unit][0] for unit in units],
        "width": [looks[unit][1] for unit in units],
    }


def _look(name: str, example: Example) -> tuple[str, float]:
    """Return the colour and the width of the line of a unit that represents this class ("" for none)."""
    if name == example.predicted_class:
        return BLUE, 2.0
    return (INK, 2.0) if name == example.true_class else (FAINT, 1.0)
