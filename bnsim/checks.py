"""Checks of single values; each failure is one line that names the culprit and the remedy."""

from __future__ import annotations

import keyword
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from brian2.units import cm, hertz, ms, msiemens, mV, nS, pA, pF, uF, volt
from brian2.units.fundamentalunits import (
    Quantity,
    get_dimensions,
    get_unit,
    in_best_unit,
)

from bnsim.errors import InputError, advice

USUAL = (1 * mV, 100 * pA, 1 * nS, 1 * ms, 100 * pF)
"""Values that cells have, which messages suggest."""

COMPOSED = (
    (uF / cm**2, "uF/cm^2"),
    (msiemens / cm**2, "mS/cm^2"),
    (volt**-1, "/ V"),
    (volt**-2, "/ V^2"),
)
"""Units without a name of their own, as papers write them."""

_IN_PYTHON = {
    "us": "ms",  # a time step of 0.1 ms is 100 us, and nobody gives it so
    "s": "second",
    "V": "volt",
    "A": "amp",
    "S": "siemens",
    "F": "farad",
    "m": "metre",
    "mS/cm**2": "msiemens/cm**2",
    "/ V": "volt**-1",
    "/ V**2": "volt**-2",
}
"""Units in which numbers are given, by those in which quantities are shown, where they differ."""


def finite(culprit: str, value: object) -> float:
    """Return a value as a plain float, in SI base units.

    Parameters
    ----------
    culprit : str
        What the value was given as, for the message of an error.
    value : object
        A single number, with or without a unit.

    Returns
    -------
    float
        The number in SI base units.

    Raises
    ------
    InputError
        If the value is not a single number, NaN or infinite.
    """
    try:
        number = float(np.asarray(value, dtype=float))
    except (TypeError, ValueError):
        raise InputError(f"{culprit}: {shown(value)} is not a single number; give one number") from None
    if not math.isfinite(number):
        raise InputError(f"{culprit}: {number} is not finite; give a finite value")
    return number


def quantity(culprit: str, value: Any, example: Quantity | None, *, minimum: float | None, exclusive: bool) -> None:
    """Refuse what is not a finite scalar with the expected unit and within the expected range.

    Parameters
    ----------
    culprit : str
        What the value was given as, for the message of an error.
    value : Quantity or float
        The value to check.
    example : Quantity or None
        A value with the expected dimensions; None if any dimensions will do.
    minimum : float or None
        Lower bound in SI units; None if there is none.
    exclusive : bool
        Whether the value must lie above `minimum` rather than at or above it.

    Raises
    ------
    InputError
        If the value is not a single finite number, has the wrong unit, or is too small.
    """
    if isinstance(value, type):
        raise InputError(f"{culprit}: {value.__name__} is a class; give {value.__name__}(), with its parameters")
    try:
        dimensions = get_dimensions(value)
    except TypeError:
        raise InputError(f"{culprit}: {shown(value)} is not a single number; give one number") from None
    if example is not None and dimensions is not get_dimensions(example):
        if dimensions.is_dimensionless:
            raise InputError(without_unit(culprit, value, example))
        expected = "no unit" if is_plain(example) else get_unit(get_dimensions(example))
        raise InputError(
            f"{culprit}: {shown(value)} has the wrong unit, expected {expected}; give {_usual(example)}, say"
        )
    number = finite(culprit, value)
    if minimum is not None and (number < minimum or (exclusive and number == minimum)):
        bound = "above" if exclusive else "at least"
        problem = "is negative" if number < 0 and minimum == 0 else "is too small"
        raise InputError(f"{culprit}: {describe(value)} {problem}; give a value {bound} {minimum:g}")


def without_unit(culprit: str, value: Any, *examples: Quantity) -> str:
    """Return the message about a number that lacks its unit: the same number with one.

    Parameters
    ----------
    culprit : str
        What the number was given as.
    value : float
        The number.
    *examples : Quantity
        Values as they are usual there, in whose units the number may be meant.

    Returns
    -------
    str
        Such as "compile(trial): 10 has no unit; give 10 * ms".
    """
    number = f"{float(value):.12g}" if isinstance(value, (float, np.number, Quantity)) else shown(value)
    meant = " or ".join(f"{number} * {unit_in_python(example)}" for example in examples)
    return f"{culprit}: {number} has no unit; give {meant}"


def unit_in_python(example: Quantity) -> str:
    """Return the unit in which a quantity is usually given, by its name in Brian2.

    Parameters
    ----------
    example : Quantity
        A value as it is usual.

    Returns
    -------
    str
        Such as "ms" or "uF/cm**2".
    """
    unit = _usual(example).split(" ", 1)[1].replace("^", "**")
    return _IN_PYTHON.get(unit, unit)


def _usual(example: Quantity) -> str:
    """An example as text; a value that cells have where it is 0 or 1 volt, say, which stands for the unit."""
    bare = float(np.asarray(example)) in (0, 1) or (example is not None and describe(example) == "1 nA")
    usual = {get_dimensions(value): value for value in USUAL}.get(get_dimensions(example), example)
    return describe(usual if bare else example)


def is_plain(value: object) -> bool:
    """Return whether a number has no unit.

    Parameters
    ----------
    value : object
        A number or a quantity.

    Returns
    -------
    bool
        True if it is dimensionless.
    """
    return bool(get_dimensions(value).is_dimensionless)


def describe(value: object) -> str:
    """Return a value as text for a reader, such as "20 ms" or "0.5".

    Parameters
    ----------
    value : object
        A number, a quantity, or anything else.

    Returns
    -------
    str
        A quantity in its best unit, a number in short form, the `str` of anything else.
    """
    if isinstance(value, Quantity) and not is_plain(value):
        for unit, name in COMPOSED:
            if get_dimensions(unit) is get_dimensions(value):
                return f"{float(np.asarray(value)) / float(unit):.12g} {name}"
        if get_dimensions(value) is hertz.dim and 0 < abs(float(np.asarray(value))) < 1e-3:
            return f"{float(np.asarray(value)):g} / s"
        return str(in_best_unit(value)).replace(". ", " ")
    return f"{float(value):g}" if isinstance(value, (int, float, np.number, Quantity)) else str(value)


def shown(value: Any) -> str:
    """Return what was given, on one line.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    str
        A quantity in its best unit, the shape of an array, the name of a class, the `repr` of anything else.
    """
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if np.ndim(value) > 0:
        return f"an array of shape {np.shape(value)}"
    return describe(value) if isinstance(value, Quantity) else " ".join(repr(value).split())


def count(culprit: str, value: object, minimum: int = 1) -> int:
    """Return a whole number that is large enough.

    Parameters
    ----------
    culprit : str
        What the value was given as, for the message of an error.
    value : object
        The value to check.
    minimum : int
        Smallest value allowed.

    Returns
    -------
    int
        The number.

    Raises
    ------
    InputError
        If the value is not an integer, or is below `minimum`.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise InputError(f"{culprit}: {value!r} is not a whole number; give an integer of at least {minimum}")
    if value < minimum:
        raise InputError(f"{culprit}: {value} is too small; give an integer of at least {minimum}")
    return int(value)


def name(culprit: str, value: object) -> str:
    """Return a name that can be used in Brian2's equations: a Python identifier that starts with a letter.

    Parameters
    ----------
    culprit : str
        What the name was given as, for the message of an error.
    value : object
        The name to check.

    Returns
    -------
    str
        The name.

    Raises
    ------
    InputError
        If the name is not such an identifier, contains a double underscore, or is a keyword.
    """
    usable = isinstance(value, str) and value.isidentifier() and value[0].isalpha() and value.isascii()
    if not usable or keyword.iskeyword(str(value)) or "__" in str(value):
        raise InputError(
            f"{culprit}: {value!r} cannot be a name; use letters, digits and single underscores, "
            "starting with a letter, and no word of Python's"
        )
    return str(value)


def one_of(culprit: str, value: object, options: Iterable[str]) -> str:
    """Return a value that is one of the options.

    Parameters
    ----------
    culprit : str
        What the value was given as, for the message of an error.
    value : object
        The value to check.
    options : iterable of str
        The values allowed.

    Returns
    -------
    str
        The value.

    Raises
    ------
    InputError
        If the value is none of the options; the message suggests the nearest one.
    """
    known = list(options)
    if value in known:
        return str(value)
    raise InputError(f"{culprit}: unknown {value!r}; {advice(value, known)}")
