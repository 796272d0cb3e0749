"""What a file of `Recording.to_nwb` holds besides the tables and series that NWB has, as JSON in its notes.

It is what writer and reader agree on; all else is where any reader of NWB looks for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field
from typing_extensions import TypedDict

from bnsim.arrays import Int64Array, IntArray
from bnsim.documents import STRICT, checked, of_json

_Number = Annotated[int, Field(ge=0, lt=2**63)]


class Series(TypedDict):
    """A time series: of a variable of a population, or of the weights of a projection, whose variable is empty."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    name: str
    owner: str
    variable: str
    samples: Annotated[int, Field(ge=1, lt=2**53)]
    units: list[list[_Number]]


class Facts(TypedDict):
    """A recording but for its arrays. Ranges of units include their ends."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    format: Literal["bnsim recording"]
    version: Literal[1]
    dt: Annotated[float, Field(gt=0)]
    start: Annotated[float, Field(ge=0)]
    duration: Annotated[float, Field(gt=0)]
    trials: Annotated[list[Annotated[int, Field(ge=0, lt=2**64)]], Field(min_length=1)]
    presentations: list[_Number]
    populations: dict[str, _Number]
    series: list[Series]


def as_text(facts: Mapping[str, Any]) -> str:
    """Return facts as JSON.

    Parameters
    ----------
    facts : mapping of str to object
        What `Facts` describes.

    Returns
    -------
    str
        The text.
    """
    return json.dumps(facts)


def of_text(text: str) -> Facts:
    """Return the facts that JSON holds.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    Facts
        The facts.

    Raises
    ------
    ValueError
        If it holds none.
    """
    try:
        found: Facts = checked(Facts, of_json(text))
    except ValueError as error:
        raise ValueError(f"general/notes: {error}") from None
    return found


def ranges(units: IntArray) -> list[list[int]]:
    """Return units as ranges of consecutive numbers.

    Parameters
    ----------
    units : ndarray of int
        The units, in any order.

    Returns
    -------
    list of [int, int]
        First and last unit of each range.
    """
    breaks = np.flatnonzero(np.diff(units.astype(np.int64)) != 1) + 1
    return [[int(part[0]), int(part[-1])] for part in np.split(units, breaks) if len(part)]


def units_of(found: Sequence[Sequence[int]], n_units: int) -> Int64Array:
    """Return the units of ranges.

    Parameters
    ----------
    found : sequence of [int, int]
        First and last unit of each range.
    n_units : int
        How many units there must be in all.

    Returns
    -------
    ndarray of int64
        The units.

    Raises
    ------
    ValueError
        If the ranges are none, or hold another number of units.
    """
    if any(len(ends) != 2 or ends[1] < ends[0] for ends in found):
        raise ValueError("general/notes: a range of units is not a first and a last one")
    if sum(last - first + 1 for first, last in found) != n_units:
        raise ValueError(f"general/notes: ranges of units do not hold {n_units}, as the series has")
    return np.concatenate([np.arange(first, last + 1) for first, last in found] or [np.zeros(0, np.int64)])
