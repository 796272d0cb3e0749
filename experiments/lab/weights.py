"""What the lab draws of weights that learn: their distribution, and their courses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from bokeh.models import ColumnDataSource, Range1d

import bnsim
from bnsim.plotting.style import BLUE
from bnsim.recording import Recording
from experiments.lab.views import Columns, Plot, View
from experiments.report.plots import TOOLS, Fact, frame, hover

BINS = 30


@dataclass(frozen=True)
class WeightHistogram(View):
    """Distribution of a projection's weights at the moment.

    Parameters
    ----------
    projection
        The projection, whose weights are recorded.
    largest
        Largest weight, in SI units.
    """

    projection: str
    largest: float
    grows = False
    timed = False

    def _draw(self, network: bnsim.Network, time: Range1d) -> Plot:
        plot = frame(190, Range1d(0, 1), tools=TOOLS)
        plot.title.text = f"Weights of {self.projection} now"
        plot.y_range.start = 0
        plot.xaxis.axis_label = "Weight relative to the largest"
        plot.yaxis.axis_label = "Synapses"
        source = ColumnDataSource({"left": [0.0], "right": [0.0], "number": [0]})
        drawn = plot.quad("left", "right", "number", 0, source=source, fill_color=BLUE, line_color="white")
        plot.add_tools(
            hover([drawn], [Fact("weight", "@left{0.00} to @right{0.00}"), Fact("synapses", "@number")], "vline")
        )
        return Plot(plot, source)

    def _columns(self, recording: Recording, network: bnsim.Network) -> Columns:
        numbers, edges = np.histogram(recording.weights[self.projection].values[0, -1] / self.largest, BINS, (0, 1))
        return {"left": edges[:-1].round(4).tolist(), "right": edges[1:].round(4).tolist(), "number": numbers.tolist()}


@dataclass(frozen=True)
class WeightCourse(View):
    """Weights of some synapses over time, as an image: a row each, the darker the stronger.

    Parameters
    ----------
    projection
        The projection, whose weights are recorded.
    largest
        Largest weight, in SI units.
    number
        How many synapses are shown, evenly chosen.
    every
        Time between two samples in ms.
    """

    projection: str
    largest: float
    number: int
    every: int
    grows = True

    def _draw(self, network: bnsim.Network, time: Range1d) -> Plot:
        plot = frame(190, time, tools=TOOLS)
        plot.title.text = f"Weights of {self.number} synapses of {self.projection}: the darker, the stronger"
        plot.y_range = Range1d(0, self.number, bounds=(0, self.number))
        plot.yaxis.axis_label = "Synapse"
        columns: Columns = {name: [] for name in ("left", "right", "bottom", "top", "synapse", "weight", "shade")}
        source = ColumnDataSource(columns)
        drawn = plot.quad(
            "left", "right", "bottom", "top", source=source, fill_color=BLUE, fill_alpha="shade", line_color=None
        )
        facts = [Fact("synapse", "@synapse"), Fact("weight", "@weight{0.00}"), Fact("time", "@left{0}", "ms")]
        plot.add_tools(hover([drawn], facts))
        return Plot(plot, source)

    def _columns(self, recording: Recording, network: bnsim.Network) -> Columns:
        trace = recording.weights[self.projection]
        chosen = np.linspace(0, trace.values.shape[2] - 1, self.number).round().astype(int)
        values = (trace.values[0][:, chosen] / self.largest).round(3)
        sampled, row = (each.ravel() for each in np.indices(values.shape))
        times = 1e3 * trace.times
        return {
            "left": times[sampled].round(2).tolist(),
            "right": (times + self.every)[sampled].round(2).tolist(),
            "bottom": row.tolist(),
            "top": (row + 1).tolist(),
            "synapse": trace.units[chosen][row].tolist(),
            "weight": values.ravel().tolist(),
            "shade": values.ravel().tolist(),
        }
