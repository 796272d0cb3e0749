"""Given spike trains, from arrays or Neo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from brian2.units import second
from brian2.units.fundamentalunits import Quantity, get_unit

from bnsim.arrays import Float64Array, Int64Array
from bnsim.drives.encoder import EncodedForm, Encoder, SpikeRaster
from bnsim.errors import InputError
from bnsim.times import spike_times
from bnsim.timing import Timing


@dataclass(frozen=True, repr=False)
class SpikeTrains(Encoder):
    """Given spike trains, from arrays or Neo.

    Notes
    -----
    The stimulus is a sequence with one entry a trial, each of which is

    - a pair (times, units): times in seconds or with a Brian2 unit, and the unit of each spike, as a tuple;
    - a list of spike trains, one for each unit of the population: the times of each, such as what
      `bnsim.SpikeTimes.trains` returns; or
    - a sequence of `neo.SpikeTrain`, one a unit, or a `neo.Segment` that holds them.

    Times are rounded to a step.
    """

    form: ClassVar[EncodedForm] = "spikes"
    threshold: ClassVar[str] = "drive > 0"

    def drive(self, stimulus: Any, n_units: int, timing: Timing) -> SpikeRaster:
        """Return the spikes to be replayed.

        Parameters
        ----------
        stimulus : sequence
            One entry a trial: a pair (times, units), a list of spike trains, or a `neo.Segment`.
        n_units : int
            Size of the population.
        timing : Timing
            The time grid.

        Returns
        -------
        SpikeRaster
            The spikes of each trial, ordered by step, then unit.

        Raises
        ------
        InputError
            If an entry has another form, a unit or time is out of range, or one unit has two spikes in the same step.
        """
        indices = [self._trial(number, trial, n_units, timing) for number, trial in enumerate(stimulus)]
        lengths = [len(index) for index in indices]
        return SpikeRaster(
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.concatenate(indices).astype(np.int64) if indices else np.zeros(0, np.int64),
        )

    def _trial(self, number: int, trial: Any, n_units: int, timing: Timing) -> Int64Array:
        where = f"SpikeTrains: trial {number}"
        times, units = _times_and_units(where, trial, n_units)
        if len(times) != len(units):
            raise InputError(f"{where} has {len(times)} times and {len(units)} units; give one unit for each time")
        if not np.isfinite(times).all():
            raise InputError(f"{where} holds NaN or infinite times; remove them")
        steps = np.rint(times / timing.dt).astype(np.int64)
        if len(steps) and (steps.min() < 0 or steps.max() >= timing.presentation_steps):
            end = timing.presentation_steps * timing.dt * 1e3
            raise InputError(f"{where} has spikes outside the presentation of 0 to {end:g} ms; cut or shift the trains")
        if len(units) and (units.min() < 0 or units.max() >= n_units):
            wrong = units.min() if units.min() < 0 else units.max()
            raise InputError(f"{where} names unit {wrong} of a population of {n_units}; give units 0 to {n_units - 1}")
        index = np.sort(steps * n_units + units)
        if (np.diff(index) == 0).any():
            raise InputError(
                f"{where} has two spikes of one unit in a step of {timing.dt * 1e3:g} ms; choose a smaller dt"
            )
        return index


def _times_and_units(where: str, trial: Any, n_units: int) -> tuple[Float64Array, Int64Array]:
    """Time (s) and unit of each spike, in any order."""
    trains = getattr(trial, "spiketrains", trial)
    if isinstance(trial, tuple) and len(trial) == 2 and not hasattr(trial[0], "rescale"):
        return _checked_pair(where, *trial)
    try:
        of_neo = [hasattr(train, "rescale") for train in trains]
    except TypeError:
        raise InputError(f"{where} is no pair (times, units), list of spike trains or neo.Segment; give one") from None
    if all(of_neo):
        seconds = [np.asarray(train.rescale("s").magnitude, dtype=np.float64) for train in trains]
    elif len(of_neo) == n_units:
        named = enumerate(trains)
        seconds = [spike_times(f"{where} unit {unit}", train).astype(np.float64) for unit, train in named]
    else:
        raise InputError(
            f"{where} is a list of {len(of_neo)} for {n_units} units; give a spike train for each unit, or a tuple "
            "(times, units)"
        )
    units = np.repeat(np.arange(len(seconds)), [len(train) for train in seconds])
    return np.concatenate([np.zeros(0), *seconds]), units.astype(np.int64)


def _checked_pair(where: str, times: Any, units: Any) -> tuple[Float64Array, Int64Array]:
    if isinstance(times, Quantity) and times.dim is not second.dim:
        raise InputError(f"{where} has times in {get_unit(times.dim)}; give seconds or a unit of time")
    try:
        seconds, numbers = np.asarray(times, dtype=np.float64).ravel(), np.asarray(units, dtype=np.float64).ravel()
    except (TypeError, ValueError):
        raise InputError(f"{where} has times or units that are not numbers; give two arrays of numbers") from None
    if not np.isfinite(numbers).all() or (numbers != np.rint(numbers)).any():
        raise InputError(f"{where} has units that are not whole numbers; give the index of the unit of each spike")
    return seconds, numbers.astype(np.int64)
