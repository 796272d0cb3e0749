"""Quantiles, logarithm and exponential against SciPy and against 40 digits."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from scipy import special, stats

from bnsim import quantiles

EPSILON = float(np.finfo(float).eps)
WORDS = np.random.default_rng(0).integers(0, 2**32, 20_000)
PROBABILITIES = (WORDS + 0.5) / 2**32
ENDS = np.array([0.5, 1.5, 2.0**31 - 0.5, 2.0**31 + 0.5, 2.0**32 - 1.5, 2.0**32 - 0.5]) / 2**32
"""The smallest and largest random numbers, and those in the middle."""


def precise(function: str, values: np.ndarray) -> np.ndarray:
    with mpmath.workdps(40):
        return np.array([float(getattr(mpmath, function)(mpmath.mpf(float(value)))) for value in values])


def test_logarithm_and_exponential() -> None:
    """Within the errors that their docstrings state."""
    x = np.concatenate([PROBABILITIES[:2000], ENDS, 10.0 ** np.arange(-300, 300, 7), [1.0, 2.0, 0.5, np.sqrt(0.5)]])
    x = x[x != 1]
    np.testing.assert_allclose(quantiles.log(x), precise("log", x), rtol=2 * EPSILON)
    assert quantiles.log(np.ones(1)) == 0
    y = np.concatenate([-700 * PROBABILITIES[:2000], [0.0, 1.0, -1.0, 700.0, -0.34657359027997264]])
    np.testing.assert_allclose(quantiles.exp(y), precise("exp", y), rtol=2 * EPSILON)


def test_normal_quantiles_are_those_of_40_digits() -> None:
    """erfinv(2 p - 1) needs more digits than p has zeros: 40 are enough for p from 1e-20."""
    p = np.concatenate([PROBABILITIES[:500], ENDS, [0.075, 0.925, 1e-11, 1.4e-11, 1e-15, 1e-20]])
    with mpmath.workdps(60):
        expected = [float(mpmath.sqrt(2) * mpmath.erfinv(2 * mpmath.mpf(float(value)) - 1)) for value in p]
    # Wichura states 1e-16 for the rational functions; in double precision some roundings add to that.
    np.testing.assert_allclose(quantiles.normal_quantile(p), expected, rtol=1e-15)


def test_normal_quantiles_agree_with_scipy_far_out() -> None:
    p = 10.0 ** -np.arange(1, 300.0)
    np.testing.assert_allclose(quantiles.normal_quantile(p), special.ndtri(p), rtol=2e-15)
    assert quantiles.normal_quantile(np.array([0.5])) == 0
    assert np.array_equal(quantiles.normal_quantile(ENDS), -quantiles.normal_quantile(ENDS[::-1]))
    assert quantiles.normal_quantile(ENDS)[-1] == pytest.approx(6.34, abs=0.01)


def test_normal_quantiles_rise() -> None:
    """Also where one rational function takes the place of another."""
    for seam in (0.075, 0.925, np.exp(-25.0)):
        p = seam * (1 + np.arange(-1000, 1000) * 1e-13)
        assert (np.diff(quantiles.normal_quantile(p)) >= -2e-15).all()


def by_cumulation(mean: float, probability: np.ndarray) -> np.ndarray:
    """What SciPy's `ppf` means: the smallest number whose distribution function is not below the probability."""
    first = max(0, int(mean - 9 * np.sqrt(mean)))
    cumulated = stats.poisson.cdf(np.arange(first, mean + 9 * np.sqrt(mean) + 9), mean)
    return first + np.searchsorted(cumulated, probability)


@pytest.mark.parametrize("mean", [0.0, 1e-9, 0.02, 1.0, 7.5, 60.0, 499.0, 500.0])
def test_poisson_quantiles_are_scipys(mean: float) -> None:
    p = np.concatenate([PROBABILITIES, ENDS])
    assert np.array_equal(quantiles.poisson_quantile(mean, p), by_cumulation(mean, p))


@pytest.mark.parametrize("mean", [501.0, 3000.0, 1e6])
def test_large_means_are_approximated(mean: float) -> None:
    """Rarely wrong, never by more than one."""
    p = np.concatenate([PROBABILITIES, ENDS])
    difference = np.abs(quantiles.poisson_quantile(mean, p) - by_cumulation(mean, p))
    assert difference.max() <= 1
    assert (difference > 0).mean() < 3e-3


def test_means_of_each_number() -> None:
    means = np.array([[0.5, 800.0, 3.0], [0.0, 1e4, np.nan]])
    p = np.full(means.shape, 0.3)
    found = quantiles.poisson_quantile(means, p)
    assert np.array_equal(found[:, :2], stats.poisson.ppf(0.3, means[:, :2]))
    assert found[0, 2] == stats.poisson.ppf(0.3, 3.0)
    assert np.isnan(found[1, 2])  # is seen as a variable that became NaN, not taken for silence
