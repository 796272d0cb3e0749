"""What the lab draws of cells: the f-I curve and the phase plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from bokeh.models import ColumnDataSource, DataRange1d, Range1d

import bnsim
from bnsim.plotting.style import BLUE
from bnsim.recording import Recording
from experiments.lab.units import UNITS, sign
from experiments.lab.views import Columns, Plot, View
from experiments.report.panels import TOOLS, Fact, frame, hover


@dataclass(frozen=True)
class FICurve(View):
    """Firing rates of cells with evenly spaced currents.

    Parameters
    ----------
    population
        The cells.
    top
        Current of the last one, that of the first being 0.
    unit
        Unit of the currents.
    """

    population: str
    top: float
    unit: str
    grows = False
    timed = False

    def draw(self, network: bnsim.Network, time: Range1d) -> Plot:
        plot = frame(200, Range1d(0, self.top, bounds=(0, self.top)), tools=TOOLS)
        plot.title.text = "f-I curve: firing rate for each current"
        plot.y_range.start = 0
        plot.xaxis.axis_label = f"Current ({sign(self.unit)})"
        plot.yaxis.axis_label = "Rate (Hz)"
        source = ColumnDataSource({"current": [0.0], "rate": [0.0]})
        plot.line("current", "rate", source=source, color=BLUE, line_width=1.5)
        drawn = plot.scatter("current", "rate", source=source, color=BLUE, size=5)
        facts = [Fact("current", "@current{0.000}", sign(self.unit)), Fact("rate", "@rate{0.0}", "Hz")]
        plot.add_tools(hover([drawn], facts, "vline"))
        return Plot(plot, source)

    def columns(self, recording: Recording, network: bnsim.Network) -> Columns:
        counts = recording.spike_counts(self.population)[0]
        currents = np.linspace(0, self.top, len(counts))
        rates = counts / recording.duration
        return {"current": np.round(currents, 6).tolist(), "rate": np.round(rates, 2).tolist()}


@dataclass(frozen=True)
class PhasePlane(View):
    """The path of a cell in the plane of its two variables.

    Parameters
    ----------
    population
        A population whose first cell is shown.
    membrane
        Its membrane potential.
    other
        Its other variable.
    """

    population: str
    membrane: str
    other: str
    grows = True
    timed = False

    def draw(self, network: bnsim.Network, time: Range1d) -> Plot:
        plot = frame(260, DataRange1d(), tools="box_zoom,pan,wheel_zoom,reset")
        plot.toolbar.active_drag = None
        plot.title.text = "Phase plane"
        plot.xaxis.axis_label = "Potential (mV)"
        plot.yaxis.axis_label = f"{self.other}"
        source = ColumnDataSource({"x": [0.0], "y": [0.0], "time": [0.0]})
        plot.line("x", "y", source=source, color=BLUE, line_width=1.2)
        return Plot(plot, source)

    def columns(self, recording: Recording, network: bnsim.Network) -> Columns:
        trace, other = recording.trace(self.population, self.membrane), recording.trace(self.population, self.other)
        unit = {"V": "mV", "A": "pA"}.get(other.unit, "")
        return {
            "x": np.round(1e3 * trace.values[0, :, 0].astype(float), 3).tolist(),
            "y": [float(f"{value:.5g}") for value in other.values[0, :, 0] / float(UNITS[unit])],
            "time": np.round(1e3 * trace.times, 2).tolist(),
        }
