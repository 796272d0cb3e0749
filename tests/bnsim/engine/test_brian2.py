"""A description as plain Brian2 objects."""

from __future__ import annotations

from collections.abc import Iterator

import brian2
import numpy as np
import pytest
from brian2.units import Hz, ms, mV

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


def test_a_rule_that_brian2_does_not_know() -> None:
    with pytest.raises(bnsim.InputError) as raised:
        three_factor().to_brian2()
    assert str(raised.value) == (
        "to_brian2: ErrorModulated learns at the end of a trial, which plain Brian2 does not know; use Network.compile"
    )
