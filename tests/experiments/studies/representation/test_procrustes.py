"""The Procrustes distance against closed forms, SciPy's rotation, and what leaves it as it is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes
from scipy.stats import ortho_group

from experiments.studies.representation.procrustes import angle, procrustes, shape

SQUARE = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
"""Two directions that are orthogonal over samples, and of equal variance."""
FALSE_ZERO = 1e-5
"""Rounding of 1e-15 in a cosine of 1 is an angle of 2e-6 degrees."""


def drawn(samples: int, units: int, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((samples, units))


@pytest.mark.parametrize("stretch", [0.0, 0.2, 1.0, 3.0])
def test_a_stretched_square_by_hand(stretch: float) -> None:
    """Variances (1, 1) and (a^2, 1): with both of sum of squares 1, singular values are a and 1 over sqrt(2 (a^2 + 1)),
    and their sum is the cosine; a = 0 leaves a line, 45 degrees away."""
    expected = np.degrees(np.arccos((stretch + 1) / np.sqrt(2 * (stretch**2 + 1))))
    assert procrustes(SQUARE, SQUARE * [stretch, 1.0]) == pytest.approx(expected, abs=FALSE_ZERO)
    if stretch == 0:
        assert expected == pytest.approx(45)


def test_directions_over_samples_that_have_nothing_in_common_are_90_degrees_apart() -> None:
    assert procrustes(SQUARE[:, :1], SQUARE[:, 1:]) == pytest.approx(90)
    assert procrustes(SQUARE[:, :1], SQUARE) == pytest.approx(45)  # a unit that does not respond is added


@pytest.mark.parametrize("units", [8, 60])
def test_shift_rotation_reflection_and_scale_change_nothing(units: int) -> None:
    X, Y = drawn(30, units), drawn(30, 5, seed=6) + drawn(30, units)[:, :5]
    rotated = 3 * X @ ortho_group.rvs(units, random_state=1) + 100
    assert procrustes(X, rotated) == pytest.approx(0, abs=FALSE_ZERO)
    assert procrustes(X, -X[:, ::-1]) == pytest.approx(0, abs=FALSE_ZERO)
    single = X.astype(np.float32)
    assert procrustes(single, single) == pytest.approx(0, abs=FALSE_ZERO)
    assert procrustes(rotated, Y) == pytest.approx(procrustes(X, Y), abs=1e-9)
    assert procrustes(Y, X) == pytest.approx(procrustes(X, Y), abs=1e-9)
    assert 1 < (procrustes(X, Y) or 0) < 89


@pytest.mark.parametrize("units", [6, 40])
def test_it_is_the_angle_that_the_best_rotation_leaves(units: int) -> None:
    X, Y = drawn(20, units), drawn(20, units, seed=7)
    first, second = ((responses - responses.mean(axis=0)) for responses in (X, Y))
    first, second = first / np.linalg.norm(first), second / np.linalg.norm(second)
    rotation, scale = orthogonal_procrustes(second, first)
    found = procrustes(X, Y) or 0
    assert np.cos(np.radians(found)) == pytest.approx(scale)
    assert 2 - 2 * np.cos(np.radians(found)) == pytest.approx(np.square(first - second @ rotation).sum())


def test_the_triangle_inequality_holds() -> None:
    shapes = [shape(drawn(15, units, seed=units)) for units in (1, 2, 3, 5, 9, 14, 30)]
    distances = np.array([[angle(a, b) for a in shapes] for b in shapes], float)
    np.testing.assert_allclose(np.diag(distances), 0, atol=FALSE_ZERO)
    assert (distances[:, None] <= distances[:, :, None] + distances[None] + FALSE_ZERO).all()


def test_few_samples_bring_unrelated_responses_together() -> None:
    """Why chance is measured beside it: with as many units as samples, a rotation fits nearly everything."""
    few, many = (procrustes(drawn(samples, 50), drawn(samples, 50, seed=6)) for samples in (20, 5000))
    assert (few or 0) < 30
    assert (many or 0) > 80


@pytest.mark.parametrize("responses", [np.full((10, 10), 0.1), np.zeros((10, 3)), np.full((3, 40), 7.3)])
def test_there_is_no_shape_where_all_samples_are_answered_alike(responses: np.ndarray) -> None:
    assert shape(responses) is None
    assert angle(shape(responses), shape(drawn(len(responses), 4))) is None
