"""Attacks on a linear classifier of two classes, whose nearest deceiving sample is known."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.studies.adversarial.attacks import TOLERANCE, Box, black_box, fgsm, margin, pgd
from models.differentiable import Chain, Linear

N = 16
GENERATOR = np.random.default_rng(0)
SLOPE = GENERATOR.normal(0, 1, N)
CHAIN = Chain((Linear(np.vstack([np.zeros(N), SLOPE]), np.zeros(2)),))
BOX = Box(np.full(N, -5.0), np.full(N, 5.0))
X = GENERATOR.normal(0, 0.5, (20, N))
LABELS = (X @ SLOPE > 0).astype(int)
NEAREST = np.abs(X @ SLOPE) / np.abs(SLOPE).sum() / 10
"""Of a deceiving sample, in units of the range: Hoelder's inequality."""


def predict(X: np.ndarray) -> np.ndarray:
    return (X @ SLOPE > 0).astype(int)


def test_margin_and_its_gradient() -> None:
    found, gradient = margin(CHAIN, X, LABELS)
    np.testing.assert_allclose(found, -np.abs(X @ SLOPE))
    np.testing.assert_allclose(gradient, np.where(LABELS == 0, 1, -1)[:, None] * SLOPE)


@pytest.mark.parametrize("attack", ["fgsm", "pgd"])
def test_white_box_deceives_exactly_beyond_the_nearest_sample(attack: str) -> None:
    for epsilon in (0.01, 0.03, 0.1):
        if attack == "fgsm":
            changed = fgsm(CHAIN, X, LABELS, epsilon, BOX)
        else:
            changed = pgd(CHAIN, X, LABELS, epsilon, BOX, 20, GENERATOR.uniform(-1, 1, X.shape))
        assert np.abs(changed - X).max() <= 10 * epsilon * (1 + 1e-9)
        np.testing.assert_array_equal(predict(changed) != LABELS, epsilon > NEAREST)


def test_pgd_stays_in_the_range_and_follows_bends() -> None:
    # A hidden unit that is silent at first: its gradient shows only after a step.
    bent = Chain((Linear(np.eye(2), np.array([-0.2, 0.0])), Linear(np.array([[5.0, 0.0], [0.0, 1.0]]), np.zeros(2))))
    box, start, labels = Box(np.zeros(2), np.ones(2)), np.array([[0.1, 0.5]]), np.array([1])
    one = fgsm(bent, start, labels, 0.3, box)
    np.testing.assert_allclose(one, [[0.1, 0.2]])
    assert bent.outputs(one).argmax() == 1
    many = pgd(bent, start, labels, 0.3, box, 20, np.array([[0.6, 0.0]]))
    np.testing.assert_allclose(many, [[0.4, 0.2]])
    assert bent.outputs(many).argmax() == 0
    assert pgd(bent, start, labels, 5.0, box, 20, np.array([[1.0, -1.0]])).max() <= 1


def test_the_black_box_comes_near_by_answers_alone_and_never_nearer_than_there_is_one() -> None:
    distances = black_box(predict, X, LABELS, BOX, budget=400)
    assert np.all(distances >= NEAREST)
    # Each flipped sign is kept if it brings the boundary at least a tolerance nearer.
    assert np.median(distances / NEAREST) < 1.5
    assert np.all(distances < NEAREST * 2 + 2 * TOLERANCE)
    few = black_box(predict, X, LABELS, BOX, budget=20)
    assert np.all(few >= distances)
    assert few.mean() > distances.mean()


def test_the_black_box_asks_no_more_than_it_may() -> None:
    asked = 0

    def counted(samples: np.ndarray) -> np.ndarray:
        nonlocal asked
        asked += len(samples)
        assert samples.min() >= -5
        assert samples.max() <= 5
        return predict(samples)

    black_box(counted, X, LABELS, BOX, budget=30)
    assert asked <= 30 * len(X)
    asked = 0
    assert black_box(counted, X, 1 - LABELS, BOX, budget=30).tolist() == [0.0] * len(X)  # all of them wrong already
    assert asked == len(X)
    assert np.isinf(black_box(lambda samples: np.zeros(len(samples)), X, np.zeros(len(X)), BOX, budget=30)).all()
