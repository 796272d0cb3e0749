"""Weights after given spikes on both sides, against sums over pairs."""

from __future__ import annotations

import re

import numpy as np
import pytest
from brian2 import ms, mV, nA, nS, second
from brian2.units.fundamentalunits import Quantity

import bnsim
from bnsim.errors import InputError
from bnsim.pairing import usual_weight

PAIR = bnsim.PairSTDP(tau_plus=17 * ms, tau_minus=34 * ms, a_plus=0.01, a_minus=0.02, w_max=2 * mV)


def summed(rule: bnsim.PairSTDP, pre: list[float], post: list[float]) -> float:
    """The change as a fraction of w_max: every pair, by its lag in ms."""
    lags = np.subtract.outer(post, pre).ravel()
    plus, minus = float(rule.tau_plus / ms), float(rule.tau_minus / ms)
    gains = rule.a_plus * np.exp(-lags[lags >= 0] / plus), -rule.a_minus * np.exp(lags[lags < 0] / minus)
    return float(sum(gain.sum() for gain in gains))


def test_changes_are_sums_over_pairs() -> None:
    pre, post = [[5.0], [20.0], [3.0, 30.0], [], [0.0]], [[12.0], [8.0], [10.0, 11.0], [4.0], [0.0]]
    changes = bnsim.weight_change(PAIR, [train * ms for train in pre], [train * ms for train in post], backend="numpy")
    wanted = [2 * summed(PAIR, *pair) for pair in zip(pre, post, strict=True)]
    np.testing.assert_allclose(changes / mV, wanted, rtol=1e-9)
    assert wanted[3] == 0


def test_weights_start_where_they_are_told() -> None:
    soft = bnsim.SoftPairSTDP(a_plus=0.01, w_max=4 * nA)
    trains = [[0.01]] * 2, [[0.02]] * 2
    changes = bnsim.weight_change(soft, *trains, [1, 3] * nA, dt=1 * ms, backend="numpy")
    np.testing.assert_allclose(changes / nA, 0.01 * np.array([3, 1]) * np.exp(-0.5), rtol=1e-9)
    again = bnsim.weight_change(soft, *trains, 1 * nA, dt=1 * ms, backend="numpy")
    np.testing.assert_array_equal(again / nA, np.repeat(changes[0] / nA, 2))


@pytest.mark.parametrize(
    ("rule", "usual"),
    [
        (PAIR, 1 * mV),
        (bnsim.VogelsSTDP(w_max=100 * nS), 50 * nS),
        (bnsim.PowerLawSTDP(scale=3 * mV), 3 * mV),
        (bnsim.PairSTDP(w_max=Quantity(1.0)), 0.5),
    ],
)
def test_the_usual_weight_is_in_the_middle_of_the_range(rule: bnsim.PlasticityRule, usual: Quantity) -> None:
    assert usual_weight(rule) == usual
    unchanged = bnsim.weight_change(rule, [[]], [[0.01]], dt=1 * ms, backend="numpy")
    assert (unchanged == 0 * usual).all()  # in the unit of the weights, whatever it is


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: bnsim.weight_change("stdp", [[0.1]], [[0.1]]),
            "weight_change.rule: 'stdp' is no PlasticityRule; give one, such as bnsim.PairSTDP()",
        ),
        (
            lambda: bnsim.weight_change(bnsim.ErrorModulated(), [[0.1]], [[0.1]]),
            "weight_change.rule: ErrorModulated learns at the end of trials; simulate a network with it instead",
        ),
        (
            lambda: bnsim.weight_change(bnsim.ClopathSTDP(), [[0.1]], [[0.1]]),
            "weight_change.rule: ClopathSTDP follows the membrane potential, not spikes alone; simulate a network with "
            "it instead",
        ),
        (
            lambda: bnsim.weight_change(PAIR, [[0.1]], [[0.1], [0.2]]),
            "weight_change: 1 presynaptic and 2 postsynaptic spike trains; give one of each to every synapse, and at "
            "least one",
        ),
        (
            lambda: bnsim.weight_change(PAIR, 0.1 * second, [[0.1]]),
            "weight_change.presynaptic: 100. ms is no sequence of spike trains; give one a synapse",
        ),
        (
            lambda: bnsim.weight_change(PAIR, [[0.1]], [[0.1 * mV]]),
            "weight_change.postsynaptic[0]: V is no unit of time; give seconds or a quantity such as 5 ms",
        ),
        (
            lambda: bnsim.weight_change(PAIR, [[0.1]], [[-0.1]]),
            "weight_change.postsynaptic[0]: a spike at -0.1 s precedes the trial; shift the times so that the trial "
            "starts at 0",
        ),
        (
            lambda: bnsim.weight_change(PAIR, [[0.1]], [[0.1]], [1, 2] * mV),
            "weight_change.start: an array of shape (2,); give one weight such as 1. mV, or one for each of 1 synapses",
        ),
        (
            lambda: bnsim.weight_change(PAIR, [[0.1]], [[0.1]], 0.5),
            "weight_change.start: 0.5 has no unit; give 0.5 * mV",
        ),
        (
            lambda: bnsim.weight_change(PAIR, [[0.1]], [[0.1]], 1 * nA),
            "weight_change.start: 1. nA; give one weight such as 1. mV, or one for each of 1 synapses",
        ),
    ],
)
def test_errors_name_culprit_and_remedy(call, message: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        call()
