"""Spike trains that measures are taken of, from a recording, from Neo or from plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bnsim.arrays import FloatArray, Int64Array, IntArray
from bnsim.binning import NANOSECOND, steps_of, trial_steps
from bnsim.errors import InputError
from bnsim.recording import Recording
from bnsim.selection import Indices, checked_index, checked_indices, known_population, refuse
from bnsim.times import Time, Times, is_sequence, positive, shown, spike_times

if TYPE_CHECKING:
    import neo

Source: TypeAlias = "Recording | Sequence[Times | neo.SpikeTrain]"


@dataclass(frozen=True)
class GridTrains:
    """Spike trains of one trial on a grid of time steps.

    Parameters
    ----------
    steps : list of ndarray of int
        The steps of each unit's spikes, in order.
    dt : float
        Time step in seconds.
    n_steps : int
        Length of the trial in steps.
    units : ndarray of int, shape (n_trains,)
        The unit of each train.
    """

    steps: list[Int64Array]
    dt: float
    n_steps: int
    units: IntArray

    @property
    def duration(self) -> float:
        """Length of the trial in seconds."""
        return self.n_steps * self.dt


def grid_trains(
    owner: str,
    source: Source,
    population: str | None,
    trial: int | None,
    units: Indices | None,
    duration: Time | None,
    dt: Time | None,
) -> GridTrains:
    """Return the trains of some units in one trial, on the grid of the recording or on that of `dt`.

    Parameters
    ----------
    owner : str
        Name of the measure, for the message of an error.
    source : Recording or sequence of array_like, Quantity or neo.SpikeTrain
        A recording, or one spike train a unit; plain numbers are seconds.
    population : str or None
        Population of a recording, as in `population_of`; None for plain spike trains.
    trial : int or None
        Trial of a recording, 0 where it is None; None for plain spike trains.
    units : int, sequence of int or None
        Units to return; None for all that were recorded.
    duration : float, Quantity or None
        Length of the trial, for plain spike times; plain numbers are seconds. None for a recording or Neo spike trains.
    dt : float, Quantity or None
        Time step for plain spike trains, 1 ns where it is None; plain numbers are seconds. None for a recording.

    Returns
    -------
    GridTrains
        The trains; a spike at the very end of the trial lies in its last step.

    Raises
    ------
    InputError
        If the source does not hold what is asked for, an option does not go with it, or a spike lies after the end.
    """
    if isinstance(source, Recording):
        refuse(owner, {"duration": duration, "dt": dt}, "a recording knows its length and time step")
        name = population_of(owner, source, population)
        index = checked_index(f"{owner}.trial", 0 if trial is None else trial, source.n_trials, "trial")
        spikes, trains = source.spike_times(name), source.spike_times(name).trains(index)
        wanted: IntArray = spikes.chosen(f"{owner}.units", units, source.populations[name])
        chosen = [trains[place] - source.start for place in spikes.places(wanted)]
        step, n_steps = source.dt, source.n_steps
    else:
        refuse(owner, {"trial": trial}, "spike trains without a recording are of one trial")
        trains, length = trains_and_duration(owner, source, population, duration)
        step = NANOSECOND if dt is None else positive(f"{owner}.dt", dt)
        n_steps = trial_steps(f"{owner}.duration", length, step)
        wanted = np.arange(len(trains))
        if units is not None:
            wanted = checked_indices(f"{owner}.units", units, len(trains), "unit")
        chosen = [trains[unit] for unit in wanted]
    # Neo lets a spike lie at the very end of its train.
    return GridTrains([np.minimum(steps_of(train, step), n_steps - 1) for train in chosen], step, n_steps, wanted)


def population_of(owner: str, recording: Recording, population: str | None) -> str:
    """Return the population's name where the recording holds it.

    Parameters
    ----------
    owner : str
        Name of the measure, for the message of an error.
    recording : Recording
        The recording.
    population : str or None
        The name that was given; None for the only population whose spike times were recorded.

    Returns
    -------
    str
        The name.

    Raises
    ------
    InputError
        If no name was given where there are several, or the recording has no such population.
    """
    return known_population(f"{owner}.population", population, recording.populations, recording.spikes or None)


def plain_trains(owner: str, source: Sequence[Times | neo.SpikeTrain], population: str | None) -> list[FloatArray]:
    """Return sorted spike times since the start of the trial.

    Parameters
    ----------
    owner : str
        Name of the measure, for the message of an error.
    source : sequence of array_like, Quantity or neo.SpikeTrain
        One spike train a unit; plain numbers are seconds.
    population : str or None
        Must be None, since plain spike trains belong to no named population.

    Returns
    -------
    list of ndarray of float
        Spike times in seconds, one array a unit.

    Raises
    ------
    InputError
        If a population is named, or the source is not a sequence of spike trains.
    """
    if population is not None:
        raise InputError(
            f"{owner}.population: {shown(population)} was named with plain spike trains; "
            "leave it out or pass a Recording"
        )
    if not is_sequence(source):
        raise InputError(
            f"{owner}.source: {shown(source)} is neither a Recording nor a sequence of spike trains; give one of them"
        )
    return [np.sort(_seconds(f"{owner}.source[{unit}]", train)) for unit, train in enumerate(source)]


def _seconds(culprit: str, train: Times | neo.SpikeTrain) -> FloatArray:
    return spike_times(culprit, train - train.t_start if hasattr(train, "t_start") else train)


def trains_and_duration(
    owner: str, source: Sequence[Times | neo.SpikeTrain], population: str | None, duration: Time | None
) -> tuple[list[FloatArray], float]:
    """Return sorted spike times and the length of the trial.

    Parameters
    ----------
    owner : str
        Name of the measure, for the message of an error.
    source : sequence of array_like, Quantity or neo.SpikeTrain
        One spike train a unit; plain numbers are seconds.
    population : str or None
        Must be None, since plain spike trains belong to no named population.
    duration : float, Quantity or None
        Length of the trial; plain numbers are seconds. None for Neo spike trains, which hold it.

    Returns
    -------
    trains : list of ndarray of float
        Spike times in seconds, one array a unit.
    duration : float
        Length of the trial in seconds.

    Raises
    ------
    InputError
        If the length is missing or given twice, Neo spike trains differ in length, or a spike lies after the end.
    """
    trains = plain_trains(owner, source, population)
    if trains and all(hasattr(train, "t_stop") for train in source):
        refuse(owner, {"duration": duration}, "Neo spike trains know their length")
        lengths = [float((train.t_stop - train.t_start).rescale("s")) for train in source]  # type: ignore[union-attr]
        if max(lengths) - min(lengths) > NANOSECOND:
            raise InputError(
                f"{owner}.source: Neo spike trains of {min(lengths):g} to {max(lengths):g} s; "
                "give trains that are as long as each other"
            )
        return trains, max(lengths)
    if duration is None:
        raise InputError(
            f"{owner}.duration: plain spike times do not tell the length of the trial; pass it, as 1.0 for a second"
        )
    length = positive(f"{owner}.duration", duration)
    last = max((train[-1] for train in trains if len(train)), default=0.0)
    if last > length:
        raise InputError(f"{owner}.duration: a spike at {last} s lies after the {length} s given; pass a longer one")
    return trains, length
