"""Neuron models against closed solutions.

A spike is seen at the end of a step and named by its beginning: with T the time from reset to threshold, the update
that crosses is number k = floor(T / dt) + 1. A neuron with a refractory period t_ref resumes its updates t_ref after
the step named as the spike's, so its interspike interval is (k - 1) dt + t_ref, in (T + t_ref - dt, T + t_ref]. All
tolerances below follow from this.
"""

import numpy as np
import pytest
from brian2.units import ms, mV, nA, nS, pF
from numpy.typing import NDArray

import bnsim
from bnsim import LIF, AdaptiveLIF, ConductanceLIF, SubtractiveLIF
from tests.networks import current_driven, simulate

TAU, THETA, REFRACTORY = 10.0, 15.0, 2.0  # ms, mV above rest, ms
TEXTBOOK = {"tau_m": TAU * ms, "v_rest": 0 * mV, "v_threshold": THETA * mV}


def intervals(recording: bnsim.Recording) -> list[NDArray[np.float64]]:
    """Interspike intervals of each of the `cells`, in ms."""
    return [np.diff(train) * 1000 for train in recording.spike_times("cells").trains(0)]


def test_lif_fires_at_its_analytic_rate() -> None:
    mu = np.array([[15.5, 18.0, 22.5, 30.0, 60.0]])
    dt = 0.01
    model = LIF(**TEXTBOOK, v_reset=0 * mV, refractory=REFRACTORY * ms)
    _, recording = simulate(current_driven(model, mu.size), mu, 90 * ms, dt * ms)
    theory = REFRACTORY + TAU * np.log(mu[0] / (mu[0] - THETA))
    assert 1000 / theory[2] == pytest.approx(77.0, abs=0.01)  # the textbook's example
    for found, expected in zip(intervals(recording), theory, strict=True):
        assert len(found) >= 1
        assert (found > expected - dt - 1e-9).all()
        assert (found <= expected + 1e-9).all()


def test_lif_is_silent_at_and_below_rheobase() -> None:
    model = LIF(**TEXTBOOK, v_reset=0 * mV)
    mu = np.array([[-5.0, 0.0, 14.99, 15.0]])
    _, recording = simulate(current_driven(model, 4), mu, 200 * ms, 1 * ms)
    assert recording.counts["cells"].sum() == 0
    assert float(model.rheobase / mV) == pytest.approx(15.0)


@pytest.mark.parametrize("dt", [0.1, 1.0])
def test_membrane_follows_a_current_step_exactly(dt: float) -> None:
    model, mu, on, trial = LIF(**TEXTBOOK, v_reset=0 * mV), np.array([[12.0, -7.5]]), 20.0, 40.0
    _, recording = simulate(current_driven(model, 2), mu, trial * ms, dt * ms, traces=["v"], presentation=on * ms)
    t = np.arange(round(trial / dt))[:, None] * dt
    rise = mu * (1 - np.exp(-np.minimum(t, on) / TAU))
    expected = rise * np.exp(-np.maximum(t - on, 0) / TAU)
    np.testing.assert_allclose(recording.trace("cells", "v").values[0] * 1000, expected, rtol=1e-12, atol=1e-13)


def test_subtractive_lif_keeps_its_charge() -> None:
    """Summed over a run, tau dv/dt = mu - v less theta a spike: nothing is lost at a reset, whatever the overshoot."""
    mu, dt, trial = np.array([[16.0, 22.5, 45.0, 150.0]]), 1.0, 200.0
    model = SubtractiveLIF(**TEXTBOOK)
    _, recording = simulate(current_driven(model, 4), mu, trial * ms, dt * ms, traces=["v"])
    v = recording.trace("cells", "v").values[0] * 1000
    counts = recording.counts["cells"][0]
    decay = 1 - np.exp(-dt / TAU)
    left = v[-1] + decay * (mu[0] - v[-1])  # after the last step, before its reset
    left = np.where(left > THETA, left - THETA, left)
    charge = decay * (len(v) * mu[0] - v.sum(axis=0)) - (left - v[0])
    np.testing.assert_allclose(charge / THETA, counts, rtol=1e-9)
    assert counts.min() > 0


def test_subtractive_lif_fires_between_the_rates_without_and_with_its_overshoot() -> None:
    mu, dt = np.array([[16.0, 22.5, 45.0, 150.0]]), 0.1
    _, recording = simulate(current_driven(SubtractiveLIF(**TEXTBOOK), 4), mu, 200 * ms, dt * ms)
    overshoot = (1 - np.exp(-dt / TAU)) * (mu[0] - THETA)  # the largest that one step can bring
    longest = TAU * np.log(mu[0] / (mu[0] - THETA)) + dt
    shortest = TAU * np.log((mu[0] - overshoot) / (mu[0] - THETA))
    for found, least, most in zip(intervals(recording), shortest, longest, strict=True):
        assert least <= found.min() + 1e-9
        assert found.max() <= most + 1e-9


def test_adaptive_threshold_rises_and_decays_exactly() -> None:
    dt, tau_theta, increment = 0.5, 40.0, 1.5
    model = AdaptiveLIF(
        **TEXTBOOK, v_reset=0 * mV, tau_theta=tau_theta * ms, theta_increment=increment * mV, refractory=REFRACTORY * ms
    )
    simulator = current_driven(model, 2).compile(100 * ms, dt * ms, backend="numpy")
    record = [bnsim.Spikes("cells"), bnsim.Trace("cells", "theta")]
    state, recording = simulator.run(simulator.initial_state(0), np.array([[30.0, 22.5], [30.0, 22.5]]), record=record)
    trace = recording.trace("cells", "theta")
    assert trace.unit == "V"
    t = np.arange(2 * simulator.timing.steps) * dt
    for unit in range(2):
        trains = [recording.spike_times("cells").trains(trial)[unit] * 1000 + 100 * trial for trial in range(2)]
        since = t[:, None] - (np.concatenate(trains) + dt)  # the reset comes at the end of the spike's step
        expected = increment * np.where(since > -1e-9, np.exp(-since / tau_theta), 0).sum(axis=1)
        assert len(trains[1]) > 1
        np.testing.assert_allclose(trace.values[:, :, unit].ravel() * 1000, expected, rtol=1e-11, atol=1e-14)
    frozen, test = simulator.run(state, np.array([[30.0, 22.5]]), plastic=False, record=record)
    assert test.counts["cells"].min() > 0
    assert frozen["cells.theta"].tobytes() == state["cells.theta"].tobytes()
    assert (np.ptp(test.trace("cells", "theta").values[0], axis=0) == 0).all()


def test_adaptive_threshold_lengthens_the_intervals() -> None:
    model = AdaptiveLIF(**TEXTBOOK, v_reset=0 * mV, tau_theta=1000 * ms, theta_increment=1 * mV)
    _, recording = simulate(current_driven(model, 1), np.array([[25.0]]), 100 * ms)
    found = intervals(recording)[0]
    assert len(found) > 2
    assert (np.diff(found) > 0).all()


def test_conductance_lif_settles_where_current_and_leak_balance() -> None:
    model = ConductanceLIF(c_m=200 * pF, g_leak=10 * nS, e_leak=-60 * mV)
    amplitude = np.array([[0.05, -0.2]])  # nA
    _, recording = simulate(current_driven(model, 2, 1 * nA), amplitude, 900 * ms, 1 * ms, traces=["v"])
    expected = -60.0 + amplitude[0] / 10 * 1000  # I / g_leak; 900 ms are 45 membrane time constants
    np.testing.assert_allclose(recording.trace("cells", "v").values[0, -1] * 1000, expected, rtol=1e-12)
    assert float(model.rheobase / nA) == pytest.approx(0.1)


def test_conductance_lif_fires_at_its_analytic_rate() -> None:
    dt = 0.05
    model = ConductanceLIF(refractory=REFRACTORY * ms)
    _, recording = simulate(current_driven(model, 1, 1 * nA), np.array([[0.15]]), 100 * ms, dt * ms)
    theory = REFRACTORY + 20 * np.log(15 / (15 - 10))  # 15 mV of drive, threshold 10 mV above rest, c_m / g_leak 20 ms
    found = intervals(recording)[0]
    assert len(found) >= 2
    assert (found > theory - dt - 1e-9).all()
    assert (found <= theory + 1e-9).all()
