"""A linear probe finds what is there, and nothing where nothing is."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from experiments.shared.probe import decoded, probe_accuracy

LABELS = np.repeat(np.arange(4), 25)


def test_a_unit_for_each_class_is_read_without_error() -> None:
    code = 5.0 * (LABELS[:, None] == np.arange(4))
    assert probe_accuracy(code, LABELS, code, LABELS) == 1


def test_noise_is_at_chance() -> None:
    generator = np.random.default_rng(0)
    shares = [
        probe_accuracy(generator.normal(size=(100, 5)), LABELS, generator.normal(size=(400, 5)), np.repeat(LABELS, 4))
        for _ in range(10)
    ]
    # 4000 decisions at chance 1/4: three standard errors are 0.02
    assert abs(np.mean(shares) - 0.25) < 0.02


def test_silent_units_leave_the_most_frequent_class() -> None:
    labels = np.array([0, 1, 1])
    assert probe_accuracy(np.zeros((3, 2)), labels, np.ones((2, 2)), np.array([1, 0])) == 0.5


def blobs(units: int, distance: float) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(1)
    labels = np.arange(120) % 3
    return generator.standard_normal((120, units)) + distance * generator.standard_normal((3, units))[labels], labels


def test_a_probe_reads_what_is_there_and_chance_where_nothing_is() -> None:
    responses, labels = blobs(units=50, distance=2.0)
    assert np.mean(decoded(responses, labels, folds=5, seed=0) == labels) == 1
    responses, labels = blobs(units=50, distance=0.0)  # separable with its own labels, having 50 units for 96 samples
    # Chance is 1/3; four standard deviations of a share of 120.
    assert abs(np.mean(decoded(responses, labels, folds=5, seed=0) == labels) - 1 / 3) < 4 * np.sqrt(2 / 9 / 120)


def test_many_units_are_read_as_few_are() -> None:
    """Turned axes are the same probe: its answers are those of scikit-learn without them."""
    responses, labels = blobs(units=400, distance=0.15)
    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    expected = cross_val_predict(probe, responses, labels, cv=StratifiedKFold(4, shuffle=True, random_state=3))
    found = decoded(responses, labels, folds=4, seed=3)
    assert 0.5 < np.mean(expected == labels) < 1
    assert np.mean(found == expected) > 0.98  # the solver stops at a tolerance, so that a sample on the border may turn


@pytest.mark.parametrize("units", [3, 500])
def test_a_silent_layer_tells_nothing(units: int) -> None:
    labels = np.arange(60) % 3
    silent = np.zeros((60, units))
    assert np.mean(decoded(silent, labels, folds=5, seed=0) == labels) == pytest.approx(1 / 3)
    silent[0] = 1  # one response, in one fold
    assert np.mean(decoded(silent, labels, folds=5, seed=0) == labels) < 0.4
