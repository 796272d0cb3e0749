"""Neuron models with an upswing, and those that adapt, against closed forms and solutions of high precision.

A spike is seen at the end of the step in which v passes the peak, so that T after the reset it is the step of number
k = floor(T / dt) + 1, and the interspike interval is k steps (see test_lif_theory).
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV, nA, nS, pA
from brian2.units.fundamentalunits import Quantity
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.optimize import minimize_scalar
from scipy.special import exprel

from bnsim import (
    AdaptiveCurrentLIF,
    AdaptiveExponentialLIF,
    ExponentialLIF,
    HodgkinHuxley,
    Izhikevich,
    NeuronModel,
    QuadraticLIF,
)
from tests.networks import current_driven, simulate

Array = NDArray[np.float64]


def respond(
    model: NeuronModel, inputs: list[float], unit: Quantity, duration: float, dt: float
) -> tuple[Array, list[NDArray[np.int64]]]:
    """Potential (step, cell) in mV and spike steps of each cell, for a constant input to each; times in ms."""
    network = current_driven(model, len(inputs), unit)
    _, recording = simulate(network, np.array([inputs]), duration * ms, dt * ms, traces=["v"])
    trains = recording.spike_times("cells").trains(0)
    steps = [np.rint(train * 1000 / dt).astype(np.int64) for train in trains]
    return recording.trace("cells", "v").values[0] * 1000, steps


def steps_until(time: float, dt: float) -> int:
    return int(time / dt) + 1


def upswing(rate: Callable[[float], float], start: float, peak: float, dt: float) -> tuple[Array, float]:
    """v at the beginning of each step from `start` until 1 ms before it passes `peak`, and the time when it does."""

    def passes(t: float, v: Array) -> float:
        return float(v[0] - peak)

    passes.terminal = True  # type: ignore[attr-defined]
    solution = solve_ivp(
        lambda t, v: [rate(float(v[0]))],
        (0, 1000),
        [start],
        method="DOP853",
        events=passes,
        dense_output=True,
        rtol=1e-12,
        atol=1e-12,
    )
    time = float(solution.t_events[0][0])
    return solution.sol(np.arange(int((time - 1) / dt)) * dt)[0], time


def test_exponential_lif_follows_its_equation() -> None:
    """Its method errs by some 1e-7 mV at dt = 0.1 ms until 1 ms before a spike.

    It lags behind v on its way to infinity, so that a peak late in a step may be seen in the next one, but no later.
    """
    dt, inputs = 0.1, [3.0, 4.0, 20.0]
    v, steps = respond(ExponentialLIF(), inputs, 1 * mV, 200, dt)
    for cell, current in enumerate(inputs):

        def rate(v: float, current: float = current) -> float:
            return (-65 - v + 3.48 * exp((v + 59.9) / 3.48) + current) / 10

        rise, first = upswing(rate, -65.0, -30.0, dt)
        np.testing.assert_allclose(v[: len(rise), cell], rise, rtol=0, atol=1e-5)
        interval = upswing(rate, -68.0, -30.0, dt)[1]
        late = [time / dt % 1 > 0.8 for time in (first, interval)]
        assert steps[cell][0] - (steps_until(first, dt) - 1) in {0, late[0]}
        (found,) = set(np.diff(steps[cell]))
        assert found - (steps_until(interval, dt) + 17 - 1) in {0, late[1]}  # 1.7 ms of refractoriness


@pytest.mark.parametrize(("v_reset", "v_peak"), [(-65.0, 20.0), (-500.0, 500.0)])
def test_quadratic_lif_fires_at_its_analytic_rate(v_reset: float, v_peak: float) -> None:
    """With x = v - (v_rest + v_critical) / 2, in units of 15 mV and 20 ms: dx/dt = x^2 + s^2, so x = s tan(s t).

    Between infinite bounds an interval is pi / s; bounds x_reset and x_peak leave out at most 1/|x_reset| + 1/x_peak.
    """
    dt, inputs = 0.1, [6.0, 10.0, 30.0]
    model = QuadraticLIF(v_reset=v_reset * mV, v_peak=v_peak * mV)
    v, steps = respond(model, inputs, 1 * mV, 400, dt)
    reset, peak = (v_reset + 57.5) / 15, (v_peak + 57.5) / 15
    for cell, current in enumerate(inputs):
        s = np.sqrt(current / 15 - 1 / 4)
        interval = 20 * (np.arctan(peak / s) - np.arctan(reset / s)) / s
        assert set(np.diff(steps[cell])) == {steps_until(interval, dt)}
        if v_reset < -100:
            assert 20 * (np.pi / s + 1 / reset - 1 / peak) < interval < 20 * np.pi / s
        rise = -57.5 + 15 * s * np.tan(s * np.arange(steps[cell][0]) * dt / 20 + np.arctan(-0.5 / s))
        calm = rise < 0
        np.testing.assert_allclose(v[: len(rise), cell][calm], rise[calm], rtol=0, atol=1e-5)


def gates(v: Array) -> dict[str, tuple[Array, Array]]:
    """Opening and closing rates of 1952 by gate, per ms; V = -65 - v there, depolarisation being negative."""
    V = -65 - v
    return {
        "m": (1 / exprel((V + 25) / 10), 4 * np.exp(V / 18)),
        "h": (0.07 * np.exp(V / 20), 1 / (np.exp((V + 30) / 10) + 1)),
        "n": (0.1 / exprel((V + 10) / 10), 0.125 * np.exp(V / 80)),
    }


def squid(current: float, duration: float, dt: float) -> Array:
    """v at the beginning of each step, from -65 mV and the gates at rest there; current in uA/cm^2."""

    def rate(t: float, y: Array) -> list[float]:
        v, m, h, n = y
        opening = {
            name: alpha * (1 - x) - beta * x for (name, (alpha, beta)), x in zip(gates(v).items(), y[1:], strict=True)
        }
        currents = 120 * m**3 * h * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
        return [current - currents, *opening.values()]

    rest = [alpha / (alpha + beta) for alpha, beta in gates(np.float64(-65.0)).values()]
    times = np.arange(round(duration / dt)) * dt
    solution = solve_ivp(rate, (0, duration), [-65.0, *rest], method="LSODA", t_eval=times, rtol=1e-10, atol=1e-12)
    return solution.y[0]


def crossings(v: Array) -> list[int]:
    """Steps in which v passes 0 mV from below."""
    return np.flatnonzero((v[:-1] <= 0) & (v[1:] > 0)).tolist()


@pytest.mark.slow
def test_hodgkin_huxley_follows_its_equations() -> None:
    """rk4 errs by some 1e-2 mV in the upswing at dt = 0.025 ms; a spike for each crossing, none while v stays above."""
    dt, currents = 0.025, [2.0, 10.0]
    v, steps = respond(HodgkinHuxley(method="rk4"), currents, 0.1 * nA, 20, dt)  # 0.1 nA are 1 uA/cm^2
    for cell, current in enumerate(currents):
        expected = squid(current, 20, dt)
        np.testing.assert_allclose(v[:, cell], expected, rtol=0, atol=0.02)
        assert steps[cell].tolist() == crossings(expected)
    assert [len(train) for train in steps] == [0, 2]


@pytest.mark.slow
def test_hodgkin_huxleys_default_method_is_of_second_order() -> None:
    """The potential of a damped oscillation below threshold: half the step, a quarter of the error."""
    errors = []
    for dt in (0.1, 0.05, 0.025):
        v, _ = respond(HodgkinHuxley(), [2.0], 0.1 * nA, 20, dt)
        errors.append(np.abs(v[:, 0] - squid(2.0, 20, dt)).max())
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.1)


def test_adaptive_current_lif_fires_at_the_intervals_of_its_closed_form() -> None:
    """Without subthreshold adaptation, w decays from its value w after a spike, and

    v = v_inf + (v_reset - v_inf) e^(-t / tau_m) - w tau_w / (tau_w - tau_m) (e^(-t / tau_w) - e^(-t / tau_m)).
    """
    dt, current, b = 0.1, 25.0, 2.0
    model = AdaptiveCurrentLIF(tau_m=20 * ms, tau_w=100 * ms, b=b * mV)
    _, (steps,) = respond(model, [current], 1 * mV, 400, dt)
    t, w, expected = np.arange(1, 2000) * dt, 0.0, [-1]
    membrane, slow = np.exp(-t / 20), np.exp(-t / 100)
    while True:
        v = current * (1 - membrane) - w * 100 / 80 * (slow - membrane)  # above rest, which is the reset
        k = int(np.argmax(v > 15))
        if expected[-1] + k + 1 >= 4000:
            break
        expected.append(expected[-1] + k + 1)
        w = w * slow[k] + b
    assert steps.tolist() == expected[1:]
    intervals = np.diff(steps)
    assert len(intervals) > 5
    assert intervals[0] < intervals[2] < intervals[-1] == intervals[-2]


@pytest.mark.parametrize(("a", "tau_w"), [(0.5, 100.0), (-0.3, 60.0), (8.0, 20.0)])
def test_adaptive_current_lif_follows_its_equations(a: float, tau_w: float) -> None:
    """Against the matrix exponential, on the grid; with a = 8 the membrane oscillates."""
    dt, current, b, refractory = 0.1, 40.0 if a < 1 else 200.0, 1.0, 20
    model = AdaptiveCurrentLIF(tau_w=tau_w * ms, a=a, b=b * mV, refractory=refractory * dt * ms)
    v, (steps,) = respond(model, [current], 1 * mV, 150, dt)
    step = expm(np.array([[-1 / 20, -1 / 20, current / 20], [a / tau_w, -1 / tau_w, 0], [0, 0, 0]]) * dt)
    still = expm(np.array([[0, 0, 0], [a / tau_w, -1 / tau_w, 0], [0, 0, 0]]) * dt)
    y, expected, fired = np.array([0.0, 0.0, 1.0]), [], []
    for k in range(len(v)):
        expected.append(y[0])
        y = (still if fired and k < fired[-1] + refractory else step) @ y
        if y[0] > 15:
            fired.append(k)
            y = y * [0, 1, 1] + [0, b, 0]
    np.testing.assert_allclose(v[:, 0], np.array(expected) - 65, rtol=0, atol=1e-11)
    assert steps.tolist() == fired
    assert len(fired) > 2


def has_rest(rate: Callable[[float], float], slope: Callable[[float], Array], lowest: float, highest: float) -> bool:
    """Whether a two-variable model, its slower variable at rest, has a stable resting state between two potentials.

    `rate` is dv/dt there, `slope` the matrix of the linear equations around it.
    """
    v = np.linspace(lowest, highest, 200_001)
    values = rate(v)
    places = np.flatnonzero((values[:-1] > 0) != (values[1:] > 0))
    return any(np.linalg.eigvals(slope(float(v[place]))).real.max() < 0 for place in places)


@pytest.mark.parametrize("parameters", [{}, {"a": 0 * nS}, {"a": -5 * nS}, {"a": 80 * nS}, {"tau_w": 5 * ms}])
def test_rheobase_of_adaptive_exponential_lif_is_where_its_resting_state_goes(parameters: dict[str, Any]) -> None:
    model = AdaptiveExponentialLIF(**parameters)
    a, tau_w = float(model.a / nS), float(model.tau_w / ms)

    def rests(current: float) -> bool:
        def rate(v: float) -> float:
            return 30 * (-70.6 - v) + 60 * np.exp((v + 50.4) / 2) - a * (v + 70.6) + current

        def slope(v: float) -> Array:
            return np.array([[(-30 + 30 * np.exp((v + 50.4) / 2)) / 281, -1 / 281], [a / tau_w, -1 / tau_w]])

        return has_rest(rate, slope, -90, -40)

    rheobase = float(model.rheobase / pA)
    assert rests(0.999 * rheobase)
    assert not rests(1.001 * rheobase)


@pytest.mark.parametrize("parameters", [{}, {"a": 0.1}, {"a": 0.1, "b": 0.05}, {"b": -0.1}])
def test_rheobase_of_izhikevich_is_where_its_resting_state_goes(parameters: dict[str, float]) -> None:
    model = Izhikevich(**parameters)  # type: ignore[arg-type]
    a, b = model.a, model.b

    def rests(current: float) -> bool:
        def rate(v: float) -> float:
            return 0.04 * v**2 + (5 - b) * v + 140 + current

        return has_rest(rate, lambda v: np.array([[0.08 * v + 5, -1], [a * b, -a]]), -200, 30)

    rheobase = float(model.rheobase / mV)
    assert rests(rheobase - 0.01)
    assert not rests(rheobase + 0.01)


def test_rheobase_of_one_variable_is_the_largest_input_that_can_be_balanced() -> None:
    def exponential(v: float) -> float:
        return v + 65 - 3.48 * np.exp((v + 59.9) / 3.48)

    def quadratic(v: float) -> float:
        return -(v + 65) * (v + 50) / 15

    for model, balance in ((ExponentialLIF(), exponential), (QuadraticLIF(), quadratic)):
        best = minimize_scalar(lambda v, balance=balance: -balance(v), bounds=(-65, -50), method="bounded")
        assert float(model.rheobase / mV) == pytest.approx(-best.fun, rel=1e-9)
