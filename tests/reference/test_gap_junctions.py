"""Electrically coupled cells against closed forms and solutions of high precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV, nA, nS, pA, pF, second
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import bnsim
from bnsim import GapJunction, InputError

PASSIVE = bnsim.ConductanceLIF(c_m=200 * pF, g_leak=10 * nS, e_leak=-70 * mV, v_threshold=0 * mV, v_reset=-70 * mV)
RELATIVE = bnsim.LIF(tau_m=20 * ms, v_rest=-70 * mV, v_threshold=0 * mV, v_reset=-70 * mV)


def coupled(model: bnsim.NeuronModel, weight: Any, size: int, edges: Any, gain: Any) -> bnsim.Network:
    """One population with a constant input, whose cells are coupled."""
    cells = bnsim.Population("cells", size, model, encoder=bnsim.ConstantCurrent(gain))
    wiring = bnsim.EdgeList(*np.transpose(edges))
    return bnsim.Network([cells], [bnsim.Projection("cells", "cells", GapJunction(), weight, wiring)])


def membrane(
    network: bnsim.Network, drive: Any, duration: Any, dt: Any = 0.1 * ms, backend: str = "numpy"
) -> NDArray[np.float64]:
    """Depolarizations (mV), one row a step."""
    simulator = network.compile(dt=dt, backend=backend)
    record = [bnsim.Trace("cells", "v")]
    _, recording = simulator.run_for(simulator.initial_state(0), duration, drive, record=record)
    return np.asarray(recording.trace("cells", "v").values[0] * 1e3 + 70)


@pytest.mark.parametrize(
    ("model", "weight", "gain"), [(PASSIVE, 5 * nS, 100 * pA), (RELATIVE, 0.5, 10 * mV)], ids=["siemens", "relative"]
)
@pytest.mark.parametrize("driven", [0, 1])
def test_the_coupling_coefficient_is_exact(model: bnsim.NeuronModel, weight: Any, gain: Any, driven: int) -> None:
    """w / (w + g_leak), whichever end of the junction is driven."""
    v = membrane(coupled(model, weight, 2, [(0, 1)], gain), np.eye(2)[driven], 1 * second, 0.5 * ms)[-1]
    assert v[1 - driven] / v[driven] == pytest.approx(5 / (5 + 10), rel=1e-12)
    # 100 pA into a leak of 10 nS, and 5 and 10 nS in a row.
    assert v[driven] == pytest.approx(100 / (10 + 5 * 10 / 15), rel=1e-12)


@pytest.mark.slow
def test_cells_approach_the_steady_state_at_first_order_of_the_time_step() -> None:
    """A chain of three cells; its linear equations are solved in their modes."""
    joined = np.array([[-5.0, 5.0, 0.0], [5.0, -10.0, 5.0], [0.0, 5.0, -5.0]])
    rates = (joined - 10 * np.eye(3)) / 200
    steady = np.linalg.solve(rates, [-0.5, 0, 0])
    speeds, modes = np.linalg.eigh(rates)
    errors = []
    for dt in (0.2, 0.1, 0.05):
        network = coupled(PASSIVE, 5 * nS, 3, [(0, 1), (2, 1)], 100 * pA)
        v = membrane(network, [1, 0, 0], 60 * ms, dt * ms)
        times = np.arange(len(v)) * dt
        expected = steady - np.exp(np.outer(times, speeds)) * (modes.T @ steady) @ modes.T
        errors.append(np.abs(v - expected).max())
    assert errors[1] < 0.02
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.02)
    assert errors[1] / errors[2] == pytest.approx(2, rel=0.02)


def test_a_train_of_spikes_reaches_the_coupled_cell_through_its_neighbour() -> None:
    """Two populations and a conductance besides, against a solution of high precision."""
    network = bnsim.Network(
        [
            bnsim.Population("input", 1, bnsim.SpikeTrains()),
            bnsim.Population("first", 1, PASSIVE),
            bnsim.Population("cells", 1, PASSIVE),
        ],
        [
            bnsim.Projection("input", "first", bnsim.ExponentialConductance(tau=5 * ms), 10 * nS),
            bnsim.Projection("first", "cells", GapJunction(), 3 * nS),
        ],
    )
    v = membrane(network, (np.array([0.0]), np.array([0])), 60 * ms)[:, 0]

    def rate(t: float, state: NDArray[np.float64]) -> list[float]:
        first, second = state
        flow = 3 * (second - first)
        g = 10 * np.exp(-(t - 0.1) / 5)
        return [(-10 * (first + 70) - g * first + flow) / 200, (-10 * (second + 70) - flow) / 200]

    times = np.arange(1, 600) * 0.1
    expected = solve_ivp(rate, (0.1, 60), [-70.0, -70.0], t_eval=times, rtol=1e-10, atol=1e-10, max_step=0.5).y[1] + 70
    assert expected.max() > 1
    # Of first order; that is a hundredth of the response here.
    np.testing.assert_allclose(v[1:], expected, atol=0.01)


@pytest.mark.slow
def test_the_compiled_back_end_gives_the_same() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (3, 0), (1, 3)]
    network = coupled(PASSIVE, bnsim.Uniform(1 * nS, 5 * nS), 4, edges, 100 * pA)
    found = [membrane(network, [1, 0, 0.5, 0], 30 * ms, backend=backend) for backend in ("numpy", "cpp")]
    assert found[0].min(axis=0).max() == 0
    assert found[0][-1].min() > 0.5
    np.testing.assert_allclose(*found, rtol=1e-12)  # sums in another order


def network(source: Any, target: Any, weight: Any = 1 * nS, **projection: Any) -> bnsim.Network:
    populations = [bnsim.Population("first", 2, source), bnsim.Population("cells", 2, target)]
    return bnsim.Network(populations, [bnsim.Projection("first", "cells", GapJunction(), weight, **projection)])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: network(bnsim.SpikeTrains(), PASSIVE),
            "Projection('first_to_cells').source: 'first' is an encoder and has no membrane for GapJunction; give a "
            "population of neurons",
        ),
        (
            lambda: network(PASSIVE, bnsim.SpikeTrains()),
            "Projection('first_to_cells').target: 'cells' is an encoder and takes no input; give a population of "
            "neurons",
        ),
        (
            lambda: network(RELATIVE, PASSIVE),
            "Projection('first_to_cells'): GapJunction cannot couple LIF, whose input is in volt, to ConductanceLIF, "
            "whose input is in amp; choose models with the same unit",
        ),
        (
            lambda: network(PASSIVE, PASSIVE, delay=1 * ms),
            "Projection('first_to_cells').delay: GapJunction has none; leave delay out",
        ),
        (
            lambda: network(PASSIVE, PASSIVE, plasticity=bnsim.PairSTDP()),
            "Projection('first_to_cells').plasticity: GapJunction transmits no spikes from which a rule could learn; "
            "leave plasticity out",
        ),
        (
            lambda: network(PASSIVE, PASSIVE, short_term=bnsim.ShortTermPlasticity()),
            "Projection('first_to_cells').short_term: nothing jumps at a spike of GapJunction; leave short_term out",
        ),
    ],
)
def test_what_cannot_be_coupled_is_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError) as raised:
        make()
    assert str(raised.value) == message


def test_a_negative_conductance_and_another_unit_are_refused() -> None:
    with pytest.raises(InputError, match="weights"):
        network(PASSIVE, PASSIVE, -1 * nS)
    with pytest.raises(InputError, match="weights"):
        network(PASSIVE, PASSIVE, 1 * nA)
