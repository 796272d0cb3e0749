"""What the lab draws of images and of those who learn from them: fields, learning curves, weights, answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, LinearColorMapper, Range1d
from bokeh.plotting import figure
from bokeh.transform import dodge

from bnsim.arrays import FloatArray
from bnsim.plotting.style import BLUE, INK, ORANGE
from experiments.lab.views import Columns, Plot
from experiments.report.plots import TOOLS, Fact, frame, hover, style_legend

LIGHTEST, DARKEST = np.array([255, 255, 255]), np.array([0, 97, 153])
SHADES = tuple("#{:02x}{:02x}{:02x}".format(*(LIGHTEST + share * (DARKEST - LIGHTEST)).round().astype(int))
               for share in np.linspace(0, 1, 64))  # fmt: skip
"""From white to a dark blue, whose brightness falls evenly."""
FIELD, PITCH = 0.9, 1.3
"""Side of a field, where the next one begins 1 to the right, and from one row of fields to the next."""
BINS = 30


def fields_plot(number: int) -> Plot:
    """Return an empty plot of receptive fields.

    Parameters
    ----------
    number
        How many there are.

    Returns
    -------
    Plot
        The plot.
    """
    _, rows = grid(number)
    plot = frame(70 + 48 * rows, tools=TOOLS)
    plot.title.text = "Receptive fields: the weights into each cell, and the class that it stands for"
    plot.axis.visible = False
    empty = {"image": [np.zeros((2, 2))], "x": [0.0], "y": [0.0], "middle": [0.0], "cell": [""], "label": [""]}
    source = ColumnDataSource(empty)
    _square(plot)
    plot.image("image", "x", "y", FIELD, FIELD, source=source, color_mapper=_mapper())
    plot.text("middle", "y", "label", source=source, text_color=INK, text_font_size="9pt", **_BELOW)
    over = {"fill_alpha": 0, "line_color": "#c8c8ce"}
    shown = plot.rect("middle", dodge("y", FIELD / 2), FIELD, FIELD, source=source, **over)
    plot.add_tools(hover([shown], [Fact("cell", "@cell"), Fact("stands for", "@label")]))
    return Plot(plot, source)


_BELOW = {"text_align": "center", "text_baseline": "top", "y_offset": 1}


def _square(plot: figure) -> None:
    """Let a unit be as long across as upwards, whatever the plot's width."""
    plot.match_aspect = True
    for axis in (plot.x_range, plot.y_range):
        axis.range_padding = 0.06  # room for the words below the lowest row


def _mapper() -> LinearColorMapper:
    return LinearColorMapper(palette=SHADES, low=0, high=1)


def grid(number: int) -> tuple[int, int]:
    """Return columns and rows of a grid twice as wide as high.

    Parameters
    ----------
    number
        How many places there are.

    Returns
    -------
    tuple of int
        Columns and rows.
    """
    columns = int(np.ceil(np.sqrt(2.0 * number)))
    return columns, -(-number // columns)


def fields_columns(fields: FloatArray, labels: Sequence[str]) -> Columns:
    """Return what a plot of receptive fields shows.

    Parameters
    ----------
    fields
        Weights (cell, row, column), white at 0 and darkest at the largest of all.
    labels
        The class that each cell stands for, empty for none.

    Returns
    -------
    Columns
        An image for each cell, the first at the top left.
    """
    columns, rows = grid(len(fields))
    place, row = np.arange(len(fields)) % columns, np.arange(len(fields)) // columns
    images = np.round(fields[:, ::-1] / (fields.max() or 1.0), 2)
    return {
        "image": images.tolist(),
        "x": place.tolist(),
        "y": (PITCH * (rows - 1 - row)).round(2).tolist(),
        "middle": (place + FIELD / 2).tolist(),
        "cell": [str(cell) for cell in range(len(fields))],
        "label": list(labels),
    }


def curve_plot(end: int) -> Plot:
    """Return an empty plot of a learning curve.

    Parameters
    ----------
    end
        Presentations at its end, at the beginning.

    Returns
    -------
    Plot
        The plot.
    """
    plot = frame(170, Range1d(0, end), tools=TOOLS)
    plot.title.text = "Learning curve: share of validation images that are recognised"
    plot.y_range = Range1d(0, 1, bounds=(0, 1))
    plot.xaxis.axis_label = "Presentations"
    plot.yaxis.axis_label = "Accuracy"
    source = ColumnDataSource({"seen": [0.0], "accuracy": [0.0]})
    plot.line("seen", "accuracy", source=source, color=BLUE, line_width=1.5)
    drawn = plot.scatter("seen", "accuracy", source=source, color=BLUE, size=5)
    facts = [Fact("presentations", "@seen"), Fact("accuracy", "@accuracy{0.0 %}")]
    plot.add_tools(hover([drawn], facts, "vline"))
    return Plot(plot, source)


def weights_plot() -> Plot:
    """Return an empty plot of how weights are distributed.

    Returns
    -------
    Plot
        The plot.
    """
    plot = frame(150, Range1d(0, 1), tools=TOOLS)
    plot.title.text = "All these weights"
    plot.y_range.start = 0
    plot.xaxis.axis_label = "Weight"
    plot.yaxis.axis_label = "Synapses"
    source = ColumnDataSource({"left": [0.0], "right": [0.0], "number": [0]})
    drawn = plot.quad("left", "right", "number", 0, source=source, fill_color=BLUE, line_color="white")
    facts = [Fact("weight", "@left{0.00} to @right{0.00}"), Fact("synapses", "@number")]
    plot.add_tools(hover([drawn], facts, "vline"))
    return Plot(plot, source)


def weights_columns(weights: FloatArray) -> Columns:
    """Return what a plot of how weights are distributed shows.

    Parameters
    ----------
    weights
        From 0 to 1, of any shape.

    Returns
    -------
    Columns
        A bar for each of some ranges.
    """
    numbers, edges = np.histogram(weights, BINS, (0, 1))
    return {"left": edges[:-1].round(4).tolist(), "right": edges[1:].round(4).tolist(), "number": numbers.tolist()}


def picture_plot() -> Plot:
    """Return an empty plot of one image.

    Returns
    -------
    Plot
        The plot.
    """
    plot = frame(170, tools=TOOLS)
    plot.title.text = "What both networks see"
    plot.axis.visible = False
    source = ColumnDataSource({"image": [np.zeros((2, 2))]})
    _square(plot)
    plot.image("image", 0, 0, 1, 1, source=source, color_mapper=_mapper())
    return Plot(plot, source)


def picture_columns(image: FloatArray) -> Columns:
    """Return what a plot of one image shows.

    Parameters
    ----------
    image
        From 0 to 1 (row, column).

    Returns
    -------
    Columns
        The image.
    """
    return {"image": [np.round(image[::-1], 3).tolist()]}


def votes_plot(classes: Sequence[str], names: tuple[str, str]) -> Plot:
    """Return an empty plot of two networks' votes.

    Parameters
    ----------
    classes
        The classes.
    names
        Of the brain-like network and its twin.

    Returns
    -------
    Plot
        The plot.
    """
    plot = frame(190, tools=TOOLS)
    plot.title.text = "Votes: the share of each class in the output"
    plot.x_range, plot.y_range = Range1d(-0.6, len(classes) - 0.4), Range1d(0, 1.12)
    plot.xaxis.ticker = list(range(len(classes)))
    plot.xaxis.major_label_overrides = dict(enumerate(classes))
    plot.xaxis.axis_label = "Class"
    plot.yaxis.axis_label = "Share"
    empty: dict[str, list[Any]] = {"class": [], "name": []}
    source = ColumnDataSource({**empty, "first": [], "second": [], "output": [], "other": []})
    bars = []
    for column, name, colour, aside in zip(("first", "second"), names, (BLUE, ORANGE), (-0.2, 0.2), strict=True):
        bars.append(
            plot.vbar(
                dodge("class", aside),
                0.38,
                column,
                source=source,
                fill_color=colour,
                line_color=None,
                legend_label=name,
            )
        )
    style_legend(plot)
    facts = [Fact("class", "@name")]
    facts += [Fact(name, f"@{column}{{0.000}}") for name, column in zip(names, ("first", "second"), strict=True)]
    facts += [Fact("output units", "@output and @other")]
    plot.add_tools(hover(bars, facts))
    return Plot(plot, source)
