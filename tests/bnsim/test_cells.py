"""Parameters and initial values that differ from cell to cell: data, checked, drawn with the initial state."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brian2.units import Hz, ms, mV, nA, nS, pF, um
from scipy import stats

import bnsim
from bnsim import InputError

TAU = np.array([5.0, 10.0, 20.0, 40.0])


def cells(model: bnsim.NeuronModel, size: int = 4, **options: Any) -> bnsim.Network:
    return bnsim.Network([bnsim.Population("cells", size, model, **options)])


def quiet(**parameters: Any) -> bnsim.LIF:
    return bnsim.LIF(**{"v_rest": 0 * mV, "v_reset": 0 * mV, "v_threshold": 1000 * mV, **parameters})


@pytest.mark.parametrize("backend", ["numpy", "cpp"])
def test_each_cell_has_its_own_time_constant_and_start(backend: str) -> None:
    """The closed form, in a continuous run and in every trial."""
    start = np.array([0.0, 1.0, 2.0, 30.0])
    network = cells(quiet(tau_m=TAU * ms), drive=bnsim.Current(10 * mV), initial={"v": start * mV})
    simulator = network.compile(trial=20 * ms, dt=0.5 * ms, backend=backend)
    state = simulator.initial_state(0)
    np.testing.assert_allclose(state["cells.tau_m"], TAU / 1e3, rtol=1e-15)
    record = [bnsim.Trace("cells", "v")]
    for _, recording in (
        simulator.run_for(state, 20 * ms, record=record),
        simulator.run(state, trials=2, record=record),
    ):
        trace = recording.trace("cells", "v")
        expected = 10 + (start - 10) * np.exp(-1e3 * trace.times[:, None] / TAU)
        np.testing.assert_allclose(trace.values * 1e3, np.broadcast_to(expected, trace.values.shape), rtol=1e-12)


def test_one_value_for_all_and_equal_values_for_each_are_the_same() -> None:
    """Also where a conductance enters, and with a reset that depends on the cell."""
    drive = bnsim.PoissonDrive(2000 * Hz, 2 * nS, synapse=bnsim.ExponentialConductance())
    found = []
    for capacitance, threshold in ((200 * pF, -52 * mV), (np.full(4, 200) * pF, np.full(4, -52) * mV)):
        model = bnsim.ConductanceLIF(c_m=capacitance, v_threshold=threshold)
        simulator = cells(model, drive=drive).compile(dt=0.1 * ms, backend="numpy")
        state, recording = simulator.run_for(simulator.initial_state(3), 100 * ms)
        found.append((state["cells.v"], recording.counts["cells"]))
    assert found[0][1].sum() > 20
    assert found[0][1].tolist() == found[1][1].tolist()
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-12)


def test_areas_may_differ() -> None:
    """Brian2 has a name for the unit of an area that its equations refuse."""
    cell = bnsim.HodgkinHuxley(area=np.array([1e4, 2e4]) * um**2)
    population = bnsim.Population("cells", 2, cell, drive=bnsim.Current(1 * nA))
    simulator = bnsim.Network([population]).compile(dt=0.1 * ms, backend="numpy")
    state, _ = simulator.run_for(simulator.initial_state(key=0), 1 * ms)
    small, large = state["cells.v"] - simulator.initial_state(key=0)["cells.v"]
    assert small == pytest.approx(2 * large, rel=0.1)  # the same current on half the area, before channels open
    assert small > 0


def test_distributions_are_drawn_with_the_state() -> None:
    model = quiet(tau_m=bnsim.Normal(20 * ms, 2 * ms), v_rest=bnsim.Uniform(-5 * mV, 5 * mV))
    network = cells(model, 4000, initial={"v": bnsim.Uniform(0 * mV, 20 * mV)})
    simulator = network.compile(dt=0.1 * ms, backend="numpy")
    state = simulator.initial_state(1)
    assert stats.kstest(state["cells.tau_m"], "norm", args=(0.020, 0.002)).pvalue > 1e-3
    assert stats.kstest(state["cells.v"], "uniform", args=(0, 0.020)).pvalue > 1e-3
    pairs = np.corrcoef([state[f"cells.{name}"] for name in ("tau_m", "v_rest", "v")])
    assert np.abs(pairs - np.eye(3)).max() < 4 / np.sqrt(4000)
    assert simulator.initial_state(1)["cells.tau_m"].tobytes() == state["cells.tau_m"].tobytes()
    assert (simulator.initial_state(2)["cells.tau_m"] != state["cells.tau_m"]).all()


def test_a_larger_population_begins_with_the_cells_of_a_smaller_one() -> None:
    small, large = (
        cells(quiet(tau_m=bnsim.Normal(20 * ms, 2 * ms)), size).compile(dt=1 * ms, backend="numpy").initial_state(1)
        for size in (5, 50)
    )
    assert large["cells.tau_m"][:5].tobytes() == small["cells.tau_m"].tobytes()


def test_the_models_own_start_follows_the_cells() -> None:
    rest = np.array([-70.0, -65.0, -60.0, -55.0])
    simulator = cells(bnsim.LIF(v_rest=rest * mV)).compile(dt=1 * ms, backend="numpy")
    np.testing.assert_allclose(simulator.initial_state(0)["cells.v"] * 1e3, rest, rtol=1e-15)


def test_values_are_data() -> None:
    """Another draw, or other values, compile nothing."""
    networks = [
        cells(quiet(tau_m=TAU * ms), initial={"v": 1 * mV}),
        cells(quiet(tau_m=bnsim.Normal(20 * ms, 1 * ms)), initial={"v": bnsim.Uniform(0 * mV, 2 * mV)}),
    ]
    one, other = (network.compile(dt=1 * ms, backend="numpy") for network in networks)
    assert one._engine is other._engine


def test_a_state_may_be_given_other_parameters() -> None:
    simulator = cells(quiet(tau_m=TAU * ms), initial={"v": 10 * mV}).compile(dt=1 * ms, backend="numpy")
    state = simulator.initial_state(0).replace({"cells.tau_m": TAU[::-1] / 1e3})
    after, _ = simulator.run_for(state, 10 * ms)
    np.testing.assert_allclose(after["cells.v"] * 1e3, 10 * np.exp(-10 / TAU[::-1]), rtol=1e-12)
    assert after["cells.tau_m"].tolist() == (TAU[::-1] / 1e3).tolist()


def test_a_cell_above_its_threshold_fires_by_itself() -> None:
    """The published CUBA neuron: -49 mV at rest, threshold -50 mV; tau ln((E - v_r) / (E - theta)) + t_ref apart."""
    model = bnsim.LIF(tau_m=20 * ms, v_rest=-49 * mV, v_threshold=-50 * mV, v_reset=-60 * mV, refractory=5 * ms)
    simulator = cells(model, 1, initial={"v": -60 * mV}).compile(dt=0.1 * ms, backend="numpy")
    _, recording = simulator.run_for(simulator.initial_state(0), 300 * ms, record=[bnsim.Spikes("cells")])
    intervals = 1e3 * np.diff(recording.spike_times("cells").time)
    theory = 20 * np.log(11 / 1) + 5
    assert (intervals <= theory + 1e-9).all()
    assert (intervals > theory - 0.1 - 1e-9).all()
    with pytest.raises(InputError) as raised:
        _ = model.rheobase
    assert str(raised.value) == "LIF.rheobase: the cell fires without input, so there is none; lower v_rest"


REFUSED: dict[str, tuple[Any, str]] = {
    "number": (
        lambda: cells(quiet(tau_m=TAU[:3] * ms)).compile(dt=1 * ms, backend="numpy"),
        "Population('cells').model: LIF.tau_m: 3 values for 4 cells; give one for each",
    ),
    "unit": (
        lambda: quiet(tau_m=bnsim.Normal(20 * mV, 2 * mV)),
        "LIF.tau_m: 20 mV has the wrong unit, expected s; give 20 ms, say",
    ),
    "range": (lambda: quiet(tau_m=np.array([1.0, 0.0]) * ms), "LIF.tau_m: 0 s is too small; give a value above 0"),
    "NaN": (lambda: quiet(tau_m=np.array([1.0, np.nan]) * ms), "LIF.tau_m: nan is not finite; give a finite value"),
    "drawn": (
        lambda: (
            cells(quiet(tau_m=bnsim.Normal(1 * ms, 5 * ms)), 400).compile(dt=1 * ms, backend="numpy").initial_state(0)
        ),
        "LIF.tau_m: Normal gave cell ",
    ),
    "refractory": (
        lambda: quiet(refractory=TAU * ms),
        "LIF.refractory: the same for all cells; give a single value",
    ),
    "order": (
        lambda: bnsim.LIF(v_reset=np.array([-60.0, -40.0]) * mV),
        "LIF.v_reset: -40 mV is not below v_threshold = -50 mV in cell 1; lower v_reset or raise v_threshold",
    ),
    "variable": (
        lambda: cells(quiet(), initial={"u": 1 * mV}).compile(dt=1 * ms, backend="numpy"),
        "Population('cells').initial: unknown 'u'; choose from v",
    ),
    "unit of a variable": (
        lambda: cells(quiet(), initial={"v": bnsim.Uniform(0 * ms, 1 * ms)}).compile(dt=1 * ms, backend="numpy"),
        "Population('cells').initial['v']: 0.5 ms has the wrong unit, expected V; give 1 mV, say",
    ),
    "encoder": (
        lambda: bnsim.Population("input", 2, bnsim.Poisson(), initial={"v": 1 * mV}),
        "Population('input').initial: the model is an encoder, which has no such variables; leave it out",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_values_that_do_not_fit_are_refused(case: str) -> None:
    make, message = REFUSED[case]
    with pytest.raises(InputError) as raised:
        make()
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)
