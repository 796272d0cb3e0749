"""What holds for every classifier, whatever is inside."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from bnsim.errors import InputError
from models.artificial.keras_classifier import KerasClassifier
from models.capabilities import Taught
from models.classifier import Classifier
from models.online import OnlineClassifier
from models.registry import MODELS

from .conftest import QUICK, REACHES, Digits, quick

TAUGHT = ("receptive-field", "three-factor", "surrogate", "receptive-dense", "dense", "local-rate", "dense-sgd")
DESCENDS_AT_ONCE = ("rate", "converted", "converted-convolutional")
"""Those without `weight_change`."""


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


def test_only_those_that_learn_without_labels_have_no_twin() -> None:
    alone = {name for name, entry in MODELS.items() if entry.kind == "BNS" and entry.twin is None}
    assert alone == {"diehl-cook", "diehl-cook-improved"}
    assert all(entry.twin is None for entry in MODELS.values() if entry.kind == "ANN")


@pytest.mark.parametrize("name", [name for name in QUICK if MODELS[name].twin is not None], indirect=True)
def test_twins_train_as_many_parameters(name: str, fitted: Classifier, digits: Digits) -> None:
    assert fitted.twin is not None
    shared = {key: QUICK[name][key] for key in QUICK[name] if key in QUICK[fitted.twin]}
    twin = quick(fitted.twin, **{**shared, "passes": 1}).fit(digits.X[:64], digits.y[:64])
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


def test_weights_lead_to_the_layers_of_activity(fitted: Classifier, digits: Digits) -> None:
    names = [layer.name for layer in fitted.activity(digits.X_held[:1]).layers]
    weights = fitted.weights()
    assert list(weights) == sorted(weights, key=names.index)
    assert sum(matrix.size for matrix in weights.values()) <= fitted.trainable_parameters  # these count biases too
    assert all(matrix.ndim == 2 and np.isfinite(matrix).all() and matrix.any() for matrix in weights.values())
    for matrix in weights.values():
        matrix[:] = 0.0
    assert all(matrix.any() for matrix in fitted.weights().values())


def test_which_have_an_error_signal(name: str, fitted: Classifier) -> None:
    assert fitted.error_signal == (name in TAUGHT)


@pytest.mark.parametrize("name", TAUGHT, indirect=True)
def test_an_error_signal_acts_on_a_chain_of_layers(fitted: Classifier, digits: Digits) -> None:
    layers = fitted.activity(digits.X).layers
    weights = fitted.weights()
    assert [layer.name for layer in layers[-len(weights) :]] == list(weights)
    for before, layer in pairwise(layers[-len(weights) - 1 :]):
        assert weights[layer.name].shape == (before.responses.shape[1], layer.responses.shape[1])
        assert (before.responses >= 0).all()
    assert isinstance(fitted, Taught)
    drive = fitted.error_gain * layers[-2].responses @ weights["output"]
    assert drive.std() > 0.5  # in units that a softmax or sigmoid feels
    assert np.mean(fitted.classes_[drive.argmax(axis=1)] == digits.y) > 0.8


@pytest.mark.parametrize("name", [name for name in QUICK if name not in DESCENDS_AT_ONCE], indirect=True)
def test_weight_change_shows_what_would_be_learned(fitted: Classifier, digits: Digits) -> None:
    model: Any = deepcopy(fitted)
    change = model.weight_change(digits.X[:40], digits.y[:40])
    assert same_training(model, fitted)
    assert {layer: matrix.shape for layer, matrix in change.items()} == {
        layer: matrix.shape for layer, matrix in fitted.weights().items()
    }
    assert all(matrix.any() for matrix in change.values())


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


@pytest.mark.slow
def test_same_random_state_same_training(name: str, fitted: Classifier, digits: Digits) -> None:
    names = list(QUICK)
    for step in (1, 2):  # whatever ran before in this process; over all models, each follows on two others
        other = names[(names.index(name) + step) % len(names)]
        quick(other, random_state=5).fit(digits.X[:64], digits.y[:64])
    short = quick(name).fit(digits.X[:64], digits.y[:64])
    other = quick(name, random_state=3).fit(digits.X[:64], digits.y[:64])
    assert not same_training(short, other)
    for again in (
        short,
        other.set_params(random_state=short.get_params()["random_state"]),
    ):  # whatever it had learned before
        again.fit(digits.X[:64], digits.y[:64])
    assert same_training(short, other)
    assert same_training(short.fit(digits.X, digits.y), fitted)


@dataclass(frozen=True)
class Watched:
    """A model that was looked at while it learned, and what was seen."""

    model: Classifier
    progress: list[tuple[int, int]]
    looks: list[tuple[int, dict[str, np.ndarray]]]
    total: int


@pytest.fixture(scope="session")
def watched(name: str, digits: Digits) -> Watched:
    progress: list[tuple[int, int]] = []
    looks: list[tuple[int, dict[str, np.ndarray]]] = []

    def look(model: Classifier, samples_seen: int) -> None:
        model.predict(digits.X_held[:5])
        model.activity(digits.X_held[:5])
        if isinstance(model, (OnlineClassifier, KerasClassifier)):
            model.weight_change(digits.X[:33], digits.y[:33])
        deepcopy(model).predict(digits.X_held[:5])
        looks.append((samples_seen, model.weights()))

    total = QUICK[name]["passes"] * len(digits.X)
    model = quick(name).fit(
        digits.X,
        digits.y,
        validation=(digits.X_held, digits.y_held),
        checkpoints=(32, 320, 1000, total, 2 * total),
        at_checkpoint=look,
        progress=lambda done, of: progress.append((done, of)),
    )
    return Watched(model, progress, looks, total)


def test_learning_curve_is_taken_without_being_felt(watched: Watched, fitted: Classifier, digits: Digits) -> None:
    assert same_training(watched.model, fitted)
    assert fitted.history_ == ()
    points = [point.samples_seen for point in watched.model.history_]
    assert points[:2] == [32, 320]
    assert 1000 <= points[2] < 1032  # the first batch boundary, where there are batches
    assert points[3:] == [watched.total]
    accuracies = [point.validation_accuracy for point in watched.model.history_]
    assert accuracies[-1] == watched.model.score(digits.X_held, digits.y_held)
    assert accuracies[-1] > accuracies[0] + 0.2
    assert watched.progress[-1] == (watched.total, watched.total)
    assert watched.progress == sorted(watched.progress)


def test_the_model_is_seen_at_checkpoints(watched: Watched) -> None:
    assert [samples_seen for samples_seen, _ in watched.looks] == [
        0,
        *(point.samples_seen for point in watched.model.history_),
    ]
    for (_, before), (_, after) in pairwise(watched.looks):
        assert all((before[layer] != after[layer]).any() for layer in before)
    for layer, matrix in watched.model.weights().items():
        assert np.array_equal(matrix, watched.looks[-1][1][layer])


def test_held_out_labels_change_nothing_and_labels_may_be_of_any_type(
    name: str, fitted: Classifier, digits: Digits
) -> None:
    wrong = np.random.default_rng(0).permutation(digits.y_held).astype(str)
    misled = quick(name).fit(digits.X, digits.y.astype(str), validation=(digits.X_held, wrong), checkpoints=(64, 640))
    assert same_training(misled, fitted)
    assert np.array_equal(misled.predict(digits.X_held), fitted.predict(digits.X_held).astype(str))


def test_labels_may_be_python_objects(name: str, short: Classifier, digits: Digits) -> None:
    named = quick(name, passes=1).fit(digits.X[:64], digits.y[:64].astype(str).astype(object))
    assert same_training(short, named)
    expected = short.predict(digits.X_held[:20]).astype(str).astype(object)
    assert np.array_equal(named.predict(digits.X_held[:20]), expected)


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
