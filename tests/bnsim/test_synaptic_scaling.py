"""Synaptic scaling against the closed-form solution of its equations, sums over the postsynaptic spikes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from brian2.units import Hz, ms, mV, second

import bnsim
from bnsim import SynapticScaling
from tests.networks import given
from tests.plastic import trained

RULE = SynapticScaling(tau_rate=100 * ms, target_rate=30 * Hz, beta=0.05, gamma=0.7 * Hz, w_max=5 * mV)
POST = np.array([20.0, 26.0, 44.0, 71.0])


def factor(rule: SynapticScaling, post: np.ndarray, time: float) -> float:
    """What the equations multiply every weight with by a time (ms), the spike at that time not counted."""
    tau, goal, now = float(rule.tau_rate), float(rule.target_rate), time / 1e3
    since = now - post[post < time] / 1e3
    decayed = np.exp(-since / tau)
    missing = goal * now - (1 - decayed).sum()
    integral = goal * now**2 / 2 - (since - tau * (1 - decayed)).sum()
    return float(np.exp(rule.beta * missing + float(rule.gamma) * integral))


@pytest.mark.parametrize("gamma", [0.0, 0.7])
def test_weights_follow_the_closed_form_to_their_last_spike(gamma: float) -> None:
    """Arrivals between, after and together with postsynaptic spikes, and none at all: all weights scale alike."""
    rule = dataclasses.replace(RULE, gamma=gamma * Hz)
    pre = [[10, 30, 44, 50], [90], [26], []]
    start = np.array([0.5, 1.0, 2.0, 0.1])
    found = trained(rule, pre, list(POST), start=start[:, None])
    expected = start * [factor(rule, POST, last) for last in (71, 90, 71, 71)]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert np.ptp(found / start) > 0.001


def test_a_silent_neuron_gains_and_a_busy_one_loses() -> None:
    """Without a spike w grows by beta x target x t and gamma x target x t^2 / 2 in the exponent."""
    silent = trained(RULE, [[80]], [])[0]
    assert silent == pytest.approx(0.5 * np.exp(0.05 * 30 * 0.08 + 0.7 * 30 * 0.08**2 / 2), rel=1e-12)
    assert trained(RULE, [[99]], list(range(5, 95, 5)))[0] < 0.5


def test_weights_stay_below_their_bound() -> None:
    strong = dataclasses.replace(RULE, beta=50.0)
    assert trained(strong, [[80]], [])[0] == 5


def continuous(n_runs: int) -> float:
    """A weight after 100 ms without a break, in one run or several."""
    network = bnsim.Network(
        [
            bnsim.Population("input", 1, bnsim.SpikeTrains()),
            bnsim.Population("teacher", 1, bnsim.SpikeTrains()),
            bnsim.Population("cells", 1, bnsim.LIF()),
        ],
        [
            bnsim.Projection("teacher", "cells", bnsim.Delta(), 100 * mV),
            bnsim.Projection("input", "cells", bnsim.Delta(), 0.5 * mV, plasticity=RULE, name="learned"),
        ],
    )
    length, simulator = 100 / n_runs, network.compile(dt=1 * ms, backend="numpy")
    state = simulator.initial_state(0)
    for number in range(n_runs):
        stimulus = {
            name: given(*((t - number * length, 0) for t in times if number * length <= t < (number + 1) * length))
            for name, times in (("input", np.array([10.0, 90.0])), ("teacher", POST - 1))
        }
        state, _ = simulator.run_for(state, length * ms, stimulus)
    return float(state["learned.w"][0] * 1e3)


def test_the_estimate_goes_on_from_run_to_run() -> None:
    for n_runs in (1, 4):
        assert continuous(n_runs) == pytest.approx(0.5 * factor(RULE, POST, 90), rel=1e-12)


def test_published_factors_are_slow() -> None:
    """A missing spike adds 4e-5 to the logarithm of a weight."""
    rule = SynapticScaling()
    assert rule.tau_rate == 100 * second
    weight = trained(rule, [[990]], [], duration=1000, dt=5 * ms)[0]
    assert np.log(weight / 0.5) == pytest.approx(4e-5 * 10 * 0.99 + 1e-7 * 10 * 0.99**2 / 2, rel=1e-9)
