"""One behaviour on every back end."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar

import brian2
import numpy as np
import pytest
from brian2.units import ms, mV, nA

import bnsim
from bnsim.engine.runtime import runtime

from .networks import driven, intensities, learner

# The random numbers and all sums are the same; exp() is not: NumPy's vector code and the C library differ in the last
# bit. A weight collects a few hundred such roundings of changes below 1e-4 V: far less than 1e-14 V.
TOLERANCE = 1e-14


@pytest.mark.slow
@pytest.mark.parametrize("continuous", [False, True], ids=["trials", "continuous"])
def test_the_same_spikes_and_weights(continuous: bool) -> None:
    results = []
    for backend in ("cpp", "numpy"):
        simulator = learner(backend)
        start, record = simulator.initial_state(1), [bnsim.Spikes(name) for name in ("input", "cells", "inhibitory")]
        if continuous:
            state, recording = simulator.run_for(start, 600 * ms, intensities(20), record=record)
        else:
            state, recording = simulator.run(start, intensities(20), key=3, record=record)
        results.append((state, recording))
    (one, seen), (other, seen_too) = results
    assert list(one) == list(other)
    for name, spikes in seen.spikes.items():
        assert len(spikes) > 50
        for part in ("trial", "unit", "time"):
            assert np.array_equal(getattr(spikes, part), getattr(seen_too.spikes[name], part)), (name, part)
        assert np.array_equal(seen.counts[name], seen_too.counts[name]), name
        of_trials = np.bincount(spikes.trial, minlength=seen.n_trials)
        assert of_trials.tolist() == seen.counts[name].sum(axis=1).tolist()
    assert np.abs(one["input_to_cells.w"] - other["input_to_cells.w"]).max() < TOLERANCE
    for name in one:
        if name.endswith(".unit"):
            assert one[name] == other[name]
        else:
            assert np.allclose(one[name], other[name], rtol=1e-9, atol=1e-12), name


@pytest.mark.slow
def test_every_neuron_model_fires_alike() -> None:
    """Each with a constant input, in two runs that follow each other: what is armed or refractory carries over."""
    models = [cls() for cls in bnsim.public("neurons").values() if cls is not bnsim.NeuronModel]
    units = {"volt": 40 * mV, "amp": 1.2 * nA}
    names = [f"cells_{index}" for index in range(len(models))]
    network = bnsim.Network(
        [
            bnsim.Population(name, 2, model, encoder=bnsim.ConstantCurrent(units[model.input_unit]))
            for name, model in zip(names, models, strict=True)
        ]
    )
    stimulus, record = dict.fromkeys(names, np.array([0.0, 1.0])), [bnsim.Trace(name, "v") for name in names]
    runs = []
    for backend in ("cpp", "numpy"):
        simulator = network.compile(dt=0.1 * ms, backend=backend)
        state, _ = simulator.run_for(simulator.initial_state(0), 50 * ms, stimulus)
        runs.append(simulator.run_for(state, 50 * ms, stimulus, record=record)[1])
    for name, model in zip(names, models, strict=True):
        one, other = (run.trace(name, "v").values for run in runs)
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12, err_msg=repr(model))
        assert np.array_equal(runs[0].counts[name], runs[1].counts[name])
        assert runs[0].counts[name][:, 0].sum() == 0
        assert (runs[0].counts[name][:, 1] > 0).all() == bool(model.threshold)


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_a_trace_is_the_membrane_potential_at_the_start_of_each_step(backend: str) -> None:
    """Against the closed form: v relaxes to v_rest + I with tau_m, and back when the presentation is over."""
    simulator = driven().compile(trial=10 * ms, dt=0.5 * ms, presentation=5 * ms, backend=backend)
    stimulus = np.array([[0, 0.1, 0.2, 0.3, 0.4]])  # all below threshold
    record = [bnsim.Spikes("cells"), bnsim.Trace("cells", "v")]
    _, recording = simulator.run(simulator.initial_state(0), stimulus, record=record)
    trace, times = recording.trace("cells", "v"), np.arange(0, 10, 0.5)[:, None]
    assert trace.unit == "V"
    risen, fallen = 1 - np.exp(-np.minimum(times, 5) / 10), np.exp(-np.maximum(times - 5, 0) / 10)
    assert np.allclose(trace.values[0], -65e-3 + 30e-3 * stimulus[0] * risen * fallen, rtol=1e-12, atol=0)
    assert recording.counts["cells"].sum() == 0


def test_inputs_are_silent_after_the_presentation() -> None:
    """Inputs that fire in every step fire in those of the presentation only."""
    certain = bnsim.Network([bnsim.Population("input", 3, bnsim.Poisson(1 / ms))])
    simulator = certain.compile(trial=10 * ms, dt=1 * ms, presentation=6 * ms, backend="numpy")
    _, recording = simulator.run(simulator.initial_state(0), np.ones((2, 3)))
    assert recording.counts["input"].tolist() == [[6, 6, 6], [6, 6, 6]]


@dataclass(frozen=True, repr=False)
class Runaway(bnsim.NeuronModel):
    """Squares itself at each step, and never fires."""

    equations = "dv/dt = v**2 / (mV * ms) : volt"
    threshold = "v < 0*mV"
    reset = "v = 10*mV"
    initial: ClassVar[dict[str, str]] = {"v": "10*mV"}
    method = "euler"


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_a_simulation_that_diverges(backend: str) -> None:
    runaway = bnsim.Network([bnsim.Population("cells", 1, Runaway())])
    simulator = runaway.compile(trial=20 * ms, dt=1 * ms, backend=backend)
    with pytest.raises(bnsim.MachineError) as raised:
        simulator.run(simulator.initial_state(0), trials=1)
    assert str(raised.value) == (
        "simulation: cells.v became NaN or infinite, in unit 0 by 20 ms of trial 0; "
        "choose a smaller dt or weaker weights"
    )
    with pytest.raises(bnsim.MachineError, match=r"in unit 0 by 256 ms; choose a smaller dt"):
        simulator.run_for(simulator.initial_state(0), 600 * ms)


def test_threads_take_turns_with_the_objects_of_brian2() -> None:
    """Its device and preferences are those of the process: who has set them finds them so, until the end."""
    waiting, seen = threading.Barrier(2), []

    def use(target: str) -> None:
        waiting.wait()
        with runtime(target):
            time.sleep(0.05)  # the other one would set its own meanwhile
            seen.append((target, brian2.prefs.codegen.target))

    before = brian2.prefs.codegen.target
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(use, ["numpy", "cython"]))
    assert sorted(seen) == [("cython", "cython"), ("numpy", "numpy")]
    assert brian2.prefs.codegen.target == before
