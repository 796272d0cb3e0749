"""`three-factor`: its rule over a whole training, its feedback, its layers; the contract is tested for all together."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

from bnsim.errors import InputError
from models.spiking.spiking_layers import RHEOBASE
from models.spiking.three_factor import ThreeFactor
from tests.models.conftest import QUICK, Digits, trained

DIGITS = QUICK["three-factor"]


# Compiled, since the checks want blobs told apart, which takes some thousand presentations.
# The checks' own samples are few and drawn at random: many a small network cannot tell them apart.
@pytest.mark.filterwarnings("ignore::bnsim.errors.DegenerateNetworkWarning")
@pytest.mark.slow  # compiles a network for each number of features and classes
@parametrize_with_checks(
    [
        ThreeFactor(
            hidden=(30,),
            max_rate=1000.0,
            hidden_weight=0.3,
            learning_rate=5e-3,
            hidden_learning_rate=5e-3,
            passes=10,
            random_state=0,
        )
    ]
)
def test_keeps_scikit_learns_rules(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


LAYERS = ("input", "hidden_1", "hidden_2", "output")


def step(model: ThreeFactor, X: np.ndarray, y: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Learn one image: spikes of each population, and by NumPy the weights after it, from those before it."""
    before = dict(model.learned_)
    recording = model._train(X, model._signals(y, None))
    n = {name: counts[0].astype(float) for name, counts in recording.counts.items()}

    def weights(source: str, target: str, unit: float = RHEOBASE) -> np.ndarray:
        return before[f"{source}_to_{target}.w"].reshape(len(n[source]), len(n[target])) / unit

    u = n["hidden_2"] @ weights("hidden_2", "output") + n["bias"] @ weights("bias", "output")
    error = {"output": 1 / (1 + np.exp(-0.2 * u)) - (np.arange(10) == y[0])}
    for after, layer in (("output", "hidden_2"), ("hidden_2", "hidden_1")):
        error[layer] = (error[after] @ weights(after, layer, 1.0)) * (n[layer] > 0)
    expected = {}
    for source, target in pairwise(LAYERS):
        eta = model.learning_rate if target == "output" else model.hidden_learning_rate
        for name in (source, "bias"):
            expected[f"{name}_to_{target}.w"] = weights(name, target) - eta * np.outer(n[name], error[target])
    return n, expected


@pytest.mark.slow
def test_training_is_the_equations_on_spike_counts(digits: Digits) -> None:
    model = ThreeFactor(**{**DIGITS, "hidden": (20, 15), "passes": 1}, random_state=3)
    model.partial_fit(digits.X[:1], digits.y[:1], classes=np.arange(10))
    for index in range(1, 6):
        n, expected = step(model, digits.X[index : index + 1], digits.y[index : index + 1])
        for name, weights in expected.items():
            found = model.learned_[name].reshape(weights.shape) / RHEOBASE
            np.testing.assert_allclose(found, weights, rtol=1e-9, atol=1e-12)
        model.presentations_seen_ += 1
    assert n["hidden_1"].any()
    assert not n["hidden_1"].all()


def test_symmetric_feedback_stays_equal_to_the_forward_weights() -> None:
    model = trained("three-factor")
    assert isinstance(model, ThreeFactor)
    forward = model.learned_["hidden_1_to_output.w"].reshape(30, 10) / RHEOBASE
    back = model.learned_["output_to_hidden_1.w"].reshape(10, 30)
    np.testing.assert_allclose(back, forward.T, rtol=1e-9, atol=1e-12)
    assert np.abs(forward).max() > 3 * DIGITS.get("output_weight", 0.1)  # and it is not the one that was drawn


@pytest.mark.slow
def test_random_feedback_stays_as_drawn_and_teaches_too(digits: Digits) -> None:
    first = ThreeFactor(**DIGITS, feedback="random", random_state=0)
    first.partial_fit(digits.X[:20], digits.y[:20], classes=np.arange(10))
    model = ThreeFactor(**DIGITS, feedback="random", random_state=0).fit(digits.X, digits.y)
    name = "output_to_hidden_1.w"
    assert np.array_equal(model.learned_[name], first.learned_[name])
    assert not np.array_equal(model.learned_["input_to_hidden_1.w"], first.learned_["input_to_hidden_1.w"])
    assert model.score(digits.X_held, digits.y_held) > 0.85


@pytest.mark.slow
def test_several_hidden_layers_learn(digits: Digits) -> None:
    model = ThreeFactor(**{**DIGITS, "hidden": (20, 15)}, random_state=0).fit(digits.X, digits.y)
    activity = model.activity(digits.X_held[:5])
    assert [layer.name for layer in activity.layers] == ["input", "hidden_1", "hidden_2", "output"]
    assert model.trainable_parameters == 65 * 20 + 21 * 15 + 16 * 10
    assert model.score(digits.X_held, digits.y_held) > 0.8


def test_operations_are_spikes_times_fan_out(digits: Digits) -> None:
    model = ThreeFactor(**{**DIGITS, "passes": 1}, random_state=0).fit(digits.X[:30], digits.y[:30])
    X = digits.X_held[:4]
    counts = model.record(X).counts
    spikes = counts["input"].sum() * 30 + counts["hidden_1"].sum() * 10 + counts["bias"].sum() * 40
    assert model.operations(X).synaptic_operations == spikes
    assert model.operations(X).neuron_updates == 4 * 40 * 50


@pytest.mark.parametrize(
    ("parameter", "value", "remedy"),
    [
        ("hidden", (), "a tuple of integers of at least 1, one a hidden layer"),
        ("hidden", (20, 0), "a tuple of integers of at least 1, one a hidden layer"),
        ("feedback", "learned", "one of symmetric, random"),
        ("max_rate", 2000.0, "at most 1000 Hz: one spike a step"),
        ("duration", 10.5, "whole milliseconds"),
        ("hidden_weight", 0.0, "a positive finite number"),
        ("backend", "gpu", "one of auto, cpp, cython, numpy"),
    ],
)
def test_wrong_parameters_are_named(digits: Digits, parameter: str, value: Any, remedy: str) -> None:
    with pytest.raises(InputError) as error:
        ThreeFactor(**{**DIGITS, parameter: value}).fit(digits.X[:30], digits.y[:30])
    assert str(error.value) == f"ThreeFactor.{parameter}: got {value!r}; give {remedy}"
