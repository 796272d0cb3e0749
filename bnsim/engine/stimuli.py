"""Stimulus of a run: from what is given for each encoder to the drives of a job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from bnsim import checks
from bnsim.arrays import Float64Array, UInt64Array
from bnsim.drives.encoder import Encoded, SpikeRaster, as_array
from bnsim.errors import InputError
from bnsim.program import Program
from bnsim.timing import Timing


def by_encoder(culprit: str, program: Program, stimulus: Any) -> dict[str, Any]:
    """Return the stimulus of each encoder.

    Parameters
    ----------
    culprit : str
        What the stimulus was given as, for the message of an error.
    program : Program
        The program to be run.
    stimulus : mapping, array or None
        What the run gives: by encoder, or for a network with one encoder its stimulus alone.

    Returns
    -------
    dict of str to object
        By population.

    Raises
    ------
    InputError
        If a name is no encoder's, or an encoder is given nothing.
    """
    encoders = [p.name for p in program.populations if p.stimulus is not None]
    if not isinstance(stimulus, Mapping):
        if stimulus is None:
            stimulus = {}
        elif len(encoders) == 1:
            stimulus = {encoders[0]: stimulus}
        elif not encoders:
            raise InputError(f"{culprit}: the network has no encoder that takes one; leave it out")
        else:
            raise InputError(
                f"{culprit}: the network has {len(encoders)} encoders ({', '.join(encoders)}); "
                "give a dictionary with a stimulus for each"
            )
    for name in stimulus:
        checks.one_of(culprit, name, encoders)
        if not hasattr(stimulus[name], "__len__"):
            raise InputError(f"{culprit}: {name!r} is no sequence of trials; give one entry a trial")
    missing = [name for name in encoders if name not in stimulus]
    if missing:
        raise InputError(f"{culprit}: nothing for {missing[0]!r}; give a stimulus for each encoder")
    return dict(stimulus)


def encoded(program: Program, name: str, stimulus: Any, timing: Timing) -> Encoded:
    """Return the drive of a population.

    Parameters
    ----------
    program : Program
        The program to be run.
    name : str
        Name of a population with an encoder.
    stimulus : object
        What its encoder takes.
    timing : Timing
        Time grid of a trial.

    Returns
    -------
    array of float, shape (trial, unit), or SpikeRaster
        In SI units.

    Raises
    ------
    InputError
        If the stimulus does not fit.
    """
    population = program.population(name)
    assert population.stimulus is not None
    return population.stimulus.encode(stimulus, population.size, timing)


def in_parts(program: Program, name: str, stimulus: Any, timing: Timing) -> Encoded:
    """Return the drive of a population in trials, which may vary within each.

    Parameters
    ----------
    program : Program
        The program to be run.
    name : str
        Name of a population with an encoder.
    stimulus : object
        What its encoder takes; values may have an axis of parts behind that of trials.
    timing : Timing
        Time grid of a trial.

    Returns
    -------
    array of float, shape (trial, part, unit), or SpikeRaster
        In SI units; one part where it does not vary.

    Raises
    ------
    InputError
        If the stimulus does not fit.
    """
    population = program.population(name)
    if population.stimulus is None or population.stimulus.form != "values":
        return encoded(program, name, stimulus, timing)
    values = as_array(stimulus)
    if values.ndim != 3 or values.dtype == object:
        drive = encoded(program, name, values, timing)
        assert not isinstance(drive, SpikeRaster)
        return drive[:, None]
    n_trials, n_parts, size = values.shape
    if n_parts == 0 or size != population.size:
        raise InputError(
            f"Simulator.run(stimulus): {name!r} has shape {values.shape}; give (trial, part, {population.size}) with "
            f"one part or more, or (trial, {population.size})"
        )
    drive = encoded(program, name, values.reshape(n_trials * n_parts, size), timing)
    assert not isinstance(drive, SpikeRaster)
    return drive.reshape(values.shape)


def same_parts(culprit: str, given: Mapping[str, Float64Array], steps: int) -> tuple[int, dict[str, Float64Array]]:
    """Return drives and signals that vary in the same parts of a trial.

    Parameters
    ----------
    culprit : str
        What they were given as, for the message of an error.
    given : mapping of str to ndarray of float64, shape (trial, part, ...)
        By name; of one part where they do not vary.
    steps : int
        Length of the presentation in steps.

    Returns
    -------
    n_parts : int
        Number of parts.
    same : dict of str to ndarray of float64
        Each with so many parts.

    Raises
    ------
    InputError
        If arrays vary in different parts, or the parts are no whole number of steps.
    """
    number = max((each.shape[1] for each in given.values()), default=1)
    for name, each in given.items():
        if each.shape[1] not in (1, number):
            raise InputError(
                f"{culprit}: {each.shape[1]} parts of a trial for {name!r}, {number} for another; give as many to each"
            )
    if steps % number:
        raise InputError(
            f"{culprit}: {number} parts of a presentation of {steps} time steps; give parts of equal length"
        )
    return number, {name: np.broadcast_to(each, (len(each), number, *each.shape[2:])) for name, each in given.items()}


def trial_numbers(trials: Iterable[int] | int | None, values: Mapping[str, Any]) -> UInt64Array:
    """Return the number of each trial.

    Parameters
    ----------
    trials : iterable of int, int or None
        The numbers, how many there are, or None for 0, 1, 2, ...
    values : mapping of str to sequence
        Stimulus of each encoder, with one entry a trial.

    Returns
    -------
    ndarray of uint64, shape (trial,)
        The numbers.

    Raises
    ------
    InputError
        If they are no whole numbers of at least 0, or there are not as many as trials.
    """
    lengths = {name: len(value) for name, value in values.items()}
    if len(set(lengths.values())) > 1:
        raise InputError(
            f"Simulator.run(stimulus): different numbers of trials {lengths}; give as many to each encoder"
        )
    n_trials = next(iter(lengths.values()), None)
    if trials is None:
        if n_trials is None:
            raise InputError("Simulator.run(trials): without a stimulus, say how many trials to run, such as trials=1")
        trials = n_trials
    if isinstance(trials, (int, np.integer)):
        trials = np.arange(checks.count("Simulator.run(trials)", trials, minimum=0))
    numbers = np.asarray(list(trials) if not isinstance(trials, np.ndarray) else trials)
    if numbers.size and (numbers.ndim != 1 or numbers.dtype.kind not in "iu" or numbers.min() < 0):
        raise InputError("Simulator.run(trials): not whole numbers of at least 0; give one number for each trial")
    if n_trials is not None and len(numbers) != n_trials:
        raise InputError(f"Simulator.run(trials): {len(numbers)} numbers for {n_trials} trials; give one for each")
    return numbers.astype(np.uint64)


def segments(program: Program, values: Mapping[str, Any], steps: int) -> tuple[int, dict[str, Encoded]]:
    """Return the drives of a continuous run, cut into segments of constant drive.

    Parameters
    ----------
    program : Program
        The program to be run.
    values : mapping of str to object
        Stimulus of each encoder: values (unit,) for the whole run, or (part, unit) for equal parts of it; or the spikes
        of the whole run.
    steps : int
        Length of the run in steps.

    Returns
    -------
    n_segments : int
        Number of segments, all of the same length.
    drives : dict of str to Encoded
        By population, with one entry a segment.

    Raises
    ------
    InputError
        If a stimulus does not fit, or the parts are no whole number of steps.
    """
    culprit, whole = "Simulator.run_for(stimulus)", Timing(program.dt, steps, steps)
    drives: dict[str, Encoded] = {}
    for name, value in values.items():
        stimulus = program.population(name).stimulus
        assert stimulus is not None
        if stimulus.form == "values":
            drives[name] = encoded(program, name, np.atleast_2d(as_array(value)), whole)
        else:
            drives[name] = encoded(program, name, [value], whole)
    parts = {name: len(drive) for name, drive in drives.items() if not isinstance(drive, SpikeRaster)}
    number = max(parts.values(), default=1)
    if steps % number or number == 0:
        raise InputError(f"{culprit}: {number} parts of a run of {steps} time steps; give parts of equal length")
    for name, drive in drives.items():
        if isinstance(drive, SpikeRaster):
            drives[name] = _in_segments(drive, steps // number * program.population(name).size, number)
        elif len(drive) not in (1, number):
            raise InputError(f"{culprit}: {len(drive)} parts for {name!r}, {number} for another; give as many to each")
        else:
            drives[name] = np.repeat(drive, number // len(drive), axis=0)
    return number, drives


def _in_segments(raster: SpikeRaster, size: int, number: int) -> SpikeRaster:
    """The raster of one long trial as that of segments, of which each holds `size` places of a spike."""
    offsets = np.searchsorted(raster.index, size * np.arange(number + 1))
    return SpikeRaster(offsets.astype(np.int64), raster.index % size)


def cut(drive: Encoded, part: slice) -> Encoded:
    """Return the drive of some trials.

    Parameters
    ----------
    drive : Encoded
        Drive of all trials.
    part : slice
        Which trials.

    Returns
    -------
    Encoded
        Their drive.
    """
    if not isinstance(drive, SpikeRaster):
        return np.ascontiguousarray(drive[part])
    offsets = drive.offsets[part.start : part.stop + 1]
    return SpikeRaster(offsets - offsets[0], drive.index[offsets[0] : offsets[-1]])


def rest(drive: Encoded, place: int) -> Encoded:
    """Return the drive of what is left of a segment.

    Parameters
    ----------
    drive : Encoded
        Drive of one segment.
    place : int
        First place of a spike (step x units + unit) that is left.

    Returns
    -------
    Encoded
        Its drive.
    """
    if not isinstance(drive, SpikeRaster):
        return drive
    index = drive.index[np.searchsorted(drive.index, place) :] - place
    return SpikeRaster(np.array([0, len(index)]), index)
