"""Augmentation: training images at shifted places, the same for every classifier with the same random state.

Only training is augmented; a prediction sees the image as it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.checks import is_count
from models.classifier import FloatArray

ALLOWED = "whole pixels, 0 for none, and 0 where image_shape is None"
"""What `allows` asks for, in words."""


def allows(image_shape: tuple[int, int] | None, shift: object) -> bool:
    """Whether images of this shape, or plain features (None), can be shifted so."""
    still = shift == 0 and not isinstance(shift, bool)
    return still or (is_count(shift) and image_shape is not None)


def shifted(
    X: FloatArray, image_shape: tuple[int, int] | None, shift: int, *, random_state: int, first: int
) -> FloatArray:
    """Images (n, height x width), flattened, each moved by whole pixels; the first is presentation number `first`.

    A presentation is moved right and down by steps drawn uniformly from -shift..shift (`steps`). What leaves the
    image is lost, and what comes in is 0, the background of images that are scaled to [0, 1].
    """
    if shift == 0 or image_shape is None:
        return X
    return moved(X, image_shape, steps(len(X), shift, random_state=random_state, first=first))


def moved(X: FloatArray, image_shape: tuple[int, int], by: NDArray[np.int64]) -> FloatArray:
    """Images (n, height x width), flattened, each moved `by` (n, 2) pixels right and down; 0 comes in."""
    height, width = image_shape
    right, down = by.T
    most = int(np.abs(by).max(initial=0))
    padded = np.pad(X.reshape(len(X), height, width), ((0, 0), (most, most), (most, most)))
    places = np.lib.stride_tricks.sliding_window_view(padded, (1, height, width))
    return places[np.arange(len(X)), most - down, most - right].reshape(X.shape)


def steps(n: int, shift: int, *, random_state: int, first: int) -> NDArray[np.int64]:
    """Steps (n, 2) right and down of the presentations first, first + 1, ...

    Each is a function of `random_state` and its number alone (Philox4x64, the number as its counter), so it does not
    matter how a training is cut into chunks or calls.
    """
    generator = np.random.Philox(np.random.SeedSequence([random_state, 0x5417]))
    generator.advance(first)  # in blocks of four 64-bit words, one a presentation
    words = generator.random_raw(4 * n).reshape(n, 4)[:, :2]
    return (words % np.uint64(2 * shift + 1)).astype(np.int64) - shift
