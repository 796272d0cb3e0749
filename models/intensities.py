"""How samples become intensities in [0, 1], which a rate code takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class IntensityScale:
    """intensity = (x - low) / (high - low), cut to [0, 1]; low and high (features,) come from training samples.

    Samples that lie in [0, 1] already, such as pixels, are left as they are; others are scaled feature by feature, by
    the smallest and largest value of each. A feature that never changes gives 0.
    """

    low: FloatArray
    high: FloatArray

    @classmethod
    def of(cls, X: FloatArray) -> Self:
        """From training samples (n, features)."""
        if X.min() >= 0 and X.max() <= 1:
            return cls(np.zeros(X.shape[1]), np.ones(X.shape[1]))
        return cls(X.min(axis=0), X.max(axis=0))

    def __call__(self, X: FloatArray) -> FloatArray:
        """Intensities (n, features)."""
        width = self.high - self.low
        return np.clip((X - self.low) / np.where(width > 0, width, np.inf), 0.0, 1.0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """As plain arrays, for storage."""
        return {"intensities/low": self.low, "intensities/high": self.high}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The inverse of `arrays`; other entries are left alone."""
        return cls(arrays["intensities/low"], arrays["intensities/high"])
