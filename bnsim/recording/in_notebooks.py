"""What a notebook shows of a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bnsim import notebook
from bnsim.recording.in_words import extent

if TYPE_CHECKING:
    from bnsim.recording.spikes import SpikeTimes
    from bnsim.recording.whole import Recording

MOST_SHOWN = 2000
"""Spikes that a notebook shows as a raster; with more it would grow by hundreds of kilobytes."""


def html(recording: Recording) -> str:
    """Return rates, what was recorded, and few spikes as a raster of the first trial.

    Parameters
    ----------
    recording : Recording
        The recording.

    Returns
    -------
    str
        HTML.
    """
    rows = []
    for name, size in recording.populations.items():
        counts = recording.counts.get(name)
        rate = "" if counts is None or not counts.size else f"{counts.mean() / recording.duration:.3g}"
        times = _times(recording.spikes[name], size) if name in recording.spikes else ""
        traces = ", ".join(recording.traces.get(name, ()))
        rows.append((name, size, "" if counts is None else int(counts.sum()), rate, times, traces))
    head = ["population", "units", "spikes", "rate (Hz)", "spike times", "traces"]
    weights = [(name, len(trace.times)) for name, trace in recording.weights.items()]
    return (
        notebook.heading(f"Recording of {extent(recording)}, steps of {recording.dt * 1e3:g} ms")
        + notebook.table(head, rows)
        + notebook.table(["projection", "samples of weights"], weights)
        + _small_raster(recording)
    )


def _small_raster(recording: Recording) -> str:
    if not 0 < sum(len(found) for found in recording.spikes.values()) <= MOST_SHOWN:
        return ""
    window = (recording.start, recording.start + recording.duration)
    sizes, trains = {}, {}
    for name in recording.spikes:
        found = recording.spike_times(name)  # which looks at what lies on disk
        times, units = found.of_trial(0)
        sizes[name], trains[name] = len(found.units), (times, found.places(units))
    return notebook.raster(trains, sizes, window)


def _times(found: SpikeTimes, size: int) -> str:
    recorded = len(found.units)
    return f"{len(found):,}" if recorded == size else f"{len(found):,} of {recorded:,} units"
