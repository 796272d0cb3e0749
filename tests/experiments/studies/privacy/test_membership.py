"""The attack on membership, by hand, and that it finds nothing where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.studies.privacy.membership import (
    advantage,
    area,
    best_threshold,
    cross_fitted_advantage,
    shuffled_advantage,
)

MEMBERS, OTHERS = np.array([3.0, 3, 2, 1]), np.array([3.0, 1, 1, 0])


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


def test_threshold_and_advantage_by_hand() -> None:
    # From 3 on: 2/4 - 1/4, from 2 on: 3/4 - 1/4, from 1 on: 4/4 - 3/4.
    assert best_threshold(MEMBERS, OTHERS) == 2
    assert [advantage(MEMBERS, OTHERS, score) for score in (3, 2, 1, 0)] == [0.25, 0.5, 0.25, 0]


def test_equal_scores_are_called_alike() -> None:
    same = np.full(10, 0.7)
    assert best_threshold(same, same) == np.inf
    assert advantage(same, same, 0.7) == cross_fitted_advantage(same, same, generator()) == 0
    assert area(same, same) == 0.5


def test_nobody_is_called_a_member_where_others_score_higher() -> None:
    assert best_threshold(OTHERS - 5, MEMBERS) == np.inf
    assert cross_fitted_advantage(OTHERS - 5, MEMBERS, generator()) == 0


def test_area_counts_ties_half() -> None:
    assert area(np.array([1.0, 2]), np.array([1.0, 0])) == pytest.approx(3.5 / 4)


def test_those_who_score_higher_are_known_unless_membership_is_drawn_by_lot() -> None:
    members, others = np.linspace(2, 3, 200), np.linspace(0, 1, 200)
    assert advantage(members, others, best_threshold(members, others)) == area(members, others) == 1
    # A half may lack the lowest members of the other one, where the threshold lies.
    assert cross_fitted_advantage(members, others, generator()) == pytest.approx(1, abs=0.03)
    # Of one draw the standard error is about 0.1, of the mean of 20 a quarter of it.
    assert shuffled_advantage(members, others, generator()) == pytest.approx(0, abs=0.1)


def test_cross_fitting_finds_nothing_among_equals_where_the_best_threshold_seems_to() -> None:
    drawn, halves = generator(), generator()
    pairs = [drawn.standard_normal((2, 50)) for _ in range(200)]
    naive = np.mean([advantage(*pair, best_threshold(*pair)) for pair in pairs])
    honest = np.mean([cross_fitted_advantage(*pair, halves) for pair in pairs])
    assert naive > 0.1
    assert honest == pytest.approx(0, abs=0.03)  # standard error 0.1 / sqrt(200) = 0.007
