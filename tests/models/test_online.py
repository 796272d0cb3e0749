"""Learning from one presentation after another, shown on the smallest network that does: a perceptron."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.utils.estimator_checks import parametrize_with_checks

from bnsim.errors import InputError
from models.classifier import Activity, FloatArray, LabelArray, Layer, OperationCount
from models.online import OnlineClassifier

from .conftest import Digits


class Perceptron(OnlineClassifier):
    """Rosenblatt's rule, one output a class, with a bias."""

    kind = "ANN"
    name = "perceptron"
    REFERENCE = "Rosenblatt (1958), Psychol. Rev. 65:386-408"
    DEVIATIONS = ()

    def __init__(self, passes: int = 20, chunk: int = 100, random_state: int | None = 0) -> None:
        self.passes = passes
        self.chunk = chunk
        self.random_state = random_state

    def _check_parameters(self) -> None:
        self._require_count("chunk")

    def _start(self, X: FloatArray) -> None:
        self.weights_ = np.zeros((self.n_features_in_ + 1, len(self.classes_)))

    def _chunk_size(self) -> int:
        return self.chunk

    def _learn(self, X: FloatArray, labels: LabelArray, total: int | None) -> None:
        for sample, label in zip(_with_bias(X), labels, strict=True):
            scores = sample @ self.weights_
            scores[label] -= 1e-9  # a tie is a mistake
            self.weights_[:, label] += sample * (scores.argmax() != label)
            self.weights_[:, scores.argmax()] -= sample * (scores.argmax() != label)

    def _scores(self, X: FloatArray) -> FloatArray:
        return np.einsum("ni,ik->nk", _with_bias(X), self.weights_)

    def _predict(self, X: FloatArray) -> LabelArray:
        return self._scores(X).argmax(axis=1)

    def _activity(self, X: FloatArray) -> Activity:
        return Activity((Layer("input", X, None), Layer("output", self._scores(X), None)), bin_width=None)

    def _weights(self) -> dict[str, FloatArray]:
        return {"output": self.weights_[:-1]}

    def _replace_weights(self, weights: Mapping[str, FloatArray]) -> None:
        if "output" in weights:
            self.weights_ = np.vstack([weights["output"], self.weights_[-1:]])

    def _operations(self, X: FloatArray) -> OperationCount:
        products = len(X) * self.weights_.size
        return OperationCount(0, products, len(X) * len(self.classes_), 8 * products)

    @property
    def trainable_parameters(self) -> int:
        return self.weights_.size

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return {"weights": self.weights_}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.weights_ = arrays["weights"]


def _with_bias(X: FloatArray) -> FloatArray:
    return np.hstack([X, np.ones((len(X), 1))])


@parametrize_with_checks([Perceptron()])
def test_scikit_learn_estimator_checks(estimator: Perceptron, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("chunk", [1, 7, 5000])
def test_chunks_change_nothing(digits: Digits, chunk: int) -> None:
    whole = Perceptron(passes=2).fit(digits.X, digits.y)
    parts = Perceptron(passes=2, chunk=chunk).fit(digits.X, digits.y)
    assert np.array_equal(whole.weights_, parts.weights_)
    assert whole.presentations_seen_ == parts.presentations_seen_ == 2 * len(digits.X)


def test_partial_fit_goes_on_where_it_stopped(digits: Digits) -> None:
    classes = np.arange(10)
    parts = Perceptron().partial_fit(digits.X[:70], digits.y[:70], classes=classes)
    parts.partial_fit(digits.X[70:], digits.y[70:])
    whole = Perceptron().partial_fit(digits.X, digits.y, classes=classes)
    assert np.array_equal(parts.weights_, whole.weights_)
    assert parts.presentations_seen_ == len(digits.X)
    assert parts.score(digits.X_held, digits.y_held) > 0.8


def test_weight_change_is_what_learning_goes_on_to_do(digits: Digits) -> None:
    model = Perceptron().partial_fit(digits.X[:70], digits.y[:70], classes=np.arange(10))
    before = model.weights_.copy()
    change = model.weight_change(digits.X[70:90], digits.y[70:90])
    assert np.array_equal(model.weights_, before)
    assert model.presentations_seen_ == 70
    model.partial_fit(digits.X[70:90], digits.y[70:90])
    assert np.array_equal(change["output"], (model.weights_ - before)[:-1])
    assert change["output"].any()


def test_presentations_seen_are_saved(digits: Digits, tmp_path: Path) -> None:
    model = Perceptron().partial_fit(digits.X, digits.y, classes=np.arange(10))
    model.save(tmp_path / "perceptron.npz")
    loaded = Perceptron.load(tmp_path / "perceptron.npz").partial_fit(digits.X, digits.y)
    assert loaded.presentations_seen_ == 2 * len(digits.X)
    assert np.array_equal(loaded.weights_, model.partial_fit(digits.X, digits.y).weights_)


def test_classes_must_be_named_first_and_stay(digits: Digits) -> None:
    X, y = digits.X, digits.y
    with pytest.raises(InputError, match=r"Perceptron\.partial_fit: the first call needs classes="):
        Perceptron().partial_fit(X, y)
    with pytest.raises(InputError, match=r"Perceptron\.partial_fit: label 2 is not in classes; name it in"):
        Perceptron().partial_fit(X, y, classes=[0, 1])
    started = Perceptron().partial_fit(X, y, classes=np.arange(10))
    with pytest.raises(InputError, match="classes differ from those of the first call; give the same"):
        started.partial_fit(X, y, classes=np.arange(11))
