"""The three schemes of nearest-spike pairing, against pairs that are picked one by one."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import ms, mV

from bnsim import NearestPresynapticSTDP, NearestReducedSTDP, NearestSymmetricSTDP, WeightDependentSTDP
from tests.plastic import STEP, Lags, in_sequence, random_trains, trained

TAU_PLUS, TAU_MINUS = 16.8, 33.7
RULE = {
    "tau_plus": TAU_PLUS * ms,
    "tau_minus": TAU_MINUS * ms,
    "a_plus": 0.05,
    "a_minus": 0.03,
    "w_max": 1 * mV,
    "mu_plus": 0.3,
    "mu_minus": 0.7,
}
SCHEMES = [NearestSymmetricSTDP, NearestPresynapticSTDP, NearestReducedSTDP]


def nearest(lags: Lags) -> Lags:
    return lags[lags == lags.min()] if lags.size else lags


def with_arrivals(scheme: type[WeightDependentSTDP], since_pre: Lags, since_post: Lags) -> Lags:
    """Lags of the arrivals that a postsynaptic spike pairs with."""
    unpaired = since_pre[since_pre < since_post.min()] if since_post.size else since_pre
    if scheme is NearestPresynapticSTDP:
        return unpaired
    return nearest(since_pre if scheme is NearestSymmetricSTDP else unpaired)


def with_spikes(scheme: type[WeightDependentSTDP], since_pre: Lags, since_post: Lags) -> Lags:
    """Lags of the postsynaptic spikes that an arrival pairs with."""
    if scheme is NearestReducedSTDP and since_pre.size:
        return nearest(since_post[since_post <= since_pre.min()])
    return nearest(since_post)


def test_which_spikes_pair() -> None:
    """Two arrivals, two postsynaptic spikes, two arrivals: + for potentiation, - for depression by the later spike."""
    pre, post = [10, 14, 40, 46], [20, 30]
    expected = {
        # 14-20, 14-30 and 30-40, 30-46
        NearestSymmetricSTDP: ([6, 16], [10, 16]),
        # 10-20, 14-20 and 30-40, 30-46
        NearestPresynapticSTDP: ([10, 6], [10, 16]),
        # 14-20 and 30-40
        NearestReducedSTDP: ([6], [10]),
    }
    for scheme, (plus, minus) in expected.items():
        additive = scheme(**{**RULE, "mu_plus": 0.0, "mu_minus": 0.0})
        change = 0.05 * np.exp(-np.array(plus) / TAU_PLUS).sum() - 0.03 * np.exp(-np.array(minus) / TAU_MINUS).sum()
        assert trained(additive, [pre], post)[0] == pytest.approx(0.5 + change, rel=1e-12), scheme


@pytest.mark.parametrize("scheme", SCHEMES)
def test_random_trains_match_pairs_picked_one_by_one(scheme: type[WeightDependentSTDP]) -> None:
    """With delays of their own, one of which makes arrivals and postsynaptic spikes coincide."""
    pre, post = random_trains(3)
    pre[2] = np.sort(np.concatenate([pre[2][:12], post[::2] - 5]))
    delays = np.array([0, 33, 5])
    assert len(np.intersect1d(pre[2] + 5, post)) > 10

    def at_arrival(weight: float, since_pre: Lags, since_post: Lags) -> float:
        amount = np.exp(-with_spikes(scheme, since_pre, since_post) / TAU_MINUS).sum()
        return float(max(weight - 0.03 * weight**0.7 * amount, 0))

    def at_spike(weight: float, since_pre: Lags, since_post: Lags) -> float:
        amount = np.exp(-with_arrivals(scheme, since_pre, since_post) / TAU_PLUS).sum()
        return float(min(weight + 0.05 * (1 - weight) ** 0.3 * amount, 1))

    found = trained(
        scheme(**RULE), [list(steps * STEP) for steps in pre], list(post * STEP), delay=delays[:, None] * STEP
    )
    expected = [
        in_sequence(steps + delay, post, 0.5, at_arrival, at_spike) for steps, delay in zip(pre, delays, strict=True)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_traces_on_neurons_and_on_synapses_are_the_same() -> None:
    """Without a delay the engine holds the traces of the symmetric scheme on the neurons, with one on the synapses."""
    rule = NearestSymmetricSTDP(**RULE)
    pre, post = random_trains(2)
    late = [list((steps + 20) * STEP) for steps in pre]
    without = trained(rule, late, list(post * STEP))
    delayed = trained(rule, [list(steps * STEP) for steps in pre], list(post * STEP), delay=20 * STEP)
    np.testing.assert_allclose(without, delayed, rtol=1e-12)


def test_nothing_is_learned_where_learning_is_off() -> None:
    assert trained(NearestReducedSTDP(**RULE), [[10, 20, 30]], [15, 22], plastic=False)[0] == 0.5
