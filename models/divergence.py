"""Errors for numbers that single precision cannot hold: of a training that diverged, of samples that are too large."""

from __future__ import annotations

from typing import Any

import numpy as np

from bnsim.arrays import FloatArray
from bnsim.errors import InputError

LARGE = 1e3
"""Values of samples from which on they, not the learning rate, are named as the cause of a training that diverges."""


def diverged(classifier: Any, X: FloatArray, what: str) -> InputError:
    """Return the error for a training that ended in numbers that are not finite.

    Parameters
    ----------
    classifier : Classifier
        What was trained, with a parameter `learning_rate`.
    X : ndarray, shape (n_samples, n_features)
        Training samples.
    what : str
        Where the numbers are.

    Returns
    -------
    InputError
        To be raised.
    """
    largest, name = float(np.abs(X).max()), type(classifier).__name__
    if largest > LARGE:
        return InputError(
            f"{name}.fit: X holds {largest:.3g} and training diverged ({what} not finite); "
            "scale X to about 1, or give a smaller learning_rate"
        )
    return InputError(
        f"{name}.learning_rate: with {classifier.learning_rate!r} training diverged ({what} not finite); "
        "give a smaller one, or scale X to about 1"
    )


def too_large(classifier: Any, X: FloatArray) -> InputError:
    """Return the error for samples for which a trained network overflows.

    Parameters
    ----------
    classifier : Classifier
        The network.
    X : ndarray, shape (n_samples, n_features)
        Samples.

    Returns
    -------
    InputError
        To be raised.
    """
    return InputError(
        f"{type(classifier).__name__}: X holds {float(np.abs(X).max()):.3g}, for which responses overflow in single "
        "precision; scale X as the training samples were, to about 1"
    )
