"""Pair rules whose changes depend on the weight, against pairs worked out by hand and sums over all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import ms, mV

import bnsim
from bnsim import PairSTDP, PowerLawSTDP, SoftPairSTDP, WeightDependentSTDP
from tests.networks import driven
from tests.plastic import STEP, Lags, in_sequence, random_trains, trained

TAU_PLUS, TAU_MINUS = 16.8, 33.7
WINDOW = {"tau_plus": TAU_PLUS * ms, "tau_minus": TAU_MINUS * ms, "a_plus": 0.05, "a_minus": 0.03}
INTERPOLATED = WeightDependentSTDP(**WINDOW, w_max=2 * mV, mu_plus=0.3, mu_minus=0.7)
POWER_LAW = PowerLawSTDP(**WINDOW, mu=0.4, scale=0.2 * mV)
WEIGHTS = np.array([0.2, 0.5, 1.9])


def pairs(rule: bnsim.PlasticityRule) -> tuple[np.ndarray, np.ndarray]:
    """Weights from `WEIGHTS` after one pair of +10 ms, and after one of -10 ms."""
    start = np.tile(WEIGHTS, 2)[:, None]
    before, after = np.split(trained(rule, [[20]] * 3 + [[40]] * 3, [30], start=start), 2)
    return before, after


def test_powers_of_the_weight_scale_a_pair() -> None:
    potentiated, depressed = pairs(INTERPOLATED)
    plus, minus = 2 * 0.05 * np.exp(-10 / TAU_PLUS), 2 * 0.03 * np.exp(-10 / TAU_MINUS)
    np.testing.assert_allclose(potentiated, WEIGHTS + plus * (1 - WEIGHTS / 2) ** 0.3, rtol=1e-12)
    np.testing.assert_allclose(depressed, WEIGHTS - minus * (WEIGHTS / 2) ** 0.7, rtol=1e-12)


def test_power_law_potentiation_and_multiplicative_depression() -> None:
    potentiated, depressed = pairs(POWER_LAW)
    plus, minus = 0.2 * 0.05 * np.exp(-10 / TAU_PLUS), 0.03 * np.exp(-10 / TAU_MINUS)
    np.testing.assert_allclose(potentiated, WEIGHTS + plus * (WEIGHTS / 0.2) ** 0.4, rtol=1e-12)
    np.testing.assert_allclose(depressed, WEIGHTS * (1 - minus), rtol=1e-12)


@pytest.mark.parametrize(("exponent", "special"), [(0.0, PairSTDP), (1.0, SoftPairSTDP)])
def test_the_additive_and_the_multiplicative_rule_are_the_ends_of_the_family(
    exponent: float, special: type[PairSTDP]
) -> None:
    pre, post = random_trains(3)
    trains, times = [list(steps * STEP) for steps in pre], list(post * STEP)
    general = WeightDependentSTDP(**WINDOW, w_max=1 * mV, mu_plus=exponent, mu_minus=exponent)
    found = trained(general, trains, times)
    np.testing.assert_allclose(found, trained(special(**WINDOW, w_max=1 * mV), trains, times), rtol=1e-12)
    assert np.ptp(found) > 0.01


def interpolated(weight: float, amount: float) -> float:
    if amount > 0:
        return min(weight + 2 * 0.05 * amount * (1 - weight / 2) ** 0.3, 2)
    return max(weight + 2 * 0.03 * amount * (weight / 2) ** 0.7, 0)


def power_law(weight: float, amount: float) -> float:
    return weight + (0.2 * 0.05 * amount * (weight / 0.2) ** 0.4 if amount > 0 else 0.03 * amount * weight)


@pytest.mark.parametrize(("rule", "change"), [(INTERPOLATED, interpolated), (POWER_LAW, power_law)], ids=type)
def test_random_trains_match_sums_over_all_pairs(rule: bnsim.PlasticityRule, change: object) -> None:
    """25 spikes on each side, each synapse with a delay of its own, so that arrivals count."""
    assert callable(change)
    pre, post = random_trains(4)
    delays = np.array([0, 3, 17, 60])

    def at_arrival(weight: float, since_pre: Lags, since_post: Lags) -> float:
        return float(change(weight, -np.sum(np.exp(-since_post / TAU_MINUS))))

    def at_spike(weight: float, since_pre: Lags, since_post: Lags) -> float:
        return float(change(weight, np.sum(np.exp(-since_pre / TAU_PLUS))))

    found = trained(rule, [list(steps * STEP) for steps in pre], list(post * STEP), delay=delays[:, None] * STEP)
    expected = [
        in_sequence(steps + delay, post, 0.5, at_arrival, at_spike) for steps, delay in zip(pre, delays, strict=True)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert np.ptp(expected) > 0.01


def test_weights_stay_within_their_bounds() -> None:
    strong = WeightDependentSTDP(a_plus=30.0, a_minus=30.0, w_max=2 * mV, mu_plus=0.5, mu_minus=0.5)
    assert trained(strong, [[20], [40]], [30]).tolist() == [2.0, 0.0]
    steep = PowerLawSTDP(a_plus=30.0, a_minus=30.0)
    weights = trained(steep, [[20], [40]], [30])
    assert weights[0] == pytest.approx(0.5 + 30 * 0.5**0.4 * np.exp(-0.5), rel=1e-12)  # no upper bound
    assert weights[1] == 0.0


def test_a_weight_of_zero_never_recovers_under_the_power_law() -> None:
    assert trained(POWER_LAW, [[20]], [30], start=0.0)[0] == 0.0


def test_negative_weights_are_refused_where_there_is_no_upper_bound() -> None:
    with pytest.raises(
        bnsim.InputError,
        match=r"^Projection\('input_to_cells'\)\.weights: negative, but PowerLawSTDP keeps weights within 0 and more; "
        "to inhibit, give a synapse that does so by its reversal potential, such as GABAA$",
    ):
        driven(bnsim.LIF(), bnsim.Delta(), -0.1 * mV, plasticity=PowerLawSTDP())
