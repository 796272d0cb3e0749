"""Plain numbers as parameters; kept apart from `bnsim.checks`, which imports Brian2 for its units."""

from __future__ import annotations

from numbers import Integral

import numpy as np


def is_count(value: object) -> bool:
    """Return whether a value is an integer of at least 1.

    Parameters
    ----------
    value : object
        Any value; a bool is no integer.

    Returns
    -------
    bool
        Whether it is.
    """
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 1


def is_positive(value: object) -> bool:
    """Return whether a value is a positive finite number.

    Parameters
    ----------
    value : object
        Any value; a bool is no number.

    Returns
    -------
    bool
        Whether it is.
    """
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return number and 0 < float(value) < np.inf  # type: ignore[arg-type]
