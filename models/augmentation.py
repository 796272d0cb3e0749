"""Augmentation: training images at shifted places, the same for every classifier with the same random state.

Only training is augmented; a prediction sees the image as it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from models.checks import is_count

ALLOWED = "whole pixels, 0 for none, and 0 where image_shape is None"
"""What `allows` asks for, in words."""


def allows(image_shape: tuple[int, int] | None, shift: object) -> bool:
    """Return whether a shift fits the samples: whole pixels, and 0 for samples that are no images.

    Parameters
    ----------
    image_shape : tuple of int or None
        (height, width); None for plain features.
    shift : int
        Largest shift, in pixels.

    Returns
    -------
    bool
        Whether it is allowed.
    """
    still = shift == 0 and not isinstance(shift, bool)
    return still or (is_count(shift) and image_shape is not None)


def shifted(
    X: FloatArray, image_shape: tuple[int, int] | None, shift: int, *, random_state: int, first: int
) -> FloatArray:
    """Return training images moved at random, each presentation by itself.

    Parameters
    ----------
    X : ndarray, shape (n_presentations, n_features)
        Images in the order of their presentation.
    image_shape : tuple of int or None
        (height, width) of the images; None for plain features, which stay as they are.
    shift : int
        Largest shift to either side, up and down, in pixels.
    random_state : int
        Seed of the shifts.
    first : int
        Number of the first presentation; a shift depends on the number alone, not on the chunk it is in.

    Returns
    -------
    ndarray, shape (n_presentations, n_features)
        The images; what moves in from outside is 0.
    """
    if shift == 0 or image_shape is None:
        return X
    return moved(X, image_shape, steps(len(X), shift, random_state=random_state, first=first))


def moved(X: FloatArray, image_shape: tuple[int, int], by: NDArray[np.int64]) -> FloatArray:
    """Return images moved by whole pixels; what moves in from outside is 0.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_features)
        Images.
    image_shape : tuple of int
        (height, width).
    by : ndarray of int, shape (n_samples, 2)
        Pixels right and down, for each image.

    Returns
    -------
    ndarray, shape (n_samples, n_features)
        The moved images.
    """
    height, width = image_shape
    right, down = by.T
    most = int(np.abs(by).max(initial=0))
    padded = np.pad(X.reshape(len(X), height, width), ((0, 0), (most, most), (most, most)))
    places = np.lib.stride_tricks.sliding_window_view(padded, (1, height, width))
    return places[np.arange(len(X)), most - down, most - right].reshape(X.shape)


def steps(n: int, shift: int, *, random_state: int, first: int) -> NDArray[np.int64]:
    """Return the shifts of presentations.

    Parameters
    ----------
    n : int
        Number of presentations.
    shift : int
        Largest shift in each direction, in pixels.
    random_state : int
        Seed.
    first : int
        Number of the first presentation.

    Returns
    -------
    ndarray of int, shape (n, 2)
        Pixels right and down, uniform in [-shift, shift].
    """
    generator = np.random.Philox(np.random.SeedSequence([random_state, 0x5417]))
    generator.advance(first)  # in blocks of four 64-bit words, one a presentation
    words = generator.random_raw(4 * n).reshape(n, 4)[:, :2]
    return (words % np.uint64(2 * shift + 1)).astype(np.int64) - shift
