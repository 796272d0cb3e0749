"""Checks of single values; each failure is one line that names the culprit and the remedy."""

from __future__ import annotations

import keyword
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from brian2.units.fundamentalunits import (
    Quantity,
    get_dimensions,
    get_unit,
    in_best_unit,
)

from bnsim.errors import InputError, advice

RESERVED_NAMES = frozenset({"e", "i", "t", "dt", "N", "v", "w", "I"})


def finite(culprit: str, value: object) -> float:
    """The value as a plain float (SI base units). Errors: not a number, NaN or infinite."""
    try:
        number = float(np.asarray(value, dtype=float))
    except (TypeError, ValueError):
        raise InputError(f"{culprit}: {_shown(value)} is not a single number; give one number") from None
    if not math.isfinite(number):
        raise InputError(f"{culprit}: {number} is not finite; give a finite value")
    return number


def quantity(culprit: str, value: Any, example: Quantity | None, *, minimum: float | None, exclusive: bool) -> None:
    """A finite scalar, at or above (exclusive: above) `minimum` in SI units.

    example: has the dimensions that are demanded; None: any will do.
    """
    try:
        dimensions = get_dimensions(value)
    except TypeError:
        raise InputError(f"{culprit}: {_shown(value)} is not a single number; give one number") from None
    if example is not None and dimensions is not get_dimensions(example):
        expected = "no unit" if is_plain(example) else get_unit(get_dimensions(example))
        raise InputError(
            f"{culprit}: {_shown(value)} has the wrong unit, expected {expected}; give {describe(example)}, say"
        )
    number = finite(culprit, value)
    if minimum is not None and (number < minimum or (exclusive and number == minimum)):
        bound = "above" if exclusive else "at least"
        raise InputError(f"{culprit}: {describe(value)} is too small; give a value {bound} {minimum:g}")


def is_plain(value: object) -> bool:
    """True for a number without unit."""
    return bool(get_dimensions(value).is_dimensionless)


def describe(value: object) -> str:
    """A value as a reader would write it: 20 ms, 0.5."""
    if isinstance(value, Quantity) and not is_plain(value):
        return str(in_best_unit(value)).replace(". ", " ")
    return f"{float(value):g}" if isinstance(value, (int, float, np.number, Quantity)) else str(value)


def _shown(value: Any) -> str:
    """What was given, on one line."""
    if np.ndim(value) > 0:
        return f"an array of shape {np.shape(value)}"
    return describe(value) if isinstance(value, Quantity) else " ".join(repr(value).split())


def count(culprit: str, value: object, minimum: int = 1) -> int:
    """A whole number at or above `minimum`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise InputError(f"{culprit}: {value!r} is not a whole number; give an integer of at least {minimum}")
    if value < minimum:
        raise InputError(f"{culprit}: {value} is too small; give an integer of at least {minimum}")
    return int(value)


def name(culprit: str, value: object) -> str:
    """A name that can stand in Brian2's equations: a Python identifier that starts with a letter."""
    usable = isinstance(value, str) and value.isidentifier() and value[0].isalpha() and value.isascii()
    if not usable or keyword.iskeyword(str(value)) or "__" in str(value) or value in RESERVED_NAMES:
        raise InputError(
            f"{culprit}: {value!r} cannot be a name; use letters, digits and single underscores, "
            f"starting with a letter, and none of {', '.join(sorted(RESERVED_NAMES))}"
        )
    return str(value)


def one_of(culprit: str, value: object, options: Iterable[str]) -> str:
    """One of the options; a near miss is suggested."""
    known = list(options)
    if value in known:
        return str(value)
    raise InputError(f"{culprit}: unknown {value!r}; {advice(value, known)}")
