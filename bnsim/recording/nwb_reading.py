"""The arrays of a recording from a file that `Recording.to_nwb` wrote, which may be damaged or come from a stranger.

The few datasets that are needed are read by h5py. The file's own schema is not interpreted, no link is followed, and
sizes are compared with the limit of `bnsim.npz` before anything is read.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import h5py
import numpy as np

from bnsim.arrays import FloatArray, Int64Array, IntArray
from bnsim.expected import NUMBER, REAL, WHOLE, Expected, check
from bnsim.hdf5 import Source, opened
from bnsim.recording.nwb_facts import Facts, Series, of_text, units_of
from bnsim.recording.nwb_writing import DIMENSIONLESS

_MOST_STEPS = 2**53
_CLOSE = 1e-6
"""Time steps by which sums of floating-point numbers may differ from the grid."""


def read(path: Path) -> dict[str, np.ndarray]:
    """Read a file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    dict of str to ndarray
        The arrays that `Recording.arrays` gives, for `bnsim.recording.arrays.fields`, which checks them.

    Raises
    ------
    InputError
        If they are larger than the limit.
    OSError, ValueError, KeyError, TypeError, RuntimeError
        If the file cannot be read, is damaged, or was not written by `Recording.to_nwb`.
    """
    with opened(path) as file:
        return _Reader(path, file).arrays()


class _Reader:
    """One file; all that is read from it counts towards the limit."""

    def __init__(self, path: Path, file: h5py.File) -> None:
        self._source = Source(path, file)
        self._facts = of_text(self._text("general/notes"))
        self._source.count(sum(self._facts["populations"].values()))
        self._n_trials = len(self._facts["trials"])
        _check_extent(self._facts)

    def arrays(self) -> dict[str, np.ndarray]:
        facts = self._facts
        found = {name: np.array(facts[name], float) for name in ("start", "duration", "dt")}
        found["trials"] = np.array(facts["trials"], np.uint64)
        found["presentations"] = np.array(facts["presentations"], np.int64)
        found |= self._counts()
        for name, spikes in self._spikes().items():
            found |= {f"spikes/{name}/{part}": array for part, array in spikes.items()}
            size = facts["populations"][name]
            if len(spikes["units"]) == size:
                places = np.ravel_multi_index((spikes["trial"], spikes["unit"]), (self._n_trials, size))
                counts = np.bincount(places, minlength=self._n_trials * size)
                found[f"counts/{name}"] = counts.reshape(self._n_trials, size)
        if not all(f"counts/{name}" in found for name in facts["populations"]):
            found |= {f"sizes/{name}": np.array(size) for name, size in facts["populations"].items()}
        for series in facts["series"]:
            found |= self._series(series)
        counts_in_order = {key: found[key] for name in facts["populations"] if (key := f"counts/{name}") in found}
        return {key: array for key, array in found.items() if key not in counts_in_order} | counts_in_order

    def _spikes(self) -> dict[str, dict[str, np.ndarray]]:
        if not self._source.holds("units"):
            return {}
        names = ("spike_times", "spike_times_index", "unit")
        arrays = {name: self._source.array(f"units/{name}") for name in names}
        rows = Expected(WHOLE, ("rows",), low=0)
        expected = {
            "unit": rows,
            "spike_times_index": Expected(WHOLE, ("rows",), low=0, high=len(arrays["spike_times"])),
            "spike_times": Expected(REAL, ("spikes",)),
        }
        check(arrays, expected)
        ends = arrays["spike_times_index"].astype(np.int64)
        lengths = np.diff(ends, prepend=0)
        if len(ends) and (lengths.min() < 0 or ends[-1] != len(arrays["spike_times"])):
            raise ValueError("units/spike_times_index is not in order, or not of all spikes")
        of_population = self._populations("units/population", len(ends))
        units = arrays["unit"].astype(np.int64)
        spikes = {}
        for name, rows_of in of_population.items():
            first, last = rows_of.start, rows_of.stop
            part = slice(ends[first] - lengths[first], ends[last - 1])
            fired = np.repeat(units[first:last], lengths[first:last])
            spikes[name] = {**self._ordered(arrays["spike_times"][part], fired), "units": units[first:last]}
        return spikes

    def _ordered(self, time: FloatArray, unit: IntArray) -> dict[str, np.ndarray]:
        """Trial, unit and time within the trial of spikes, by trial, time and unit."""
        facts = self._facts
        dt, start, duration = facts["dt"], facts["start"], facts["duration"]
        if time.size and not start <= time.min() <= time.max() < start + self._n_trials * duration:
            raise ValueError("units/spike_times holds times that are not within the recording")
        steps = (time - start) / dt + _CLOSE
        trial = np.minimum(np.floor(steps / round(duration / dt)).astype(np.int64), self._n_trials - 1)
        within = _on_grid(time - duration * trial, dt)
        order = np.lexsort((unit, within, trial))
        return {"trial": trial[order], "unit": unit[order], "time": within[order]}

    def _counts(self) -> dict[str, np.ndarray]:
        if not self._source.holds("processing/misc/spike_counts"):
            return {}
        count = self._source.array("processing/misc/spike_counts/count")
        check({"count": count}, {"count": Expected(WHOLE, ("units", self._n_trials), low=0)})
        rows = self._populations("processing/misc/spike_counts/population", len(count))
        return {f"counts/{name}": count[rows_of].T for name, rows_of in rows.items()}

    def _series(self, series: Series) -> dict[str, np.ndarray]:
        place = f"acquisition/{series['name']}"
        data = self._source.dataset(f"{place}/data")
        values = self._source.array(f"{place}/data")
        check({place: values}, {place: Expected(NUMBER, (self._n_trials * series["samples"], "units"), finite=False)})
        unit = data.attrs.get("unit")
        if not isinstance(unit, str):
            raise ValueError(f"{place}/data has no unit")
        owner = f"traces/{series['owner']}/{series['variable']}" if series["variable"] else f"weights/{series['owner']}"
        return {
            f"{owner}/values": values.reshape(self._n_trials, series["samples"], values.shape[1]),
            f"{owner}/times": _on_grid(self._times(place, series["samples"]), self._facts["dt"]),
            f"{owner}/units": units_of(series["units"], values.shape[1]),
            f"{owner}/unit": np.array("" if unit == DIMENSIONLESS else unit),
        }

    def _times(self, place: str, samples: int) -> FloatArray:
        """Of the samples of the first trial."""
        if self._source.holds(f"{place}/timestamps"):
            times = self._source.array(f"{place}/timestamps")
            check({"timestamps": times}, {"timestamps": Expected(REAL, (self._n_trials * samples,))})
            return times[:samples]
        begun = self._source.dataset(f"{place}/starting_time")
        rate, start = float(begun.attrs["rate"]), float(self._source.array(f"{place}/starting_time"))
        if not (math.isfinite(start) and rate > 0):
            raise ValueError(f"{place}/starting_time is no time with a rate")
        return start + np.arange(samples) / rate

    def _populations(self, place: str, n_rows: int) -> dict[str, slice]:
        """The rows of each population, which lie one after another."""
        names = self._source.dataset(place)
        if h5py.check_string_dtype(names.dtype) is None or names.shape != (n_rows,):
            raise ValueError(f"{place} is not a name for each of {n_rows} rows")
        self._source.count(names.size * 64)
        return _runs(place, names.asstr()[...].tolist(), self._facts["populations"])

    def _text(self, place: str) -> str:
        found = self._source.dataset(place)
        if h5py.check_string_dtype(found.dtype) is None or found.shape != ():
            raise ValueError(f"{place} is no text")
        return str(found.asstr()[()])


def _check_extent(facts: Facts) -> None:
    end = facts["start"] + len(facts["trials"]) * facts["duration"]
    if not end / facts["dt"] < _MOST_STEPS or round(facts["duration"] / facts["dt"]) < 1:
        raise ValueError(f"general/notes: {facts['duration']:g} s are no number of steps of {facts['dt']:g} s")


def _on_grid(times: FloatArray, dt: float) -> FloatArray:
    """Times that are whole steps but for rounding, as the steps' own times."""
    exact = np.rint(times / dt) * dt
    return np.where(np.abs(times - exact) < _CLOSE * dt, exact, times)


def _runs(place: str, names: Sequence[str], known: Iterable[str]) -> dict[str, slice]:
    starts: dict[str, int] = {}
    codes: Int64Array = np.array([starts.setdefault(name, len(starts)) for name in names], np.int64)
    for name in starts:
        if name not in known:
            raise ValueError(f"{place} holds {name!r}, which is no population")
    if (np.diff(codes) < 0).any():
        raise ValueError(f"{place}: units of a population do not follow each other")
    edges = np.searchsorted(codes, np.arange(len(starts) + 1))
    return {name: slice(int(edges[code]), int(edges[code + 1])) for name, code in starts.items()}
