"""A job and its outcome as bytes: the Python side of `bnsim.program.layout`, of which the driver is the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import numpy as np

from bnsim.encoding.base import SpikeRaster
from bnsim.engine.job import Job, Outcome
from bnsim.program import Program, layout

_STATE = frozenset({"source", "target", "weight", "delay", "variable", "in_flight_synapse", "in_flight_ahead"})
"""What a `State` holds."""


def write(program: Program, job: Job, file: IO[bytes]) -> None:
    """Write a job as bytes.

    Parameters
    ----------
    program : Program
        The program that the job is for.
    job : Job
        The job.
    file : binary file
        File that is open for writing.
    """
    for array in layout.job(program):
        values = np.ascontiguousarray(_values(array, job), dtype=array.dtype)
        file.write(np.uint64(values.nbytes).tobytes())
        file.write(values.data)


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
    found = [(array, _next(file, array.dtype)) for array in layout.outcome(program)]
    of = {(array.content, array.owner): values for array, values in found}
    return Outcome(
        state={array.name: values for array, values in found if array.content in _STATE},
        counts={p.name: of["counts", p.name].reshape(job.n_trials, p.size) for p in program.populations},
        spikes={
            name: (of["spike_unit", name], of["spike_time", name], of["spike_end", name])
            for name in (population.name for population in program.populations)
            if name in job.record
        },
        traces={
            (array.owner, array.part): values.reshape(-1, program.population(array.owner).size)
            for array, values in found
            if array.content == "trace" and array.owner in job.record
        },
        presentations=of["presentations", ""],
        seconds=dict(zip(objects, of["seconds", ""].tolist(), strict=job.profile)),
    )


def _values(array: layout.Array, job: Job) -> np.ndarray:
    if array.content in _STATE:
        return job.state[array.name]
    match array.content:
        case "header":
            return np.array([job.n_trials, job.plastic, job.profile])
        case "record":
            return np.array([array.owner in job.record])
        case "keys":
            return job.keys
        case "correct":
            return job.correct
        case "signal":
            return job.signals[array.owner, array.part]
        case "drive" | "raster_offsets" | "raster_index":
            return _drive(array, job)
    raise AssertionError(f"a job has no {array.content}")


def _drive(array: layout.Array, job: Job) -> np.ndarray:
    drive = job.drives[array.owner]
    if isinstance(drive, SpikeRaster):
        return drive.offsets if array.content == "raster_offsets" else drive.index
    return drive


def _next(file: IO[bytes], dtype: str) -> np.ndarray:
    (size,) = np.fromfile(file, np.uint64, 1)
    kind = np.dtype(dtype)
    return np.fromfile(file, kind, int(size) // kind.itemsize)
