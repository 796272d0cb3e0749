"""Vogels' inhibitory rule, against spikes worked out by hand and sums over all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import Hz, ms, mV, nS

import bnsim
from bnsim import VogelsSTDP
from tests.plastic import STEP, Lags, in_sequence, random_trains, trained

RULE = VogelsSTDP(tau_stdp=20 * ms, target_rate=5 * Hz, learning_rate=0.005, scale=2 * mV, w_max=3 * mV)
ETA, ALPHA = 0.01, 0.2


def test_order_does_not_matter_and_presynaptic_spikes_alone_weaken() -> None:
    """Pre at 20 and 40, post at 30 ms; the last synapse has no postsynaptic spike near."""
    weights = trained(RULE, [[20], [40], [290]], [30], duration=300, dt=1 * ms)
    near = 0.5 + ETA * (np.exp(-10 / 20) - ALPHA)
    np.testing.assert_allclose(weights, [near, near, 0.5 - ETA * (ALPHA - np.exp(-260 / 20))], rtol=1e-12)


def test_random_trains_match_sums_over_all_pairs() -> None:
    """Each synapse with a delay of its own; the last one makes arrivals and postsynaptic spikes coincide."""
    pre, post = random_trains(3)
    pre[2] = np.sort(np.concatenate([pre[2][:12], post[::2] - 5]))
    delays = np.array([0, 33, 5])

    def at_arrival(weight: float, since_pre: Lags, since_post: Lags) -> float:
        return float(np.clip(weight + ETA * (np.exp(-since_post / 20).sum() - ALPHA), 0, 3))

    def at_spike(weight: float, since_pre: Lags, since_post: Lags) -> float:
        return float(np.clip(weight + ETA * np.exp(-since_pre / 20).sum(), 0, 3))

    found = trained(RULE, [list(steps * STEP) for steps in pre], list(post * STEP), delay=delays[:, None] * STEP)
    expected = [
        in_sequence(steps + delay, post, 0.5, at_arrival, at_spike) for steps, delay in zip(pre, delays, strict=True)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert 1 < min(expected) < max(expected) < 3  # no bound is met


def test_inhibition_does_not_become_excitation_nor_exceed_its_bound() -> None:
    assert trained(RULE, [[80, 81, 82], [9]], [10], start=np.array([[0.003], [2.999]])).tolist() == [0.0, 3.0]


def test_regular_trains_at_the_target_rate_leave_the_weight_as_it_is() -> None:
    """Far from each other's spikes on average: over all phases the mean change vanishes at the target rate.

    A postsynaptic train of period 200 ms (5 Hz), 40 synapses that fire once in it, at phases 5 ms apart. Each pairs
    with the spikes around it: the sum over phases of exp(-lag / tau) is 1 / (1 - exp(-5 / 20)) on either side, less
    what lies beyond the train, and alpha = 2 rho tau = 0.2 is its mean for infinitely fine phases.
    """
    post = 100 + 200.0 * np.arange(5)
    pre = [[300 + phase] for phase in np.arange(2.5, 200, 5)]
    change = trained(RULE, pre, list(post), start=1.0, duration=1000, dt=2.5 * ms) - 1
    # Midpoint rule: the mean of exp(-s / 20) over phases is 20 / 200 to (5 / 20)^2 / 24 = 0.26 %, on both sides.
    assert np.mean(change) == pytest.approx(0, abs=0.003 * ETA * ALPHA)
    assert np.ptp(change) > 0.5 * ETA


def test_the_scale_has_the_unit_of_the_largest_weight() -> None:
    with pytest.raises(bnsim.InputError, match=r"^VogelsSTDP\.scale: 1 mV has the wrong unit, expected S; give 100 nS"):
        VogelsSTDP(scale=1 * mV, w_max=100 * nS)
