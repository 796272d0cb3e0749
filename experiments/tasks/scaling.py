"""How samples are scaled: by what the training samples show, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import Float64Array
from bnsim.errors import InputError
from models.sequences import SequenceShape, lasting

Scaling = float | Literal["standardise", "range"]
Scaler = Callable[[NDArray], Float64Array]
"""Samples (sample, feature) -> the same, scaled."""


def scaler(name: str, train: NDArray, scaling: Scaling, sequence_shape: SequenceShape | None = None) -> Scaler:
    """Return the function that scales samples of a task.

    Parameters
    ----------
    name
        Name of the task, for messages.
    train
        Training samples (sample, feature).
    scaling
        As `Dataset.scaling` says.
    sequence_shape
        As `Dataset.sequence_shape` says.

    Returns
    -------
    Scaler
        The function.

    Raises
    ------
    InputError
        If values are too large to be scaled.
    """
    if sequence_shape is not None:
        return _of_sequences(name, train, scaling, sequence_shape)
    shift, scale = _shift_and_scale(name, train, scaling)

    def scaled(X: NDArray) -> Float64Array:
        result = X.astype(np.float64)
        result -= shift
        result /= scale
        return result

    return scaled


def _of_sequences(name: str, train: NDArray, scaling: Scaling, shape: SequenceShape) -> Scaler:
    """Scale each channel by the steps that last; the mask stays as it is, and zeros after the end."""
    steps = train.reshape(len(train), *shape)
    if isinstance(scaling, str):
        steps = steps[lasting(train, shape)]  # a copy, which a number does not need
    shift, scale = _shift_and_scale(name, steps[..., :-1], scaling)

    def scaled(X: NDArray) -> Float64Array:
        result = X.astype(np.float64).reshape(len(X), *shape)
        result[:, :, :-1] -= shift
        result[:, :, :-1] /= scale
        result[~lasting(X, shape)] = 0
        return result.reshape(len(X), -1)

    return scaled


def _shift_and_scale(name: str, train: NDArray, scaling: Scaling) -> tuple[Float64Array | float, Float64Array | float]:
    """What is subtracted from the features and what they are divided by."""
    if not isinstance(scaling, str):
        return 0.0, scaling
    reference = train.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        if scaling == "standardise":
            shift, scale = reference.mean(axis=0), reference.std(axis=0)
        else:
            shift, scale = reference.min(), reference.max() - reference.min()
    if not np.isfinite(scale).all():
        largest = np.abs(reference).max()
        raise InputError(f"{name}: X holds values up to {largest:.3g}, too large to be scaled; divide X first")
    return shift, np.where(scale > 0, scale, 1.0)  # a constant feature carries nothing: leave it at zero
