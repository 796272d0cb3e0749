"""Steps of gradient descent, against Keras, and how moments are kept."""

from __future__ import annotations

import numpy as np
import pytest

from models.artificial.backend import keras, tf
from models.optimizers import Moments, descend

VALUES = (np.array([[0.5, -1.0]], np.float32), np.array([2.0], np.float32))


def test_plain_steps() -> None:
    gradients = (np.array([[1.0, 2.0]], np.float32), np.array([-4.0], np.float32))
    values, moments = descend(VALUES, gradients, 0.25, None)
    assert moments is None
    np.testing.assert_array_equal(values[0], [[0.25, -1.5]])
    np.testing.assert_array_equal(values[1], [3.0])
    assert all(value.dtype == np.float32 for value in values)


def test_adam_is_that_of_keras() -> None:
    generator = np.random.default_rng(0)
    variables = [tf.Variable(value) for value in VALUES]
    optimizer = keras.optimizers.Adam(learning_rate=0.1)
    values, moments = VALUES, Moments.of("adam", VALUES)
    for _ in range(20):
        gradients = tuple(generator.normal(size=value.shape).astype(np.float32) for value in VALUES)
        optimizer.apply_gradients(zip(map(tf.constant, gradients), variables, strict=True))
        values, moments = descend(values, gradients, 0.1, moments)
    for value, variable in zip(values, variables, strict=True):
        np.testing.assert_allclose(value, variable.numpy(), rtol=1e-4)  # single precision, over 20 steps


def test_moments_are_kept() -> None:
    moments = Moments.of("adam", VALUES)
    assert Moments.of("plain", VALUES) is None
    for _ in range(3):
        _, moments = descend(VALUES, VALUES, 0.1, moments)
    assert moments is not None
    read = Moments.from_arrays("adam", moments.arrays(), VALUES)
    assert read is not None
    assert read.steps == 3
    for one, other in zip((*read.first, *read.second), (*moments.first, *moments.second), strict=True):
        np.testing.assert_array_equal(one, other)
    assert Moments.from_arrays("plain", {}, VALUES) is None
    for damage in ({"moments/first/1": np.zeros(2)}, {"moments/steps": np.array(-1)}, {"moments/steps": np.array(1.5)}):
        with pytest.raises(ValueError, match=next(iter(damage))):
            Moments.from_arrays("adam", {**moments.arrays(), **damage}, VALUES)
