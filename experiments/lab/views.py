"""What the lab draws of a run while it goes on: spikes, rates, membrane potentials, spectrum."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias

import numpy as np
from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure
from brian2.units import ms

import bnsim
from bnsim.binning import Bins
from bnsim.plotting.style import colour
from bnsim.recording import Recording
from experiments.report.plots import TOOLS, Fact, frame, hover, style_legend

Columns: TypeAlias = dict[str, list[Any]]

SHOWN = 80
"""Most neurons of a population whose spikes are drawn, evenly chosen."""


@dataclass(frozen=True)
class Plot:
    """A plot and the data that it shows.

    Parameters
    ----------
    plot
        The plot.
    source
        Its data, empty at first.
    """

    plot: figure
    source: ColumnDataSource


@dataclass(frozen=True)
class Shown:
    """What a plot shows from now on.

    Parameters
    ----------
    columns
        Columns of its source.
    grows
        Whether they are added to what it shows.
    """

    columns: Columns
    grows: bool = False


@dataclass(frozen=True)
class Drawn:
    """The plots of an experiment.

    Parameters
    ----------
    plots
        From top to bottom.
    time
        The axis of time in ms that some of them share, None where none has one.
    """

    plots: tuple[Plot, ...]
    time: Range1d | None


def arranged(plots: Sequence[tuple[Plot, bool]], time: Range1d | None) -> Drawn:
    """Return plots with their common axis of time labelled once.

    Parameters
    ----------
    plots
        Each plot, and whether its x axis is that of time.
    time
        The axis.

    Returns
    -------
    Drawn
        The plots.
    """
    timed = [each.plot for each, is_timed in plots if is_timed]
    for plot in timed[:-1]:
        plot.xaxis.major_label_text_font_size = "0pt"
    for plot in timed[-1:]:
        plot.xaxis.axis_label = "Time (ms)"
    return Drawn(tuple(each for each, _ in plots), time)


class View(ABC):
    """A way to look at a simulation.

    Attributes
    ----------
    grows
        Whether each piece of a run adds to the plot; otherwise the plot shows all that was recorded so far.
    timed
        Whether its x axis is time.
    """

    grows: ClassVar[bool]
    timed: ClassVar[bool] = True

    def draw(self, network: bnsim.Network, time: Range1d) -> Plot:
        """Return the plot without data.

        Parameters
        ----------
        network
            The network.
        time
            Time axis in ms that all plots of time share.

        Returns
        -------
        Plot
            The plot.
        """
        return self._draw(network, time)

    def columns(self, recording: Recording, network: bnsim.Network) -> Columns:
        """Return what a plot shows.

        Parameters
        ----------
        recording
            The last piece of a run where the view grows, else the run so far.
        network
            The network.

        Returns
        -------
        Columns
            Columns of the plot's source.
        """
        return self._columns(recording, network)

    @abstractmethod
    def _draw(self, network: bnsim.Network, time: Range1d) -> Plot: ...

    @abstractmethod
    def _columns(self, recording: Recording, network: bnsim.Network) -> Columns: ...


@dataclass(frozen=True)
class Raster(View):
    """Spikes of populations, one above the other, the first at the bottom.

    Parameters
    ----------
    populations
        Their names.
    """

    populations: tuple[str, ...]
    grows = True

    def _draw(self, network: bnsim.Network, time: Range1d) -> Plot:
        return raster({name: network[name].size for name in self.populations}, time)

    def _columns(self, recording: Recording, network: bnsim.Network) -> Columns:
        return marks(recording, self.populations)


def raster(sizes: Mapping[str, int], time: Range1d, names: Mapping[str, str] = MappingProxyType({})) -> Plot:
    """Return an empty plot of spikes.

    Parameters
    ----------
    sizes
        Size of each population, from the bottom to the top.
    time
        Time axis in ms.
    names
        What stands at the axis for a population instead of its name.

    Returns
    -------
    Plot
        The plot.
    """
    numbers = [len(_chosen(size)) for size in sizes.values()]
    plot = frame(int(np.clip(90 + 1.2 * sum(numbers), 150, 330)), time, tools=TOOLS)
    plot.title.text = "Spikes"
    ends = np.cumsum([0, *numbers])
    plot.y_range = Range1d(-0.5, ends[-1] - 0.5, bounds=(-0.5, ends[-1] - 0.5))
    middles = [float(first + number / 2 - 0.5) for first, number in zip(ends, numbers, strict=False)]
    plot.yaxis.ticker = middles
    plot.yaxis.major_label_overrides = {
        middle: _named(names.get(name, name), size) for middle, (name, size) in zip(middles, sizes.items(), strict=True)
    }
    plot.yaxis.major_tick_line_color = None
    source = ColumnDataSource({"time": [], "low": [], "high": [], "unit": [], "population": [], "colour": []})
    drawn = plot.segment("time", "low", "time", "high", source=source, line_color="colour", line_width=1.4)
    facts = [Fact("population", "@population"), Fact("unit", "@unit"), Fact("time", "@time{0.0}", "ms")]
    plot.add_tools(hover([drawn], facts))
    return Plot(plot, source)


def marks(recording: Recording, populations: Sequence[str]) -> Columns:
    """Return what a plot of spikes shows.

    Parameters
    ----------
    recording
        A recording of one trial, or without trials.
    populations
        The populations of the plot.

    Returns
    -------
    Columns
        A mark for each spike.
    """
    columns: Columns = {"time": [], "low": [], "high": [], "unit": [], "population": [], "colour": []}
    sizes = [recording.populations[name] for name in populations]
    first, number = 0, sum(len(_chosen(size)) for size in sizes)
    half = max(0.45, number / 160)  # of a mark's height in rows: three pixels are seen well
    for place, (name, size) in enumerate(zip(populations, sizes, strict=True)):
        chosen = _chosen(size)
        rows = np.full(size, -1.0)
        rows[chosen] = first + np.arange(len(chosen))
        spikes = recording.spike_times(name)
        shown = rows[spikes.unit] >= 0
        columns["time"] += np.round(1e3 * spikes.time[shown], 2).tolist()
        columns["low"] += (rows[spikes.unit[shown]] - half).tolist()
        columns["high"] += (rows[spikes.unit[shown]] + half).tolist()
        columns["unit"] += spikes.unit[shown].tolist()
        columns["population"] += [name] * int(shown.sum())
        columns["colour"] += [colour(place)] * int(shown.sum())
        first += len(chosen)
    return columns


@dataclass(frozen=True)
class Rates(View):
    """Mean firing rate of populations in bins.

    Parameters
    ----------
    populations
        Their names.
    width
        Of a bin, in ms: a whole number of times the experiment's `piece`.
    """

    populations: tuple[str, ...]
    width: int = 5
    grows = True

    def _draw(self, network: bnsim.Network, time: Range1d) -> Plot:
        plot = frame(150, time, tools=TOOLS)
        plot.title.text = f"Population rates, bins of {self.width} ms"
        plot.y_range.start = 0
        plot.yaxis.axis_label = "Rate (Hz)"
        return _lines(plot, self.populations, "Hz", mode="after")

    def _columns(self, recording: Recording, network: bnsim.Network) -> Columns:
        bins = Bins.of("bin", self.width * ms, recording.dt, recording.n_steps, recording.first_step)
        columns: Columns = {"time": np.round(1e3 * recording.start + self.width * np.arange(len(bins)), 2).tolist()}
        for name in self.populations:
            counts = bins.count(recording.spike_times(name).time)
            columns[name] = np.round(counts / (bins.durations * network[name].size), 2).tolist()
        return columns


@dataclass(frozen=True)
class Potentials(View):
    """A variable of some units over time.

    Parameters
    ----------
    population
        The population.
    units
        Its units; their traces are recorded.
    variable
        The variable.
    """

    population: str
    units: tuple[int, ...]
    variable: str = "v"
    grows = True

    def _draw(self, network: bnsim.Network, time: Range1d) -> Plot:
        plot = frame(170, time, tools=TOOLS)
        plot.title.text = f"Membrane potentials of {self.population}"
        plot.yaxis.axis_label = "Potential (mV)"
        return _lines(plot, [f"unit {unit}" for unit in self.units], "mV")

    def _columns(self, recording: Recording, network: bnsim.Network) -> Columns:
        trace = recording.trace(self.population, self.variable)
        columns: Columns = {"time": np.round(1e3 * trace.times, 2).tolist()}
        for place, unit in enumerate(self.units):
            columns[f"unit {unit}"] = np.round(1e3 * trace.values[0, :, place].astype(float), 2).tolist()
        return columns


@dataclass(frozen=True)
class Spectrum(View):
    """Power spectrum of populations' rates.

    Parameters
    ----------
    populations
        Their names.
    """

    populations: tuple[str, ...]
    grows = False
    timed = False

    def _draw(self, network: bnsim.Network, time: Range1d) -> Plot:
        plot = frame(190, Range1d(0, 250, bounds=(0, 500)), tools=TOOLS)
        plot.title.text = "Spectrum of the rates"
        plot.y_range.start = 0
        plot.xaxis.axis_label = "Frequency (Hz)"
        plot.yaxis.axis_label = "Density (Hz²/Hz)"
        return _lines(plot, self.populations, "Hz²/Hz", along=("frequency", "Hz"))

    def _columns(self, recording: Recording, network: bnsim.Network) -> Columns:
        columns: Columns = {"frequency": [], **{name: [] for name in self.populations}}
        segment = min(0.256, recording.duration / 2)
        if segment < 0.05:
            return columns
        for name in self.populations:
            frequencies, density = bnsim.measures.power_spectrum(
                recording, name, bin_width=1 * ms, segment=int(1e3 * segment) * ms
            )
            columns["frequency"] = np.round(frequencies, 3).tolist()
            columns[name] = [float(f"{value:.5g}") for value in density]
        return columns


def _lines(
    plot: figure, names: Sequence[str], unit: str, mode: str = "", along: tuple[str, str] = ("time", "ms")
) -> Plot:
    """Draw a line for each name, with one tooltip for all."""
    # A point at the origin: an axis without data is a warning in the browser's console.
    source = ColumnDataSource({along[0]: [0.0], **{name: [0.0] for name in names}})
    drawn = []
    for place, name in enumerate(names):
        look: dict[str, Any] = {"color": colour(place), "line_width": 1.5}
        look |= {"legend_label": name} if len(names) > 1 else {}
        line = plot.line if not mode else partial(plot.step, mode=mode)
        drawn.append(line(along[0], name, source=source, **look))
    plot.y_range.renderers = drawn
    if len(names) > 1:
        style_legend(plot)
    unseen = plot.line(along[0], names[0], source=source, line_alpha=0)
    facts = [Fact(name, f"@{{{name}}}{{0.00}}", unit) for name in names]
    plot.add_tools(hover([unseen], [*facts, Fact(along[0], f"@{along[0]}{{0.0}}", along[1])], "vline"))
    return Plot(plot, source)


def _chosen(size: int) -> np.ndarray:
    return np.arange(size) if size <= SHOWN else np.linspace(0, size - 1, SHOWN).round().astype(int)


def _named(name: str, size: int) -> str:
    return f"{name} ({size})" if size <= SHOWN else f"{name} ({SHOWN} of {size:,})"
