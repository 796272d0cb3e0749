"""Disturbances of input samples, within the range of values that training samples have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Values:
    """What values training samples have: the smallest, largest and mean (feature,); of images, over all pixels."""

    low: FloatArray
    high: FloatArray
    mean: FloatArray
    image_shape: tuple[int, int] | None

    @classmethod
    def of(cls, X: FloatArray, image_shape: tuple[int, int] | None) -> Self:
        """From training samples (n, features)."""
        axis = 0 if image_shape is None else None
        low, high, mean = (np.broadcast_to(f(X, axis=axis), X.shape[1:]) for f in (np.min, np.max, np.mean))
        return cls(low, high, mean, image_shape)


def gaussian_noise(x: FloatArray, severity: float, values: Values, generator: np.random.Generator) -> FloatArray:
    """Normal noise on every feature with a standard deviation of `severity` times the range, cut at its ends."""
    noise = severity * (values.high - values.low) * generator.standard_normal(x.shape)
    return np.clip(x + noise, values.low, values.high)


def salt_and_pepper(x: FloatArray, severity: float, values: Values, generator: np.random.Generator) -> FloatArray:
    """Each feature set to the smallest or largest value, either equally likely, with probability `severity`."""
    hit, salt = generator.random((2, *x.shape))
    return np.where(hit < severity, np.where(salt < 0.5, values.low, values.high), x)


def occlusion(x: FloatArray, severity: float, values: Values, generator: np.random.Generator) -> FloatArray:
    """A patch of the image at a random place set to the smallest value; its sides are `severity` times the image's."""
    assert values.image_shape is not None
    sides = [round(severity * side) for side in values.image_shape]
    top, left = (
        int(generator.integers(whole - side + 1)) for whole, side in zip(values.image_shape, sides, strict=True)
    )
    hidden = np.zeros(values.image_shape, bool)
    hidden[top : top + sides[0], left : left + sides[1]] = True
    return np.where(hidden.ravel(), values.low, x)


def contrast(x: FloatArray, severity: float, values: Values, generator: np.random.Generator) -> FloatArray:
    """Every feature moved towards the mean, by `severity` times its distance; nothing is drawn."""
    return x + severity * (values.mean - x)


Disturbance = Callable[[FloatArray, float, Values, np.random.Generator], FloatArray]
"""(sample, severity, values, generator) -> the disturbed sample."""

DISTURBANCES: Mapping[str, Disturbance] = MappingProxyType(
    {
        "gaussian_noise": gaussian_noise,
        "salt_and_pepper": salt_and_pepper,
        "occlusion": occlusion,
        "contrast": contrast,
    }
)
