"""How sure a classifier is: what its output units say, made comparable between kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from models.classifier import Activity

FloatArray = NDArray[np.floating]
LEAST_SHARE = 1e-30
BLOCK = 200
"""Samples whose activity is held at once."""


class Active(Protocol):
    """Anything with the activity of a classifier."""

    def activity(self, X: ArrayLike) -> Activity: ...


def output_shares(model: Active, X: FloatArray) -> FloatArray:
    """Share of each class in the output (sample, class), see `shares`."""
    blocks = (model.activity(X[start : start + BLOCK]) for start in range(0, len(X), BLOCK))
    return shares(np.concatenate([activity.layers[-1].responses for activity in blocks]).astype(np.float64))


def shares(outputs: FloatArray) -> FloatArray:
    """Responses of the output layer (sample, unit) as shares of the classes, which add up to 1.

    Spike counts, rates and probabilities are divided by their sum; all classes are equal where nothing responds. Votes
    that are logarithms, known by their sign, become probabilities first. A single unit stands for the second of two
    classes.
    """
    if outputs.shape[1] == 1:
        return np.hstack([1 - outputs, outputs])
    if (outputs < 0).any():
        outputs = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    totals = outputs.sum(axis=1, keepdims=True)
    return np.where(totals > 0, outputs / np.where(totals > 0, totals, 1), 1 / outputs.shape[1])


def winning(shares: FloatArray) -> FloatArray:
    """Share of the class that has most (sample,)."""
    return shares.max(axis=1)


def margin(outputs: NDArray[Any]) -> NDArray[Any]:
    """By how much the first class, by its share or count, is ahead of the second: (..., class) to (...)."""
    ordered = np.sort(outputs, axis=-1)
    return ordered[..., -1] - ordered[..., -2]


def log_odds(shares: FloatArray) -> FloatArray:
    """Logarithm of each share over all others together (sample, class), which is exact where one is nearly 1."""
    others = np.stack([np.delete(shares, number, axis=1).sum(axis=1) for number in range(shares.shape[1])], axis=1)
    return np.log(np.maximum(shares, LEAST_SHARE) / np.maximum(others, LEAST_SHARE))
