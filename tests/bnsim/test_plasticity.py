"""Additive, multiplicative and error-modulated rules against pairs and trials worked out by hand, sign included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV

import bnsim
from bnsim import LIF, Delta, ErrorModulated, PairSTDP, SoftPairSTDP
from tests.networks import DT, driven, given, simulate
from tests.plastic import compiled, trained

STEP = float(DT / ms)
RULE = {
    "tau_plus": 16.8 * ms,
    "tau_minus": 33.7 * ms,
    "a_plus": 0.05,
    "a_minus": 0.03,
    "w_max": 1 * mV,
}


@pytest.mark.parametrize("lag", [0.1, 1.0, 10.0, 40.0])
def test_pre_before_post_potentiates(lag: float) -> None:
    change = 0.05 * np.exp(-lag / 16.8)
    assert trained(PairSTDP(**RULE), [[20]], [20 + lag])[0] == pytest.approx(0.5 + change, rel=1e-12)
    assert trained(SoftPairSTDP(**RULE), [[20]], [20 + lag])[0] == pytest.approx(0.5 + 0.5 * change, rel=1e-12)


@pytest.mark.parametrize("lag", [0.1, 1.0, 10.0, 40.0])
def test_post_before_pre_depresses(lag: float) -> None:
    change = 0.03 * np.exp(-lag / 33.7)
    assert trained(PairSTDP(**RULE), [[20 + lag]], [20])[0] == pytest.approx(0.5 - change, rel=1e-12)
    assert trained(SoftPairSTDP(**RULE), [[20 + lag]], [20])[0] == pytest.approx(0.5 - 0.5 * change, rel=1e-12)


def test_soft_bounds_scale_with_the_distance_to_the_bound() -> None:
    assert trained(SoftPairSTDP(**RULE), [[20]], [20.1], start=0.9)[0] == pytest.approx(
        0.9 + 0.1 * 0.05 * np.exp(-0.1 / 16.8), rel=1e-12
    )
    assert trained(SoftPairSTDP(**RULE), [[20.1]], [20], start=0.9)[0] == pytest.approx(
        0.9 - 0.9 * 0.03 * np.exp(-0.1 / 33.7), rel=1e-12
    )


def test_the_change_is_a_fraction_of_the_largest_weight() -> None:
    rule = PairSTDP(**{**RULE, "w_max": 4 * mV})
    assert trained(rule, [[20]], [30])[0] == pytest.approx(0.5 + 4 * 0.05 * np.exp(-10 / 16.8), rel=1e-12)


def test_all_pairs_interact() -> None:
    """Pre at 10 and 14, post at 20 and 26, pre again at 30: four potentiating pairs, two depressing ones."""
    potentiation = 0.05 * sum(np.exp(-lag / 16.8) for lag in (10, 6, 16, 12))
    depression = 0.03 * sum(np.exp(-lag / 33.7) for lag in (10, 4))
    found = trained(PairSTDP(**RULE), [[10, 14, 30]], [20, 26])[0]
    assert found == pytest.approx(0.5 + potentiation - depression, rel=1e-12)


def test_in_the_same_step_the_arrival_comes_first() -> None:
    assert trained(PairSTDP(**RULE), [[20]], [20])[0] == pytest.approx(0.55, rel=1e-12)
    depression = 0.03 * np.exp(-5 / 33.7)  # of the earlier spike alone
    assert trained(PairSTDP(**RULE), [[20]], [15, 20])[0] == pytest.approx(0.55 - depression, rel=1e-12)


@pytest.mark.parametrize(("lag", "delay"), [(5.0, 3.0), (5.0, 5.0), (5.0, 9.0)])
def test_the_arrival_counts_not_the_presynaptic_spike(lag: float, delay: float) -> None:
    arrival_to_post = lag - delay
    if arrival_to_post >= 0:
        expected = 0.5 + 0.05 * np.exp(-arrival_to_post / 16.8)
    else:
        expected = 0.5 - 0.03 * np.exp(arrival_to_post / 33.7)
    assert trained(PairSTDP(**RULE), [[20]], [20 + lag], delay=delay)[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("rule", [PairSTDP, SoftPairSTDP])
def test_weights_stay_within_their_bounds(rule: type[PairSTDP]) -> None:
    strong = rule(**{**RULE, "a_plus": 1.5, "a_minus": 1.5})
    assert trained(strong, [[20]], [20.1], start=0.5)[0] == pytest.approx(1.0, rel=1e-12)
    assert trained(strong, [[20.1]], [20], start=0.5)[0] == 0.0
    assert trained(PairSTDP(**RULE), [[20]], [20.1], start=1.0)[0] == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("rule", [PairSTDP, SoftPairSTDP])
def test_nothing_is_learned_where_learning_is_off(rule: type[PairSTDP]) -> None:
    assert trained(rule(**RULE), [[10, 20, 30]], [15, 22], plastic=False)[0] == 0.5


def pairwise(rule: PairSTDP, pre: list[int], post: list[int], weight: float, soft: bool) -> float:
    """The rule as a double loop over all pairs of steps, in mV."""
    tau_plus, tau_minus = (float(tau / ms) for tau in (rule.tau_plus, rule.tau_minus))
    for step in range(max([*pre, *post]) + 1):
        if step in pre:
            trace = sum(np.exp(-(step - other) * STEP / tau_minus) for other in post if other < step)
            weight = np.clip(weight - rule.a_minus * trace * (weight if soft else 1), 0, 1)
        if step in post:
            trace = sum(np.exp(-(step - other) * STEP / tau_plus) for other in pre if other <= step)
            weight = np.clip(weight + rule.a_plus * trace * ((1 - weight) if soft else 1), 0, 1)
    return weight


@pytest.mark.parametrize("rule", [PairSTDP, SoftPairSTDP])
def test_random_trains_match_a_double_loop_over_pairs(rule: type[PairSTDP]) -> None:
    generator = np.random.default_rng(7)
    described = rule(**RULE)
    pre = [np.sort(generator.choice(900, 25, replace=False)) for _ in range(6)]
    post = np.sort(generator.choice(np.arange(1, 900), 25, replace=False))
    start, delay = generator.random(6), generator.integers(0, 80, 6)
    found = trained(
        described,
        [list(steps * STEP) for steps in pre],
        list(post * STEP),
        start=start[:, None],
        delay=delay[:, None] * STEP,
    )
    expected = [
        pairwise(described, list(steps + shift), list(post), weight, rule is SoftPairSTDP)
        for steps, shift, weight in zip(pre, delay, start, strict=True)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
    assert 0 < np.mean(expected) < 1


@pytest.mark.slow
def test_rules_that_follow_spikes_and_potentials_are_the_same_compiled() -> None:
    """To 1e-12: powers and exponentials may differ in their last bit."""
    rules = [
        bnsim.WeightDependentSTDP(w_max=3 * mV, mu_plus=0.3, mu_minus=0.7),
        bnsim.NearestReducedSTDP(w_max=3 * mV),
        bnsim.SynapticScaling(beta=0.1, w_max=3 * mV),
        bnsim.TripletSTDP.hippocampus(1 * mV, 3 * mV, full=True),
        bnsim.ClopathSTDP(),
        bnsim.ClopathSTDP(),
    ]
    live, compiled_once = compiled(rules, "numpy"), compiled(rules, "cpp")
    for name, weights in live.items():
        np.testing.assert_allclose(compiled_once[name], weights, rtol=1e-12, err_msg=name)
        assert np.abs(weights / 1e-3 - 1).min() > 1e-4, name


WEIGHTS = np.array([[1.0, -0.5], [0.25, 0.5]])  # mV, (input, cell)
TRIALS = [given((1, 0), (3, 0), (2, 1)), given((1, 0), (2, 1), (4, 1), (6, 1))]  # input 0: 2, 1; input 1: 1, 3 spikes


def delta_rule(**changed: Any) -> bnsim.Network:
    rule = ErrorModulated(learning_rate=0.1, gain=0.2, scale=2 * mV)
    return driven(LIF(), Delta(), WEIGHTS * mV, n_input=2, size=2, plasticity=rule, **changed)


def learned(network: bnsim.Network, trials: list[Any], factor: list[float] | None = None, **options: Any) -> Any:
    signals: dict[str, Any] = {"input_to_cells.target": np.array([[1.0, 0.0], [0.0, 1.0]])[: len(trials)]}
    if factor is not None:
        signals["input_to_cells.learning_rate_factor"] = np.array(factor)
    state, _ = simulate(network, trials, 10 * ms, signals=signals, **options)
    return state["input_to_cells.w"].reshape(2, 2) * 1000


def test_error_modulated_trial_worked_out_by_hand() -> None:
    """Summed input: cell 0: 2 x 1 + 1 x 0.25 = 2.25 mV, cell 1: 2 x -0.5 + 1 x 0.5 = -0.5 mV."""
    error = np.array([1 / (1 + np.exp(-0.2 * 2.25 / 2)) - 1, 1 / (1 + np.exp(0.2 * 0.5 / 2))])
    expected = WEIGHTS - 0.1 * 2 * np.array([[2 * error[0], 2 * error[1]], [error[0], error[1]]])
    found = learned(delta_rule(), TRIALS[:1])
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert (found[:, 0] > WEIGHTS[:, 0]).all()  # the right class gains
    assert (found[:, 1] < WEIGHTS[:, 1]).all()  # the wrong one loses


def test_error_modulated_starts_each_trial_afresh_from_the_learned_weights() -> None:
    counts, targets, factors = np.array([[2, 1], [1, 3]]), np.eye(2), [1.0, 0.25]
    weights = WEIGHTS.copy()
    for count, target, factor in zip(counts, targets, factors, strict=True):
        error = 1 / (1 + np.exp(-0.2 * (count @ weights) / 2)) - target
        weights -= 0.1 * factor * 2 * np.outer(count, error)
    np.testing.assert_allclose(learned(delta_rule(), TRIALS, factors), weights, rtol=1e-12)


def test_error_modulated_learns_at_full_rate_unless_told_otherwise() -> None:
    assert (learned(delta_rule(), TRIALS) == learned(delta_rule(), TRIALS, [1.0, 1.0])).all()
    assert (learned(delta_rule(), TRIALS, [0.0, 0.0]) == learned(delta_rule(), TRIALS, plastic=False)).all()


def test_error_modulated_counts_delayed_arrivals_and_spikes_of_the_last_step() -> None:
    last = given((1, 0), (3, 0), (9.9, 1))
    delays = np.array([[0.5, 2.0], [1.0, 3.0]]) * ms
    expected = learned(delta_rule(), TRIALS[:1])
    np.testing.assert_allclose(learned(delta_rule(), [last]), expected, rtol=1e-12)
    np.testing.assert_allclose(learned(delta_rule(delay=delays), TRIALS[:1]), expected, rtol=1e-12)


def test_error_modulated_leaves_weights_where_learning_is_off() -> None:
    np.testing.assert_array_equal(learned(delta_rule(), TRIALS, plastic=False), WEIGHTS * 1e-3 * 1000)


def test_error_modulated_needs_a_target_where_learning_is_on() -> None:
    with pytest.raises(bnsim.InputError, match=r"'input_to_cells\.target' is missing; give an array \(1, 2\)"):
        simulate(delta_rule(), TRIALS[:1], 10 * ms)
    with pytest.raises(bnsim.InputError, match=r"'input_to_cells\.target' needs finite values of shape \(1, 2\)"):
        simulate(delta_rule(), TRIALS[:1], 10 * ms, signals={"input_to_cells.target": np.ones(2)})
    with pytest.raises(bnsim.InputError, match=r"unknown 'input_to_cells\.goal'; did you mean"):
        simulate(delta_rule(), TRIALS[:1], 10 * ms, signals={"input_to_cells.goal": np.ones((1, 2))})
    state, _ = simulate(delta_rule(), TRIALS[:1], 10 * ms, plastic=False)
    assert np.isfinite(state["input_to_cells.w"]).all()


def test_randomness_outside_the_key_is_refused_in_rules_and_synapses() -> None:
    rule = type("Mine", (PairSTDP,), {"on_pre": "w = clip(w + rand() * w_max, 0 * w_max, w_max)"})()
    synapse = type("Unreliable", (Delta,), {"on_pre": "{membrane}_post += w * int(rand() < 0.5)"})()
    for network, culprit in (
        (driven(LIF(), Delta(), 0.5 * mV, plasticity=rule), "Mine"),
        (driven(LIF(), synapse, 0.5 * mV), "Unreliable"),
    ):
        with pytest.raises(bnsim.InputError, match=rf"^{culprit}\.on_pre: 'rand' is random outside the run's key; use"):
            network.compile(1 * ms, backend="numpy")
