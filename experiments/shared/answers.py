"""How certain a classifier is: the responses of its output units, made comparable between kinds of network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnsim.arrays import FloatArray, LabelArray

if TYPE_CHECKING:
    from models.classifier import Activity

LEAST_SHARE = 1e-30
"""Shares count as at least this much in `log_odds`, which stay finite."""
LEAST_PROBABILITY = 1e-7
"""Lower bound of probabilities of classes, as in Keras; certainty of a wrong class would give an infinite loss."""
BLOCK = 200
"""Number of samples whose activity is held in memory at once."""


class Active(Protocol):
    """Anything that has the activity of a classifier."""

    def activity(self, X: ArrayLike) -> Activity:
        """Return the responses of all layers.

        Parameters
        ----------
        X
            Samples (sample, feature).
        """


def output_shares(model: Active, X: FloatArray) -> FloatArray:
    """Return the share of each class in a classifier's output.

    Parameters
    ----------
    model
        The classifier.
    X
        Samples (sample, feature).

    Returns
    -------
    array
        Shares (sample, class), see `shares`.
    """
    blocks = (model.activity(X[start : start + BLOCK]) for start in range(0, len(X), BLOCK))
    return shares(np.concatenate([activity.layers[-1].responses for activity in blocks]).astype(np.float64))


def shares(outputs: FloatArray) -> FloatArray:
    """Convert the responses of the output layer to shares of the classes.

    Spike counts, rates and probabilities are divided by their sum; where nothing responds, all classes have the same
    share. Votes that are logarithms, recognised by their sign, are first turned into probabilities. A single unit
    stands for the second of two classes.

    Parameters
    ----------
    outputs
        Responses of the output layer (sample, unit).

    Returns
    -------
    array
        Shares (sample, class), which add up to 1 in each sample.
    """
    if outputs.shape[1] == 1:
        return np.hstack([1 - outputs, outputs])
    if (outputs < 0).any():
        outputs = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    totals = outputs.sum(axis=1, keepdims=True)
    return np.where(totals > 0, outputs / np.where(totals > 0, totals, 1), 1 / outputs.shape[1])


def true_probabilities(shares: FloatArray, classes: LabelArray, y: LabelArray) -> FloatArray:
    """Return the probability that a classifier gives to the class of each sample.

    Parameters
    ----------
    shares
        Probabilities (sample, class), as `predict_proba` returns them.
    classes
        The classes that the classifier has learned (class,).
    y
        Class of each sample (sample,).

    Returns
    -------
    array
        Probabilities (sample,); 0 for a class that the classifier has not learned.
    """
    return np.sum(shares * (y[:, np.newaxis] == classes), axis=1)


def winning(shares: FloatArray) -> FloatArray:
    """Return the largest share of each sample.

    Parameters
    ----------
    shares
        Shares (sample, class).

    Returns
    -------
    array
        Share of the class that has most (sample,).
    """
    return shares.max(axis=1)


def margin(outputs: NDArray[Any]) -> NDArray[Any]:
    """Return the lead of the class with the largest output over the next one.

    Parameters
    ----------
    outputs
        Shares or spike counts (..., class).

    Returns
    -------
    array
        Largest minus second largest output (...).
    """
    ordered = np.sort(outputs, axis=-1)
    return ordered[..., -1] - ordered[..., -2]


def log_odds(shares: FloatArray) -> FloatArray:
    """Return the log odds of each class, which stay exact where a share is nearly 1.

    Parameters
    ----------
    shares
        Shares (sample, class).

    Returns
    -------
    array
        Natural logarithm of each share divided by the sum of all others (sample, class).
    """
    others = np.stack([np.delete(shares, number, axis=1).sum(axis=1) for number in range(shares.shape[1])], axis=1)
    return np.log(np.maximum(shares, LEAST_SHARE) / np.maximum(others, LEAST_SHARE))
