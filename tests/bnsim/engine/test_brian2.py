"""A description as plain Brian2 objects."""

from __future__ import annotations

from collections.abc import Iterator

import brian2
import numpy as np
import pytest
from brian2.units import Hz, ms, mV, um

import bnsim

from .networks import driven, learning, three_factor


@pytest.fixture(autouse=True)
def numpy_target() -> Iterator[None]:
    """Plain Brian2 would compile with Cython, which takes long."""
    before = brian2.prefs.codegen.target
    brian2.prefs.codegen.target = "numpy"
    yield
    brian2.prefs.codegen.target = before


def test_the_same_spikes_in_plain_brian2() -> None:
    stimulus = np.array([[0.4, 0.6, 0.8, 1.0, 1.2]])
    simulator = driven().compile(trial=100 * ms, dt=0.1 * ms, backend="numpy")
    _, recording = simulator.run(simulator.initial_state(0), stimulus)
    assert recording.counts["cells"][0, 0] == 0
    assert recording.counts["cells"][0, -1] > 5

    network = driven().to_brian2(dt=0.1 * ms)
    network["population_cells"].drive = 30 * mV * stimulus[0]
    monitor = brian2.SpikeMonitor(network["population_cells"], name="mine")
    network.add(monitor)
    network.run(100 * ms)
    assert np.array_equal(monitor.count, recording.counts["cells"][0])


def test_the_parts_can_be_found_and_changed() -> None:
    network = learning().to_brian2(dt=0.5 * ms, key=1)
    synapses = network["projection_input_to_cells"]
    state = learning().compile(trial=30 * ms, dt=0.5 * ms, backend="numpy").initial_state(1)
    assert np.array_equal(np.asarray(synapses.w), state["input_to_cells.w"])
    assert np.array_equal(np.asarray(synapses.pre.delay), state["input_to_cells.delay"])
    assert np.allclose(network["population_cells"].v / mV, -65)
    network["population_input"].drive = 300 * Hz * 0.5 * ms
    network.run(100 * ms)
    assert (np.asarray(synapses.w) != state["input_to_cells.w"]).any()  # it learns
    assert (np.asarray(network["population_cells"].theta) > 0).all()


@pytest.mark.parametrize("key", [1, 2**40])
def test_noise_and_learning_are_those_of_the_first_trial(key: int) -> None:
    simulator = learning().compile(trial=50 * ms, dt=0.5 * ms, backend="numpy")
    _, recording = simulator.run_for(simulator.initial_state(key), 50 * ms, np.full(12, 0.8))
    network = learning().to_brian2(dt=0.5 * ms, key=key)
    network["population_input"].drive = 300 * Hz * 0.5 * ms * 0.8
    monitors = {name: brian2.SpikeMonitor(network[f"population_{name}"]) for name in recording.counts}
    network.add(*monitors.values())
    network.run(50 * ms)
    for name, counts in recording.counts.items():
        assert counts.sum() > 10
        assert np.array_equal(monitors[name].count, counts[0]), name


def test_given_spikes_values_in_time_bins_and_positions() -> None:
    """What a run is given or a drive holds as numbers reaches the cells in the same steps."""
    source = bnsim.Population("input", 3, bnsim.SpikeTrains())
    steps = np.arange(60).reshape(20, 3) % 7 * mV
    cells = bnsim.Population(
        "cells",
        3,
        bnsim.AdaptiveLIF(),
        drive=[bnsim.Current(bnsim.Binned(steps, 1 * ms)), bnsim.Current(bnsim.Binned(steps[:, 0], 2 * ms))],
        initial={"theta": [0, 1, 2] * mV},
        positions=bnsim.Ring(100 * um),
    )
    synapses = bnsim.Projection(
        "input",
        "cells",
        bnsim.ExponentialCurrent(),
        80 * mV,
        bnsim.OneToOne(),
        plasticity=bnsim.PairSTDP(w_max=99 * mV),
    )
    network = bnsim.Network([source, cells], [synapses])
    spikes = {"input": (np.array([2, 2, 5, 9, 14, 14.1, 14.2]) * ms, np.array([0, 1, 0, 2, 1, 1, 1]))}
    simulator = network.compile(dt=0.1 * ms, backend="numpy")
    state = simulator.initial_state(key=3)
    reached, recording = simulator.run_for(state, 45 * ms, spikes, record=[bnsim.Trace("cells", "v")])
    plain = network.to_brian2(dt=0.1 * ms, key=3, stimulus=spikes)
    monitor = brian2.StateMonitor(plain["population_cells"], "v", record=True)
    plain.add(monitor)
    plain.run(45 * ms)
    np.testing.assert_allclose(monitor.v / mV, recording.trace("cells", "v").values[0].T * 1e3, rtol=1e-12)
    weights = np.asarray(plain["projection_input_to_cells"].w)
    assert (weights != state["input_to_cells.w"]).any()
    np.testing.assert_allclose(weights, reached["input_to_cells.w"], rtol=1e-12)
    np.testing.assert_array_equal(plain["population_cells"].position_x, state.positions("cells")[:, 0])


def test_a_network_of_trials() -> None:
    repetition = bnsim.Repetition("cells", minimum_spikes=1)
    network = bnsim.Network([bnsim.Population("cells", 1, bnsim.LIF())], repetition=repetition)
    with pytest.raises(bnsim.InputError) as raised:
        network.to_brian2()
    assert str(raised.value) == (
        "to_brian2: the network's repetition belongs to trials, which plain Brian2 does not know; leave it out"
    )


def test_parts_of_a_run_of_unknown_length() -> None:
    with pytest.raises(bnsim.InputError) as raised:
        driven().to_brian2(stimulus=np.ones((2, 5)))
    assert str(raised.value) == "to_brian2(stimulus): 2 parts for 'cells'; give one value for each unit"


def test_a_rule_that_brian2_does_not_know() -> None:
    with pytest.raises(bnsim.InputError) as raised:
        three_factor().to_brian2()
    assert str(raised.value) == (
        "to_brian2: a rule of 'cells' learns at the end of a trial, which plain Brian2 does not know; use "
        "Network.compile"
    )
