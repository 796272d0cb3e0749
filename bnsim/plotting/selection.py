"""What of a recording is drawn: populations, trials and units by name, with one-line errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bnsim.errors import InputError
from bnsim.recording import Recording


def chosen_populations(recording: Recording, populations: Sequence[str] | None) -> list[str]:
    """The populations asked for, or all whose spike times were recorded, in the network's order."""
    if isinstance(populations, str):
        populations = [populations]
    chosen = [name for name in recording.counts if name in recording.spikes]
    if populations is not None:
        chosen = list(populations)
        for name in chosen:
            recording.spike_times(name)  # raises where it is unknown or was not recorded
    if not chosen:
        names = list(recording.counts)
        raise InputError(f"Recording.spikes: no spike times were recorded; run again with record={names!r}")
    return chosen


def chosen_trials(recording: Recording, trial: int | Sequence[int] | None) -> list[int]:
    """Indices of the trials asked for: one, several, or all."""
    if trial is None:
        return list(range(recording.n_trials))
    chosen = [int(trial)] if isinstance(trial, int | np.integer) else list(trial)
    if not chosen:
        raise InputError("trial: no trial was named; pass an index, several, or None for all")
    for index in chosen:
        if not 0 <= index < recording.n_trials:
            raise InputError(f"trial: no trial {index}; the recording holds trials 0 to {recording.n_trials - 1}")
    return chosen


def checked_unit(unit: int, n_units: int, population: str) -> int:
    """The index of one unit of a population."""
    if not 0 <= unit < n_units:
        raise InputError(f"unit: no unit {unit} in {population!r}; it has units 0 to {n_units - 1}")
    return unit


def positive(name: str, value: float) -> float:
    """A duration in seconds above zero."""
    if not 0 < value < float("inf"):
        raise InputError(f"{name}: {value} is not a positive time; pass seconds above 0")
    return value
