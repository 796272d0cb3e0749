"""The look of interactive plots, which the pages of runs and the lab share; what draws them lies in the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bokeh.layouts import gridplot
from bokeh.models import ColumnDataSource, GlyphRenderer, HoverTool, PlainText, Range
from bokeh.models.layouts import LayoutDOM
from bokeh.plotting import figure
from bokeh.resources import Resources
from markupsafe import Markup, escape

from bnsim.plotting.style import INK

Columns: TypeAlias = dict[str, Any]

TOOLS = "xbox_zoom,xpan,xwheel_zoom,reset"
LEFT = 66
"""Pixels to the left of each frame, so that time axes are aligned."""


@dataclass(frozen=True)
class Fact:
    """A line of a tooltip.

    Parameters
    ----------
    name
        What the value is; any text.
    value
        The value in Bokeh's notation, such as "@unit" for a column. Columns have names of ours, never those of a run.
    unit
        Unit of the value; any text.
    """

    name: str
    value: str
    unit: str = ""


@dataclass(frozen=True)
class Panel:
    """One plot, with the data and the title for each example image.

    Parameters
    ----------
    plot
        The plot.
    source
        Data that the plot shows.
    columns
        Columns of the source for each image.
    titles
        Title for each image.
    """

    plot: figure
    source: ColumnDataSource
    columns: list[Columns]
    titles: list[str]


def panel(plot: figure, columns: list[Columns], titles: list[str]) -> Panel:
    """Create a panel that shows the first image.

    What is drawn on `plot` must take its data from the panel's source.

    Parameters
    ----------
    plot
        The plot.
    columns
        Columns of the source for each image.
    titles
        Title for each image.

    Returns
    -------
    Panel
        The panel.
    """
    plot.title.text = PlainText(text=titles[0])
    return Panel(plot, ColumnDataSource(dict(columns[0])), columns, titles)


def frame(height: int, x_range: Range | None = None, *, tools: str = "") -> figure:
    """Create an empty plot as wide as its container, in the style of the other figures: no frame, no grid, dark text.

    Parameters
    ----------
    height
        Height in pixels.
    x_range
        Range of the x axis; None for automatic.
    tools
        Names of Bokeh's tools, separated by commas.

    Returns
    -------
    figure
        The plot.
    """
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


def hover(renderers: Sequence[GlyphRenderer], facts: Sequence[Fact], mode: str = "mouse") -> HoverTool:
    """Create a tooltip for the element at the pointer.

    On lines it describes the point at which the segment below the pointer begins.

    Parameters
    ----------
    renderers
        What has the tooltip.
    facts
        What the tooltip says.
    mode
        Bokeh's mode of hit-testing.

    Returns
    -------
    HoverTool
        The tooltip.
    """
    # Bokeh's default tooltip prints names in a light blue with too little contrast.
    line = '<div style="color: {}">{}: <strong>{}</strong></div>'
    text = "".join(line.format(INK, _plain(fact.name), f"{fact.value} {_plain(fact.unit)}".strip()) for fact in facts)
    return HoverTool(renderers=list(renderers), tooltips=text, mode=mode, line_policy="prev")


def _plain(text: str) -> str:
    """Return HTML that shows a text, also within a template of Bokeh's, where @ and $ begin a reference."""
    return str(escape(text)).replace("@", "&#64;").replace("$", "&#36;")


def style_legend(plot: figure) -> None:
    """Put the legend of a plot into its upper right corner; a click on an entry hides its line.

    Parameters
    ----------
    plot
        A plot with a legend.
    """
    plot.legend.update(orientation="horizontal", location="top_right", padding=2, margin=0, border_line_color=None)
    plot.legend.update(background_fill_alpha=0.8, click_policy="hide")
    plot.legend.update(label_text_color=INK, label_text_font_size="9pt")


def stacked(plots: Sequence[figure]) -> LayoutDOM:
    """Stack plots, with one toolbar for all.

    Parameters
    ----------
    plots
        The plots, from top to bottom.

    Returns
    -------
    LayoutDOM
        The layout.
    """
    options = {"logo": None}
    return gridplot(
        [[plot] for plot in plots], sizing_mode="stretch_width", toolbar_location="right", toolbar_options=options
    )


def library() -> list[Markup]:
    """Return the scripts that draw the plots; they need no network access.

    Returns
    -------
    list of Markup
        Contents of script elements.
    """
    # Only the core plotting library: widgets, tables and formulas would make the page four times as large.
    return [Markup(script) for script in Resources(mode="inline", components=["bokeh"]).js_raw]
