"""Numbers and texts as a reader of a script wants them; numbers as the same floating-point numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import brian2
import numpy as np
from brian2.units.fundamentalunits import DIMENSIONLESS, get_dimensions, get_unit

FEW, SHORT = 100, 160
"""Numbers that a script lists, and the length of a list in letters; what is more is in the file beside it."""

_UNITS = (
    *("mV", "volt", "ms", "us", "second", "nA", "pA", "uA", "amp", "nS", "uS", "mS", "siemens"),
    *("pF", "nF", "uF", "farad", "Hz", "kHz", "Mohm", "ohm", "um", "mm", "metre"),
)
_BY_DIMENSION: dict[Any, list[str]] = {}
for _unit in _UNITS:
    _BY_DIMENSION.setdefault(get_dimensions(getattr(brian2, _unit)), []).append(_unit)


def quantity(value: Any, dimensions: Any) -> str:
    """Return one value as text.

    Parameters
    ----------
    value : float, int or bool
        The value in SI units.
    dimensions : Dimension
        Its dimensions.

    Returns
    -------
    str
        Such as "20*ms": in the unit that makes the number shortest among those that give the same bits.
    """
    if np.asarray(value).dtype.kind in "bi":
        return str(np.asarray(value).item())
    return _in_unit([float(value)], dimensions, lambda numbers: _number(numbers[0]))


def array(values: np.ndarray, dimensions: Any) -> str:
    """Return some values as the text of a list.

    Parameters
    ----------
    values : ndarray, shape (n,) or (m, n)
        The values in SI units.
    dimensions : Dimension
        Their dimensions.

    Returns
    -------
    str
        Such as "[1, 2.5]*mV".
    """
    if values.dtype.kind in "bi":
        return str(values.tolist())

    def listed(numbers: list[float]) -> str:
        rows = np.array(numbers).reshape(values.shape).tolist()
        texts = [f"[{', '.join(map(_number, row))}]" if isinstance(row, list) else _number(row) for row in rows]
        return f"[{', '.join(texts)}]"

    return _in_unit(values.ravel().tolist(), dimensions, listed)


def si(values: np.ndarray, dimensions: Any) -> str:
    """Return what values in SI units are multiplied by.

    Parameters
    ----------
    values : ndarray
        The values.
    dimensions : Dimension
        Their dimensions.

    Returns
    -------
    str
        Such as "*volt"; "" where they have no unit.
    """
    if dimensions is DIMENSIONLESS or values.dtype.kind in "bi":
        return ""
    name = repr(get_unit(dimensions))
    return f"*{name}" if name.isidentifier() else f"*({name})"


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _in_unit(numbers: list[float], dimensions: Any, shown: Callable[[list[float]], str]) -> str:
    if dimensions is DIMENSIONLESS:
        return shown(numbers)
    found = []
    for name in _BY_DIMENSION.get(dimensions, []):
        unit = float(getattr(brian2, name))
        scaled = [float(f"{number / unit:.15g}") for number in numbers]
        if all(short * unit == number for short, number in zip(scaled, numbers, strict=True)):
            found.append(f"{shown(scaled)}*{name}")
    return min(found, key=len) if found else shown(numbers) + si(np.zeros(0), dimensions)


def text(lines: str) -> str:
    """Return statements or equations as a string of Python's.

    Parameters
    ----------
    lines : str
        The text, which has no quotes.

    Returns
    -------
    str
        In one line where that is all, else between triple quotes.
    """
    return f'"""\n{lines}\n"""' if "\n" in lines else f'"{lines}"'
