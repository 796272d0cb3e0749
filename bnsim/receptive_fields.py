"""Gabor receptive fields: small oriented filters at random places of an image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.description import Description
from bnsim.errors import InputError
from bnsim.random_numbers import Numbers

__all__ = ["GaborPatches"]


@dataclass(frozen=True, repr=False)
class GaborPatches(Description):
    """Bank of Gabor filters, each on a square patch that lies wholly inside the image.

    Parameters
    ----------
    image_shape : tuple of int
        Height and width of the image in pixels.
    patch : int
        Side of a patch in pixels.
    wavelength : tuple of float
        Smallest and largest wavelength in pixels.
    sigma : tuple of float
        Smallest and largest standard deviation of the Gaussian envelope in pixels.

    Raises
    ------
    InputError
        If the patch does not fit into the image, or a value has the wrong form or is out of range.

    Notes
    -----
    With pixel coordinates (x, y) from the patch's centre and x' = x cos(a) + y sin(a):
    f(x, y) = exp(-(x^2 + y^2) / (2 sigma^2)) cos(2 pi x' / wavelength + phase), then zero mean and unit Euclidean norm.
    The place is uniform over the image; orientation a in (0, pi), phase in (0, 2 pi), wavelength and sigma are uniform.
    Filter k takes the random numbers of row k: places 0 to 5 for orientation, phase, wavelength, sigma, top and left.

    References
    ----------
    B. Illing, W. Gerstner and J. Brea, Neural Networks 118 (2019): fixed localized filters before a plastic read-out.
    """

    image_shape: tuple[int, int] = (28, 28)
    patch: int = 10
    wavelength: tuple[float, float] = (4.6, 10.3)
    sigma: tuple[float, float] = (1.5, 3.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.image_shape, tuple) or len(self.image_shape) != 2:
            raise InputError(f"GaborPatches.image_shape: {self.image_shape!r}; give (height, width)")
        for side in self.image_shape:
            checks.count("GaborPatches.image_shape", side)
        checks.count("GaborPatches.patch", self.patch, minimum=2)
        if self.patch > min(self.image_shape):
            raise InputError(
                f"GaborPatches.patch: {self.patch} pixels do not fit into an image of {self.image_shape[0]} x "
                f"{self.image_shape[1]}; choose a smaller patch"
            )
        for name in ("wavelength", "sigma"):
            interval = getattr(self, name)
            if not isinstance(interval, tuple) or len(interval) != 2:
                raise InputError(f"GaborPatches.{name}: {interval!r}; give (low, high) in pixels")
            low, high = (checks.finite(f"GaborPatches.{name}", bound) for bound in interval)
            if low <= 0 or high < low:
                raise InputError(f"GaborPatches.{name}: {interval}; give 0 < low <= high")

    def draw(self, n_filters: int, numbers: Numbers) -> sparse.csr_array:
        """Draw a bank of filters.

        Parameters
        ----------
        n_filters : int
            Number of filters.
        numbers : Numbers
            The random numbers.

        Returns
        -------
        scipy.sparse.csr_array, shape (n_filters, n_pixels)
            The values of each filter; pixels are numbered row by row.

        Raises
        ------
        InputError
            If `sigma` is so small that a filter vanishes.
        """
        angle, phase, wavelength, sigma, top, left = numbers.rows(np.arange(n_filters), 6).T[..., None]
        values = self._patches(np.pi * angle, 2 * np.pi * phase, wavelength, sigma)
        height, width = self.image_shape
        top, left = (
            np.floor(u * (side - self.patch + 1)).astype(np.int64) for u, side in ((top, height), (left, width))
        )
        rows, columns = np.divmod(np.arange(self.patch**2), self.patch)
        pixel = (top + rows) * width + left + columns
        bounds = np.arange(0, values.size + 1, self.patch**2)
        return sparse.csr_array((values.ravel(), pixel.ravel(), bounds), shape=(n_filters, height * width))

    def _patches(
        self, angle: Float64Array, phase: Float64Array, wavelength: Float64Array, sigma: Float64Array
    ) -> Float64Array:
        """Values (filter, pixel); wavelength and sigma are given as shares of their intervals."""
        axis = np.arange(self.patch) - (self.patch - 1) / 2
        y, x = (grid.ravel() for grid in np.meshgrid(axis, axis, indexing="ij"))
        wavelength, sigma = (
            low + (high - low) * share for (low, high), share in ((self.wavelength, wavelength), (self.sigma, sigma))
        )
        along = x * np.cos(angle) + y * np.sin(angle)
        values = np.exp(-(x**2 + y**2) / (2 * sigma**2)) * np.cos(2 * np.pi * along / wavelength + phase)
        values -= values.mean(axis=1, keepdims=True)
        norms = np.linalg.norm(values, axis=1, keepdims=True)
        if not (norms > 1e-12).all():
            raise InputError(
                f"GaborPatches.sigma: {self.sigma} makes filters that vanish on a patch of {self.patch} pixels; "
                "give a sigma of the order of a pixel or more"
            )
        return values / norms
