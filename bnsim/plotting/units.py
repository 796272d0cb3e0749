"""Units of axes: those in which physiologists read what is kept in SI units."""

from __future__ import annotations

from typing import Any

_SCALES = {
    "V": (1e3, "mV"),
    "volt": (1e3, "mV"),
    "A": (1e12, "pA"),
    "amp": (1e12, "pA"),
    "S": (1e9, "nS"),
    "siemens": (1e9, "nS"),
}


LONGEST_IN_MS = 5.0
"""Length in seconds beyond which times in milliseconds would be hard to read."""


def shown_in(si_unit: str) -> tuple[float, str]:
    """Return the unit in which a quantity is drawn.

    Parameters
    ----------
    si_unit : str
        Its SI unit, as recordings and Brian2 name it; "" for none.

    Returns
    -------
    factor : float
        What SI values are multiplied by.
    unit : str
        Name of the unit: millivolt, picoampere, nanosiemens, or the SI unit itself.
    """
    return _SCALES.get(si_unit, (1.0, si_unit))


def time_axis(length: float) -> tuple[float, str]:
    """Return the unit in which an axis counts time: all pictures of as long a stretch have the same.

    Parameters
    ----------
    length : float
        Length of the axis in seconds.

    Returns
    -------
    factor : float
        What seconds are multiplied by.
    unit : str
        Milliseconds up to five seconds, and seconds beyond.
    """
    return (1.0, "s") if length > LONGEST_IN_MS else (1e3, "ms")


def shown_time(time: float) -> str:
    """Return a time in words.

    Parameters
    ----------
    time : float
        In seconds.

    Returns
    -------
    str
        In seconds, or milliseconds if it is shorter than one.
    """
    return f"{time:g} s" if round(time, 9) >= 1 else f"{time * 1e3:g} ms"


def si_unit_of(value: Any) -> str:
    """Return the SI unit of a Brian2 quantity.

    Parameters
    ----------
    value : object
        A quantity or a plain number.

    Returns
    -------
    str
        The unit as recordings name it, "" of a plain number.
    """
    if not hasattr(value, "dim") or value.dim.is_dimensionless:
        return ""
    from brian2.units.fundamentalunits import get_unit

    return str(get_unit(value.dim))


def labelled(quantity: str, unit: str) -> str:
    """Return the label of an axis.

    Parameters
    ----------
    quantity : str
        What is drawn.
    unit : str
        Its unit, "" for none.

    Returns
    -------
    str
        Quantity and unit.
    """
    return f"{quantity} ({unit})" if unit else quantity
