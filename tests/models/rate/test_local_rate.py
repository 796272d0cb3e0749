"""`local-rate`: its rule by hand and against backpropagation, its feedback, its training, its files, its parameters."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

from bnsim.errors import InputError
from models.rate import local_rate
from models.rate.local_rate import LocalRate
from models.rate.local_rule import error_of_output, learn, respond, send_back
from models.rate.network import RateNetwork
from models.registry import create
from models.schedule import presentation_order

from ..conftest import Digits, quick, trained

LN3 = np.log(3.0)  # 1 / (1 + exp(-ln 3)) = 3/4


@parametrize_with_checks([LocalRate(hidden=(30,), learning_rate=0.1, random_state=0)])
def test_keeps_scikit_learns_rules(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


# The rule.


def test_two_samples_and_two_layers_by_hand() -> None:
    """In the first, drives ln 3 and 0, errors -1/4 and 1/2; hidden unit 1 alone is active, and gets -2/4 + 3/2 = 1.

    In the second, unit 2 alone is active; drives -ln 3 and 0, errors 1/4 and -1/2; it gets 3/4 + 1/2 = 5/4.
    """
    hidden, output = np.array([[1.0, -1.0], [0.0, 0.25]]), np.array([[LN3, 0.0], [-LN3 - 0.125, 0.25]])
    network = RateNetwork((hidden, output), (np.zeros(2), np.zeros(2)), "relu", "linear")
    back = np.array([[2.0, 3.0], [3.0, -1.0]], np.float32)
    X, labels, learning_rates = np.array([[1.0, 2.0], [0.0, 4.0]]), np.array([0, 1]), np.array([0.5, 0.25])

    first = learn(network, [back], X[:1], labels[:1], learning_rates[:1])
    np.testing.assert_allclose(first.weights[1], output - 0.5 * np.array([[-0.25, 0.5], [0, 0]]), rtol=1e-6)
    np.testing.assert_allclose(first.biases[1], [0.125, -0.25], rtol=1e-6)  # tolerances: single precision
    np.testing.assert_allclose(first.weights[0], [[0.5, -1.0], [-1.0, 0.25]], rtol=1e-6)
    np.testing.assert_allclose(first.biases[0], [-0.5, 0.0], rtol=1e-6)

    both = learn(network, [back], X, labels, learning_rates)
    change = both.weights[1] - first.weights[1]
    np.testing.assert_allclose(change, -0.25 * np.array([[0, 0], [0.25, -0.5]]), atol=1e-6)
    np.testing.assert_allclose(both.biases[1], [0.0625, -0.125], rtol=1e-6)
    np.testing.assert_allclose(both.weights[0], [[0.5, -1.0], [-1.0, -1.0]], rtol=1e-6)
    np.testing.assert_allclose(both.biases[0], [-0.5, -0.3125], rtol=1e-6)
    assert network.weights[0] is hidden
    assert hidden[0, 0] == 1.0  # what it learned from is another network


def test_symmetric_feedback_is_backpropagation_of_the_same_error(digits: Digits) -> None:
    """The squared error to targets that lie as far from the drives as the rule's errors has these errors as slope."""
    network = RateNetwork.draw((64, 12, 9, 10), "relu", "linear", seed=3)
    back = [matrix.T for matrix in network.weights[1:]]
    for x, label in zip(digits.X[:5], digits.y[:5], strict=True):
        _, *rates, drive = respond(network, x)
        error = error_of_output(drive, np.eye(10)[label])
        weights, biases = network.gradient(x[np.newaxis], (drive - error)[np.newaxis])
        for mine, theirs in zip(send_back(error, rates, back), biases, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-15)  # rounding of double precision
        learned = learn(network, None, x[np.newaxis], np.array([label]), np.array([1.0]))
        for after, before, slope in zip(learned.weights, network.weights, weights, strict=True):
            np.testing.assert_allclose(after - before, -slope, atol=1e-6)  # of single precision


def test_training_is_the_rule_in_the_common_order_with_a_rate_that_falls(
    digits: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    X, y = digits.X[:30], digits.y[:30]
    starts: list[tuple[Any, Any]] = []

    def look(model: LocalRate, samples_seen: int) -> None:
        starts.append((model.network_, model.feedback_))

    for chunk in (1000, 7):
        monkeypatch.setattr(local_rate, "CHUNK", chunk)
        model = LocalRate(hidden=(12, 9), learning_rate=0.1, final_rate=0.25, passes=2, random_state=7)
        model.fit(X, y, at_checkpoint=look)
        order, (network, feedback) = presentation_order(7, 30, 2), starts[-1]
        labels, course = np.searchsorted(model.classes_, y[order]), 0.1 * (1 - 0.75 * np.arange(60) / 60)
        expected = learn(network, feedback, X[order], labels, course)
        for found, wanted in zip(model.network_.weights, expected.weights, strict=True):
            np.testing.assert_array_equal(found, wanted)


SCRIPT = """
import hashlib
from sklearn.datasets import load_digits
from models.rate.local_rate import LocalRate
X, y = load_digits(return_X_y=True)
model = LocalRate(hidden=(3000, 300), passes=1, random_state=0).fit(X[:60] / 16, y[:60])
arrays = (*model.network_.weights, model.activity(X[:10] / 16)["output"].responses)
print(hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest())
"""


@pytest.mark.slow
def test_threads_change_no_bit() -> None:
    def run(threads: int) -> str:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": str(threads)}
        command = [sys.executable, "-c", SCRIPT]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert run(1) == run(2) != ""


# Feedback.


def test_random_feedback_stays_as_drawn_and_teaches_the_hidden_layer(digits: Digits) -> None:
    model, classes = trained("local-rate"), np.arange(10)
    assert isinstance(model, LocalRate)
    first = quick("local-rate")
    assert isinstance(first, LocalRate)
    first.partial_fit(digits.X[:1], digits.y[:1], classes=classes)
    (back,) = model.feedback_
    np.testing.assert_array_equal(back, first.feedback_[0])
    assert abs(np.corrcoef(back.ravel(), first.network_.weights[1].T.ravel())[0, 1]) < 0.2  # 300 pairs: 3.5 errors
    # Its forward weights come to agree with the feedback: why a random one can teach (Lillicrap et al. 2016).
    assert np.corrcoef(back.ravel(), model.network_.weights[1].T.ravel())[0, 1] > 0.3


def test_symmetric_feedback_needs_no_weights_of_its_own(digits: Digits) -> None:
    model = quick("local-rate", feedback="symmetric").fit(digits.X, digits.y)
    assert isinstance(model, LocalRate)
    assert model.feedback_ == ()
    assert model.score(digits.X_held, digits.y_held) > 0.88
    assert not np.array_equal(model.network_.weights[0], trained("local-rate").weights()["hidden_1"])


# The contract, where it is this network's own.


def test_probabilities_are_the_softmax_of_the_drives_and_outputs_their_sigmoid(digits: Digits) -> None:
    model = trained("local-rate")
    assert isinstance(model, LocalRate)
    activity = model.activity(digits.X_held)
    hidden = np.maximum(digits.X_held @ model.network_.weights[0] + model.network_.biases[0], 0)
    drive = hidden @ model.network_.weights[1] + model.network_.biases[1]
    np.testing.assert_allclose(activity["hidden_1"].responses, hidden, atol=1e-5)
    np.testing.assert_allclose(activity["output"].responses, 1 / (1 + np.exp(-drive)), atol=1e-5)
    np.testing.assert_allclose(model.predict_proba(digits.X_held), softmax(drive, axis=1), atol=1e-5)


def test_decides_by_drives_where_the_rates_are_rounded_to_one(digits: Digits) -> None:
    model = trained("local-rate")
    large = model.with_weights({"output": 1e4 * model.weights()["output"]})
    output = large.activity(digits.X_held)["output"].responses
    tied = (output == output.max(axis=1, keepdims=True)).sum(axis=1) > 1
    assert tied.any()
    assert large.score(digits.X_held, digits.y_held) > 0.8


def test_counts(digits: Digits) -> None:
    model = LocalRate(hidden=(12, 9), passes=1, random_state=0).fit(digits.X, digits.y)
    products = 64 * 12 + 12 * 9 + 9 * 10
    assert model.trainable_parameters == products + 12 + 9 + 10
    assert vars(model.operations(digits.X_held[:3])) == {
        "synaptic_operations": 0,
        "multiply_accumulates": 3 * products,
        "neuron_updates": 3 * (12 + 9 + 10),
        "bytes": 3 * 4 * model.trainable_parameters,
    }


@pytest.mark.parametrize("feedback", ["random", "symmetric"])
def test_a_loaded_network_learns_on_as_the_saved_one_does(digits: Digits, tmp_path: Path, feedback: str) -> None:
    model = LocalRate(hidden=(12, 9), feedback=feedback, passes=1, random_state=0).fit(digits.X[:100], digits.y[:100])
    model.save(tmp_path / "model.npz")
    loaded = LocalRate.load(tmp_path / "model.npz")
    for each in (model, loaded):
        each.partial_fit(digits.X[100:200], digits.y[100:200])
    for found, wanted in zip(loaded.network_.weights, model.network_.weights, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_a_file_without_its_feedback_is_refused(digits: Digits, tmp_path: Path) -> None:
    trained("local-rate").save(tmp_path / "whole.npz")
    with np.load(tmp_path / "whole.npz") as whole:
        np.savez(tmp_path / "model.npz", **{name: whole[name] for name in whole if name != "feedback/0"})
    with pytest.raises(InputError, match=r"array 'feedback/0' is missing"):
        LocalRate.load(tmp_path / "model.npz")


def test_outputs_that_overflow_after_the_last_step_are_found(digits: Digits) -> None:
    """Two steps leave weights that are finite, but whose products are not."""
    with pytest.raises(InputError) as error:
        LocalRate(learning_rate=1e15, passes=1, random_state=0).fit(digits.X[:2], digits.y[:2])
    assert str(error.value).startswith(
        "LocalRate.learning_rate: with 1000000000000000.0 training diverged (outputs not finite)"
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"hidden": 50}, "LocalRate.hidden: got 50; give a tuple of integers of at least 1, one a hidden layer"),
        ({"hidden": (50, 0)}, "LocalRate.hidden: got (50, 0); give a tuple of integers of at least 1"),
        ({"feedback": "learned"}, "LocalRate.feedback: got 'learned'; give one of random, symmetric"),
        ({"learning_rate": 0.0}, "LocalRate.learning_rate: got 0.0; give a positive finite number"),
        ({"final_rate": -0.1}, "LocalRate.final_rate: got -0.1; give a positive finite number"),
    ],
)
def test_errors_name_the_parameter(digits: Digits, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        create("local-rate", **changed).fit(digits.X, digits.y)
    assert str(error.value).startswith(message)
