"""Alpha and double-exponential synapses against closed forms and NEST.

A spike that is emitted in step n arrives, without delay, at the end of that step: its effect is seen from n + 1 on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV, nS, pA, pF
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import bnsim
from bnsim import AlphaConductance, AlphaCurrent, DoubleExponentialConductance, DoubleExponentialCurrent
from tests.networks import DT, driven, given, simulate
from tests.reference.nest_plasticity import kernel

CELL = bnsim.ConductanceLIF(c_m=210 * pF, g_leak=10.5 * nS, e_leak=-70 * mV, v_threshold=0 * mV, v_reset=-70 * mV)
RELATIVE = bnsim.LIF(tau_m=20 * ms, v_rest=-70 * mV, v_threshold=0 * mV, v_reset=-70 * mV)
TIME = np.arange(600) * 0.1
Course = NDArray[np.float64]

CURRENTS: list[tuple[bnsim.SynapseModel, float, float]] = [
    (AlphaCurrent(tau=2 * ms), 2, 2),
    (AlphaCurrent(tau=20 * ms), 20, 20),  # that of the membrane
    (DoubleExponentialCurrent(tau_rise=1 * ms, tau_decay=5 * ms), 1, 5),
    (DoubleExponentialCurrent(tau_rise=5 * ms, tau_decay=1 * ms), 1, 5),
    (DoubleExponentialCurrent(tau_rise=5 * ms, tau_decay=5 * ms), 5, 5),
    (DoubleExponentialCurrent(tau_rise=5 * ms, tau_decay=5 * (1 + 1e-12) * ms), 5, 5),
    (DoubleExponentialCurrent(tau_rise=20 * ms, tau_decay=20 * ms), 20, 20),
]
CONDUCTANCES: list[tuple[bnsim.SynapseModel, float, float]] = [
    (AlphaConductance(tau=2 * ms), 2, 2),
    (DoubleExponentialConductance(tau_rise=0.5 * ms, tau_decay=6 * ms), 0.5, 6),
    (DoubleExponentialConductance(tau_rise=6 * ms, tau_decay=6 * ms), 6, 6),
]


def responses(cells: Sequence[tuple[bnsim.NeuronModel, bnsim.SynapseModel, Any]], variable: str) -> list[list[Course]]:
    """For each cell its synaptic variable and membrane (mV) from the arrival of one spike on, at each step."""
    populations = [bnsim.Population("input", 1, bnsim.SpikeTrains())]
    populations += [bnsim.Population(f"cell{n}", 1, model) for n, (model, _, _) in enumerate(cells)]
    projections = [bnsim.Projection("input", f"cell{n}", *rest) for n, (_, *rest) in enumerate(cells)]
    simulator = bnsim.Network(populations, projections).compile(62 * ms, DT, backend="numpy")
    names = [(f"cell{n}", name) for n in range(len(cells)) for name in (f"input_to_cell{n}_{variable}", "v")]
    record = [bnsim.Trace(*name) for name in names]
    _, recording = simulator.run(simulator.initial_state(0), [given((1, 0))], record=record)
    found = [np.asarray(recording.trace(*name).values[0, 11:611, 0]) for name in names]
    return [[s, v * 1e3] for s, v in zip(found[::2], found[1::2], strict=True)]


def shape(t: Any, rise: float, decay: float) -> Course:
    """The time course with a peak of 1, from its definition."""
    if rise == decay:
        return np.asarray(t / decay * np.exp(1 - t / decay))
    peak = rise * decay / (decay - rise) * np.log(decay / rise)
    course = [np.exp(-x / decay) - np.exp(-x / rise) for x in (t, peak)]
    return np.asarray(course[0] / course[1])


def solved(rate: Callable[[float, Any], Any]) -> Course:
    """The membrane (mV) from rest, from its differential equation."""
    found = solve_ivp(rate, (0, 60), [-70.0], "DOP853", TIME, rtol=1e-12, atol=1e-12, max_step=0.5)
    return np.asarray(found.y[0])


@pytest.mark.slow
def test_the_weight_of_a_current_is_its_peak() -> None:
    """To the rounding of 600 steps; the distance of 1e-12 from equality moves a course by as much."""
    found = responses([(RELATIVE, synapse, -3 * mV) for synapse, _, _ in CURRENTS], "s")
    for (_, rise, decay), (s, v) in zip(CURRENTS, found, strict=True):
        np.testing.assert_allclose(s * 1e3, -3 * shape(TIME, rise, decay), rtol=1e-10, atol=1e-14)
        assert np.abs(s).max() * 1e3 == pytest.approx(3, rel=2e-3)  # the peak may lie between two steps
        expected = solved(lambda t, v, r=rise, d=decay: (-70 - v - 3 * shape(t, r, d)) / 20)  # type: ignore[misc]
        np.testing.assert_allclose(v, expected, atol=1e-9)


@pytest.mark.slow
def test_the_weight_of_a_conductance_is_its_peak() -> None:
    """The conductance is exact; the membrane is of second order in the time step, here 0.1 ms for a rise of 0.5 ms."""
    cells = [(CELL, synapse, 12 * nS) for synapse, _, _ in CONDUCTANCES]
    cells += [(RELATIVE, synapse, 12 / 10.5) for synapse, _, _ in CONDUCTANCES]
    found = responses(cells, "g")
    for (_, rise, decay), (g, v), relative in zip(CONDUCTANCES, found[:3], found[3:], strict=True):
        np.testing.assert_allclose(g * 1e9, 12 * shape(TIME, rise, decay), rtol=1e-10, atol=1e-14)
        rate = lambda t, v, r=rise, d=decay: (10.5 * (-70 - v) - 12 * shape(t, r, d) * v) / 210  # noqa: E731
        expected = solved(rate)
        assert np.ptp(expected) > 5
        np.testing.assert_allclose(v, expected, atol=4e-3)  # mV; 3.6e-3 measured, a quarter of that at half the step
        np.testing.assert_allclose(relative[0] * 10.5, g * 1e9, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(relative[1], v, rtol=1e-12)


NEST_CELL = {"C_m": 210.0, "E_L": -70.0, "V_th": 0.0, "V_reset": -70.0}


@pytest.mark.parametrize(
    ("model", "parameters", "synapse", "weight", "tolerance"),
    [
        ("iaf_psc_alpha", {"tau_m": 20.0, "tau_syn_ex": 2.0}, AlphaCurrent(tau=2 * ms), 300.0, 1e-10),
        ("iaf_psc_alpha", {"tau_m": 20.0, "tau_syn_ex": 20.0}, AlphaCurrent(tau=20 * ms), 30.0, 1e-10),
        ("iaf_cond_alpha", {"g_L": 10.5, "tau_syn_ex": 2.0, "E_ex": 0.0}, AlphaConductance(tau=2 * ms), 6.0, 1e-6),
        (
            "iaf_cond_beta",
            {"g_L": 10.5, "tau_rise_ex": 0.5, "tau_decay_ex": 6.0, "E_ex": 0.0},
            DoubleExponentialConductance(tau_rise=0.5 * ms, tau_decay=6 * ms),
            3.0,
            1e-6,
        ),
    ],
    ids=["alpha current", "time constants equal", "alpha conductance", "double-exponential conductance"],
)
@pytest.mark.slow
def test_membrane_as_in_nest(
    model: str, parameters: dict[str, float], synapse: bnsim.SynapseModel, weight: float, tolerance: float
) -> None:
    """Weights are peaks on both sides. NEST's adaptive solver is accurate to about 1e-6 mV, as is rk4 here."""
    times = np.round(np.cumsum([5, 1, 1, 4, 3, 7, 2]), 1).astype(float)
    nest = kernel()
    cell = nest.Create(model, params={**NEST_CELL, **parameters})
    # Emitted at t, a spike acts on NEST's membrane from t plus its delay on; here from the end of the step at t on.
    generator = nest.Create("spike_generator", params={"spike_times": times})
    nest.Connect(generator, cell, syn_spec={"weight": weight, "delay": 0.1})
    meter = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": 0.1})
    nest.Connect(meter, cell)
    nest.Simulate(60.0)
    method = "exact" if synapse.weight == "input" else "rk4"
    own = bnsim.ConductanceLIF(
        c_m=210 * pF,
        g_leak=10.5 * nS,
        e_leak=-70 * mV,
        v_threshold=0 * mV,
        v_reset=-70 * mV,
        method=method,  # type: ignore[arg-type]
    )
    unit = pA if synapse.weight == "input" else nS
    stimulus = [given(*((time, 0) for time in times))]
    _, recording = simulate(driven(own, synapse, weight * unit), stimulus, 60 * ms, traces=["v"])
    events = meter.events
    steps = np.rint(np.asarray(events["times"]) * 10).astype(int)
    found = np.asarray(recording.trace("cells", "v").values[0, steps, 0]) * 1e3
    assert np.ptp(found) > 3
    np.testing.assert_allclose(found, events["V_m"], atol=tolerance)
