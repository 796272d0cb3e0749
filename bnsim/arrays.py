"""Types of arrays, in one place for all packages."""

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
