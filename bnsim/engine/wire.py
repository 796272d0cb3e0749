"""A job and its outcome as bytes: the Python side of `bnsim.program.layout`, of which the driver is the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import numpy as np

from bnsim.drives.encoder import SpikeRaster
from bnsim.engine.job import Job, Outcome
from bnsim.program import Program, Variable, layout
from bnsim.recipe import RECIPE

_STATE = frozenset({"source", "target", "weight", "delay", "variable", "in_flight_unit", "in_flight_age"})
"""What a `State` holds."""


_DRAWN = frozenset({"source", "target", "weight", "delay"})
"""What a recipe stands for."""


def write(program: Program, job: Job, report_to: int, file: IO[bytes]) -> None:
    """Write a job as bytes.

    Parameters
    ----------
    program : Program
        The program that the job is for.
    job : Job
        The job.
    report_to : int
        Descriptor of a pipe for the number of steps that are done, -1 for none.
    file : binary file
        File that is open for writing.
    """
    anew = set() if job.grid.continuous else started_anew(program)
    coefficients = program.coefficients(job.plastic, job.state)
    for array in layout.job(program):
        if array.content == "coefficient":
            given: np.ndarray = coefficients[array.owner, array.part]
        elif array.content == "series":
            (series,) = (item for item in program.population(array.owner).series if item.symbol == array.part)
            given = np.append(series.every, series.values)
        elif _is_state(array) and array.name in anew:
            given = np.zeros(0)
        else:
            given = _values(program, array, job, report_to)
        values = np.ascontiguousarray(given, dtype=array.dtype)
        file.write(np.uint64(values.nbytes).tobytes())
        file.write(values.data)


def started_anew(program: Program) -> set[str]:
    """Return the arrays of a state that trials do not need, since every trial starts without them.

    Parameters
    ----------
    program : Program
        The program.

    Returns
    -------
    set of str
        Names of transient variables of synapses, which start at one value for all, and of spikes in flight.
    """
    synaptic = {variable.name for variable in program.transient if _of_synapses(variable)}
    return synaptic | {array.name for array in layout.in_flight(program)}


def _of_synapses(variable: Variable) -> bool:
    return variable.place == "projection"


def read(program: Program, job: Job, objects: Sequence[str], file: IO[bytes]) -> Outcome:
    """Read the outcome of a job.

    Parameters
    ----------
    program : Program
        The program that was run.
    job : Job
        The job.
    objects : sequence of str
        Names of the objects that are timed, where the job asks for it.
    file : binary file
        File that is open for reading, at the start of the outcome.

    Returns
    -------
    Outcome
        The outcome.
    """
    found = [(array, _next(file, array.dtype)) for array in layout.outcome(program, job.grid.continuous)]
    of = {(array.content, array.owner): values for array, values in found if array.content != "samples"}
    return Outcome(
        state={array.name: values for array, values in found if _is_state(array)},
        counts={p.name: of["counts", p.name].reshape(job.n_trials, p.size) for p in program.populations},
        spikes={name: (of["spike_unit", name], of["spike_step", name], of["spike_end", name]) for name in job.spikes},
        samples={
            (array.owner, array.part): values.reshape(-1, n_sampled(program, job, array.owner, array.part))
            for array, values in found
            if array.content == "samples" and (array.owner, array.part) in job.samples
        },
        presentations=of["presentations", ""],
        steps=int(of["steps", ""][0]) if job.grid.continuous else None,
        seconds=dict(zip(objects, of["seconds", ""].tolist(), strict=job.profile)),
    )


def n_sampled(program: Program, job: Job, owner: str, symbol: str) -> int:
    """Return how many values each sample of a variable has.

    Parameters
    ----------
    program : Program
        The program that was run.
    job : Job
        The job.
    owner, symbol : str
        Owner and name of the variable.

    Returns
    -------
    int
        Number of neurons or synapses.
    """
    units = job.samples[owner, symbol].units
    if units is not None:
        return len(units)
    sizes = {population.name: population.size for population in program.populations}
    return sizes[owner] if owner in sizes else len(job.state[f"{owner}.source"])


def _is_state(array: layout.Array) -> bool:
    return array.content in _STATE


def _values(program: Program, array: layout.Array, job: Job, report_to: int) -> np.ndarray:
    if array.content in _DRAWN and f"{array.owner}{RECIPE}" in job.state:
        shared = array.content == "delay" and program.projection(array.owner).delay == "shared"
        return job.state[array.name] if shared else np.zeros(0)
    if array.content in ("recipe", "recipe_values"):
        return job.state[array.name] if array.name in job.state else np.zeros(0)
    if _is_state(array):
        return job.state[array.name]
    match array.content:
        case "header":
            grid = job.grid
            times = [grid.continuous, grid.steps, grid.presentation_steps, grid.first_step]
            # No limit is 0 bytes.
            limit = [0, 0] if job.limit is None else [job.limit.n_bytes, round(job.limit.seconds * 1e3)]
            return np.array([job.n_trials, job.plastic, job.profile, *times, report_to, *limit])
        case "spikes":
            return _listed(1, job.spikes[array.owner]) if array.owner in job.spikes else np.zeros(0)
        case "sample":
            wanted = job.samples.get((array.owner, array.part))
            return np.zeros(0) if wanted is None else _listed(wanted.every, wanted.units)
        case "keys":
            return job.keys
        case "correct":
            return job.correct
        case "signal":
            return job.signals[array.owner, array.part]
        case "drive" | "raster_offsets" | "raster_index":
            return _drive(array, job)
    raise AssertionError(f"a job has no {array.content}")


def _listed(first: int, units: np.ndarray | None) -> np.ndarray:
    """A number, followed by those of some units."""
    return np.append(first, [] if units is None else units)


def _drive(array: layout.Array, job: Job) -> np.ndarray:
    drive = job.drives[array.owner]
    if isinstance(drive, SpikeRaster):
        return drive.offsets if array.content == "raster_offsets" else drive.index
    return drive


def _next(file: IO[bytes], dtype: str) -> np.ndarray:
    (size,) = np.fromfile(file, np.uint64, 1)
    kind = np.dtype(dtype)
    return np.fromfile(file, kind, int(size) // kind.itemsize)
