"""Fixed filters: the front end that a spiking network shares with its artificial twin.

A filter bank turns samples x (n, features) into responses (n, filters). It is drawn once from a seed and never
trained, so twins with the same seed see the same responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy import sparse

from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from bnsim.random_numbers import Numbers
from models.linear import matrix_arrays, matrix_from_arrays

Range = tuple[float, float]

BLOCK = 128
"""Samples filtered at once: their pixels stay in the processor's cache."""

SEMISATURATION = "a positive finite number, or None for no normalisation"
"""What `FilterBank.semisaturation` may be, in words."""


@dataclass(frozen=True, eq=False)
class FilterBank:
    """Filters, one a row: `matrix` (filters, features) holds only the pixels that a filter sees.

    The response is r_j = f_j . x, or with `semisaturation` c the divisive contrast normalisation

        r_j = f_j . x / (c + |x|_j)

    with |x|_j the Euclidean norm of the pixels that filter j sees: strokes of any contrast far above c give responses
    alike, and those far below give small ones.

    Parameters
    ----------
    matrix : sparse array, shape (n_filters, n_features)
        The filters.
    semisaturation : float or None
        c; None for no normalisation.

    References
    ----------
    D. Heeger, Visual Neuroscience 9 (1992) 181-197; M. Carandini and D. Heeger, Nature Reviews Neuroscience 13 (2012)
    51-62. Deviation: the pool that normalises are the pixels of the filter's own patch, not other cells' responses.
    """

    matrix: sparse.csr_array
    semisaturation: float | None = None

    @property
    def n_filters(self) -> int:
        """Return the number of filters.

        Returns
        -------
        int
            Rows of the matrix.
        """
        return int(self.matrix.shape[0])

    @property
    def multiply_accumulates(self) -> int:
        """Return the number of multiply-accumulates that filter one sample.

        Returns
        -------
        int
            One for each pixel that a filter sees; with normalisation also one for each pixel's square, one for each
            pixel of a window and one for each filter.
        """
        products = int(self.matrix.nnz)
        if self.semisaturation is not None:
            products += self.matrix.shape[1] + int(self._windows[0].nnz) + self.n_filters
        return products

    def responses(self, X: FloatArray, dtype: DTypeLike = np.float64) -> FloatArray:
        """Return the responses of the filters, computed in float64, each from its own sample alone.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.
        dtype : data type
            In which the responses are kept.

        Returns
        -------
        ndarray, shape (n_samples, n_filters)
            Responses.
        """
        responses = np.empty((len(X), self.n_filters), dtype)
        for start in range(0, len(X), BLOCK):
            block = slice(start, start + BLOCK)
            responses[block] = self._block(X[block].T).T
        return responses

    def _block(self, columns: FloatArray) -> FloatArray:
        responses = self.matrix @ columns
        if self.semisaturation is not None:
            windows, window_of = self._windows
            responses *= (1 / (self.semisaturation + np.sqrt(windows @ columns**2)))[window_of]
        return responses

    @cached_property
    def _windows(self) -> tuple[sparse.csr_array, NDArray[np.intp]]:
        """The different sets of pixels that filters see (window, feature), 1 inside, and each filter's window.

        Many filters share a place, so this saves most of the work. All filters see equally many pixels.
        """
        seen = self.matrix.indices.reshape(self.n_filters, -1)
        pixels, window_of = np.unique(seen, axis=0, return_inverse=True)
        bounds = np.arange(0, pixels.size + 1, pixels.shape[1])
        shape = (len(pixels), self.matrix.shape[1])
        return sparse.csr_array((np.ones(pixels.size), pixels.ravel(), bounds), shape=shape), window_of.ravel()

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the matrix as plain arrays, for storage.

        Returns
        -------
        dict of str to ndarray
            Arrays by name.
        """
        return matrix_arrays("filters", self.matrix)

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, NDArray[np.generic]],
        semisaturation: float | None,
        shape: tuple[int, int] | None = None,
    ) -> FilterBank:
        """Make a bank from the arrays of `arrays`.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            Arrays by name; other entries are ignored.
        semisaturation : float or None
            See `FilterBank`.
        shape : tuple of int, optional
            Filters and features that there must be.

        Returns
        -------
        FilterBank
            The bank.

        Raises
        ------
        ValueError
            If the arrays are not those of such filters.
        """
        matrix = matrix_from_arrays("filters", arrays, shape)
        if len(set(np.diff(matrix.indptr).tolist())) > 1:
            raise ValueError("'filters/indptr': filters see different numbers of pixels")
        return cls(matrix, semisaturation)


def draw_filters(
    n_features: int,
    *,
    image_shape: tuple[int, int] | None,
    n_filters: int,
    patch: int,
    wavelength: Range,
    sigma: Range,
    semisaturation: float | None,
    seed: int,
    owner: str,
) -> FilterBank:
    """Draw the front end of `receptive-field` and `receptive-dense`: Gabor patches on images, else dense filters.

    Parameters
    ----------
    n_features : int
        Features of a sample.
    image_shape : tuple of int or None
        (height, width) of the images; None for plain features.
    n_filters : int
        Filters.
    patch : int
        Side of a Gabor patch, in pixels.
    wavelength, sigma : tuple of float
        Ranges of the Gabor function's wavelength and width, in pixels.
    semisaturation : float or None
        See `FilterBank`.
    seed : int
        Seed.
    owner : str
        Class that errors name.

    Returns
    -------
    FilterBank
        The bank.

    Raises
    ------
    InputError
        For an image shape that does not fit the samples, and those of `gabor_filters`.
    """
    if image_shape is None:
        return replace(dense_random_filters(n_features, n_filters, seed), semisaturation=semisaturation)
    filters = gabor_filters(image_shape, n_filters, patch, wavelength, sigma, seed)
    height, width = image_shape
    if height * width != n_features:
        raise InputError(
            f"{owner}.image_shape: {height} x {width} pixels do not make samples of {n_features} features; "
            "give the images' true (height, width), or None for plain features"
        )
    return replace(filters, semisaturation=semisaturation)


def gabor_filters(
    image_shape: tuple[int, int], n_filters: int, patch: int, wavelength: Range, sigma: Range, seed: int
) -> FilterBank:
    """Draw Gabor filters at random places (see `bnsim.receptive_fields.GaborPatches`).

    Parameters
    ----------
    image_shape : tuple of int
        (height, width).
    n_filters : int
        Filters.
    patch : int
        Side of a patch, in pixels.
    wavelength, sigma : tuple of float
        Ranges of the Gabor function's wavelength and width, in pixels.
    seed : int
        Seed.

    Returns
    -------
    FilterBank
        The bank, without normalisation.
    """
    from bnsim.receptive_fields import GaborPatches  # imports Brian2, which plain features do without

    description = GaborPatches(image_shape, patch, wavelength, sigma)
    return FilterBank(description.draw(n_filters, Numbers(seed, "filters")))


def dense_random_filters(n_features: int, n_filters: int, seed: int) -> FilterBank:
    """Draw filters for plain features: directions that are uniformly distributed, of unit norm.

    Parameters
    ----------
    n_features : int
        Features of a sample, all of which each filter sees.
    n_filters : int
        Filters.
    seed : int
        Seed.

    Returns
    -------
    FilterBank
        The bank, without normalisation.

    Notes
    -----
    Other than a Gabor filter's, the mean of a row is not subtracted: in an image it is the brightness, but among
    features that are unlike each other it is as good a direction as any.
    """
    filters = np.random.default_rng([seed, 0xF117]).standard_normal((n_filters, n_features))
    return FilterBank(sparse.csr_array(filters / np.linalg.norm(filters, axis=1, keepdims=True)))
