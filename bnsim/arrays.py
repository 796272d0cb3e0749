"""Types of arrays, in one place for all packages, and arrays that nobody can change."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.floating]
"""Floating-point numbers of any precision."""

IntArray: TypeAlias = NDArray[np.integer]
"""Whole numbers of any size."""

NumberArray: TypeAlias = NDArray[np.number]
"""Whole or floating-point numbers, such as spike counts and activations."""

BoolArray: TypeAlias = NDArray[np.bool_]

Float64Array: TypeAlias = NDArray[np.float64]

Int32Array: TypeAlias = NDArray[np.int32]

Int64Array: TypeAlias = NDArray[np.int64]

UInt64Array: TypeAlias = NDArray[np.uint64]

LabelArray: TypeAlias = NDArray[np.int64]
"""Classes, as indices or as a classifier's `classes_`."""


def is_frozen(array: object) -> bool:
    """Return whether nobody can change an array: it owns its values and is read-only.

    Parameters
    ----------
    array : object
        What may be an array.

    Returns
    -------
    bool
        False for what is no array, and for a view, whose base may be changed.
    """
    return isinstance(array, np.ndarray) and array.base is None and not array.flags.writeable


def frozen(array: np.ndarray) -> np.ndarray:
    """Return an array of the same values that nobody can change.

    Parameters
    ----------
    array : ndarray
        It becomes read-only where it owns its values, and is copied otherwise.

    Returns
    -------
    ndarray
        For which `is_frozen`.
    """
    own = array if array.base is None else np.array(array)
    own.setflags(write=False)
    return own
