"""The gradient against finite differences, and networks that are known to follow it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.studies.learning.gradient import Layers, angle, backpropagated, descent, softmax
from experiments.tasks import load_task
from experiments.tasks.dataset import validation_split
from models.artificial.dense import Dense
from models.spiking.receptive_field import ReceptiveField
from tests.models.conftest import quick

TRAIN = validation_split(load_task("digits"), seed=0, max_train=400).train
SIZES = {"first": (6, 5), "second": (5, 4), "output": (4, 3)}
STEP = 1e-6


def responses(weights: Layers, X: np.ndarray) -> Layers:
    """What arrives at each layer of the rate network: the samples, then rectified drives."""
    arriving = {}
    for name, matrix in weights.items():
        arriving[name] = X
        X = np.maximum(X @ matrix, 0)
    return arriving


def loss(weights: Layers, X: np.ndarray, labels: np.ndarray) -> float:
    drive = responses(weights, X)["output"] @ weights["output"]
    return float(-np.mean(np.log(softmax(drive)[np.arange(len(labels)), labels])))


@pytest.mark.parametrize("name", SIZES)
def test_gradient_is_that_of_finite_differences(name: str) -> None:
    generator = np.random.default_rng(3)
    weights = {layer: generator.normal(0, 1, size) for layer, size in SIZES.items()}
    X, labels = generator.random((7, 6)), generator.integers(0, 3, 7)
    arriving = responses(weights, X)
    error = softmax(arriving["output"] @ weights["output"]) - np.eye(3)[labels]
    found = backpropagated(weights, arriving, error)
    assert list(found) == list(SIZES)
    expected = np.zeros(SIZES[name])
    for place in np.ndindex(SIZES[name]):
        moved = {sign: {**weights, name: weights[name].copy()} for sign in (-1, 1)}
        for sign, changed in moved.items():
            changed[name][place] += sign * STEP
        expected[place] = (loss(moved[1], X, labels) - loss(moved[-1], X, labels)) / (2 * STEP)
    assert np.abs(expected).max() > 0.01
    np.testing.assert_allclose(found[name], expected, atol=1e-8)


@pytest.mark.parametrize(
    ("first", "second", "degrees"),
    [([[1, 2]], [[2, 4]], 0), ([[1, 0]], [[1, 1]], 45), ([[1, 0]], [[0, 3]], 90), ([[1, 2]], [[-1, -2]], 180)],
)
def test_angles_are_those_of_the_plane(first: list[Any], second: list[Any], degrees: float) -> None:
    assert angle(np.array(first, float), np.array(second, float)) == pytest.approx(degrees, abs=1e-5)


def test_no_angle_without_a_direction() -> None:
    assert angle(np.zeros((2, 2)), np.ones((2, 2))) is None


def test_gradient_descent_stands_at_zero_and_adam_does_not() -> None:
    found: dict[str, dict[str, float | None]] = {}
    X, y = TRAIN.X[:64], TRAIN.y[:64]
    for optimizer in ("sgd", "adam"):
        model = Dense(hidden=(40, 20), optimizer=optimizer, learning_rate=0.01, passes=2, random_state=0)
        model.fit(TRAIN.X, TRAIN.y)
        way = descent(model, X, y)
        found[optimizer] = {name: angle(change, way[name]) for name, change in model.weight_change(X, y, 0.1).items()}
    assert list(found["sgd"]) == ["hidden_1", "hidden_2", "output"]
    assert all(degrees is not None and degrees < 1 for degrees in found["sgd"].values())
    assert all(degrees is not None and 20 < degrees < 90 for degrees in found["adam"].values())


@pytest.mark.slow
def test_the_spiking_read_out_follows_the_gradient_of_its_own_error() -> None:
    """Of one sigmoid a class instead of a softmax: with small steps nothing else opens an angle."""
    model = quick("receptive-field", passes=1)
    assert isinstance(model, ReceptiveField)
    model.fit(TRAIN.X[:100], TRAIN.y[:100])
    X, y = TRAIN.X[100:140], TRAIN.y[100:140]
    hidden = model.activity(X)["hidden"].responses
    drive = hidden @ model.weights()["output"]
    error = 1 / (1 + np.exp(-model.error_gain * drive)) - (y[:, np.newaxis] == model.classes_)
    own = backpropagated(model.weights(), {"output": hidden}, error)["output"]
    change = model.weight_change(X, y, 1e-3)["output"]
    assert (angle(change, -own) or 0) < 1
    assert 10 < (angle(change, descent(model, X, y)["output"]) or 0) < 80
