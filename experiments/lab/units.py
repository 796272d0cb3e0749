"""Units in which the lab shows values, and numbers with them as Python text."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from brian2.units import Hz, cm, ms, msiemens, mV, nA, nS, pA, pF, second, uF, um, volt
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim.errors import InputError

UNITS: Mapping[str, Any] = MappingProxyType(
    {
        "": 1.0,
        "mV": mV,
        "ms": ms,
        "Hz": Hz,
        "nA": nA,
        "pA": pA,
        "nS": nS,
        "pF": pF,
        "second": second,
        "uF/cm**2": uF / cm**2,
        "msiemens/cm**2": msiemens / cm**2,
        "um**2": um**2,
        "1/volt": 1 / volt,
    }
)
"""Units by their expression in Python."""

_SIGNS = {"second": "s", "uF/cm**2": "µF/cm²", "msiemens/cm**2": "mS/cm²", "um**2": "µm²", "1/volt": "1/V"}
_DIGITS = 12


def sign(unit: str) -> str:
    """Return a unit as it is written in print.

    Parameters
    ----------
    unit
        A key of `UNITS`.

    Returns
    -------
    str
        Such as "µm²".
    """
    return _SIGNS.get(unit, unit)


def unit_of(value: Any) -> str | None:
    """Return the unit in which a value reads best: that with about two digits before the point.

    Parameters
    ----------
    value
        A number with or without a unit.

    Returns
    -------
    str or None
        A key of `UNITS`; None if none has the value's dimensions.
    """
    return next(iter(_units_of(value)), None)


def _units_of(value: Any) -> list[str]:
    fitting = [name for name, unit in UNITS.items() if get_dimensions(unit) is get_dimensions(value)]
    number = float(np.max(np.abs(np.asarray(value)))) or 1.0
    return sorted(fitting, key=lambda name: abs(np.log10(number / float(UNITS[name])) - 1.0))


def written(value: Any) -> str:
    """Return Python text that gives exactly this value.

    Parameters
    ----------
    value
        A finite number, or an array of one dimension with evenly spaced numbers, with or without a unit.

    Returns
    -------
    str
        Such as "20 * ms".

    Raises
    ------
    InputError
        If the value has a unit, or is an array, that the lab does not write.
    """
    units = _units_of(value)
    if not units:
        raise InputError(f"{value!r}: has a unit that the lab does not write; add it to `experiments.lab.units.UNITS`")
    values = np.asarray(value, dtype=np.float64)
    for unit in units:
        text = _number(float(values), unit) if values.ndim == 0 else _even(values, unit)
        if text is not None:
            return f"{text} * {_factor(unit)}" if unit else text
    raise InputError(f"{value!r}: cannot be written to the last bit; give evenly spaced values, in round numbers")


def _factor(unit: str) -> str:
    return unit if unit.isidentifier() else f"({unit})"


def _number(value: float, unit: str) -> str | None:
    """The shortest number that, times the unit, is the value to the last bit."""
    for digits in range(1, 18):
        number = float(f"{value / float(UNITS[unit]):.{digits}g}")
        if number * float(UNITS[unit]) == value:
            return str(int(number)) if number.is_integer() and abs(number) < 10**_DIGITS else repr(number)
    return None


def _even(values: np.ndarray, unit: str) -> str | None:
    first, last = (_number(float(end), unit) for end in (values[0], values[-1]))
    if first is None or last is None:
        return None
    if np.all(values == values[0]):
        return f"np.full({len(values)}, {first})"
    made = np.linspace(float(first), float(last), len(values)) * UNITS[unit]
    return f"np.linspace({first}, {last}, {len(values)})" if np.array_equal(np.asarray(made), values) else None


def quantity(number: float, unit: str) -> Quantity | float:
    """Return a number with its unit.

    Parameters
    ----------
    number
        The number.
    unit
        A key of `UNITS`.

    Returns
    -------
    Quantity or float
        A plain number where the unit is "".
    """
    return number * UNITS[unit] if unit else number
