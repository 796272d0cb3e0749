"""Threads that share the work of a step: the same bits for any number of them."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import Hz, ms, mV

import bnsim
from bnsim.engine.initial import initial_arrays


def network() -> bnsim.Network:
    """Enough cells to be shared, and as many pairs; not a multiple of what threads take at once."""
    cells = [
        bnsim.Population(name, size, bnsim.LIF(refractory=2 * ms), drive=bnsim.PoissonDrive(900 * Hz, 3 * mV))
        for name, size in (("E", 5001), ("I", 1200))
    ]
    fixed = bnsim.Projection("I", "E", bnsim.Delta(), -0.5 * mV, bnsim.FixedInDegree(20), delay=1 * ms)
    drawn = [
        bnsim.Projection(
            "E",
            name,
            bnsim.ExponentialCurrent(),
            bnsim.Normal(0.4 * mV, 0.1 * mV),
            bnsim.FixedProbability(0.005),
            delay=bnsim.Uniform(0 * ms, 3 * ms),
        )
        for name in "EI"
    ]
    return bnsim.Network(cells, [fixed, *drawn])


@pytest.mark.parametrize("synapses", ["drawn", "given", "given in another order"])
def test_any_number_of_threads_gives_the_same_bits(synapses: str) -> None:
    ends = []
    for threads in (1, 2, 3):
        simulator = network().compile(dt=0.5 * ms, backend="cpp", threads=threads)
        clock = {"clock": np.zeros(1, np.int64), "key": np.array([1], np.uint64)}
        many = 0 if synapses == "drawn" else np.inf
        state = bnsim.State({**initial_arrays(simulator.program, 1, many), **clock})
        if synapses == "given in another order":
            names = [f"E_to_E.{part}" for part in ("source", "target", "w", "delay")]
            order = np.random.default_rng(1).permutation(len(state[names[0]]))
            state = state.replace({name: state[name][order] for name in names})
        half, _ = simulator.run_for(state, 10 * ms)
        ends.append(simulator.run_for(half, 15 * ms, record=[bnsim.Spikes("E")]))
    (one, recording), *others = ends
    assert recording.counts["E"].sum() > 1000
    for state, same in others:
        assert np.array_equal(recording.spike_times("E").time, same.spike_times("E").time)
        assert np.array_equal(one["E.v"], state["E.v"])
        assert np.array_equal(one["I.E_to_I_s"], state["I.E_to_I_s"])


def test_what_is_no_number_of_threads_is_refused() -> None:
    for threads, backend, message in (
        (0, "cpp", "compile(threads): 0 is too small; give an integer of at least 1"),
        (2, "numpy", "compile(threads): the back end 'numpy' has one; leave threads out"),
    ):
        with pytest.raises(bnsim.InputError) as raised:
            network().compile(backend=backend, threads=threads)
        assert str(raised.value) == message
