"""Shifts: by hand on a tiny image, by number of the presentation, and the same for twins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.augmentation import shifted, steps
from models.classifier import Classifier, FloatArray
from models.filters import FilterBank
from models.online import OnlineClassifier
from models.spiking import spiking_classifier

from .conftest import Digits, quick
from .test_contract import same_training

TWINS = ("receptive-field", "receptive-dense")
TINY = np.arange(1.0, 13.0)  # 3 x 4
MOVED = {
    (0, 0): [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]],
    (1, 0): [[0, 1, 2, 3], [0, 5, 6, 7], [0, 9, 10, 11]],
    (0, 1): [[0, 0, 0, 0], [1, 2, 3, 4], [5, 6, 7, 8]],
    (-1, -1): [[6, 7, 8, 0], [10, 11, 12, 0], [0, 0, 0, 0]],
}
"""(right, down) -> the image after that step."""


def test_images_are_moved_whole_pixels_and_zeros_come_in() -> None:
    moves = steps(200, 1, random_state=0, first=0).tolist()
    images = shifted(np.tile(TINY, (200, 1)), (3, 4), 1, random_state=0, first=0)
    for step, expected in MOVED.items():
        assert images[moves.index(list(step))].reshape(3, 4).tolist() == expected


def test_steps_depend_on_random_state_and_number_alone() -> None:
    together = steps(20, 2, random_state=3, first=0)
    assert np.array_equal(steps(13, 2, random_state=3, first=7), together[7:])
    assert np.array_equal(steps(1, 2, random_state=3, first=7), together[7:8])
    assert not np.array_equal(steps(20, 2, random_state=4, first=0), together)


def test_every_step_is_as_likely() -> None:
    places, counts = np.unique(steps(25_000, 2, random_state=0, first=0), axis=0, return_counts=True)
    assert places.tolist() == [[right, down] for right in range(-2, 3) for down in range(-2, 3)]
    assert np.abs(counts - 1000).max() < 5 * np.sqrt(1000)


def test_samples_as_they_are_without_shift() -> None:
    X = np.random.default_rng(0).random((5, 12))
    assert shifted(X, (3, 4), 0, random_state=0, first=0) is X
    assert shifted(X, None, 0, random_state=0, first=0) is X


def test_twins_see_the_same_images_in_the_same_order(digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, list[FloatArray]] = {name: [] for name in TWINS}
    original = FilterBank.responses
    for name in TWINS:

        def watched(self: FilterBank, X: FloatArray, *dtype: Any, name: str = name) -> FloatArray:
            seen[name].append(X.copy())
            return original(self, X, *dtype)

        monkeypatch.setattr(FilterBank, "responses", watched)
        quick(name, shift=1, passes=2).fit(digits.X[:70], digits.y[:70])
    spiking, artificial = (np.concatenate(seen[name]) for name in TWINS)
    assert len(spiking) == 140
    assert np.array_equal(spiking, artificial[:140])  # after training, the artificial one is asked for its outputs
    unmoved = {sample.tobytes() for sample in digits.X[:70]}
    moved = [sample.tobytes() not in unmoved for sample in spiking]
    assert 100 < sum(moved) < 140


@pytest.mark.parametrize("name", TWINS)
def test_training_is_moved_and_prediction_is_not(name: str, digits: Digits) -> None:
    still, moved = (quick(name, shift=shift).fit(digits.X[:200], digits.y[:200]) for shift in (0, 1))
    assert not same_training(still, moved)
    responses = moved.activity(digits.X_held).layers[-1].responses
    moved.set_params(shift=0)
    assert np.array_equal(moved.activity(digits.X_held).layers[-1].responses, responses)


def test_chunks_and_calls_do_not_matter(digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = digits.X[:60], digits.y[:60]

    def model() -> Classifier:
        return quick("receptive-field", shift=1, passes=1, final_rate=1.0)

    once = model().fit(X, y)
    order = np.random.default_rng([0, 0x0BDE]).permutation(60)
    piecemeal = model()
    assert isinstance(piecemeal, OnlineClassifier)
    for part in (order[:25], order[25:26], order[26:]):
        piecemeal.partial_fit(X[part], y[part], np.arange(10))
    assert same_training(once, piecemeal)
    monkeypatch.setattr(spiking_classifier, "CHUNK", 7)
    assert same_training(once, model().fit(X, y))
