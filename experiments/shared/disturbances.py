"""Disturbances of input samples, within the range of values of the training samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

import numpy as np

from bnsim.arrays import FloatArray
from models.sequences import SequenceShape, changeable, lasting


@dataclass(frozen=True, eq=False)
class Values:
    """Values of the training samples.

    Parameters
    ----------
    low, high, mean
        Smallest, largest and mean value of each feature (feature,); for images, those over all pixels; for sequences,
        those of each channel over the steps that last.
    image_shape
        (height, width) of images, None for other samples.
    sequence_shape
        (time, channel) of sequences, None for other samples.
    """

    low: FloatArray
    high: FloatArray
    mean: FloatArray
    image_shape: tuple[int, int] | None
    sequence_shape: SequenceShape | None = None

    @classmethod
    def of(
        cls, X: FloatArray, image_shape: tuple[int, int] | None, sequence_shape: SequenceShape | None = None
    ) -> Self:
        """Return the values of these samples.

        Parameters
        ----------
        X
            Training samples (sample, feature).
        image_shape
            (height, width) of images, None for other samples.
        sequence_shape
            (time, channel) of sequences, None for other samples.

        Returns
        -------
        Values
            Smallest, largest and mean value of each feature.
        """
        if sequence_shape is not None:
            steps = X.reshape(len(X), *sequence_shape)[lasting(X, sequence_shape)]
            low, high, mean = (np.tile(f(steps, axis=0), sequence_shape[0]) for f in (np.min, np.max, np.mean))
            return cls(low, high, mean, image_shape, sequence_shape)
        axis = 0 if image_shape is None else None
        low, high, mean = (np.broadcast_to(f(X, axis=axis), X.shape[1:]) for f in (np.min, np.max, np.mean))
        return cls(low, high, mean, image_shape)


def gaussian_noise(x: FloatArray, severity: float, values: Values, generator: np.random.Generator) -> FloatArray:
    """Add normal noise to every feature, and clip it to the range of values.

    Parameters
    ----------
    x
        A sample (feature,).
    severity
        Standard deviation of the noise, as a share of the range.
    values
        Values of the training samples.
    generator
        Source of the noise.

    Returns
    -------
    array
        The disturbed sample (feature,).
    """
    noise = severity * (values.high - values.low) * generator.standard_normal(x.shape)
    return np.clip(x + noise, values.low, values.high)


def salt_and_pepper(x: FloatArray, severity: float, values: Values, generator: np.random.Generator) -> FloatArray:
    """Set some features to the smallest or the largest value, either with equal probability.

    Parameters
    ----------
    x
        A sample (feature,).
    severity
        Probability that a feature is set.
    values
        Values of the training samples.
    generator
        Chooses the features and their values.

    Returns
    -------
    array
        The disturbed sample (feature,).
    """
    hit, salt = generator.random((2, *x.shape))
    return np.where(hit < severity, np.where(salt < 0.5, values.low, values.high), x)


def occlusion(x: FloatArray, severity: float, values: Values, generator: np.random.Generator) -> FloatArray:
    """Set a rectangular patch of an image, at a random place, to the smallest value.

    Parameters
    ----------
    x
        A sample (feature,).
    severity
        Sides of the patch, as a share of those of the image.
    values
        Values of the training samples.
    generator
        Chooses the place.

    Returns
    -------
    array
        The disturbed sample (feature,).
    """
    assert values.image_shape is not None
    sides = [round(severity * side) for side in values.image_shape]
    top, left = (
        int(generator.integers(whole - side + 1)) for whole, side in zip(values.image_shape, sides, strict=True)
    )
    hidden = np.zeros(values.image_shape, bool)
    hidden[top : top + sides[0], left : left + sides[1]] = True
    return np.where(hidden.ravel(), values.low, x)


def contrast(x: FloatArray, severity: float, values: Values, generator: np.random.Generator) -> FloatArray:
    """Move every feature towards the mean.

    Parameters
    ----------
    x
        A sample (feature,).
    severity
        Share of the distance to the mean by which it is moved.
    values
        Values of the training samples.
    generator
        Not used, since nothing is random.

    Returns
    -------
    array
        The disturbed sample (feature,).
    """
    return x + severity * (values.mean - x)


Disturbance = Callable[[FloatArray, float, Values, np.random.Generator], FloatArray]
"""(sample, severity, values, generator) -> disturbed sample."""
Generators = Callable[[int], np.random.Generator]

DISTURBANCES: Mapping[str, Disturbance] = MappingProxyType(
    {
        "gaussian_noise": gaussian_noise,
        "salt_and_pepper": salt_and_pepper,
        "occlusion": occlusion,
        "contrast": contrast,
    }
)


def disturb(X: FloatArray, change: Disturbance, severity: float, values: Values, generators: Generators) -> FloatArray:
    """Disturb samples, each by its own random numbers; the mask of a sequence and what follows its end stay.

    Parameters
    ----------
    X
        Samples (sample, feature).
    change
        One of `DISTURBANCES`.
    severity
        Severity of the disturbance.
    values
        Values of the training samples.
    generators
        Row of a sample -> its source of random numbers.

    Returns
    -------
    array
        The disturbed samples (sample, feature).
    """
    changed = np.stack([change(x, severity, values, generators(row)) for row, x in enumerate(X)])
    if values.sequence_shape is None:
        return changed
    return np.where(changeable(X, values.sequence_shape), changed, X)
