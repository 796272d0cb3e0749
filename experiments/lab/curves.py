"""What the lab draws of cells: the f-I curve and the phase plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, Range1d
from contourpy import contour_generator

import bnsim
from bnsim.arrays import FloatArray
from bnsim.plotting.plane import Plane
from bnsim.plotting.style import BLUE, FAINT, INK
from bnsim.recording import Recording
from experiments.lab.units import sign
from experiments.lab.views import Columns, Plot, View
from experiments.report.plots import TOOLS, Fact, frame, hover


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

    def _draw(self, network: bnsim.Network, time: Range1d) -> Plot:
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

    def _columns(self, recording: Recording, network: bnsim.Network) -> Columns:
        counts = recording.spike_counts(self.population)[0]
        currents = np.linspace(0, self.top, len(counts))
        rates = counts / recording.duration
        return {"current": np.round(currents, 6).tolist(), "rate": np.round(rates, 2).tolist()}


@dataclass(frozen=True)
class PhasePlane(View):
    """The path of a cell in the plane of its two variables, and the lines on which one of them stands still.

    Parameters
    ----------
    population
        A population with a constant current, whose first cell is shown.
    membrane
        Its membrane potential.
    other
        Its other variable.
    """

    population: str
    membrane: str
    other: str
    grows = False
    timed = False

    def _draw(self, network: bnsim.Network, time: Range1d) -> Plot:
        plot = frame(280, tools=TOOLS)
        plot.title.text = f"Phase plane: path (blue), nullclines of the potential (grey) and {self.other} (black)"
        plot.xaxis.axis_label = "Potential (mV)"
        unit = Plane.of(network[self.population].model, None).units[1]
        plot.yaxis.axis_label = " ".join(filter(None, [self.other, f"({_READ[unit][0]})" if unit in _READ else ""]))
        source = ColumnDataSource({"x": [[0.0]], "y": [[0.0]], "colour": [BLUE], "width": [1.2]})
        plot.multi_line("x", "y", source=source, line_color="colour", line_width="width")
        return Plot(plot, source)

    def _columns(self, recording: Recording, network: bnsim.Network) -> Columns:
        traces = [recording.trace(self.population, name) for name in (self.membrane, self.other)]
        path = [trace.values[0, :, 0].astype(float) for trace in traces]
        current = network[self.population].drives[0].amplitude  # type: ignore[attr-defined]
        plane = Plane.of(network[self.population].model, current)
        lines = [*_nullclines(plane, path), path]
        scale = 1e3, _READ.get(plane.units[1], ("", 1.0))[1]
        return {
            "x": [(x * scale[0]).round(3).tolist() for x, _ in lines],
            "y": [[float(f"{value:.5g}") for value in y * scale[1]] for _, y in lines],
            "colour": [FAINT, INK, BLUE],
            "width": [1.5, 1.5, 1.2],
        }


_READ = {"V": ("mV", 1e3), "A": ("pA", 1e12)}
"""SI unit -> the unit in which the second variable reads well, and how many of it make one."""
_FINE = 120
"""Points of a grid along each axis."""


def _nullclines(plane: Plane, path: list[FloatArray]) -> list[list[FloatArray]]:
    """Where each variable stands still, around the path; the pieces of a line are parted by NaN."""
    x, y = (np.linspace(*_around(each), _FINE) for each in path)
    found = []
    for rate in plane.rates(*np.meshgrid(x, y)):
        pieces: Any = contour_generator(x, y, np.nan_to_num(rate)).lines(0.0)
        parted = [part for piece in pieces for part in (piece, np.full((1, 2), np.nan))][:-1]
        found.append(list(np.concatenate(parted).T) if parted else [np.zeros(0), np.zeros(0)])
    return found


def _around(values: FloatArray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.15 * (high - low) or 1e-3
    return low - margin, high + margin
