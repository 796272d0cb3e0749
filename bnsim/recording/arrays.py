"""A recording as plain arrays by name, and back: what is written to files and folders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bnsim.expected import NUMBER, REAL, TEXT, WHOLE, Expected, check
from bnsim.recording import traces as traces_of
from bnsim.recording.spikes import SpikeTimes

if TYPE_CHECKING:
    from bnsim.recording.whole import Recording


def as_arrays(recording: Recording) -> dict[str, np.ndarray]:
    """Return what `Recording.save` writes.

    Parameters
    ----------
    recording : Recording
        The recording.

    Returns
    -------
    dict of str to ndarray
        The arrays, by name.
    """
    arrays: dict[str, np.ndarray] = {
        "start": np.array(recording.start),
        "duration": np.array(recording.duration),
        "dt": np.array(recording.dt),
        "trials": recording.trials,
        "presentations": recording.presentations,
    }
    for population, size in recording.sizes.items():
        arrays[f"sizes/{population}"] = np.array(size)
    for population, counts in recording.counts.items():
        arrays[f"counts/{population}"] = counts
    for population, spikes in recording.spikes.items():
        for name in ("trial", "unit", "time", "units"):
            arrays[f"spikes/{population}/{name}"] = getattr(spikes, name)
    for population, traces in recording.traces.items():
        for variable, trace in traces.items():
            arrays |= traces_of.as_arrays(f"traces/{population}/{variable}", trace)
    for projection, trace in recording.weights.items():
        arrays |= traces_of.as_arrays(f"weights/{projection}", trace)
    return arrays


def fields(data: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return the parameters of the `Recording` that arrays hold, whole or piece by piece.

    Parameters
    ----------
    data : mapping of str to ndarray
        The arrays, by name.

    Returns
    -------
    dict
        The parameters, by name.

    Raises
    ------
    KeyError, ValueError, TypeError
        If they hold none.
    """
    if "steps" in data:
        check(data, {"dt": _OF_ALL["dt"], "first_step": _STEPS, "steps": _STEPS})
        data = _of_pieces(data)
    _check(data)
    found: dict[str, Any] = {name: {} for name in ("counts", "spikes", "traces", "weights", "sizes")}
    for key, array in data.items():
        kind, _, rest = key.partition("/")
        owner, _, name = rest.rpartition("/")
        if kind == "sizes":
            found["sizes"][rest] = int(array)
        elif kind == "counts":
            found["counts"][rest] = array
        elif kind == "spikes":
            found["spikes"].setdefault(owner, {})[name] = array
        elif kind == "traces" and name == "values":
            population, variable = owner.split("/")
            found["traces"].setdefault(population, {})[variable] = traces_of.from_arrays(f"traces/{owner}", data)
        elif kind == "weights" and name == "values":
            found["weights"][owner] = traces_of.from_arrays(f"weights/{owner}", data)
    found["spikes"] = {population: SpikeTimes(**arrays) for population, arrays in found["spikes"].items()}
    found |= {name: float(data[name]) for name in ("duration", "dt", "start")}
    return found | {name: data[name] for name in ("trials", "presentations")}


_STEPS = Expected(WHOLE, (), low=0, high=2**53)
_OF_ALL: Mapping[str, Expected] = {
    "start": Expected(NUMBER, (), low=0),
    "duration": Expected(NUMBER, (), low=0),
    "dt": Expected(NUMBER, (), low=np.finfo(float).tiny),
    "trials": Expected(WHOLE, ("n_trials",), low=0),
    "presentations": Expected(WHOLE, ("n_trials",), low=0),
}
"""Arrays of every recording."""


def _check(data: Mapping[str, np.ndarray]) -> None:
    """Hold the arrays of a recording against each other; `Recording` itself looks at the spikes."""
    sizes = {name: Expected(WHOLE, (), low=0) for name in data if name.startswith("sizes/")}
    check(data, sizes)
    known = {f"units of {name.partition('/')[2]}": int(data[name]) for name in sizes}
    expected = {**_OF_ALL, **sizes}
    older = not any(name.startswith("spikes/") and name.endswith("/units") for name in data)  # of whole populations
    for name in sorted(data):  # counts first: they say how many units there are
        kind, _, owner = name.partition("/")
        group = name.rpartition("/")[0]
        if kind == "counts":
            expected[name] = Expected(WHOLE, ("n_trials", f"units of {owner}"), low=0)
        elif kind == "spikes":
            expected |= _of_spikes(group, () if older else ("units",))
        elif kind == "traces":
            expected |= _of_trace(group, f"units of {group.split('/')[1]}")
        elif kind == "weights":
            expected |= _of_trace(group, "")
    check(data, expected, known)
    for name in data:
        if name not in expected:
            raise ValueError(f"a recording has no array {name!r}")


def _of_spikes(group: str, further: tuple[str, ...]) -> dict[str, Expected]:
    size = (f"spikes of {group}",)
    return {
        f"{group}/trial": Expected(WHOLE, size),
        f"{group}/unit": Expected(WHOLE, size),
        f"{group}/time": Expected(REAL, size),
        **{f"{group}/{part}": Expected(WHOLE, (f"recorded of {group}",)) for part in further},
    }


def _of_trace(group: str, indexed: str) -> dict[str, Expected]:
    """Of samples whose units are indices below the length of this name; of any length, if it is empty."""
    samples, units = f"samples of {group}", f"sampled of {group}"
    return {
        f"{group}/values": Expected(NUMBER, ("n_trials", samples, units), finite=False),
        f"{group}/times": Expected(REAL, (samples,)),
        f"{group}/units": Expected(WHOLE, (units,), low=0, below=indexed),
        f"{group}/unit": Expected(TEXT, ()),
    }


def _of_pieces(grown: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays of a recording from those that `bnsim.stream` has written piece by piece."""
    dt = float(grown["dt"])
    data: dict[str, np.ndarray] = {
        "start": np.array(int(grown["first_step"]) * dt),
        "duration": np.array(int(grown["steps"]) * dt),
        "dt": np.array(dt),
        "trials": np.zeros(1, np.uint64),
        "presentations": np.ones(1, np.int64),
    }
    for name, array in grown.items():
        kind, part = name.partition("/")[0], name.rpartition("/")[2]
        if kind == "counts":  # a row a piece
            data[name] = array.sum(axis=0, dtype=np.int64)[None]
        elif kind in ("spikes", "traces", "weights"):
            data[name] = array[None] if part == "values" else array
        if kind == "spikes" and part == "time":
            data[f"{name.removesuffix('time')}trial"] = np.broadcast_to(np.int64(0), array.shape)
    return data
