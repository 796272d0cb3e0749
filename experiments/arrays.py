"""Types of arrays, by what they hold; shapes are stated where an array is used."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.floating]
IntArray: TypeAlias = NDArray[np.integer]
NumberArray: TypeAlias = NDArray[np.number]
"""Of integers or floats, such as spike counts or activations."""
