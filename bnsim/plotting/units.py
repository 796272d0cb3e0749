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
