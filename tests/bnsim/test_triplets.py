"""The triplet rule against sums over spikes, and the pairing protocol of Sjostrom et al. (2001)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from brian2.units import ms, mV, nS

import bnsim
from bnsim import PairSTDP, TripletSTDP
from tests.plastic import STEP, Lags, in_sequence, random_trains, trained

CORTEX = TripletSTDP.visual_cortex(scale=1 * mV, w_max=10 * mV)
MODELS = {
    "cortex": CORTEX,
    "cortex, full": TripletSTDP.visual_cortex(1 * mV, 10 * mV, full=True),
    "hippocampus": TripletSTDP.hippocampus(1 * mV, 10 * mV),
    "hippocampus, full": TripletSTDP.hippocampus(1 * mV, 10 * mV, full=True),
}


def trace(lags: Lags, tau: object) -> float:
    return float(np.exp(-lags / float(tau / ms)).sum())  # type: ignore[operator]


def by_hand(rule: TripletSTDP, arrivals: np.ndarray, post: np.ndarray, weight: float) -> float:
    """The rule spike by spike, with weights in units of `scale`."""
    bound = float(rule.w_max / rule.scale)

    def at_arrival(weight: float, since_pre: Lags, since_post: Lags) -> float:
        amount = rule.a2_minus + rule.a3_minus * trace(since_pre, rule.tau_x)
        return max(weight - trace(since_post, rule.tau_minus) * amount, 0)

    def at_spike(weight: float, since_pre: Lags, since_post: Lags) -> float:
        amount = rule.a2_plus + rule.a3_plus * trace(since_post, rule.tau_y)
        return min(weight + trace(since_pre, rule.tau_plus) * amount, bound)

    return in_sequence(arrivals, post, weight, at_arrival, at_spike)


def test_a_triplet_worked_out_by_hand() -> None:
    """Post at 20, pre at 30, post at 34 ms, pre at 50 ms; weights count in units of scale, here 2 mV."""
    rule = dataclasses.replace(MODELS["hippocampus, full"], scale=2 * mV)
    minus = np.exp(-10 / 33.7) * 1.6e-3
    plus = np.exp(-4 / 16.8) * (6.1e-3 + 6.7e-3 * np.exp(-14 / 27))
    minus += (np.exp(-16 / 33.7) + np.exp(-30 / 33.7)) * (1.6e-3 + 1.4e-3 * np.exp(-20 / 946))
    assert trained(rule, [[30, 50]], [20, 34])[0] == pytest.approx(0.5 + 2 * (plus - minus), rel=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_random_trains_match_sums_over_all_spikes(name: str) -> None:
    """Each synapse with a delay of its own; the last one makes arrivals and postsynaptic spikes coincide."""
    pre, post = random_trains(3)
    pre[2] = np.sort(np.concatenate([pre[2][:12], post[::2] - 5]))
    delays = np.array([0, 33, 5])
    found = trained(
        MODELS[name], [list(steps * STEP) for steps in pre], list(post * STEP), delay=delays[:, None] * STEP
    )
    expected = [by_hand(MODELS[name], steps + delay, post, 0.5) for steps, delay in zip(pre, delays, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert np.ptp(expected) > 0.01


def test_weights_stay_within_their_bounds() -> None:
    strong = TripletSTDP(a2_plus=50.0, a2_minus=50.0, w_max=2 * mV)
    assert trained(strong, [[20], [40]], [30]).tolist() == [2.0, 0.0]


def test_the_scale_has_the_unit_of_the_largest_weight() -> None:
    with pytest.raises(bnsim.InputError, match=r"^TripletSTDP\.scale: 1 nS has the wrong unit, expected V; give 10 mV"):
        TripletSTDP(scale=1 * nS)


# Change of the weight by 60 pairings, by frequency (Hz), at +10 ms and at -10 ms: as measured in layer 5 of the visual
# cortex (P. Sjostrom, G. Turrigiano and S. Nelson, Neuron 32, 2001; standard errors .05 to .32), and what the minimal
# model of Pfister & Gerstner makes of it.
SJOSTROM = {0.1: (-0.04, -0.29), 10: (0.14, -0.41), 20: (0.29, -0.34), 40: (0.53, 0.56), 50: (0.56, 0.75)}
MINIMAL = {0.1: (0.0, -0.32), 10: (0.12, -0.33), 20: (0.23, -0.34), 40: (0.53, 0.17), 50: (0.76, 0.75)}
GRID = 5 * ms
"""Time step: lags and periods are multiples of it, and traces decay exactly whatever it is."""


def paired(rule: bnsim.PlasticityRule, frequency: float) -> np.ndarray:
    """Relative changes of the weight by 60 pairings at +10 ms and at -10 ms, simulated.

    At 0.1 Hz each pairing has a trial of its own, from rest: of the traces exp(-10 s / 114 ms) < 1e-38 would be left.
    """
    period = 1e3 / frequency
    first = 10 + period * np.arange(60 if period < 1e3 else 1)
    trains = [list(first), list(first + 10)]
    trials = 1 if period < 1e3 else 60
    return trained(rule, trains, trains[::-1], 1.0, duration=first[-1] + 40, dt=GRID, trials=trials) - 1


@pytest.mark.parametrize("frequency", SJOSTROM)
def test_pairing_protocol_matches_the_sum_over_spikes(frequency: float) -> None:
    steps = np.round(np.arange(60) * 1e3 / frequency / STEP).astype(int)
    late = steps + round(10 / STEP)
    expected = [by_hand(CORTEX, *trains, 1.0) - 1 for trains in ((steps, late), (late, steps))]
    np.testing.assert_allclose(paired(CORTEX, frequency), expected, rtol=1e-10)
    np.testing.assert_allclose(expected, MINIMAL[frequency], atol=0.005)


def test_pairs_alone_do_not_change_sign_with_frequency() -> None:
    """At -10 ms the cortex depresses at 10 Hz and potentiates at 50 Hz; additive pairs depress at both."""
    pair = PairSTDP(tau_plus=16.8 * ms, tau_minus=33.7 * ms, a_plus=6.5e-4, a_minus=7.1e-4, w_max=10 * mV)
    slow, fast = paired(pair, 10), paired(pair, 50)
    assert slow[1] < 0 > fast[1]
    assert MINIMAL[10][1] < 0 < MINIMAL[50][1]
