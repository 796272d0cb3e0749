"""How samples become intensities in [0, 1], which a rate code takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from bnsim.expected import NUMBER, Expected, check


@dataclass(frozen=True, eq=False)
class IntensityScale:
    """Scale of samples: intensity = (x - low) / (high - low), clipped to [0, 1].

    Samples that lie in [0, 1] already, such as pixels, are left as they are; others are scaled feature by feature, by
    the smallest and largest value in the training samples. A feature that never changes gives 0.

    Parameters
    ----------
    low, high : ndarray, shape (n_features,)
        Values that become 0 and 1.
    """

    low: FloatArray
    high: FloatArray

    @classmethod
    def of(cls, X: FloatArray) -> Self:
        """Return the scale of training samples.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Training samples.

        Returns
        -------
        IntensityScale
            Their scale.
        """
        if X.min() >= 0 and X.max() <= 1:
            return cls(np.zeros(X.shape[1]), np.ones(X.shape[1]))
        return cls(X.min(axis=0), X.max(axis=0))

    def __call__(self, X: FloatArray) -> FloatArray:
        """Intensities (n, features)."""
        width = self.high - self.low
        return np.clip((X - self.low) / np.where(width > 0, width, np.inf), 0.0, 1.0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the scale as plain arrays, for storage.

        Returns
        -------
        dict of str to ndarray
            Arrays by name.
        """
        return {"intensities/low": self.low, "intensities/high": self.high}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], n_features: int) -> Self:
        """Make a scale from the arrays of `arrays`.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            Arrays by name; other entries are ignored.
        n_features : int
            Features of a sample.

        Returns
        -------
        IntensityScale
            The scale.

        Raises
        ------
        ValueError
            If the arrays are not those of such a scale.
        """
        check(arrays, {name: Expected(NUMBER, (n_features,)) for name in ("intensities/low", "intensities/high")})
        return cls(arrays["intensities/low"], arrays["intensities/high"])
