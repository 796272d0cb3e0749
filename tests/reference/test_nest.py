"""Single cells against NEST with the same input spikes: what the two simulators must agree on, step by step.

A refractory period is one step longer here than in NEST, for the same number of steps (see `NeuronModel`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from brian2.units import ms, mV, nS, pA
from brian2.units.fundamentalunits import Quantity
from numpy.typing import NDArray

import bnsim
from bnsim import (
    LIF,
    AdaptiveExponentialLIF,
    ConductanceLIF,
    Delta,
    ExponentialConductance,
    ExponentialCurrent,
    Izhikevich,
    NeuronModel,
    SynapseModel,
)

pytest.importorskip("nest")

from tests.reference.nest_cells import Input, Response, respond

pytestmark = pytest.mark.slow

Source = tuple[SynapseModel, Any, NDArray[np.float64]]
"""A synapse, its weight, and the spike times that it carries, in ms."""


def ours(
    model: NeuronModel,
    dt: float,
    duration: float,
    sources: Sequence[Source] = (),
    current: Quantity | None = None,
    backend: str = "numpy",
) -> Response:
    """One cell in this project with spikes and a constant current as its input; times in ms."""
    names = [f"input_{index}" for index in range(len(sources))]
    encoder = None if current is None else bnsim.ConstantCurrent(current)
    network = bnsim.Network(
        [
            bnsim.Population("cell", 1, model, encoder=encoder),
            *(bnsim.Population(name, 1, bnsim.SpikeTrains()) for name in names),
        ],
        [
            bnsim.Projection(name, "cell", synapse, weight)
            for name, (synapse, weight, _) in zip(names, sources, strict=True)
        ],
    )
    stimulus: dict[str, Any] = {
        name: (times / 1000, np.zeros(len(times), dtype=np.int64))
        for name, (_, _, times) in zip(names, sources, strict=True)
    }
    stimulus |= {} if encoder is None else {"cell": np.ones(1)}
    simulator = network.compile(dt=dt * ms, backend=backend)
    record = [bnsim.Spikes("cell"), bnsim.Trace("cell", "v")]
    _, recording = simulator.run_for(simulator.initial_state(0), duration * ms, stimulus, record=record)
    steps = np.rint(recording.spike_times("cell").time * 1000 / dt).astype(np.int64)
    return Response(recording.trace("cell", "v").values[0, :, 0] * 1000, steps)


def random_times(n_spikes: int, dt: float, duration: float, seed: int) -> NDArray[np.float64]:
    """As many different steps, none in the first or the last millisecond."""
    margin, steps = round(1 / dt), round(duration / dt)
    generator = np.random.default_rng(seed)
    return np.sort(generator.choice(np.arange(margin, steps - margin), n_spikes, replace=False)) * dt


DT, DURATION = 0.1, 300.0
EXCITATORY, INHIBITORY = random_times(240, DT, DURATION, seed=1), random_times(60, DT, DURATION, seed=2)


def furthest(own: Response, other: Response) -> float:
    """Largest difference of the two potentials at the beginning of a step."""
    size = min(len(own.v), len(other.v))
    assert size > 0.99 * len(own.v)
    return float(np.abs(own.v[:size] - other.v[:size]).max())


def test_lif_with_exponential_currents() -> None:
    """Both are exact, so that only rounding differs: some 1e-13 mV at -65 mV."""
    cell = LIF(tau_m=20 * ms, v_rest=-65 * mV, v_threshold=-50 * mV, v_reset=-65 * mV, refractory=2.1 * ms)
    own = ours(cell, DT, DURATION, [(ExponentialCurrent(tau=5 * ms), 6 * mV, EXCITATORY)])
    membrane = {"C_m": 200.0, "tau_m": 20.0, "E_L": -65.0, "V_th": -50.0, "V_reset": -65.0, "V_m": -65.0, "t_ref": 2.0}
    parameters = membrane | {"tau_syn_ex": 5.0}
    other = respond("iaf_psc_exp", parameters, DT, DURATION, [Input(EXCITATORY, 60.0)])  # 10 nS: 60 pA are 6 mV
    assert len(own.steps) > 5
    assert own.steps.tolist() == other.steps.tolist()
    assert furthest(own, other) < 1e-10


@pytest.mark.parametrize("period", [0.0, 0.3, 2.0])
def test_a_refractory_period_ends_one_step_earlier(period: float) -> None:
    """A cell that fires in the first step after its period: the interval between two spikes counts the steps."""
    membrane = {"tau_m": 10.0, "E_L": 0.0, "V_th": 15.0, "V_reset": 0.0, "V_m": 0.0, "C_m": 250.0, "I_e": 1e6}
    other = respond("iaf_psc_exp", membrane | {"t_ref": period}, DT, 20.0, [])
    intervals = []
    for refractory in (period, period + DT):
        cell = LIF(tau_m=10 * ms, v_rest=0 * mV, v_threshold=15 * mV, v_reset=0 * mV, refractory=refractory * ms)
        intervals.append(set(np.diff(ours(cell, DT, 20.0, current=40_000 * mV).steps)))
    steps = round(period / DT)
    assert set(np.diff(other.steps)) == {steps + 1}
    assert intervals == [{max(steps, 1)}, {steps + 1}]


@pytest.mark.parametrize(("method", "tolerance"), [("rk4", 1e-6), ("exact", 0.02)])
def test_conductance_lif(method: Any, tolerance: float) -> None:
    """Two Runge-Kutta methods of the fourth order with the same steps: apart by their errors, some 1e-7 mV.

    "exact" becomes the exponential midpoint rule where a conductance enters, of second order: wanted within 0.02 mV.
    """
    cell = ConductanceLIF(method=method, refractory=5.1 * ms)
    sources: list[Source] = [
        (ExponentialConductance(tau=5 * ms, reversal=0 * mV), 6 * nS, EXCITATORY),
        (ExponentialConductance(tau=10 * ms, reversal=-80 * mV), 10 * nS, INHIBITORY),
    ]
    own = ours(cell, DT, DURATION, sources)
    membrane = {"C_m": 200.0, "g_L": 10.0, "E_L": -60.0, "V_th": -50.0, "V_reset": -60.0, "V_m": -60.0, "t_ref": 5.0}
    synapses = {"tau_syn_ex": 5.0, "tau_syn_in": 10.0, "E_ex": 0.0, "E_in": -80.0}
    inputs = [Input(EXCITATORY, 6.0), Input(INHIBITORY, -10.0)]
    other = respond("iaf_cond_exp", membrane | synapses, DT, DURATION, inputs)
    assert len(own.steps) > 10
    assert own.steps.tolist() == other.steps.tolist()
    assert furthest(own, other) < tolerance


def test_izhikevich_with_forward_euler() -> None:
    """The same sums in another order: rounding, which the upswings raise to some 1e-11 mV."""
    own = ours(
        Izhikevich(method="euler"), DT, DURATION, [(Delta(), 4 * mV, EXCITATORY), (Delta(), -3 * mV, INHIBITORY)]
    )
    other = respond(
        "izhikevich",
        {"consistent_integration": True, "a": 0.02, "b": 0.2, "c": -65.0, "d": 8.0, "V_m": -65.0, "U_m": -13.0},
        DT,
        DURATION,
        [Input(EXCITATORY, 4.0), Input(INHIBITORY, -3.0)],
    )
    assert len(own.steps) > 2
    assert own.steps.tolist() == other.steps.tolist()
    assert furthest(own, other) < 1e-9


ADEX = {
    "C_m": 281.0,
    "g_L": 30.0,
    "E_L": -70.6,
    "V_th": -50.4,
    "Delta_T": 2.0,
    "V_peak": -40.0,
    "V_reset": -70.6,
    "V_m": -70.6,
    "tau_w": 144.0,
    "a": 4.0,
    "b": 80.5,
    "t_ref": 2.0,
    "tau_syn_ex": 1.0,
    "tau_syn_in": 5.0,
    "gsl_error_tol": 1e-10,
}


@pytest.mark.slow
def test_adaptive_exponential_lif_fires_when_nest_says_for_a_second() -> None:
    """Each volley fires the cell, unless it is still refractory.

    NEST raises w within a step, this project at its end, so w differs by up to 80.5 pA x 0.01 / 144 a spike, and v by
    the leak's 1/34 GOhm of that, some six spikes within tau_w: 1e-3 mV, in the upswing more.
    """
    dt, duration = 0.01, 1000.0
    volleys, background = random_times(60, dt, duration, seed=0), random_times(500, dt, duration, seed=1)
    cell = AdaptiveExponentialLIF(refractory=(2 + dt) * ms)
    sources: list[Source] = [
        (ExponentialCurrent(tau=1 * ms), 20_000 * pA, volleys),
        (ExponentialCurrent(tau=5 * ms), -200 * pA, background),
    ]
    own = ours(cell, dt, duration, sources, backend="cpp")
    other = respond("aeif_psc_exp", ADEX, dt, duration, [Input(volleys, 20_000.0), Input(background, -200.0)])
    assert len(own.steps) == len(other.steps) > 40
    assert np.abs(own.steps - other.steps).max() <= 1
    size = min(len(own.v), len(other.v))
    assert np.percentile(np.abs(own.v[:size] - other.v[:size]), 99) < 5e-3


def test_adaptive_exponential_lif_with_a_constant_current() -> None:
    """At dt = 0.1 ms a reset at the end of its step adds to w late: spikes come later, by 0.3 ms after a second."""
    cell = AdaptiveExponentialLIF(refractory=2.1 * ms)
    own = ours(cell, DT, DURATION, current=1000 * pA)
    other = respond("aeif_psc_exp", ADEX | {"I_e": 1000.0}, DT, DURATION, [])
    assert len(own.steps) == len(other.steps) > 8
    assert set(own.steps - other.steps) <= {0, 1}
