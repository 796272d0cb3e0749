"""Signals and spike times by name, in an NWB file or in one that Neo reads, and the ones that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from bnsim.arrays import Float64Array
from bnsim.errors import InputError, advice, first_line
from bnsim.expected import NUMBER
from bnsim.packages import with_extra

if TYPE_CHECKING:
    from bnsim.hdf5 import Source

PICKLES = (".pkl", ".pickle")
"""Endings of files that Neo reads by running what is in them."""
STIMULI = ("stimulus/presentation", "acquisition")
"""Where a stimulus lies in an NWB file; in the second place only if there is none in the first."""
UNEVEN = 0.05
"""By what share of the time between two samples one may come early or late: many files hold rounded times."""
NAMED = 20
"""Names that a message lists."""

_T = TypeVar("_T")
_Made = Mapping[str, Callable[[], _T]]
"""Values by name, which are read when they are asked for."""


@dataclass(frozen=True, eq=False)
class Course:
    """A signal that was sampled at a regular rate.

    Parameters
    ----------
    values
        The samples.
    start, interval
        Time of the first one, and between two, in ms.
    """

    values: Float64Array
    start: float
    interval: float


def stimulus_and_spikes(path: Path, signal: str | None, unit: str | None) -> tuple[Course, Float64Array]:
    """Read a stimulus and the spike times of one neuron.

    Parameters
    ----------
    path
        An NWB file, or another file that Neo reads.
    signal
        Name of the stimulus, with the number of the column in brackets where it has several: "stimulus[0]". None: there
        is one.
    unit
        Name of the neuron, or its number where it has no name of its own. None: there is one.

    Returns
    -------
    course : Course
        The stimulus.
    times : ndarray of float64, shape (n_spikes,)
        When the neuron fired, in ms, on the same clock.

    Raises
    ------
    InputError
        If the file cannot be read, holds no such stimulus or neuron or several, or the stimulus was sampled at unequal
        times.
    """
    if not path.is_file():
        raise InputError(f"receptor.recording: no file {path}; give the path of a recording")
    if path.suffix.lower() in PICKLES:
        raise InputError(f"receptor.recording: {path} is a pickle, which runs what is in it; write it as NWB")
    read = _from_nwb if path.suffix.lower() == ".nwb" else _from_neo
    try:
        return read(path, signal, unit)
    except InputError:
        raise
    except Exception as error:  # what Neo's readers of some forty formats raise is of any kind
        raise InputError(
            f"receptor.recording: cannot read {path} ({first_line(error)}); give an NWB file or one that Neo reads"
        ) from None


def _chosen(option: str, what: str, more: str, found: _Made[_T], name: str | None) -> _T:
    """The one of that name, or the only one."""
    if not found:
        raise InputError(f"receptor.recording: the file holds no {what}; give one with it")
    if name is None and len(found) > 1:
        others = ", ..." if len(found) > NAMED else ""
        raise InputError(
            f"receptor.{option}: the file holds {len(found)} {more}; "
            f"give one of {', '.join(list(found)[:NAMED])}{others}"
        )
    if name is not None and name not in found:
        raise InputError(f"receptor.{option}: no {what} {name!r}; {advice(name, list(found)[:NAMED])}")
    return found[next(iter(found)) if name is None else name]()


def _both(
    signals: _Made[Course], units: _Made[Float64Array], signal: str | None, unit: str | None
) -> tuple[Course, Float64Array]:
    course = _chosen("signal", "signal", "signals", signals, signal)
    return course, _chosen("unit", "neuron with spike times", "neurons with spike times", units, unit)


def _labels(names: list[str]) -> list[str]:
    """A name for each of several: its own, or its number where it has none or shares it."""
    numbers = [str(place) for place in range(len(names))]
    found = [name if name and names.count(name) == 1 else number for name, number in zip(names, numbers, strict=True)]
    return found if len(set(found)) == len(found) else numbers  # a name may be the number of another


def _columns(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}[{column}]" for column in range(count)]


# NWB. The file's own schema is not interpreted, and no link is followed (see `bnsim.hdf5`).


def _from_nwb(path: Path, signal: str | None, unit: str | None) -> tuple[Course, Float64Array]:
    hdf5 = with_extra("receptor.recording", "bnsim.hdf5", "h5py", "nwb")
    with hdf5.open_hdf5(path) as file:
        source = hdf5.Source(path, file)
        places = [_nwb_signals(source, place) for place in STIMULI]
        usual = next((found for found in places if found), {})
        named = {name: make for found in reversed(places) for name, make in found.items()}
        return _both(usual if signal is None else named, _nwb_units(source), signal, unit)


def _nwb_signals(source: Source, group: str) -> dict[str, Callable[[], Course]]:
    found: dict[str, Callable[[], Course]] = {}
    for name in source.members(group):
        place = f"{group}/{name}"
        if not source.holds(f"{place}/data"):
            continue
        data = source.dataset(f"{place}/data")
        if data.dtype.kind in NUMBER and len(data.shape) in (1, 2) and data.size:
            labels = _columns(name, data.size // len(data))
            found |= {label: partial(_nwb_course, source, place, column) for column, label in enumerate(labels)}
    return found


def _nwb_course(source: Source, place: str, column: int) -> Course:
    values = source.array(f"{place}/data")
    values = values.reshape(len(values), -1)[:, column].astype(np.float64)
    if source.holds(f"{place}/timestamps"):
        times = 1e3 * source.numbers(f"{place}/timestamps", len(values)).astype(np.float64)
        return Course(values, *_regular(place, times))
    rate = float(source.dataset(f"{place}/starting_time").attrs["rate"])
    if not 0 < rate < np.inf:
        raise ValueError(f"{place}/starting_time has the rate {rate:g}")
    return Course(values, 1e3 * float(source.array(f"{place}/starting_time")), 1e3 / rate)


def _regular(name: str, times: Float64Array) -> tuple[float, float]:
    """First time and interval of samples, in ms. Errors: InputError if they are not at equal distances."""
    interval = (times[-1] - times[0]) / max(len(times) - 1, 1)
    if not interval > 0 or (abs(times - times[0] - interval * np.arange(len(times))) > UNEVEN * interval).any():
        raise InputError(f"receptor.signal: {name} was sampled at unequal times; give a signal at a regular rate")
    return float(times[0]), float(interval)


def _nwb_units(source: Source) -> dict[str, Callable[[], Float64Array]]:
    if not source.holds("units/spike_times"):
        return {}
    ends = source.whole("units/spike_times_index")
    starts = np.concatenate([[0], ends[:-1]]).astype(int)
    numbers = source.whole("units/id", len(ends)) if source.holds("units/id") else np.arange(len(ends))

    return {
        str(number): partial(_nwb_times, source, first, last)
        for number, first, last in zip(numbers.tolist(), starts.tolist(), ends.tolist(), strict=True)
    }


def _nwb_times(source: Source, first: int, last: int) -> Float64Array:
    times = source.numbers("units/spike_times")
    if not 0 <= first <= last <= len(times):
        raise ValueError("units/spike_times_index does not belong to units/spike_times")
    return 1e3 * times[first:last].astype(np.float64)


# Neo.


def _from_neo(path: Path, signal: str | None, unit: str | None) -> tuple[Course, Float64Array]:
    import neo

    segments = [segment for block in neo.io.get_io(str(path)).read() for segment in block.segments]
    whole = [segment for segment in segments if segment.spiketrains]
    if len(whole) > 1:  # a stimulus of one and spikes of another would belong to different times
        raise InputError(
            f"receptor.recording: the file holds {len(whole)} segments with spikes, and one is taken; "
            "save that which is meant as a file of its own"
        )
    waves = [wave for segment in whole or segments for wave in segment.analogsignals]
    waves += [wave for segment in whole or segments for wave in segment.irregularlysampledsignals]
    trains = [train for segment in whole for train in segment.spiketrains]
    signals = {
        label: partial(_neo_course, label, wave, column)
        for name, wave in zip(_labels([wave.name or "" for wave in waves]), waves, strict=True)
        for column, label in enumerate(_columns(name, wave.shape[1]))
    }
    units = {
        name: partial(_neo_times, train)
        for name, train in zip(_labels([train.name or "" for train in trains]), trains, strict=True)
    }
    return _both(signals, units, signal, unit)


def _neo_course(name: str, wave: Any, column: int) -> Course:
    values = np.asarray(wave.magnitude[:, column], np.float64)
    if hasattr(wave, "sampling_period"):
        return Course(values, *(float(time.rescale("ms")) for time in (wave.t_start, wave.sampling_period)))
    return Course(values, *_regular(name, np.asarray(wave.times.rescale("ms").magnitude, np.float64)))


def _neo_times(train: Any) -> Float64Array:
    return np.asarray(train.rescale("ms").magnitude, np.float64)
