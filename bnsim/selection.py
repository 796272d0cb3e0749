"""Which populations, trials and units are meant; each failure is one line that says what there is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import Int64Array
from bnsim.errors import InputError
from bnsim.times import numbers, shown

Indices: TypeAlias = "int | Sequence[int] | NDArray[np.integer]"
"""One index or several."""


def known_population(culprit: str, name: object, held: Iterable[str], recorded: Iterable[str] | None = None) -> str:
    """Return the name of a population that a recording holds.

    Parameters
    ----------
    culprit : str
        What the name was given to, for the message of an error.
    name : object
        The name, or None where none was given: the sole population needs no name.
    held : iterable of str
        The names of the recording's populations.
    recorded : iterable of str, optional
        Those of the populations that may be meant without a name: which hold what is asked for. Default: all.

    Returns
    -------
    str
        The name.

    Raises
    ------
    InputError
        If no name was given where there are several, or the recording has no such population; a near miss is suggested.
    """
    known = list(held)
    those = ", ".join(map(repr, known)) or "none"
    if name is None:
        sole = known if recorded is None else list(recorded)
        if len(sole) == 1:
            return sole[0]
        raise InputError(f"{culprit}: no population was named; the recording holds {those}")
    if not isinstance(name, str) or name not in known:
        near = difflib.get_close_matches(str(name), known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(f"{culprit}: unknown population {shown(name)}; {hint}the recording holds {those}")
    return str(name)


def checked_index(culprit: str, value: object, size: int, what: str) -> int:
    """Return one index that lies in its range.

    Parameters
    ----------
    culprit : str
        What the index was given as, for the message of an error.
    value : object
        The index.
    size : int
        The number of things that can be named.
    what : str
        What is named, such as ``"trial"``.

    Returns
    -------
    int
        The index.

    Raises
    ------
    InputError
        If the value is no whole number from 0 to ``size - 1``.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise InputError(f"{culprit}: {shown(value)} is no whole number; give the index of one {what}")
    if not 0 <= value < size:
        there = f"there are {what}s 0 to {size - 1}" if size else f"there is no {what}"
        raise InputError(f"{culprit}: no {what} {value}; {there}")
    return int(value)


def checked_indices(culprit: str, values: Indices | None, size: int, what: str) -> Int64Array:
    """Return indices that lie in their range, each once.

    Parameters
    ----------
    culprit : str
        What the indices were given as, for the message of an error.
    values : int, sequence of int or None
        One index, several, or None for all.
    size : int
        The number of things that can be named.
    what : str
        What is named, such as ``"unit"``.

    Returns
    -------
    ndarray of int
        The indices in the order given.

    Raises
    ------
    InputError
        If there is no index, or one is out of range, repeated or no whole number.
    """
    if values is None:
        if not size:
            raise InputError(f"{culprit}: there is no {what}; give a source with at least one")
        return np.arange(size)
    if np.ndim(numbers(culprit, values, f"the index of one {what} or of several")) == 0:
        return np.array([checked_index(culprit, values, size, what)])
    chosen = np.array([checked_index(culprit, value, size, what) for value in values], dtype=np.int64)  # type: ignore[union-attr]
    if not len(chosen):
        raise InputError(f"{culprit}: no {what} was named; give an index, several, or None for all")
    found, times = np.unique(chosen, return_counts=True)
    if (times > 1).any():
        raise InputError(f"{culprit}: {what} {found[times > 1][0]} is named twice; name each {what} once")
    return chosen


def sampled_units(culprit: str, sample: int | None, size: int) -> Int64Array:
    """Return the places of all units, or of a random sample that depends on their number alone.

    Parameters
    ----------
    culprit : str
        What the sample was given as, for the message of an error.
    sample : int or None
        Number of units to choose; None for all.
    size : int
        Number of units.

    Returns
    -------
    ndarray of int64, shape (n_chosen,)
        The places in ascending order.

    Raises
    ------
    InputError
        If `sample` is not a whole number of at least 1.
    """
    if sample is None:
        return np.arange(size)
    if isinstance(sample, bool) or not isinstance(sample, (int, np.integer)) or sample < 1:
        raise InputError(f"{culprit}: {shown(sample)} is no number of units; give a whole number of at least 1")
    if sample >= size:
        return np.arange(size)
    return np.sort(np.random.default_rng(size).choice(size, sample, replace=False))


def listed(indices: NDArray[np.integer]) -> str:
    """Return indices in words, the first ones of many.

    Parameters
    ----------
    indices : ndarray of int
        The indices.

    Returns
    -------
    str
        At most eight of them.
    """
    first = ", ".join(str(index) for index in indices[:8])
    return f"{first}, ..." if len(indices) > 8 else first


def refuse(culprit: str, options: Mapping[str, object], reason: str) -> None:
    """Refuse options that this kind of source would ignore.

    Parameters
    ----------
    culprit : str
        The function that was called.
    options : mapping of str to object
        Name and value of each option; None for one that was not given.
    reason : str
        Why they have no meaning here.

    Raises
    ------
    InputError
        If any option was given.
    """
    for name, value in options.items():
        if value is not None:
            raise InputError(f"{culprit}.{name}: {reason}; leave {name} out")
