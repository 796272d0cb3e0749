"""A recording as a file in the format of Neurodata Without Borders (NWB), written by pynwb."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from hdmf.common import DynamicTable, ElementIdentifiers, VectorData, VectorIndex
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.epoch import TimeIntervals
from pynwb.misc import Units

from bnsim.arrays import FloatArray
from bnsim.parts import in_parts
from bnsim.recording.grouped import by_unit
from bnsim.recording.nwb_facts import as_text, ranges
from bnsim.recording.nwb_storage import QuietFile, stored
from bnsim.recording.traces import SampledTrace

if TYPE_CHECKING:
    from bnsim.recording.whole import Recording

DIMENSIONLESS = "dimensionless"
"""What the unit of a series is called where there is none."""
_SAME = uuid.UUID("5f1b6b0e-6f0a-4a4e-9d5e-2d2f0c7f6f3a")
"""Namespace of the objects' identifiers, which follow from the session's and their places in the file."""


def write(recording: Recording, path: Path, positions: Mapping[str, FloatArray], metadata: Mapping[str, Any]) -> None:
    """Write a recording.

    Parameters
    ----------
    recording : Recording
        The recording.
    path : pathlib.Path
        The file, which is replaced.
    positions : mapping of str to ndarray of float
        For populations, where their units lie, in metres.
    metadata : mapping of str to object
        What `pynwb.NWBFile` takes; the identifier follows from the arrays, where there is none.

    Raises
    ------
    OSError
        If the file cannot be written.
    TypeError, ValueError
        If pynwb refuses metadata, or a name cannot be one in such a file.
    """
    given = dict(metadata) if "identifier" in metadata else {"identifier": _checksum(recording), **metadata}
    file = NWBFile(**given, file_create_date=given["session_start_time"], notes=as_text(_facts(recording)))
    if recording.spikes:
        file.units = _units(recording, positions)
    for name, trace in _series(recording).items():
        file.add_acquisition(_time_series(recording, name, trace))
    if recording.n_trials > 1:
        file.trials = _trials(recording)
    if counts := _counts(recording):
        file.create_processing_module("misc", "Results of a simulation besides its spikes.").add(counts)
    _name_objects(file, file.identifier)
    with (
        QuietFile(path, "w+") as disk,
        disk.failing_first(),
        h5py.File(disk, "w") as target,
        NWBHDF5IO(file=target, mode="w") as out,
    ):
        out.write(file)


def _checksum(recording: Recording) -> str:
    """Of all arrays, part by part, so that equal recordings make equal files."""
    digest = hashlib.sha256()
    for name, array in recording.arrays().items():
        digest.update(repr((name, array.dtype.str, array.shape)).encode())
        for (part,) in in_parts(np.atleast_1d(array)):
            digest.update(np.ascontiguousarray(part).view(np.uint8).data if part.size else b"")
    return digest.hexdigest()


def _facts(recording: Recording) -> dict[str, Any]:
    return {
        "format": "bnsim recording",
        "version": 1,
        "dt": recording.dt,
        "start": recording.start,
        "duration": recording.duration,
        "trials": recording.trials.tolist(),
        "presentations": recording.presentations.tolist(),
        "populations": recording.populations,
        "series": [_series_facts(name, trace) for name, trace in _series(recording).items()],
    }


def _series(recording: Recording) -> dict[tuple[str, str], SampledTrace]:
    """Every trace with samples, by population and variable; of weights by projection and ""."""
    found = {(owner, v): trace for owner, traces in recording.traces.items() for v, trace in traces.items()}
    found |= {(projection, ""): trace for projection, trace in recording.weights.items()}
    return {name: trace for name, trace in found.items() if trace.values.size}


def _series_facts(name: tuple[str, str], trace: SampledTrace) -> dict[str, Any]:
    owner, variable = name
    return {
        "name": _series_name(name),
        "owner": owner,
        "variable": variable,
        "samples": len(trace.times),
        "units": ranges(trace.units),
    }


def _series_name(name: tuple[str, str]) -> str:
    owner, variable = name
    return f"{owner}.{variable or 'weights'}"


def _units(recording: Recording, positions: Mapping[str, FloatArray]) -> Units:
    grouped = [by_unit(recording.spike_times(name), period=recording.duration) for name in recording.spikes]
    times = np.concatenate([part.times for part in grouped]) if len(grouped) > 1 else grouped[0].times
    ends = np.cumsum(np.concatenate([np.diff(part.edges) for part in grouped]))
    names = [name for name, spikes in recording.spikes.items() for _ in range(len(spikes.units))]
    spikes = VectorData(name="spike_times", description="Times of spikes, in seconds.", data=stored(times))
    extent = [recording.start, recording.start + recording.n_trials * recording.duration]
    seen = VectorData(
        name="obs_intervals",
        description="When spikes were recorded, in seconds.",
        data=stored(np.broadcast_to(extent, (len(names), 2))),
    )
    columns = [
        VectorIndex(name="spike_times_index", target=spikes, data=ends.astype(np.uint64)),
        spikes,
        VectorIndex(name="obs_intervals_index", target=seen, data=np.arange(1, len(names) + 1, dtype=np.uint64)),
        seen,
        VectorData(name="population", description="Population of the network.", data=names),
        VectorData(
            name="unit",
            description="Number of the unit in its population, from 0.",
            data=np.concatenate([spikes.units for spikes in recording.spikes.values()]).astype(np.int64),
        ),
    ]
    shown = ["spike_times", "obs_intervals", "population", "unit"]
    if positions:
        columns.append(_positions(recording, positions))
        shown.append("position")
    return Units(
        name="units",
        description="Simulated neurons and sources of spikes.",
        id=ElementIdentifiers(name="id", data=np.arange(len(names))),
        columns=columns,
        colnames=shown,
        resolution=recording.dt,
    )


def _positions(recording: Recording, positions: Mapping[str, FloatArray]) -> VectorData:
    dimensions = max(where.shape[1] for where in positions.values())
    rows = []
    for population, spikes in recording.spikes.items():
        of_units = np.full((len(spikes.units), dimensions), np.nan)
        if population in positions:
            where = positions[population]
            of_units[:, : where.shape[1]] = where[spikes.units]
        rows.append(of_units)
    return VectorData(
        name="position", description="Where the unit lies, in metres; NaN where no place.", data=np.concatenate(rows)
    )


def _time_series(recording: Recording, name: tuple[str, str], trace: SampledTrace) -> TimeSeries:
    owner, variable = name
    times, period = _sampling(recording, trace)
    what = f"Variable {variable} of population {owner}" if variable else f"Weights of projection {owner}"
    of = "units" if variable else "synapses"
    return TimeSeries(
        name=_series_name(name),
        description=f"{what}; columns are {of} {_listed(trace)}.",
        data=stored(trace.values.reshape(-1, len(trace.units))),
        unit=trace.unit or DIMENSIONLESS,
        **({"starting_time": float(times[0]), "rate": 1 / period} if period else {"timestamps": stored(times)}),
    )


def _sampling(recording: Recording, trace: SampledTrace) -> tuple[FloatArray, float]:
    """The times of all trials' samples, and their period in seconds; 0 where they have none."""
    shifts = recording.duration * np.arange(recording.n_trials)
    times = (shifts[:, None] + trace.times).ravel()
    steps = np.diff(np.rint(times / recording.dt))
    regular = len(steps) and steps.min() == steps.max() > 0
    return times, float(steps[0] * recording.dt) if regular else 0.0


def _listed(trace: SampledTrace) -> str:
    found = [f"{first} to {last}" if last > first else str(first) for first, last in ranges(trace.units)[:10]]
    return ", ".join(found) + (", ..." if len(ranges(trace.units)) > len(found) else "")


def _trials(recording: Recording) -> TimeIntervals:
    starts = recording.start + recording.duration * np.arange(recording.n_trials)
    columns = {
        "start_time": ("When the trial begins, in seconds.", starts),
        "stop_time": ("When the trial ends, in seconds.", starts + recording.duration),
        "number": ("Number of the trial, which its random numbers follow from.", recording.trials),
        "presentations": ("How often it was presented; the last presentation was recorded.", recording.presentations),
    }
    return TimeIntervals(
        name="trials",
        description="Trials, each of which begins with the network at rest, one after another.",
        id=ElementIdentifiers(name="id", data=np.arange(recording.n_trials)),
        columns=[VectorData(name=name, description=text, data=data) for name, (text, data) in columns.items()],
        colnames=list(columns),
    )


def _counts(recording: Recording) -> DynamicTable | None:
    """Numbers of spikes of the populations whose spikes were not all recorded."""
    sizes = recording.populations
    whole = {name for name, spikes in recording.spikes.items() if len(spikes.units) == sizes[name]}
    counts = {name: found for name, found in recording.counts.items() if name not in whole and found.size}
    if not counts:
        return None
    names = [name for name in counts for _ in range(sizes[name])]
    columns = [
        VectorData(name="population", description="Population of the network.", data=names),
        VectorData(
            name="unit",
            description="Number of the unit in its population, from 0.",
            data=np.concatenate([np.arange(sizes[name]) for name in counts]),
        ),
        VectorData(
            name="count",
            description="Number of spikes in each trial.",
            data=stored(np.concatenate([found.T for found in counts.values()])),
        ),
    ]
    return DynamicTable(
        name="spike_counts",
        description="Numbers of spikes of units whose times were not recorded.",
        id=ElementIdentifiers(name="id", data=np.arange(len(names))),
        columns=columns,
        colnames=["population", "unit", "count"],
    )


def _name_objects(found: Any, identifier: str, place: str = "") -> None:
    """Give each object an identifier that is the same in each file of this recording; hdmf draws one at random."""
    found._AbstractContainer__object_id = str(uuid.uuid5(_SAME, f"{identifier}{place}"))  # there is no public way
    for child in getattr(found, "children", ()):
        _name_objects(child, identifier, f"{place}/{child.name}")
