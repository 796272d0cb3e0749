"""A recording in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bnsim.recording.whole import Recording


def text(recording: Recording) -> str:
    """Return how long it is and what was recorded, with the size of each population and its number of spikes.

    Parameters
    ----------
    recording : Recording
        The recording.

    Returns
    -------
    str
        One line.
    """
    parts = [_population(recording, name, size) for name, size in recording.populations.items()]
    for name, traces in recording.traces.items():
        parts += [f"trace {name}.{variable} of {_units(len(trace.units))}" for variable, trace in traces.items()]
    parts += [f"weights {name} at {len(trace.times):,} times" for name, trace in recording.weights.items()]
    return f"<Recording of {extent(recording)}: {', '.join(parts) or 'nothing'}>"


def extent(recording: Recording) -> str:
    """Return how long a recording is, from when, and of how many trials.

    Parameters
    ----------
    recording : Recording
        The recording.

    Returns
    -------
    str
        Such as "2 s from 1 s", or "0.1 s, 20 trials".
    """
    trials = "" if recording.n_trials == 1 else f", {recording.n_trials:,} trials"
    begun = f" from {recording.start:g} s" if recording.start else ""
    return f"{recording.duration:g} s{begun}{trials}"


def _population(recording: Recording, name: str, size: int) -> str:
    if name in recording.spikes:
        found = recording.spikes[name]
        of = "" if len(found.units) == size else f" of {_units(len(found.units))}"
        return f"{name} {size:,} ({len(found):,} spikes{of})"
    counts = recording.counts.get(name)
    return f"{name} {size:,}" if counts is None else f"{name} {size:,} ({int(counts.sum()):,} spikes, only counted)"


def _units(number: int) -> str:
    return f"{number:,} unit" if number == 1 else f"{number:,} units"
