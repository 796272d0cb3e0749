"""Shares of the output, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.shared.answers import BLOCK, log_odds, margin, output_shares, shares, true_probabilities, winning
from models.classifier import Activity, Layer


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ([[2, 6, 0], [0, 0, 0]], [[0.25, 0.75, 0], [1 / 3, 1 / 3, 1 / 3]]),  # spike counts; a silent output
        ([[0.2]], [[0.8, 0.2]]),  # one sigmoid unit
        ([[np.log(0.1), np.log(0.3)], [-1000, -1000]], [[0.25, 0.75], [0.5, 0.5]]),  # votes that are logarithms
    ],
)
def test_shares_add_up_to_one(outputs: list[list[float]], expected: list[list[float]]) -> None:
    np.testing.assert_allclose(shares(np.array(outputs, float)), expected)


def test_winner_and_its_lead() -> None:
    found = np.array([[0.5, 0.2, 0.3], [0.4, 0.4, 0.2]])
    assert winning(found) == pytest.approx([0.5, 0.4])
    assert margin(found) == pytest.approx([0.2, 0])


def test_log_odds_are_finite_and_exact_near_one() -> None:
    found = log_odds(np.array([[0.75, 0.25, 0.0], [1.0, 1e-12, 1e-12]]))
    assert found[0, :2] == pytest.approx([np.log(3), -np.log(3)])
    assert found[1, 0] == pytest.approx(np.log(1 / 2e-12))
    assert np.isfinite(found).all()


class Echo:
    """A network whose output units spike as often as its two inputs say; remembers how many samples it was given."""

    def __init__(self) -> None:
        self.given: list[int] = []

    def activity(self, X: np.ndarray) -> Activity:
        self.given.append(len(X))
        return Activity((Layer("input", X, None), Layer("output", 2 * X, None)), bin_width=None)


def test_samples_are_shown_in_blocks() -> None:
    echo, X = Echo(), np.random.default_rng(0).integers(1, 5, (BLOCK + 1, 2)).astype(float)
    np.testing.assert_allclose(output_shares(echo, X), X / X.sum(axis=1, keepdims=True))
    assert echo.given == [BLOCK, 1]


def test_the_probability_of_a_class_that_was_not_learned_is_zero() -> None:
    shares = np.array([[0.2, 0.8], [0.6, 0.4], [0.5, 0.5]])
    assert true_probabilities(shares, np.array([1, 4]), np.array([4, 1, 2])).tolist() == [0.8, 0.6, 0.0]
