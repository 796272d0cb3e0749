"""Interactive rasters of a run: for each spiking network its plots and those of the ANN next to it, for all images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bokeh.embed import json_item
from bokeh.layouts import column, row
from bokeh.models import ColumnDataSource, PlainText, Range1d
from bokeh.models.layouts import LayoutDOM
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from experiments.report.panels import activations, image, potentials, rates, scores
from experiments.report.plots import Panel, stacked
from experiments.report.side_by_side import Pair
from experiments.report.spikes import spikes


@dataclass(frozen=True)
class Network:
    """Plots of one spiking network, and of the ANN next to it if there is one, as JSON that can be embedded in a page.

    The `tags` of a layout hold what it takes to show another image: the sources that its plots show, the sources that
    hold the columns of each image, and the plots' titles with those of each image (`templates/picker.js`).

    Parameters
    ----------
    spiking
        Plots of the spiking network.
    artificial
        Plots of the ANN; None if there is none.
    """

    spiking: Markup
    artificial: Markup | None


def network(pairs: Sequence[Pair], classes: Sequence[str]) -> Network:
    """Create the plots of one spiking network for several images.

    Parameters
    ----------
    pairs
        Responses of the network, and of the ANN next to it, to each image.
    classes
        Names of the classes.

    Returns
    -------
    Network
        The plots.
    """
    spiking = _spiking(pairs, list(classes))
    artificial = _artificial(pairs, list(classes)) if pairs[0].ann else None
    return Network(_json(spiking), _json(artificial) if artificial else None)


def _json(layout: LayoutDOM) -> Markup:
    # Keys must keep their order: Bokeh defines a model where it first occurs. (Jinja's own filter would sort them.)
    return htmlsafe_json_dumps(json_item(layout))


def _spiking(pairs: Sequence[Pair], classes: list[str]) -> LayoutDOM:
    examples = [pair.bns for pair in pairs]
    recordings = [example.recording for example in examples if example.recording is not None]
    end = 1000 * recordings[0].duration
    time_range = Range1d(0, end, bounds=(0, end))
    shown, decision = image(examples), scores(examples, classes)
    timed = [
        *spikes(recordings, time_range),
        rates(recordings, time_range),
        *potentials(examples, classes, time_range),
    ]
    for panel in timed[:-1]:
        panel.plot.xaxis.major_label_text_font_size = "0pt"
    timed[-1].plot.xaxis.axis_label = "Time (ms)"  # the lowest plot has the time axis of all
    # Images are shown next to the counts, long feature vectors above them.
    head = (row if examples[0].image.ndim == 2 else column)(shown.plot, decision.plot, sizing_mode="stretch_width")
    layout = column(head, stacked([panel.plot for panel in timed]), sizing_mode="stretch_width")
    return _pickable(layout, [shown, decision, *timed])


def _artificial(pairs: Sequence[Pair], classes: list[str]) -> LayoutDOM:
    examples = [pair.ann for pair in pairs if pair.ann]
    decision, hidden = scores(examples, classes), activations(examples)
    layout = column(
        decision.plot, *([stacked([panel.plot for panel in hidden])] if hidden else []), sizing_mode="stretch_width"
    )
    return _pickable(layout, [decision, *hidden])


def _pickable(layout: LayoutDOM, panels: list[Panel]) -> LayoutDOM:
    """Let the layout hold what it takes to show another image."""
    shown = [panel.source for panel in panels]
    stored = [[ColumnDataSource(columns) for columns in panel.columns] for panel in panels]
    texts = [[panel.plot.title, [PlainText(text=text) for text in panel.titles]] for panel in panels]
    layout.tags = [shown, stored, texts]
    return layout
