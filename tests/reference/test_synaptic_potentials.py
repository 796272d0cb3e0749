"""Postsynaptic potentials against analytic and high-precision solutions.

A spike that is emitted in step n arrives, without delay, at the end of that step: its effect is seen from n + 1 on.
"""

import numpy as np
import pytest
from brian2.units import ms, mV, nS
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import bnsim
from bnsim import LIF, ConductanceLIF, Delta, ExponentialConductance, ExponentialCurrent
from tests.networks import DT, driven, given, simulate

STEP = float(DT / ms)
QUIET = LIF(tau_m=20 * ms, v_rest=-65 * mV, v_threshold=-30 * mV)


def membrane(recording: bnsim.Recording) -> NDArray[np.float64]:
    """Depolarisation (mV) of cell 0 of trial 0 at each step."""
    return np.asarray(recording.trace("cells", "v").values[0, :, 0] * 1000 + 65, dtype=np.float64)


def since(arrival: float, n_steps: int = 500) -> NDArray[np.float64]:
    """Time (ms) of each step since the end of the step of an arrival, 0 before it."""
    return np.maximum(np.arange(n_steps) * STEP - (arrival + STEP), 0)


def double_exponential(t: NDArray[np.float64], weight: float, tau: float, tau_m: float = 20) -> NDArray[np.float64]:
    """Response of tau_m dv/dt = -v + weight exp(-t / tau)."""
    return weight * tau / (tau_m - tau) * (np.exp(-t / tau_m) - np.exp(-t / tau))


@pytest.mark.parametrize("weight", [3.0, -2.0])
def test_exponential_current_gives_the_double_exponential_potential(weight: float) -> None:
    network = driven(QUIET, ExponentialCurrent(tau=5 * ms), weight * mV)
    _, recording = simulate(network, [given((10, 0))], traces=["v", "input_to_cells_s"])
    np.testing.assert_allclose(membrane(recording), double_exponential(since(10), weight, 5), rtol=1e-11, atol=1e-11)
    current = np.where(np.arange(500) * STEP > 10, weight * np.exp(-since(10) / 5), 0)
    trace = recording.trace("cells", "input_to_cells_s")
    np.testing.assert_allclose(trace.values[0, :, 0] * 1000, current, rtol=1e-11)
    assert trace.unit == "V"


def test_potentials_of_several_spikes_and_projections_add_up() -> None:
    network = bnsim.Network(
        [
            bnsim.Population("excitatory", 2, bnsim.SpikeTrains()),
            bnsim.Population("inhibitory", 1, bnsim.SpikeTrains()),
            bnsim.Population("cells", 1, QUIET),
        ],
        [
            bnsim.Projection("excitatory", "cells", ExponentialCurrent(tau=5 * ms), np.array([[2.0], [1.0]]) * mV),
            bnsim.Projection("inhibitory", "cells", ExponentialCurrent(tau=10 * ms), -1.5 * mV),
        ],
    )
    stimulus = {"excitatory": [given((5, 0), (12, 0), (12, 1))], "inhibitory": [given((8, 0))]}
    _, recording = simulate(network, stimulus, traces=["v"])
    arrivals = [(5, 2.0, 5), (12, 3.0, 5), (8, -1.5, 10)]
    expected = sum(double_exponential(since(time), weight, tau) for time, weight, tau in arrivals)
    np.testing.assert_allclose(membrane(recording), expected, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("weight", [1.25, -0.5])
def test_delta_jumps_the_membrane_by_the_weight(weight: float) -> None:
    _, recording = simulate(driven(QUIET, Delta(), weight * mV), [given((10, 0))], traces=["v"])
    v = membrane(recording)
    assert (np.abs(v[:101]) < 1e-12).all()
    assert v[101] == pytest.approx(weight, rel=1e-12)
    np.testing.assert_allclose(v[101:], weight * np.exp(-since(10)[101:] / 20), rtol=1e-11)


@pytest.mark.parametrize("refractory", [0, 4])
def test_delta_is_discarded_while_the_target_is_refractory(refractory: float) -> None:
    """A strong spike fires the cell in the step after 10 ms; one 2 ms later arrives within the refractory period."""
    model = LIF(v_threshold=-30 * mV, refractory=refractory * ms)
    network = driven(model, Delta(), np.array([[100.0], [5.0]]) * mV, n_input=2)
    _, recording = simulate(network, [given((10, 0), (12, 1), (20, 1))], traces=["v"])
    np.testing.assert_allclose(recording.spike_times("cells").time, [0.0101], rtol=1e-12)
    jump = np.diff(membrane(recording))
    assert jump[120] == pytest.approx(0 if refractory else 5, abs=1e-9)
    assert jump[200] == pytest.approx(5, rel=0.01)  # after it, delta synapses act again


@pytest.mark.parametrize("delay", [0.0, 0.1, 1.5, 7.3])
@pytest.mark.parametrize("each", [False, True])
def test_delay_moves_the_arrival_by_that_many_steps(delay: float, each: bool) -> None:
    value = np.array([[delay]]) * ms if each else delay * ms
    _, recording = simulate(driven(QUIET, Delta(), 1 * mV, delay=value), [given((10, 0))], traces=["v"])
    assert np.flatnonzero(membrane(recording) > 0.5)[0] == 101 + round(delay / STEP)


def test_each_synapse_has_its_own_delay() -> None:
    delays = np.array([[0.0, 3.0], [1.0, 0.2]])
    network = driven(QUIET, Delta(), 1 * mV, n_input=2, size=2, delay=delays * ms)
    _, recording = simulate(network, [given((10, 0), (20, 1))], traces=["v"])
    jumps = np.diff(recording.trace("cells", "v").values[0], axis=0) > 0.5e-3
    for target in range(2):
        expected = [100 + round(delays[0, target] / STEP), 200 + round(delays[1, target] / STEP)]
        assert np.flatnonzero(jumps[:, target]).tolist() == expected


def conductance_potential(weight: float, reversal: float) -> NDArray[np.float64]:
    """c_m dv/dt = g_leak (e_leak - v) + w exp(-t / tau) (reversal - v) for the defaults, at 0, 1, 2, ... ms (mV)."""
    solution = solve_ivp(
        lambda t, v: (-(v + 60) + weight / 10 * np.exp(-t / 5) * (reversal - v)) / 20,
        (0, 30),
        [-60.0],
        t_eval=np.arange(30),
        rtol=1e-11,
        atol=1e-11,
    )
    return solution.y[0]


@pytest.mark.slow
@pytest.mark.parametrize(("weight", "reversal"), [(4.0, 0.0), (30.0, -80.0)])
def test_conductance_potential_converges_at_second_order(weight: float, reversal: float) -> None:
    """The exponential midpoint rule takes g in the middle of a step: the error falls in proportion to dt^2."""
    expected, errors = conductance_potential(weight, reversal), []
    for dt in (0.2, 0.1, 0.05):
        network = driven(ConductanceLIF(), ExponentialConductance(reversal=reversal * mV), weight * nS)
        _, recording = simulate(network, [given((10, 0))], 50 * ms, dt * ms, traces=["v", "input_to_cells_g"])
        every = round(1 / dt)
        seen = recording.trace("cells", "v").values[0, 10 * every + 1 :: every, 0][:30] * 1000
        errors.append(np.abs(seen - expected).max())
        assert recording.trace("cells", "input_to_cells_g").unit == "S"
    assert np.ptp(expected) > 1
    assert errors[1] < 1e-4 * np.ptp(expected)
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.1)


def test_relative_conductance_of_a_neuron_driven_by_a_voltage() -> None:
    """The same cell in units of its leak: w = 0.4 times the leak is 4 nS of 10 nS."""
    model = LIF(tau_m=20 * ms, v_rest=-60 * mV, v_threshold=-50 * mV, v_reset=-60 * mV)
    relative = driven(model, ExponentialConductance(), 0.4)
    physical = driven(ConductanceLIF(), ExponentialConductance(), 4 * nS)
    traces = [simulate(n, [given((10, 0))], traces=["v"])[1].trace("cells", "v").values for n in (relative, physical)]
    np.testing.assert_allclose(traces[0], traces[1], rtol=1e-12)
