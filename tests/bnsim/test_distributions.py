"""Distributions of weights and delays against SciPy's, and how they fit into a network.

The Kolmogorov-Smirnov distance of n values exceeds 1.95 / sqrt(n) with probability 0.001 where the distribution is
right; the seeds are fixed, so a test that passes once passes always.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV, nA, nS
from brian2.units.fundamentalunits import Quantity
from scipy import stats

import bnsim
from bnsim import Distribution, InputError, LogNormal, Normal, Uniform
from bnsim.random_numbers import Numbers

SIZE = 100_000
DISTANCE = 1.95 / np.sqrt(SIZE)


def drawn(distribution: Distribution, size: int = SIZE, key: int = 3) -> np.ndarray:
    return distribution.draw([size], Numbers(key, "test:weights"))


def lognormal(median: float, sigma: float) -> Any:
    return stats.lognorm(sigma, scale=median)


def within(distribution: Any, low: float, high: float) -> Callable[[np.ndarray], np.ndarray]:
    """Cumulative distribution function between two bounds."""
    below, above = distribution.cdf(low), distribution.cdf(high)
    return lambda values: (distribution.cdf(values) - below) / (above - below)


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        (Uniform(-1 * mV, 3 * mV), stats.uniform(-1, 4).cdf),
        (Normal(1 * mV, 2 * mV), stats.norm(1, 2).cdf),
        (Normal(1 * mV, 2 * mV, minimum=0 * mV), stats.truncnorm(-0.5, np.inf, 1, 2).cdf),
        (Normal(1 * mV, 2 * mV, maximum=0 * mV), stats.truncnorm(-np.inf, -0.5, 1, 2).cdf),
        (Normal(1 * mV, 2 * mV, minimum=0 * mV, maximum=5 * mV), stats.truncnorm(-0.5, 2, 1, 2).cdf),
        (Normal(0 * mV, 1 * mV, minimum=8 * mV), stats.truncnorm(8, np.inf).cdf),
        (Normal(0 * mV, 1 * mV, maximum=-8 * mV), stats.truncnorm(-np.inf, -8).cdf),
        (LogNormal(2 * mV, 0.5), lognormal(2, 0.5).cdf),
        (LogNormal(2 * mV, 1.5, minimum=1 * mV, maximum=5 * mV), within(lognormal(2, 1.5), 1, 5)),
        (LogNormal(2 * mV, 0.5, minimum=-1 * mV), lognormal(2, 0.5).cdf),
        (LogNormal(-2 * mV, 0.5), lambda values: lognormal(2, 0.5).sf(-values)),
        (
            LogNormal(-2 * mV, 0.5, minimum=-3 * mV, maximum=-1 * mV),
            lambda values: 1 - within(lognormal(2, 0.5), 1, 3)(-values),
        ),
    ],
    ids=lambda value: repr(value) if isinstance(value, Distribution) else "",
)
def test_values_follow_the_distribution(distribution: Distribution, expected: Any) -> None:
    values = drawn(distribution) * 1e3
    assert stats.kstest(values, expected).statistic < DISTANCE
    low, high = (float(np.asarray(bound)) * 1e3 for bound in distribution.bounds)
    assert low <= values.min()
    assert values.max() <= high


def test_moments() -> None:
    """Mean and standard deviation within five standard errors; skewness and kurtosis tell a normal from others."""
    values = drawn(Normal(1 * mV, 2 * mV)) * 1e3
    assert abs(values.mean() - 1) < 5 * 2 / np.sqrt(SIZE)
    assert abs(values.std() - 2) < 5 * 2 / np.sqrt(2 * SIZE)
    assert abs(stats.skew(values)) < 5 * np.sqrt(6 / SIZE)
    assert abs(stats.kurtosis(values)) < 5 * np.sqrt(24 / SIZE)
    logarithms = np.log(drawn(LogNormal(2 * mV, 0.7)) * 1e3)
    assert abs(logarithms.mean() - np.log(2)) < 5 * 0.7 / np.sqrt(SIZE)
    assert abs(logarithms.std() - 0.7) < 5 * 0.7 / np.sqrt(2 * SIZE)


@pytest.mark.parametrize("sign", [-1, 1])
def test_tails(sign: int) -> None:
    """As many values beyond 3 and 4 standard deviations as there should be: within five of their own deviations."""
    values = sign * drawn(Normal(0 * mV, 1 * mV), 1_000_000) * 1e3
    for bound in (3, 4):
        expected = 1_000_000 * stats.norm.sf(bound)
        assert abs((values > bound).sum() - expected) < 5 * np.sqrt(expected)


def test_the_extreme_random_numbers_give_finite_symmetric_values() -> None:
    ends = np.array([2.0**-33, 1 - 2.0**-33])
    low, high = Normal(0 * mV, 1 * mV).quantile(ends) * 1e3
    assert low == -high == pytest.approx(stats.norm.ppf(2.0**-33))
    assert np.isfinite(LogNormal(1 * mV, 3).quantile(ends)).all()


@pytest.mark.parametrize("distribution", [Uniform(), Normal(), LogNormal(), Normal(minimum=1 * mV)], ids=repr)
def test_a_value_depends_on_its_own_random_number_alone(distribution: Distribution) -> None:
    numbers = np.random.default_rng(0).random(1000)
    together = distribution.quantile(numbers)
    alone = np.array([distribution.quantile(number[None])[0] for number in numbers])
    assert (together == alone).all()
    assert (drawn(distribution, 10) == drawn(distribution, 1000)[:10]).all()
    assert (drawn(distribution, 10, key=4) != drawn(distribution, 10)).all()
    assert (np.diff(distribution.quantile(np.sort(numbers))) >= 0).all() or distribution.bounds[1] == 0


def test_values_of_rows_are_those_of_their_places() -> None:
    """low + (high - low) u, u being the number of the value's row and place."""
    numbers = Numbers(3, "test:weights")
    row, place = np.repeat(np.arange(4), [3, 0, 5, 1]), np.array([0, 1, 2, 0, 1, 2, 3, 4, 0])
    expected = 2e-3 + (8e-3 - 2e-3) * numbers.at(row, place)
    assert np.array_equal(Uniform(2 * mV, 8 * mV).draw([3, 0, 5, 1], numbers), expected)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Uniform(0 * mV, 1 * nA), "Uniform.high: 1 nA and low 0 V differ in unit; give both the same unit"),
        (lambda: Uniform(2 * mV, 1 * mV), "Uniform.low: 2 mV is above high 1 mV; swap them"),
        (
            lambda: Normal(1 * mV, 1 * ms),
            "Normal.standard_deviation: 1 ms and mean 1 mV differ in unit; give both the same unit",
        ),
        (
            lambda: Normal(1 * mV, 0 * mV),
            "Normal.standard_deviation: 0 V is too small; give a value above 0",
        ),
        (lambda: Uniform(0, 1 * mV), "Uniform.low: 0 has no unit; give 0 * mV"),
        (lambda: Normal(1 * mV, 0.5), "Normal.standard_deviation: 0.5 has no unit; give 0.5 * mV"),
        (lambda: Normal(minimum=1 * ms), "Normal.minimum: 1 ms has the wrong unit, expected V; give 1 mV, say"),
        (lambda: Normal(maximum=np.inf * mV), "Normal.maximum: inf is not finite; give a finite value"),
        (
            lambda: Normal(minimum=2 * mV, maximum=1 * mV),
            "Normal.minimum: 2 mV is not below maximum 1 mV; lower minimum or raise maximum",
        ),
        (
            lambda: Normal(0 * mV, 1 * mV, minimum=50 * mV),
            "Normal: no value lies within the bounds; move minimum or maximum to where the values are",
        ),
        (lambda: LogNormal(0 * mV), "LogNormal.median: 0 has no logarithm; give a value above or below 0"),
        (lambda: LogNormal(1 * mV, 0), "LogNormal.sigma: 0 is too small; give a value above 0"),
        (
            lambda: LogNormal(1 * mV, maximum=-1 * mV),
            "LogNormal: no value lies within the bounds; move minimum or maximum to where the values are",
        ),
        (lambda: Distribution(), "Distribution: only a base; make one of its subclasses, or write one"),
    ],
)
def test_what_is_no_distribution_is_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value) == message


def a_network(**projection: Any) -> bnsim.Network:
    options: dict[str, Any] = {"synapse": bnsim.Delta(), "weights": 1 * mV, **projection}
    populations = [bnsim.Population("input", 40, bnsim.Poisson()), bnsim.Population("cells", 30, bnsim.LIF())]
    return bnsim.Network(populations, [bnsim.Projection("input", "cells", **options)])


def test_weights_and_delays_of_a_network() -> None:
    network = a_network(
        weights=LogNormal(0.5 * mV, 0.8), delay=Normal(2 * ms, 1 * ms, minimum=0.5 * ms, maximum=4 * ms)
    )
    assert network.longest_delay == pytest.approx(0.004)
    state = network.compile(20 * ms, backend="numpy").initial_state(1)
    weights, delays = state["input_to_cells.w"] * 1e3, state["input_to_cells.delay"] * 1e3
    assert stats.kstest(weights, lognormal(0.5, 0.8).cdf).pvalue > 0.001
    assert stats.kstest(delays, stats.truncnorm(-1.5, 2, 2, 1).cdf).pvalue > 0.001
    assert delays.min() >= 0.5
    assert delays.max() <= 4


@pytest.mark.parametrize(
    ("projection", "message"),
    [
        ({"weights": Normal(1 * nA, 1 * nA)}, "weights: 1 nA has the wrong unit, expected V; give 1 mV, say"),
        ({"weights": Normal(1 * mV, 1 * mV, maximum=2 * mV)}, ""),
        ({"delay": Normal(1 * ms, 1 * ms)}, "delay: Normal reaches below 0; give it a minimum"),
        ({"delay": Normal(1 * ms, 1 * ms, minimum=-1 * ms)}, "delay: -1 ms is negative; give a value at least 0"),
        ({"delay": LogNormal(1 * ms)}, "delay: LogNormal has no largest value; give it a maximum"),
        ({"delay": LogNormal(1 * mV)}, "delay: 1 mV has the wrong unit, expected s; give 1 ms, say"),
        (
            {"synapse": bnsim.ExponentialConductance(), "weights": Normal(Quantity(1.0), Quantity(1.0))},
            "weights: Normal reaches below 0; give it a minimum",
        ),
        (
            {"weights": Normal(1 * mV, 1 * mV), "plasticity": bnsim.PairSTDP(w_max=2 * mV)},
            "weights: leave the bounds of PairSTDP, 0 to 2 mV; choose weights within, or another w_max",
        ),
    ],
)
def test_distributions_that_do_not_fit_are_refused(projection: dict[str, Any], message: str) -> None:
    if not message:
        a_network(**projection)
        return
    with pytest.raises(InputError) as caught:
        a_network(**projection)
    assert str(caught.value) == f"Projection('input_to_cells').{message}"


def test_conductances_may_be_log_normal() -> None:
    populations = [bnsim.Population("input", 1, bnsim.Poisson()), bnsim.Population("cells", 1, bnsim.ConductanceLIF())]
    bnsim.Network(
        populations, [bnsim.Projection("input", "cells", bnsim.ExponentialConductance(), LogNormal(1 * nS, 1.0))]
    )
