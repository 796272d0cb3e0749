"""AMPA, GABA_A and NMDA synapses against solutions of high precision."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from brian2.units import mmolar, ms, mV, nS, pF
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import bnsim
from bnsim import AMPA, GABAA, NMDA, InputError
from tests.networks import driven, given, simulate

CELL = bnsim.ConductanceLIF(c_m=500 * pF, g_leak=25 * nS, e_leak=-70 * mV, v_threshold=0 * mV, v_reset=-70 * mV)
TRAIN = [1.0, 21.0, 31.0, 36.0, 41.0, 46.0, 51.0, 60.0]
Course = NDArray[np.float64]


def block(v: Any) -> Any:
    return 1 / (1 + np.exp(-0.062 * v) / 3.57)


def in_pieces(rate: Any, kick: Any, start: list[float], until: float, times: Course) -> Course:
    """A solution of high precision between the spikes of TRAIN, each of which changes the state."""
    found, borders, state = [], [*TRAIN, until], np.array(start)
    for begin, end in pairwise(borders):
        state = kick(state)
        inside = times[(times >= begin - 1e-9) & (times < end - 1e-9)]
        solution = solve_ivp(rate, (begin, end), state, "DOP853", [*inside, end], rtol=1e-11, atol=1e-11)
        found.append(solution.y[:, :-1])
        state = solution.y[:, -1]
    return np.concatenate(found, axis=1)


def membrane(backend: str = "numpy", dt: float = 0.1) -> tuple[Course, Course]:
    """The membrane (mV) from the first arrival on, a millisecond between two samples, and the last gate."""
    network = driven(CELL, NMDA(), 60 * nS)
    simulator = network.compile(dt=dt * ms, backend=backend)
    record = [bnsim.Trace("cells", "v")]
    spikes = np.array(TRAIN) / 1e3, np.zeros(len(TRAIN), int)
    state, recording = simulator.run_for(simulator.initial_state(0), 152 * ms, spikes, record=record)
    v = recording.trace("cells", "v").values[0, :, 0] * 1e3
    every = round(1 / dt)
    return v[every + 1 :: every], state["input_to_cells.gate"]


@pytest.mark.slow
def test_a_blocked_conductance_is_integrated_to_second_order() -> None:
    opened, kept, times = NMDA().opened, np.exp(-1.0), np.arange(1.0, 150.0)

    def rate(t: float, y: Course) -> list[float]:
        v, s = y
        return [(25 * (-70 - v) - 60 * s * v * block(v)) / 500, -s / 100]

    expected = in_pieces(rate, lambda y: np.array([y[0], y[1] * kept + opened]), [-70.0, 0.0], 150, times)[0]
    assert np.ptp(expected) > 9
    errors = [np.abs(membrane(dt=dt)[0][: len(times)] - expected).max() for dt in (0.2, 0.1, 0.05)]
    assert errors[1] < 4e-6  # mV
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.05)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.05)


def test_the_gate_is_that_of_the_paper_but_for_its_rise() -> None:
    """Late after a train, the difference that is left is that of spikes which found x above 0, here 5 ms apart."""
    times = np.arange(1.0, 150.0)

    def rate(t: float, y: Course) -> list[float]:
        v, s, x = y
        return [(25 * (-70 - v) - 60 * s * v * block(v)) / 500, -s / 100 + 0.5 * x * (1 - s), -x / 2]

    v, s, _ = in_pieces(rate, lambda y: y + np.array([0, 0, 1]), [-70.0, 0.0, 0.0], 150, times)
    found, gate = membrane()
    # After 19 ms x has decayed to 1e-4 of its jump, and the second spike comes then.
    assert s[19] == pytest.approx(NMDA().opened * np.exp(-0.19), rel=1e-4)
    assert gate[0] * np.exp(-(times[-1] - TRAIN[-1]) / 100) == pytest.approx(s[-1], rel=1e-3)
    np.testing.assert_allclose(found[: len(times)], v, atol=0.5)  # while the gate rises
    assert np.abs(found[: len(times)] - v)[100:].max() < 0.15


def test_a_gate_saturates_for_each_presynaptic_cell() -> None:
    """Twenty spikes of one cell open less than one each of twenty cells."""
    times = [1 + 2.0 * k for k in range(20)]
    peaks = []
    for spikes in ([(time, 0) for time in times], [(time, unit) for unit, time in enumerate(times)]):
        network = driven(CELL, NMDA(), 1 * nS, n_input=20)
        _, recording = simulate(network, [given(*spikes)], traces=["input_to_cells_g"])
        peaks.append(recording.trace("cells", "input_to_cells_g").values.max() * 1e9)
    opened, kept, decay = NMDA().opened, np.exp(-1.0), np.exp(-2 / 100)
    gate, total = 0.0, 0.0
    for _ in times:
        gate, total = gate * decay * kept + opened, total * decay + opened
    assert peaks == pytest.approx([gate, total], rel=1e-12)
    assert gate < 1.05
    assert total > 9


def test_magnesium_blocks_at_rest_and_not_at_all_without() -> None:
    """The slope of the membrane just after a spike: g (reversal - v) times the block, over the capacitance."""
    slopes = []
    for magnesium in (0, 1):
        network = driven(CELL, NMDA(magnesium=magnesium * mmolar), 0.1 * nS)
        v = simulate(network, [given((1, 0))], 5 * ms, traces=["v"])[1].trace("cells", "v").values[0, :, 0]
        slopes.append((v[12] - v[11]) / 1e-4)
    assert slopes[0] == pytest.approx(0.1e-9 * NMDA().opened * 0.07 / 500e-12, rel=0.01)  # a decay of 20 ms in 0.1 ms
    assert slopes[1] / slopes[0] == pytest.approx(block(-70), rel=1e-4)


@pytest.mark.slow
def test_back_ends_agree_and_units_of_the_leak_give_the_same() -> None:
    found = [membrane(backend)[0] for backend in ("numpy", "cpp")]
    np.testing.assert_allclose(*found, rtol=1e-12)  # exponentials of NumPy and C differ in their last bit
    relative = bnsim.LIF(tau_m=20 * ms, v_rest=-70 * mV, v_threshold=0 * mV, v_reset=-70 * mV)
    train = [given(*((time, 0) for time in TRAIN))]
    v = [
        simulate(driven(*case), train, 62 * ms, traces=["v"])[1].trace("cells", "v").values
        for case in ((relative, NMDA(), 60 / 25), (CELL, NMDA(), 60 * nS))
    ]
    np.testing.assert_allclose(*v, rtol=1e-12)


@pytest.mark.parametrize(("synapse", "tau", "reversal"), [(AMPA(), 2, 0), (GABAA(), 5, -70)])
def test_fast_receptors_are_exponential_conductances(synapse: bnsim.SynapseModel, tau: float, reversal: float) -> None:
    plain = bnsim.ExponentialConductance(tau=tau * ms, reversal=reversal * mV)
    cell = bnsim.ConductanceLIF(e_leak=-60 * mV)
    v = [
        simulate(driven(cell, model, 3 * nS), [given((1, 0))], 10 * ms, traces=["v"])[1].trace("cells", "v").values
        for model in (synapse, plain)
    ]
    np.testing.assert_array_equal(*v)
    assert np.ptp(v[0]) > 1e-4


def test_a_rise_slower_than_the_decay_is_refused() -> None:
    with pytest.raises(InputError) as raised:
        NMDA(tau_rise=100 * ms)
    assert str(raised.value) == "NMDA.tau_rise: not below tau_decay; lower tau_rise or raise tau_decay"
