"""Short cuts of the compiled network: rows of synapses, traces on neurons. They change nothing but the time."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import Hz, ms, mV

import bnsim


def plastic(delay: object) -> bnsim.Network:
    """Poisson input onto competing cells, all to all."""
    return bnsim.Network(
        [
            bnsim.Population("input", 30, bnsim.Poisson(200 * Hz)),
            bnsim.Population("cells", 12, bnsim.LIF(refractory=2 * ms)),
        ],
        [
            bnsim.Projection(
                "input",
                "cells",
                bnsim.ExponentialCurrent(tau=4 * ms),
                weights=bnsim.Uniform(0 * mV, 8 * mV),
                delay=delay,
                plasticity=bnsim.PairSTDP(a_plus=0.02, a_minus=0.02, w_max=8 * mV),
            ),
            bnsim.Projection("cells", "cells", bnsim.Delta(), -1 * mV, bnsim.AllToAll(autapses=False)),
        ],
    )


STIMULUS = np.random.default_rng(0).random((6, 30))


def run(simulator: bnsim.engine.simulator.Simulator, state: bnsim.State) -> tuple[bnsim.State, bnsim.Recording]:
    return simulator.run(state, STIMULUS, 2, record=[bnsim.Spikes("cells")])


@pytest.mark.slow
def test_wiring_in_rows_and_in_another_order_give_the_same_bits() -> None:
    simulator = plastic(0 * ms).compile(trial=100 * ms, dt=0.5 * ms, backend="cpp")
    start = simulator.initial_state(1)
    state, recording = run(simulator, start)
    # Within each source the targets are turned round: no rows are left, but each target's inputs keep their order.
    order = np.lexsort((-start["input_to_cells.target"], start["input_to_cells.source"]))
    turned = {f"input_to_cells.{part}": start[f"input_to_cells.{part}"][order] for part in ("source", "target", "w")}
    other, same = run(simulator, start.replace(turned))
    assert recording.counts["cells"].sum() > 100
    assert np.array_equal(recording.spike_times("cells").time, same.spike_times("cells").time)
    assert np.array_equal(other["input_to_cells.w"], state["input_to_cells.w"][order])
    assert (state["input_to_cells.w"] != start["input_to_cells.w"]).any()


@pytest.mark.slow
def test_traces_on_neurons_and_on_synapses_learn_the_same() -> None:
    """A delay for each synapse, all of them 0, keeps the presynaptic trace on the synapses."""
    results = []
    for delay in (0 * ms, bnsim.Uniform(0 * ms, 0 * ms)):
        simulator = plastic(delay).compile(trial=100 * ms, dt=0.5 * ms, backend="cpp")
        start = simulator.initial_state(1)
        results.append(run(simulator, start))
    (state, recording), (other, same) = results
    assert np.array_equal(recording.spike_times("cells").time, same.spike_times("cells").time)
    # One multiplies by exp(-dt / tau) at each step, the other by exp(-elapsed / tau) at each spike.
    np.testing.assert_allclose(state["input_to_cells.w"], other["input_to_cells.w"], rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0 * ms, 1.5 * ms, bnsim.Uniform(0 * ms, 6 * ms)])
def test_the_order_of_synapses_changes_no_bit(delay: object) -> None:
    """Not by delay nor by source: rows are then read through a list of numbers."""
    simulator = plastic(delay).compile(trial=100 * ms, dt=0.5 * ms, backend="cpp")
    start = simulator.initial_state(1)
    parts = ["source", "target", "w", *(["delay"] if isinstance(delay, bnsim.Uniform) else [])]
    order = np.random.default_rng(1).permutation(360)
    other = start.replace({f"input_to_cells.{part}": start[f"input_to_cells.{part}"][order] for part in parts})
    (state, recording), (turned, same) = run(simulator, start), run(simulator, other)
    assert recording.counts["cells"].sum() > 100
    assert np.array_equal(recording.spike_times("cells").time, same.spike_times("cells").time)
    assert np.array_equal(turned["input_to_cells.w"], state["input_to_cells.w"][order])
    assert (state["input_to_cells.w"] != start["input_to_cells.w"]).any()


def test_weights_that_are_alike_change_nothing_but_the_time() -> None:
    """One weight differs in the second run, that of a synapse which no spike reaches."""
    network = bnsim.Network(
        [bnsim.Population("input", 40, bnsim.Poisson(300 * Hz)), bnsim.Population("cells", 20, bnsim.LIF())],
        [
            bnsim.Projection("input", "cells", bnsim.Delta(), 2 * mV, bnsim.FixedInDegree(9), delay=1.5 * ms),
            bnsim.Projection("cells", "cells", bnsim.Delta(), -1 * mV, bnsim.FixedProbability(0.3), delay=1 * ms),
        ],
    )
    simulator = network.compile(trial=200 * ms, dt=0.5 * ms, backend="cpp")
    start, stimulus = simulator.initial_state(1), np.r_[np.ones(39), 0.0][None]
    weights = start["input_to_cells.w"].copy()
    silent = np.flatnonzero(start["input_to_cells.source"] == 39)
    assert silent.size
    weights[silent[0]] = 1.0
    runs = [simulator.run(state, stimulus, 2) for state in (start, start.replace({"input_to_cells.w": weights}))]
    (_, alike), (_, other) = runs
    assert alike.counts["cells"].sum() > 100
    assert np.array_equal(alike.counts["cells"], other.counts["cells"])


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_each_spike_arrives_after_the_delay_of_its_synapse(backend: str) -> None:
    """Also where a spike was on its way when the run began, and where two arrive in one step."""
    delays = np.array([[0.0, 3.0], [1.0, 2.0]])
    network = bnsim.Network(
        [
            bnsim.Population("input", 2, bnsim.SpikeTrains()),
            bnsim.Population("cells", 2, bnsim.LIF(tau_m=1e9 * ms, v_rest=0 * mV, v_threshold=1e6 * mV)),
        ],
        [bnsim.Projection("input", "cells", bnsim.Delta(), np.array([[1, 10], [100, 1000]]) * mV, delay=delays * ms)],
    )
    simulator = network.compile(dt=0.5 * ms, backend=backend)
    record = [bnsim.Trace("cells", "v")]
    state, seen = simulator.initial_state(0), []
    for spikes in ([[0.5 * ms], [1.5 * ms]], [[0.5 * ms], []], [[], []], [[], []]):
        state, recording = simulator.run_for(state, 2 * ms, {"input": spikes}, record=record)
        seen.append(recording.trace("cells", "v").values[0] / mV)
    values = np.concatenate(seen)
    arrived = np.rint(np.diff(values, axis=0)).astype(int)
    expected = np.zeros((15, 2), int)
    for spike, source in ((1, 0), (3, 1), (5, 0)):  # steps of 0.5 ms
        for target in range(2):
            expected[spike + int(delays[source, target] / 0.5), target] += (1, 10, 100, 1000)[2 * source + target]
    assert np.array_equal(arrived, expected)


def counting(source: list[int], target: list[int], n_targets: int, weight: float = 0.1) -> bnsim.Network:
    """Given spikes onto cells that keep what they receive."""
    return bnsim.Network(
        [
            bnsim.Population("input", 10, bnsim.SpikeTrains()),
            bnsim.Population("cells", n_targets, bnsim.LIF(tau_m=1e9 * ms, v_rest=0 * mV, v_threshold=1e6 * mV)),
        ],
        [bnsim.Projection("input", "cells", bnsim.Delta(), weight * mV, bnsim.EdgeList(source, target))],
    )


def reached(simulator: bnsim.engine.simulator.Simulator, state: bnsim.State) -> np.ndarray:
    """Potentials after all inputs have sent one spike in the last step."""
    return simulator.run_for(state, 2 * ms, {"input": [[1.5 * ms]] * 10})[0]["cells.v"]


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_spikes_that_are_worth_the_same_are_counted_and_their_number_multiplied(backend: str) -> None:
    simulator = counting([*range(10), 0], [0] * 10 + [2], 3).compile(dt=0.5 * ms, backend=backend)
    start = simulator.initial_state(0)
    assert list(reached(simulator, start)) == [10 * 1e-4, 0.0, 1e-4]
    one_differs = start["input_to_cells.w"].copy()
    one_differs[0] = 2e-4
    total = sum(one_differs[one] for one in (0, *range(2, 11)))  # synapses are in the order of their sources
    assert total != 11 * 1e-4
    assert list(reached(simulator, start.replace({"input_to_cells.w": one_differs}))) == [total, 0.0, 1e-4]


def test_counts_have_room_for_all_spikes_of_a_step() -> None:
    """Two bytes are neither enough for the number of a target, nor for that of its spikes."""
    for source, target in (([0, 1, 1], [69_999, 69_999, 1]), ([0] * 66_000 + [1] * 4_000, [1] * 70_000)):
        simulator = counting(source, target, 70_000).compile(dt=0.5 * ms, backend="cpp")
        expected = np.bincount(target, minlength=70_000) * 1e-4
        assert np.array_equal(reached(simulator, simulator.initial_state(0)), expected)


@pytest.mark.parametrize("backend", ["numpy", pytest.param("cython", marks=pytest.mark.slow)])
@pytest.mark.parametrize("delay", [1.5 * ms, bnsim.Uniform(0 * ms, 6 * ms)])
def test_counted_spikes_are_the_same_bits_on_all_back_ends(backend: str, delay: object) -> None:
    """Into potentials that stand still during the refractory period, and into currents; also where weights differ."""
    network = bnsim.Network(
        [
            bnsim.Population("input", 40, bnsim.Poisson(300 * Hz)),
            bnsim.Population("cells", 20, bnsim.LIF(refractory=2 * ms)),
        ],
        [
            bnsim.Projection("input", "cells", bnsim.Delta(), 1.7 * mV, bnsim.FixedInDegree(9), delay=delay),
            bnsim.Projection(
                "input", "cells", bnsim.ExponentialCurrent(), 2.3 * mV, bnsim.FixedInDegree(9), delay=delay, name="slow"
            ),
            bnsim.Projection("cells", "cells", bnsim.Delta(), -0.7 * mV, bnsim.FixedProbability(0.3), delay=delay),
        ],
    )
    simulators = [network.compile(dt=0.5 * ms, backend=name) for name in ("cpp", backend)]
    start = simulators[0].initial_state(1)
    order = np.random.default_rng(1).permutation(180)
    parts = ["source", "target", "w", *(["delay"] if isinstance(delay, bnsim.Uniform) else [])]
    turned = {f"slow.{part}": start[f"slow.{part}"][order] for part in parts}
    differ = {"input_to_cells.w": start["input_to_cells.w"] * np.linspace(0.5, 1.5, 180)}
    for state in (start, start.replace(turned), start.replace(differ)):
        ends = []
        for simulator in simulators:
            half, _ = simulator.run_for(state, 100 * ms, np.ones(40))
            ends.append(simulator.run_for(half, 100 * ms, np.ones(40), record=[bnsim.Spikes("cells")]))
        (one, recording), (other, same) = ends
        assert recording.counts["cells"].sum() > 100
        assert np.array_equal(recording.spike_times("cells").time, same.spike_times("cells").time)
        assert np.array_equal(one["cells.v"], other["cells.v"])
        assert np.array_equal(one["cells.slow_s"], other["cells.slow_s"])
