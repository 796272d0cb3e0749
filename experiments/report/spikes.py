"""Plots of the spikes of a population: one mark for each spike or, for too many spikes, counts in bins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bokeh.models import CustomJSHover, LinearColorMapper, Range1d
from bokeh.palettes import interp_palette
from bokeh.plotting import figure
from numpy.typing import NDArray

from bnsim.binning import Bins
from bnsim.plotting.style import colour
from bnsim.recording import Recording
from experiments.report.panels import recorded
from experiments.report.plots import TOOLS, Fact, Panel, frame, hover, panel

MARKS = 30_000
"""Number of spikes of a population in one trial above which marks would make zooming slow and the page large."""
_TIME_BINS, _UNIT_BINS = 300, 150
_TINT = "#e8e8e8"


@dataclass(frozen=True)
class Density:
    """Spike counts of one trial.

    The last bin of either axis may be smaller, at the end of the population or of the trial.

    Parameters
    ----------
    counts
        Number of spikes (unit bin, time bin).
    units
        Height of a bin in units.
    steps
        Width of a bin in time steps.
    """

    counts: NDArray[np.unsignedinteger]
    units: int
    steps: int


def density(recording: Recording, population: str) -> Density:
    """Count the spikes of trial 0 in at most 150 x 300 bins of whole units and whole time steps.

    Parameters
    ----------
    recording
        A recording with spike times.
    population
        Name of the population.

    Returns
    -------
    Density
        The counts.
    """
    times, units = recording.spikes[population].of_trial(0)
    size = recording.populations[population]
    high, wide = -(-size // _UNIT_BINS), -(-recording.n_steps // _TIME_BINS)
    bins = Bins(recording.dt, recording.n_steps, wide)
    shape = (-(-size // high), len(bins))
    places = np.ravel_multi_index((units // high, bins.place(times)), shape)
    counts = np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape)
    return Density(counts.astype(np.min_scalar_type(counts.max())), high, wide)


def spikes(recordings: Sequence[Recording], time_range: Range1d) -> list[Panel]:
    """Plot the spikes of each population, with the output on top.

    All plots share the time axis, so that zooming in one zooms all. Colours are those of `bnsim.plotting.raster`.

    Parameters
    ----------
    recordings
        Recording of each image.
    time_range
        Common time axis, in ms.

    Returns
    -------
    list of Panel
        A plot for each population.
    """
    panels = []
    for index, population in enumerate(recorded(recordings[0])):
        most = max(len(recording.spikes[population].of_trial(0)[0]) for recording in recordings)
        draw = _marks if most <= MARKS else _image
        panels.append(draw(recordings, population, time_range, colour(index)))
    return panels[::-1]


def _plot(population: str, size: int, height: int, time_range: Range1d) -> figure:
    plot = frame(height + 30, time_range, tools=TOOLS)
    plot.y_range = Range1d(-0.5, size - 0.5, bounds=(-0.5, size - 0.5))
    plot.yaxis.axis_label = "Unit"
    return plot


def _marks(recordings: Sequence[Recording], population: str, time_range: Range1d, shade: str) -> Panel:
    size = recordings[0].populations[population]
    height = int(np.clip(70 + size / 6, 80, 240))
    trials = [recording.spikes[population].of_trial(0) for recording in recordings]
    columns = [{"time": (1000 * times).astype(np.float32), "unit": units.astype(np.int32)} for times, units in trials]
    titles = [f"{population}: {_spikes(len(times))}" for times, _ in trials]
    marks = panel(_plot(population, size, height, time_range), columns, titles)
    least = 3 if max(len(times) for times, _ in trials) > 1000 else 6  # a few marks are visible only if they are large
    drawn = marks.plot.scatter(
        "time",
        "unit",
        source=marks.source,
        marker="dash",
        angle=np.pi / 2,
        size=float(np.clip(height / size, least, 8)),
        line_color=shade,
        line_width=1.5,
    )
    marks.plot.add_tools(hover([drawn], [Fact("unit", "@unit"), Fact("time", "@time{0.00}", "ms")]))
    return marks


def _spikes(number: int) -> str:
    return f"{number:,} spike" if number == 1 else f"{number:,} spikes"


def _image(recordings: Sequence[Recording], population: str, time_range: Range1d, shade: str) -> Panel:
    size, dt, end = recordings[0].populations[population], 1000 * recordings[0].dt, 1000 * recordings[0].duration
    densities = [density(recording, population) for recording in recordings]
    units, steps, (rows, bins) = densities[0].units, densities[0].steps, densities[0].counts.shape
    titles = [
        f"{population}: {_spikes(found.counts.sum())}, at most {found.counts.max():,} in a bin" for found in densities
    ]
    image = panel(_plot(population, size, 240, time_range), [{"spikes": [found.counts]} for found in densities], titles)
    mapper = LinearColorMapper(palette=interp_palette([_TINT, shade], 256), low=1, low_color="rgba(0, 0, 0, 0)")
    drawn = image.plot.image(
        "spikes", source=image.source, x=0, y=-0.5, dw=bins * steps * dt, dh=rows * units, color_mapper=mapper
    )
    facts = hover([drawn], [Fact("spikes", "@spikes"), Fact("units", "$y{custom}"), Fact("time", "$x{custom}", "ms")])
    # What makes limits of a bin of them is in templates/picker.js. The last unit of a bin precedes the next bin: a gap.
    facts.formatters = {
        "$x": CustomJSHover(args={"first": 0, "width": steps * dt, "end": end, "gap": 0}),
        "$y": CustomJSHover(args={"first": -0.5, "width": units, "end": size, "gap": 1}),
    }
    image.plot.add_tools(facts)
    return image
