"""Times as a user gives them: quantities with a unit of time, of Brian2 or of Neo, or plain seconds.

The rule
--------
What describes or runs a simulation has a unit: durations, time steps, delays, time constants, intervals of sampling.
`run_for(state, 300)` could mean 300 ms or 300 s, and is refused. What is data, or looks at data, may be plain seconds,
as recordings hold them: spike times, windows, widths of bins, lags; there `0.005` and `5*ms` mean the same.

All that takes a time takes it through this module, but for parameters of descriptions (`bnsim.checks`). Brian2 is
imported only where one of its quantities is given, since stored results are drawn without it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnsim.arrays import FloatArray
from bnsim.errors import InputError

if TYPE_CHECKING:
    from brian2.units.fundamentalunits import Quantity

Time: TypeAlias = "float | Quantity"
"""One time: plain seconds, or a quantity."""
Times: TypeAlias = "ArrayLike | Quantity"
"""An array of times: plain seconds, or a quantity."""


def seconds(culprit: str, value: Time) -> float:
    """Return one finite time as plain seconds.

    Parameters
    ----------
    culprit : str
        What the value was given as, for the message of an error, such as ``"psth.bin_width"``.
    value : float or Quantity
        Seconds, or a quantity of Brian2 or Neo with a unit of time.

    Returns
    -------
    float
        The time in seconds.

    Raises
    ------
    InputError
        If the value is not a single number, not finite, or has a unit other than one of time.
    """
    number = _in_seconds(culprit, value)
    if number.ndim > 0:
        raise InputError(f"{culprit}: {shown(value)} is not a single time; give seconds or a quantity such as 5 ms")
    if not math.isfinite(number):
        raise InputError(f"{culprit}: {number} is not finite; give seconds or a quantity such as 5 ms")
    return float(number)


def duration(culprit: str, value: Any) -> float:
    """Return one time with a unit as plain seconds: what describes a simulation must say which unit is meant.

    Parameters
    ----------
    culprit : str
        What the value was given as, for the message of an error.
    value : Quantity
        A quantity of Brian2 or Neo with a unit of time.

    Returns
    -------
    float
        The time in seconds.

    Raises
    ------
    InputError
        If the value is a number without a unit, or not a single finite time.
    """
    if _has_unit(value) and not getattr(getattr(value, "dim", None), "is_dimensionless", False):
        return seconds(culprit, value)
    if hasattr(value, "dim") and np.ndim(value) == 0:
        value = float(value)  # the ratio of two times, say
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InputError(f"{culprit}: {shown(value)} is not a single time; give a quantity such as 300 * ms")
    raise InputError(f"{culprit}: {value} has no unit; give {value} * ms or {value} * second")


def positive(culprit: str, value: Time) -> float:
    """Return one time above zero as plain seconds.

    Parameters
    ----------
    culprit : str
        What the value was given as, for the message of an error.
    value : float or Quantity
        Seconds, or a quantity with a unit of time.

    Returns
    -------
    float
        The time in seconds.

    Raises
    ------
    InputError
        If the value is no time, or not above zero.
    """
    number = seconds(culprit, value)
    if number <= 0:
        raise InputError(f"{culprit}: {number:g} s is not a positive time; give a time above 0")
    return number


def spike_times(culprit: str, values: Times) -> FloatArray:
    """Return spike times since the start of a trial as a plain array of seconds, in the order given.

    Parameters
    ----------
    culprit : str
        What the times were given as, for the message of an error.
    values : array_like or Quantity, shape (n_spikes,)
        Seconds, or a quantity with a unit of time.

    Returns
    -------
    ndarray of float, shape (n_spikes,)
        The times in seconds.

    Raises
    ------
    InputError
        If the times are not one row of finite numbers of at least zero, or have a unit other than one of time.
    """
    array = _in_seconds(culprit, values)
    if array.ndim != 1:
        raise InputError(f"{culprit}: {shown(values)} is no row of spike times; give a one-dimensional array")
    if not np.isfinite(array).all():
        raise InputError(f"{culprit}: the times hold NaN or infinite values; remove them first")
    if len(array) and array.min() < 0:
        raise InputError(
            f"{culprit}: a spike at {array.min():g} s precedes the trial; shift the times so that the trial starts at 0"
        )
    return array


def is_sequence(value: object) -> bool:
    """Return whether a value is a row of things: text, single numbers and arrays without a dimension are not.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    bool
        Whether it has a length and an order.
    """
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def shown(value: Any) -> str:
    """Return what was given as one short line.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    str
        The value, or of an array its shape.
    """
    try:
        shape = np.shape(value)
    except ValueError:  # rows of different lengths
        return "a ragged list"
    if shape:
        return f"an array of shape {shape}"
    text = " ".join((str(value) if hasattr(value, "dim") else repr(value)).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def numbers(culprit: str, values: Any, example: str) -> NDArray[Any]:
    """Return an array of real numbers as it was given.

    Parameters
    ----------
    culprit : str
        What the values were given as, for the message of an error.
    values : array_like
        Numbers of any shape. Text is not read as numbers.
    example : str
        What to give instead, for the message of an error.

    Returns
    -------
    ndarray
        The values as integers or floats.

    Raises
    ------
    InputError
        If the values are no numbers, or rows of different lengths.
    """
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        raise InputError(f"{culprit}: {shown(values)} is no array of numbers; give {example}") from None
    if array.dtype.kind not in "iuf":
        what = shown(values) if array.ndim == 0 else f"an array of {_kind(array)}"
        raise InputError(f"{culprit}: {what} is no array of numbers; give {example}")
    return array


def _kind(array: NDArray[Any]) -> str:
    names = {"U": "text", "S": "bytes", "b": "truth values", "c": "complex numbers", "O": "objects", "M": "dates"}
    return names.get(array.dtype.kind, str(array.dtype))


def _in_seconds(culprit: str, value: Any) -> FloatArray:
    if isinstance(value, (list, tuple)) and any(_has_unit(item) for item in value):
        return np.array([seconds(culprit, item) for item in value])
    if hasattr(value, "rescale"):
        return _of_neo(culprit, value)
    if hasattr(value, "dim"):
        _check_unit(culprit, value)
        return np.asarray(value, dtype=np.float64)
    return numbers(culprit, value, "seconds or a quantity such as 5 ms").astype(np.float64)


def _has_unit(value: Any) -> bool:
    return hasattr(value, "dim") or hasattr(value, "rescale")


def _of_neo(culprit: str, value: Any) -> FloatArray:
    try:
        return np.asarray(value.rescale("s").magnitude, dtype=np.float64)
    except ValueError:
        raise InputError(
            f"{culprit}: {value.dimensionality} is no unit of time; give seconds or a quantity such as 5 ms"
        ) from None


def _check_unit(culprit: str, value: Quantity) -> None:
    from brian2.units import second
    from brian2.units.fundamentalunits import get_unit

    if value.dim is not second.dim:
        if value.dim.is_dimensionless:
            raise InputError(
                f"{culprit}: {shown(value)} is a quantity without a unit; give seconds or a quantity such as 5 ms"
            )
        unit = get_unit(value.dim)
        raise InputError(f"{culprit}: {unit} is no unit of time; give seconds or a quantity such as 5 ms")
