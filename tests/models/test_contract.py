"""What holds for every classifier, whatever is inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bnsim.errors import InputError
from models.classifier import Classifier
from models.registry import MODELS

from .conftest import QUICK, REACHES, Digits, quick


def same_training(first: Classifier, second: Classifier) -> bool:
    """Whether both learned the same, bit for bit."""
    left, right = first._fitted_arrays(), second._fitted_arrays()
    return left.keys() == right.keys() and all(np.array_equal(left[key], right[key]) for key in left)


def test_every_registered_classifier_is_tested() -> None:
    assert set(QUICK) == set(MODELS)


def test_class_says_what_the_registry_says(name: str, fitted: Classifier) -> None:
    entry = MODELS[name]
    assert (fitted.name, fitted.kind, fitted.twin) == (name, entry.kind, entry.twin)
    assert fitted.REFERENCE
    assert fitted.trainable_parameters > 0


def test_learns_digits_but_not_shuffled_labels(name: str, fitted: Classifier, digits: Digits) -> None:
    shuffled = np.random.default_rng(0).permutation(digits.y)
    assert fitted.score(digits.X_held, digits.y_held) > REACHES.get(name, 0.88)
    assert quick(name).fit(digits.X, shuffled).score(digits.X_held, digits.y_held) < 0.2


def test_twins_train_as_many_parameters(name: str, fitted: Classifier, digits: Digits) -> None:
    if fitted.twin is None:  # the ANNs, and a network for whose learning without labels there is none
        assert fitted.kind == "ANN" or name == "diehl-cook"
        return
    shared = {key: QUICK[name][key] for key in QUICK[name] if key in QUICK[fitted.twin]}
    twin = quick(fitted.twin, **shared).fit(digits.X, digits.y)
    assert twin.kind == "ANN"
    assert twin.trainable_parameters == fitted.trainable_parameters


def test_activity_has_a_row_a_sample_in_every_layer(fitted: Classifier, digits: Digits) -> None:
    activity = fitted.activity(digits.X_held[:7])
    assert activity.layers[0].name == "input"
    assert activity.layers[-1].name == "output"
    assert activity.bin_width is None or fitted.kind == "BNS"
    assert any(layer.binned is not None for layer in activity.layers) == (activity.bin_width is not None)
    for layer in activity.layers:
        assert layer.responses.shape[0] == 7
        assert np.isfinite(layer.responses).all()
        assert activity[layer.name] is layer
    with pytest.raises(InputError, match="Activity: unknown layer 'retina'; it holds 'input'"):
        activity["retina"]


def test_operations_of_a_set_are_the_sum_of_its_samples(fitted: Classifier, digits: Digits) -> None:
    together = vars(fitted.operations(digits.X_held[:5]))
    alone = [vars(fitted.operations(digits.X_held[i : i + 1])) for i in range(5)]
    assert together == {key: sum(count[key] for count in alone) for key in together}
    assert together["synaptic_operations"] + together["multiply_accumulates"] > 0
    assert together["neuron_updates"] > 0
    assert together["bytes"] > 0


def test_prediction_depends_on_neither_order_nor_company(fitted: Classifier, digits: Digits) -> None:
    X = digits.X_held[:40]
    order = np.random.default_rng(1).permutation(len(X))
    together = fitted.activity(X).layers[-1].responses
    assert np.array_equal(fitted.activity(X[order]).layers[-1].responses, together[order])
    alone = [fitted.activity(X[i : i + 1]).layers[-1].responses[0] for i in range(5)]
    assert np.array_equal(alone, together[:5])
    assert np.array_equal(fitted.predict(X[order]), fitted.predict(X)[order])


def test_same_random_state_same_training(name: str, fitted: Classifier, digits: Digits) -> None:
    for other in QUICK:  # whatever ran before in this process
        quick(other, random_state=5).fit(digits.X[:64], digits.y[:64])
    again = quick(name).fit(digits.X, digits.y)
    assert same_training(again, fitted)
    assert same_training(again.fit(digits.X, digits.y), fitted)
    assert not same_training(quick(name, random_state=1).fit(digits.X, digits.y), fitted)


def test_learning_curve_is_taken_without_being_felt(name: str, fitted: Classifier, digits: Digits) -> None:
    seen: list[tuple[int, int]] = []
    total = QUICK[name]["passes"] * len(digits.X)
    watched = quick(name).fit(
        digits.X,
        digits.y,
        validation=(digits.X_held, digits.y_held),
        checkpoints=(32, 320, 1000, total, 2 * total),
        progress=lambda done, of: seen.append((done, of)),
    )
    assert same_training(watched, fitted)
    assert fitted.history_ == ()
    points = [point.samples_seen for point in watched.history_]
    assert points[:2] == [32, 320]
    assert 1000 <= points[2] < 1032  # the first batch boundary, where there are batches
    assert points[3:] == [total]
    accuracies = [point.validation_accuracy for point in watched.history_]
    assert accuracies[-1] == watched.score(digits.X_held, digits.y_held)
    assert accuracies[-1] > accuracies[0] + 0.2
    assert seen[-1] == (total, total)
    assert seen == sorted(seen)


def test_held_out_labels_change_nothing_that_is_learned(name: str, fitted: Classifier, digits: Digits) -> None:
    wrong = np.random.default_rng(0).permutation(digits.y_held)
    misled = quick(name).fit(digits.X, digits.y, validation=(digits.X_held, wrong), checkpoints=(64, 640))
    assert same_training(misled, fitted)


@pytest.mark.parametrize("as_labels", [lambda y: y.astype(str), lambda y: y.astype(str).astype(object)])
def test_labels_of_any_type(name: str, fitted: Classifier, digits: Digits, as_labels: Callable[[Any], Any]) -> None:
    named = quick(name).fit(digits.X, as_labels(digits.y))
    assert np.array_equal(named.predict(digits.X_held), as_labels(fitted.predict(digits.X_held)))


def test_one_class_is_not_enough(name: str, digits: Digits) -> None:
    with pytest.raises(InputError, match=r"fit: y holds one class only; give samples of two classes"):
        quick(name).fit(digits.X[:20], np.zeros(20))


@pytest.mark.parametrize("wrong", [(0,), (10, 5), (10, 10), (2.5,)])
def test_checkpoints_must_increase(name: str, digits: Digits, wrong: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"fit: got checkpoints \(.*\); give increasing integers"):
        quick(name).fit(digits.X, digits.y, validation=(digits.X_held, digits.y_held), checkpoints=wrong)


@pytest.mark.parametrize(("parameter", "value"), [("passes", 0), ("passes", 1.5), ("random_state", -1)])
def test_common_parameters_are_named(name: str, digits: Digits, parameter: str, value: Any) -> None:
    model = quick(name, **{parameter: value})
    with pytest.raises(InputError) as error:
        model.fit(digits.X, digits.y)
    assert str(error.value).startswith(f"{type(model).__name__}.{parameter}: got {value!r}; give ")
