"""`rate`: descent on real data at the article's own settings, batches, scores, parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from bnsim.errors import InputError
from models.classifier import presentation_order
from models.rate.classifier import Rate
from models.rate.network import RateNetwork
from models.registry import create

from ..conftest import Digits, quick, trained

SLOW = pytest.mark.slow
SHORT: dict[str, Any] = {"hidden": (20,), "passes": 100, "learning_rate": 1.0, "random_state": 0}


@parametrize_with_checks([Rate(**SHORT)])
def test_keeps_scikit_learns_rules(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


@pytest.fixture(scope="module")
def tumours() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    X, y = load_breast_cancer(return_X_y=True)
    return StandardScaler().fit(X[:400]).transform(X), y


@pytest.mark.parametrize("activation", ["sigmoid", *(pytest.param(name, marks=SLOW) for name in ("tanh", "relu"))])
def test_learns_tumours_at_the_articles_settings(
    tumours: tuple[NDArray[np.float64], NDArray[np.int64]], activation: str
) -> None:
    X, y = tumours
    model = Rate(activation=activation, random_state=0)
    assert (model.hidden, model.learning_rate, model.passes, model.batch_size) == ((50,), 0.1, 1000, None)
    model.fit(X[:400], y[:400])
    assert model.score(X[400:], y[400:]) > 0.93
    assert max(np.abs(weights).max() for weights in model.network_.weights) < 3


def test_training_is_descent_batch_by_batch(digits: Digits) -> None:
    model = Rate(hidden=(12,), batch_size=70, passes=3, learning_rate=0.5, random_state=7)
    model.fit(digits.X[:100], digits.y[:100])
    network = RateNetwork.draw((64, 12, 10), "sigmoid", "sigmoid", 7)
    order, targets = presentation_order(7, 100, 3), np.eye(10)[digits.y[:100]]
    for start in (0, 70, 140, 210, 280):  # the last batch holds what is left
        chosen = order[start : start + 70]
        network = network.step(digits.X[chosen], targets[chosen], 0.5)
    for learned, expected in zip(model.network_.weights, network.weights, strict=True):
        np.testing.assert_array_equal(learned, expected)


def test_batches_of_more_than_all_samples_are_all_samples(digits: Digits) -> None:
    whole, large = (Rate(batch_size=size, passes=5, random_state=0) for size in (None, 10**6))
    whole.fit(digits.X, digits.y)
    large.fit(digits.X, digits.y)
    for first, second in zip(whole.network_.weights, large.network_.weights, strict=True):
        np.testing.assert_array_equal(first, second)


def test_without_batches_a_checkpoint_waits_for_the_pass(digits: Digits) -> None:
    model = Rate(passes=4, random_state=0)
    model.fit(digits.X, digits.y, validation=(digits.X_held, digits.y_held), checkpoints=(1, 599, 601, 2400))
    assert [point.samples_seen for point in model.history_] == [600, 1200, 2400]


def test_scores_are_those_of_the_outputs(digits: Digits) -> None:
    model = trained("rate")
    assert isinstance(model, Rate)
    outputs = model.activity(digits.X_held)["output"].responses
    probabilities = model.predict_proba(digits.X_held)
    np.testing.assert_allclose(probabilities, outputs / outputs.sum(axis=1, keepdims=True))
    assert np.array_equal(model.predict(digits.X_held), model.classes_[probabilities.argmax(axis=1)])
    missed = np.abs(outputs - np.eye(10)[digits.y_held])
    assert model.within_tolerance(digits.X_held, digits.y_held) == np.mean(missed <= 0.1)
    assert model.within_tolerance(digits.X_held, digits.y_held, tolerance=0.3) == np.mean(missed <= 0.3)


def test_outputs_that_never_leave_zero_are_mostly_within_tolerance(digits: Digits) -> None:
    model = quick("rate", passes=1).fit(digits.X, digits.y)
    assert isinstance(model, Rate)
    model.network_.biases[-1][:] = -1e4  # silence: every output is exactly 0
    assert model.within_tolerance(digits.X_held, digits.y_held) == pytest.approx(0.9)
    np.testing.assert_allclose(model.predict_proba(digits.X_held), 0.1)


def test_counts(digits: Digits) -> None:
    model = Rate(hidden=(12, 9), passes=1, random_state=0).fit(digits.X, digits.y)
    products = 64 * 12 + 12 * 9 + 9 * 10
    assert model.trainable_parameters == products + 12 + 9 + 10
    assert vars(model.operations(digits.X_held[:3])) == {
        "synaptic_operations": 0,
        "multiply_accumulates": 3 * products,
        "neuron_updates": 3 * (12 + 9 + 10),
        "bytes": 3 * 8 * model.trainable_parameters,
    }
    assert [layer.name for layer in model.activity(digits.X_held).layers] == ["input", "hidden_1", "hidden_2", "output"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"hidden": 50}, "Rate.hidden: got 50; give a tuple of integers of at least 1, one a hidden layer"),
        ({"hidden": (50, 0)}, "Rate.hidden: got (50, 0); give a tuple of integers of at least 1"),
        ({"activation": "softplus"}, "Rate.activation: got 'softplus'; give 'sigmoid', 'tanh' or 'relu'"),
        ({"learning_rate": 0.0}, "Rate.learning_rate: got 0.0; give a positive finite number"),
        ({"batch_size": 0}, "Rate.batch_size: got 0; give an integer of at least 1, or None for all samples at once"),
    ],
)
def test_errors_name_the_parameter(digits: Digits, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        create("rate", **changed).fit(digits.X, digits.y)
    assert str(error.value).startswith(message)
