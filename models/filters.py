"""Fixed filters: the front end that a spiking network shares with its artificial twin.

A filter bank turns samples x (n, features) into responses F x (n, filters). It is drawn once from a seed
and never trained, so twins with the same seed see the same responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy import sparse

from bnsim.errors import InputError
from models.linear import matrix_arrays, matrix_from_arrays, products

FloatArray = NDArray[np.floating]
Range = tuple[float, float]


@dataclass(frozen=True, eq=False)
class FilterBank:
    """Filters, one a row: `matrix` (filters, features) holds only the pixels that a filter sees."""

    matrix: sparse.csr_array

    @property
    def n_filters(self) -> int:
        return int(self.matrix.shape[0])

    @property
    def multiply_accumulates(self) -> int:
        """Products summed up to filter one sample: one for each pixel that a filter sees."""
        return int(self.matrix.nnz)

    def responses(self, X: FloatArray, dtype: DTypeLike = np.float64) -> FloatArray:
        """Responses (n, filters) to samples (n, features), computed in float64 and kept as `dtype`.

        Each depends on its own sample alone, bit for bit.
        """
        return products(self.matrix, X, dtype)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The matrix as plain arrays, for storage."""
        return matrix_arrays("filters", self.matrix)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> FilterBank:
        """The inverse of `arrays`; other entries are left alone."""
        return cls(matrix_from_arrays("filters", arrays))


def draw_filters(
    n_features: int,
    *,
    image_shape: tuple[int, int] | None,
    n_filters: int,
    patch: int,
    wavelength: Range,
    sigma: Range,
    seed: int,
    owner: str,
) -> FilterBank:
    """The front end of `receptive-field` and `receptive-dense`: Gabor patches on images, else dense filters.

    Errors: InputError, naming `owner`, for an image shape that does not fit the samples, and those of
    `gabor_filters`.
    """
    if image_shape is None:
        return dense_random_filters(n_features, n_filters, seed)
    filters = gabor_filters(image_shape, n_filters, patch, wavelength, sigma, seed)
    height, width = image_shape
    if height * width != n_features:
        raise InputError(
            f"{owner}.image_shape: {height} x {width} pixels do not make samples of {n_features} features; "
            "give the images' true (height, width), or None for plain features"
        )
    return filters


def gabor_filters(
    image_shape: tuple[int, int], n_filters: int, patch: int, wavelength: Range, sigma: Range, seed: int
) -> FilterBank:
    """Gabor filters at random places; equations and errors in `bnsim.receptive_fields.GaborPatches`."""
    from bnsim.receptive_fields import GaborPatches  # imports Brian2, which plain features do without

    description = GaborPatches(image_shape, patch, wavelength, sigma)
    return FilterBank(description.draw(n_filters, _generator(seed)))


def _generator(seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, 0xF117])


def dense_random_filters(n_features: int, n_filters: int, seed: int) -> FilterBank:
    """For plain feature vectors: directions drawn uniformly, each filter sees all features and has unit norm.

    Unlike a Gabor filter's, the mean of a row is not taken away: in an image it is the brightness, but among
    features that are unlike each other it is as good a direction as any.
    """
    filters = _generator(seed).standard_normal((n_filters, n_features))
    return FilterBank(sparse.csr_array(filters / np.linalg.norm(filters, axis=1, keepdims=True)))
