"""The voltage-based rule against the solution of its equations for a membrane potential that is known."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest
from brian2.units import ms, mV, nS

import bnsim
from bnsim import ClopathSTDP
from tests.plastic import STEP, voltage_trained

RULE = ClopathSTDP(a_minus=14e-4 / mV, a_plus=8e-3 / mV**2)
TAU_M, REST, SPIKE = 281 / 30, -70.6, -20.0
THETA_PLUS, TAU_MINUS, TAU_PLUS, TAU_X = -45.3, 10.0, 7.0, 15.0


def depolarization(time: np.ndarray, post: list[float]) -> np.ndarray:
    """u - u_rest (mV) in a `ForcedNeuron`: it decays from the last spike that was reset by that time (ms)."""
    since = np.array([min((t - s for s in post if s <= t + 1e-9), default=np.inf) for t in time])
    return (SPIKE - REST) * np.exp(-since / TAU_M)


def filtered(time: np.ndarray, post: list[float], tau: float) -> np.ndarray:
    """Low-pass-filtered potential less that at rest (mV): a difference of exponentials from each spike to the next."""
    result = np.zeros(len(time))
    for spike, following in zip(post, [*post[1:], np.inf], strict=True):
        driven = np.clip(time - spike, 0, following - spike)  # how long this spike has been the last one
        after = np.clip(time - following, 0, None)
        shape = TAU_M / (TAU_M - tau) * (np.exp(-driven / TAU_M) - np.exp(-driven / tau))
        result += np.where(driven > 0, (SPIKE - REST) * shape * np.exp(-after / tau), 0)
    return result


def expected(arrivals: list[float], post: list[float], rule: ClopathSTDP = RULE) -> float:
    """Weight (mV) at 200 ms from 1 mV, without bounds: the sum over arrivals and over all steps.

    A spike of step k has reset the membrane at its end, which is where time counts from.
    """
    time = STEP * np.arange(2000)
    minus = filtered(np.array(arrivals), post, TAU_MINUS).sum()
    lags = np.subtract.outer(time, arrivals)
    x = np.where(lags > -1e-9, np.exp(-np.clip(lags, 0, None) / TAU_X), 0).sum(axis=1)
    above = np.clip(depolarization(time, post) - (THETA_PLUS - REST), 0, None)
    plus = (x * above * filtered(time, post, TAU_PLUS)).sum() * STEP / TAU_X
    return float(1 - rule.a_minus * mV * minus + rule.a_plus * mV**2 * plus)


def test_an_arrival_depresses_by_the_filtered_potential() -> None:
    """25 ms after a postsynaptic spike: too late for potentiation, and no step enters the solution."""
    shape = TAU_M / (TAU_M - 10) * (np.exp(-25 / TAU_M) - np.exp(-25 / 10))
    weight = voltage_trained(RULE, [[45]], [20])[0]
    assert weight == pytest.approx(1 - 14e-4 * 50.6 * shape, rel=1e-12)


@pytest.mark.parametrize("delayed", [False, True])
def test_depression_and_potentiation_add_up(delayed: bool) -> None:
    """Without delays the presynaptic trace is on the neurons, with them on the synapses."""
    pre, post = [[10, 60, 100], [30, 52, 103], [150]], [20, 40, 47, 90, 105, 112]
    delays = np.array([[1.5], [0.0], [3.0]]) if delayed else 0.0
    found = voltage_trained(RULE, pre, post, delay=delays)
    arrivals = [list(np.array(times) + late) for times, late in zip(pre, np.broadcast_to(delays, (3, 1)), strict=True)]
    np.testing.assert_allclose(found, [expected(list(np.ravel(a)), post) for a in arrivals], rtol=1e-12)
    assert found[0] > 1 > found[2]


def test_potentials_below_their_thresholds_change_nothing() -> None:
    """A threshold above all potentials for potentiation; for depression one above the filtered potential."""
    quiet = dataclasses.replace(RULE, theta_minus=-21 * mV, theta_plus=-20.1 * mV)
    assert voltage_trained(quiet, [[10, 41, 60]], [20, 40, 47])[0] == 1


def test_weights_stay_within_their_bounds() -> None:
    strong = dataclasses.replace(RULE, a_minus=1 / mV, a_plus=10 / mV**2)
    assert voltage_trained(strong, [[19], [45]], [20, 25]).tolist() == [3.0, 0.0]


def test_nothing_is_learned_where_learning_is_off() -> None:
    assert voltage_trained(RULE, [[10, 41, 60]], [20, 40, 47], plastic=False)[0] == 1


@pytest.mark.parametrize(
    ("model", "warned"),
    [
        (bnsim.LIF(), True),
        (bnsim.LIF(v_threshold=-40 * mV), False),
        (bnsim.LIF(v_threshold=np.array([-50, -40]) * mV), False),
        (bnsim.ConductanceLIF(), True),
        (bnsim.AdaptiveExponentialLIF(), False),
        (bnsim.HodgkinHuxley(), False),
    ],
)
def test_a_neuron_that_never_reaches_theta_plus_is_warned_of(model: bnsim.NeuronModel, warned: bool) -> None:
    populations = [bnsim.Population("input", 2, bnsim.Poisson()), bnsim.Population("cells", 2, model)]
    projection = bnsim.Projection("input", "cells", bnsim.Delta(), 1 * mV, plasticity=ClopathSTDP())
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        bnsim.Network(populations, [projection])
    expected = (
        "Projection('input_to_cells').plasticity: ClopathSTDP: the neurons are reset at -50 mV, below theta_plus = "
        "-45.3 mV, so that there is no potentiation; give a model with an upstroke, such as AdaptiveExponentialLIF, or "
        "lower theta_plus"
    )
    assert [str(item.message) for item in found] == [expected] * warned


def test_parameters_that_do_not_fit() -> None:
    with pytest.raises(
        bnsim.InputError, match=r"^ClopathSTDP\.theta_plus: not above theta_minus; raise it or lower theta_minus$"
    ):
        ClopathSTDP(theta_plus=-71 * mV)
    with pytest.raises(bnsim.InputError, match=r"^ClopathSTDP\.scale: 1 nS has the wrong unit, expected V; give 3 mV"):
        ClopathSTDP(scale=1 * nS)
    with pytest.raises(bnsim.InputError, match=r"^ClopathSTDP\.tau_x: 0 s is too small; give a value above 0$"):
        ClopathSTDP(tau_x=0 * ms)
