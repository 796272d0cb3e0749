"""A recording as labelled arrays of xarray, and its spikes as a table of pandas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from bnsim.arrays import FloatArray, IntArray
from bnsim.memory import check_fits
from bnsim.recording.traces import SampledTrace

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from bnsim.recording.whole import Recording

_AXES = ("position_x", "position_y", "position_z")
_BYTES = 8 + 8 + 8 + 2
"""Of a spike: trial, unit, time and the code of its population."""


def spike_table(recording: Recording) -> pd.DataFrame:
    """Return a row for each spike.

    Parameters
    ----------
    recording : Recording
        The recording.

    Returns
    -------
    pandas.DataFrame
        As `Recording.to_pandas` says.
    """
    import pandas as pd

    spikes = {name: recording.spike_times(name) for name in recording.spikes}
    lengths = [len(found) for found in spikes.values()]
    check_fits("Recording.to_pandas", float(_BYTES) * sum(lengths), "take a window")
    empty = np.zeros(0, np.int64)
    codes = np.repeat(np.arange(len(spikes)), lengths)
    return pd.DataFrame(
        {
            "population": pd.Categorical.from_codes(codes, pd.Index(list(spikes), dtype=str)),
            "trial": recording.trials[np.concatenate([empty, *(found.trial for found in spikes.values())])],
            "unit": np.concatenate([empty, *(found.unit for found in spikes.values())]),
            "time": np.concatenate([np.zeros(0), *(found.time for found in spikes.values())]),
        }
    )


def tree(recording: Recording, positions: Mapping[str, FloatArray]) -> xr.DataTree:
    """Return counts, traces and weights as a tree of data sets.

    Parameters
    ----------
    recording : Recording
        The recording.
    positions : mapping of str to ndarray of float
        For populations, where their units lie, in metres.

    Returns
    -------
    xarray.DataTree
        As `Recording.to_xarray` says.
    """
    import xarray as xr

    nodes = {"/": xr.Dataset(attrs={"dt": recording.dt, "start": recording.start, "duration": recording.duration})}
    for name, counts in recording.counts.items():
        units = np.arange(counts.shape[1])
        variable = (("trial", "unit"), counts, {"long_name": f"spikes of {name}"})
        coordinates = _units(units, positions.get(name)) | {"trial": recording.trials}
        nodes[f"/{name}/counts"] = xr.Dataset({"counts": variable}, coordinates)
    for name, traces in recording.traces.items():
        for variable_name, trace in traces.items():
            coordinates = _units(trace.units, positions.get(name))
            found = _samples(recording, trace, variable_name, f"{variable_name} of {name}", "unit", coordinates)
            nodes[f"/{name}/{variable_name}"] = found
    for name, trace in recording.weights.items():
        coordinates = {"synapse": trace.units}
        nodes[f"/{name}/weights"] = _samples(recording, trace, "weights", f"weights of {name}", "synapse", coordinates)
    return xr.DataTree.from_dict(nodes)


def _units(units: IntArray, positions: FloatArray | None) -> dict[str, object]:
    """Coordinates of units: their numbers, and where they lie."""
    found: dict[str, object] = {"unit": units}
    for axis, where in zip(_AXES, () if positions is None else positions[units].T, strict=False):
        found[axis] = ("unit", where, {"units": "m"})
    return found


def _samples(
    recording: Recording,
    trace: SampledTrace,
    name: str,
    label: str,
    dimension: str,
    coordinates: Mapping[str, object],
) -> xr.Dataset:
    import xarray as xr

    attributes = {"long_name": label, "units": trace.unit or "1"}
    times = ("time", trace.times, {"units": "s"})
    return xr.Dataset(
        {name: (("trial", "time", dimension), trace.values, attributes)},
        {"trial": recording.trials, "time": times, **coordinates},
    )
