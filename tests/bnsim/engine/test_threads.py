"""Cores that share the work of a step, or trials: the same bits for any number of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from brian2.units import Hz, ms, mV, volt

import bnsim
from bnsim.engine import resident
from bnsim.engine.initial import initial_arrays
from bnsim.errors import DivergenceError


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
        (257, "cpp", "compile(threads): 257 is too large; give at most 256"),
        (2, "numpy", "compile(threads): the back end 'numpy' has one; leave threads out"),
    ):
        with pytest.raises(bnsim.InputError) as raised:
            network().compile(backend=backend, threads=threads)
        assert str(raised.value) == message


def listeners() -> bnsim.Network:
    """A small network with an encoder, noise, repetition, and weights that a rule changes."""
    noisy = bnsim.PoissonDrive(500 * Hz, 2 * mV)
    return bnsim.Network(
        [
            bnsim.Population("input", 20, bnsim.Poisson(200 * Hz)),
            bnsim.Population("cells", 30, bnsim.LIF(refractory=1 * ms), drive=noisy),
        ],
        [bnsim.Projection("input", "cells", bnsim.Delta(), bnsim.Uniform(0 * mV, 4 * mV), delay=1 * ms)],
        repetition=bnsim.Repetition("cells", 40, increment=0.5, most=4),
    )


@pytest.mark.parametrize("n", [1, 7, 23])
def test_trials_that_learn_nothing_are_shared_to_the_same_bits(n: int) -> None:
    images = np.random.default_rng(1).random((n, 20))
    ends = []
    for threads in (1, 2, 3):
        simulator = listeners().compile(trial=40 * ms, dt=0.5 * ms, backend="cpp", threads=threads)
        record = [bnsim.Spikes("cells"), bnsim.Trace("cells", "v", units=[3], every=5 * ms)]
        ends.append(simulator.run(simulator.initial_state(key=1), images, 7, plastic=False, record=record)[1])
    one, *others = ends
    assert one.counts["cells"].any()
    for same in others:
        assert np.array_equal(one.counts["cells"], same.counts["cells"])
        assert np.array_equal(one.presentations, same.presentations)
        spikes, too = one.spike_times("cells"), same.spike_times("cells")
        assert np.array_equal(spikes.time, too.time)
        assert np.array_equal(spikes.trial, too.trial)
        assert np.array_equal(one.trace("cells", "v").values, same.trace("cells", "v").values)


def test_each_core_has_a_process_for_trials_that_learn_nothing() -> None:
    simulator = listeners().compile(trial=40 * ms, dt=0.5 * ms, backend="cpp", threads=2)
    images, state = np.ones((8, 20)), simulator.initial_state(key=1)
    for plastic, processes in ((True, 1), (False, 2)):
        resident.close_idle()
        simulator.run(state, images, plastic=plastic)
        assert len(resident.idle()) == processes


@pytest.mark.parametrize(("backend", "threads"), [("cpp", 1), ("cpp", 2), ("numpy", 1)])
def test_where_a_trial_diverged_is_told_by_its_place_in_the_run(
    backend: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bnsim.engine.simulator.CHUNK_BYTES", 12 * 21 * 5)
    cells = bnsim.Population("cells", 1, bnsim.LIF())
    network = bnsim.Network(
        [bnsim.Population("input", 20, bnsim.Poisson(1000 * Hz)), cells],
        [bnsim.Projection("input", "cells", bnsim.Delta(), -1e308 * volt)],
    )
    simulator = network.compile(trial=40 * ms, dt=0.5 * ms, backend=backend, threads=threads)
    images = np.zeros((16, 20))
    images[13] = 1
    with pytest.raises(DivergenceError, match=r"cells\.v became NaN or infinite, in unit 0 by .* of trial 13;"):
        simulator.run(simulator.initial_state(key=1), images, plastic=False)


def test_the_number_of_cores_may_be_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BNSIM_THREADS", "2")
    simulator = listeners().compile(trial=40 * ms, dt=0.5 * ms, backend="cpp")
    resident.close_idle()
    simulator.run(simulator.initial_state(key=1), np.ones((8, 20)), plastic=False)
    assert len(resident.idle()) == 2
    listeners().compile(trial=40 * ms, dt=0.5 * ms, backend="numpy")
    monkeypatch.setenv("BNSIM_THREADS", "many")
    with pytest.raises(bnsim.InputError) as raised:
        listeners().compile(trial=40 * ms, dt=0.5 * ms, backend="numpy")
    assert str(raised.value) == (
        "environment variable BNSIM_THREADS: got 'many'; give an integer of at least 1, or unset it"
    )
    monkeypatch.setenv("BNSIM_THREADS", "1000")
    with pytest.raises(bnsim.InputError, match="BNSIM_THREADS: 1000 is too large; give at most 256"):
        listeners().compile(trial=40 * ms, dt=0.5 * ms, backend="cpp")


@dataclass(frozen=True, repr=False)
class Unweighted(bnsim.SynapseModel):
    """A spike has an effect of its own, whatever the weight."""

    jumps: ClassVar = (bnsim.Jump("{membrane}", "0.2*mV"),)
    weight: ClassVar = "potential"


@dataclass(frozen=True, repr=False)
class OfSource(bnsim.SynapseModel):
    """A spike has an effect that depends on the potential of its source, which is at reset."""

    jumps: ClassVar = (bnsim.Jump("{membrane}", "w * (1 + v_pre / (20*mV))"),)
    weight: ClassVar = "potential"


@pytest.mark.slow
@pytest.mark.parametrize("synapse", [Unweighted(), OfSource()])
@pytest.mark.parametrize("shuffled", [False, True])
def test_spikes_that_read_more_or_less_than_a_weight_are_the_same_everywhere(
    synapse: bnsim.SynapseModel, shuffled: bool
) -> None:
    """Neither packed nor drawn nor shared; on the back end numpy as with any number of threads."""
    cells = [
        bnsim.Population("E", 4200, bnsim.LIF(), drive=bnsim.PoissonDrive(900 * Hz, 3 * mV)),
        bnsim.Population("F", 300, bnsim.LIF()),
    ]
    wiring = bnsim.FixedProbability(0.02)
    network = bnsim.Network(cells, [bnsim.Projection("E", "F", synapse, 0.01 * mV, wiring, delay=1 * ms)])
    ends = []
    for backend, threads in (("numpy", 1), ("cpp", 1), ("cpp", 3)):
        simulator = network.compile(dt=0.5 * ms, backend=backend, threads=threads)
        state = simulator.initial_state(key=1)
        if shuffled:
            names = [f"E_to_F.{part}" for part in ("source", "target", "w")]
            order = np.random.default_rng(1).permutation(len(state[names[0]]))
            state = state.replace({name: state[name][order] for name in names})
        ends.append(simulator.run_for(state, 20 * ms)[0]["F.v"])
    assert np.ptp(ends[0]) > 1e-4  # volt: something has arrived
    assert np.allclose(ends[0], ends[1], rtol=1e-12)  # the order of sums is another
    assert np.array_equal(ends[1], ends[2])


def test_when_a_trial_diverged_does_not_depend_on_those_before_it() -> None:
    cells = bnsim.Population("cells", 1, bnsim.LIF())
    network = bnsim.Network(
        [bnsim.Population("input", 20, bnsim.Poisson(1000 * Hz)), cells],
        [bnsim.Projection("input", "cells", bnsim.Delta(), -1e308 * volt)],
    )
    simulator = network.compile(trial=150 * ms, dt=0.5 * ms, backend="cpp")
    for diverging in (0, 3):
        images = np.zeros((4, 20))
        images[diverging] = 1
        with pytest.raises(DivergenceError, match=f"by 128 ms of trial {diverging};"):  # 256 steps
            simulator.run(simulator.initial_state(key=1), images, plastic=False)
