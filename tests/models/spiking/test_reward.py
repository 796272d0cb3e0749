"""`reward`: what it is told, how it competes, its rule; the contract itself is tested for all models together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

from bnsim.errors import InputError
from models.spiking.filtered_classifier import RHEOBASE
from models.spiking.reward import RewardLearner
from tests.models.conftest import QUICK, Digits, trained

DIGITS = QUICK["reward"]


# The checks' own samples are few and drawn at random: many a small network cannot tell them apart.
@pytest.mark.filterwarnings("ignore::bnsim.errors.DegenerateNetworkWarning")
@pytest.mark.slow  # compiles a network for each number of features and classes
@parametrize_with_checks(
    [
        RewardLearner(
            n_filters=60,
            duration=30.0,
            tau_output=20.0,
            learning_rate=5e-3,
            initial_weight=1e-2,
            passes=30,
            random_state=0,
        )
    ]
)
def test_keeps_scikit_learns_rules(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


def test_two_wrong_answers_teach_the_same_whatever_the_label(digits: Digits) -> None:
    """The network is told right or wrong: any label that it did not answer leaves the same weights."""
    model = RewardLearner(**DIGITS)
    X, y = digits.X[:1], digits.y[:1]
    model.partial_fit(X, y, classes=np.arange(10))
    answer = int(model.predict(digits.X[1:2])[0])
    others = [label for label in range(10) if label != answer][:3]
    learned = [_after(model, digits.X[1:2], np.array([label])) for label in others]
    assert np.array_equal(learned[0], learned[1])
    assert np.array_equal(learned[0], learned[2])
    right = _after(model, digits.X[1:2], np.array([answer]))
    start = model.learned_["hidden_to_output.w"].reshape(-1, 10)
    assert (right[:, answer] >= start[:, answer]).all()
    assert (learned[0][:, answer] <= start[:, answer]).all()
    assert right[:, answer].sum() > start[:, answer].sum() > learned[0][:, answer].sum()


def _after(model: RewardLearner, X: np.ndarray, labels: np.ndarray) -> np.ndarray:
    before = dict(model.learned_)
    model._learn(X, labels, None)
    after = model.learned_["hidden_to_output.w"].reshape(-1, 10)
    model.learned_ = before
    return after


def test_training_is_the_rule_on_the_recorded_spikes(digits: Digits) -> None:
    model = RewardLearner(**DIGITS)
    model.partial_fit(digits.X[:1], digits.y[:1], classes=np.arange(10))
    X, label = digits.X[1:2], int(model.predict(digits.X[1:2])[0])
    before = model.learned_["hidden_to_output.w"].reshape(-1, 10) / RHEOBASE
    recording = model.record(X)  # nothing in this network is random, so the training sees the same spikes
    hidden, output = (recording.spike_times(name).trains(0) for name in ("hidden", "output"))
    u = recording.counts["hidden"][0] @ before
    assert sum(len(train) for train in output) > 0
    expected = before.copy()
    for k in range(10):
        success = 1 / (1 + np.exp(-model.expectation * u[k]))
        for j in range(300):
            # A step's arrivals come before its postsynaptic spikes.
            lags = (output[k][:, None] - hidden[j][None, :]) * 1e3
            pairs = np.exp(-lags[lags > -1e-9] / 20).sum()
            expected[j, k] += model.learning_rate * (1 - success) * pairs
    np.testing.assert_allclose(_after(model, X, np.array([label])) / RHEOBASE, expected, rtol=1e-9, atol=1e-12)


def test_output_neurons_compete(digits: Digits) -> None:
    active = (trained("reward").activity(digits.X_held[:100])["output"].responses > 0).sum(axis=1)
    assert np.mean(active == 1) > 0.8


@pytest.mark.parametrize("parameter", ["background", "inhibition", "expectation", "tau_output", "initial_weight"])
def test_wrong_parameters_are_named(digits: Digits, parameter: str) -> None:
    with pytest.raises(InputError) as error:
        RewardLearner(**{**DIGITS, parameter: -1.0}).fit(digits.X[:30], digits.y[:30])
    assert str(error.value) == f"RewardLearner.{parameter}: got -1.0; give a positive finite number"
