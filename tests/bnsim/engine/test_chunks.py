"""A run does not depend on how it is cut into calls, down to the last bit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from brian2.units import ms

import bnsim
from bnsim.engine.simulator import Simulator

from .networks import intensities, learner, three_factor


def assert_equal_states(one: bnsim.State, other: bnsim.State) -> None:
    """Every array, bit for bit."""
    assert list(one) == list(other)
    for name in one:
        assert one[name].dtype == other[name].dtype, name
        assert one[name].tobytes() == other[name].tobytes(), name


def run_in_calls(
    simulator: Simulator, n_trials: int, per_call: int, continuous: bool
) -> tuple[bnsim.State, dict[str, np.ndarray], list[np.ndarray]]:
    """Final state, counts, and spike times of the cells by trial."""
    state, stimulus = simulator.initial_state(key=1), intensities(n_trials)
    counts: dict[str, list[np.ndarray]] = {}
    spikes: list[np.ndarray] = []
    samples: list[np.ndarray] = []
    for start in range(0, n_trials, per_call):
        numbers = np.arange(n_trials)[start : start + per_call]
        record = [bnsim.Spikes("cells"), bnsim.Trace("cells", "v", units=[1, 0], every=20 * ms)]
        if continuous:
            duration = 30 * len(numbers) * ms
            state, recording = simulator.run_for(state, duration, stimulus[numbers], record=record)
        else:
            state, recording = simulator.run(state, stimulus[numbers], key=3, trials=numbers, record=record)
        for name, array in recording.counts.items():
            counts.setdefault(name, []).append(array)
        times = recording.spike_times("cells")
        spikes += [np.stack(times.of_trial(trial)) for trial in range(recording.n_trials)]
        samples.append(recording.trace("cells", "v").values)
    # Of a continuous run, what counts is the sum, and the spikes as a whole.
    if continuous:
        spikes, samples = [np.concatenate(spikes, axis=1)], [np.concatenate(samples, axis=1)]
    of_all = {name: np.concatenate(arrays) for name, arrays in counts.items()}
    if continuous:
        of_all = {name: array.sum(axis=0) for name, array in of_all.items()}
    return state, of_all, [*spikes, np.concatenate(samples)]


@pytest.mark.parametrize(
    ("backend", "n_trials", "sizes"),
    [
        pytest.param("cpp", 500, (1, 7, 500), marks=pytest.mark.slow, id="cpp, many"),
        pytest.param("cpp", 60, (1, 7, 60), id="cpp"),
        pytest.param("numpy", 14, (1, 7, 14), id="numpy"),
    ],
)
@pytest.mark.parametrize("continuous", [False, True], ids=["trials", "continuous"])
def test_training_does_not_depend_on_the_chunk_size(
    backend: str, n_trials: int, sizes: tuple[int, ...], continuous: bool
) -> None:
    simulator = learner(backend)
    before = simulator.initial_state(key=1)
    whole, counts, spikes = run_in_calls(simulator, n_trials, sizes[-1], continuous)
    assert np.abs(whole["input_to_cells.w"] - before["input_to_cells.w"]).max() > 1e-6  # it did learn
    assert (whole["cells.theta"] > 0).all()
    assert all(counts[name].sum() > 50 for name in ("input", "cells", "inhibitory"))
    for per_call in sizes[:-1]:
        state, counts_then, spikes_then = run_in_calls(simulator, n_trials, per_call, continuous)
        assert_equal_states(state, whole)
        for name in counts:
            assert np.array_equal(counts_then[name], counts[name]), name
        assert all(np.array_equal(one, other) for one, other in zip(spikes_then, spikes, strict=True))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Makes the simulator hand over few trials at once; collects how many."""
    given: list[int] = []
    monkeypatch.setattr("bnsim.engine.simulator.CHUNK_BYTES", 1000)
    from bnsim.engine.standalone import StandaloneNetwork

    run = StandaloneNetwork.run

    def counted(self: StandaloneNetwork, job, report=None):  # type: ignore[no-untyped-def]
        given.append(job.n_trials)
        return run(self, job, report)

    monkeypatch.setattr(StandaloneNetwork, "run", counted)
    return given


def test_the_simulators_own_chunks(small_chunks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    simulator = learner("cpp")
    cut, counts, spikes = run_in_calls(simulator, 20, 20, continuous=True)
    assert len(small_chunks) > 5
    monkeypatch.undo()
    whole, counts_whole, spikes_whole = run_in_calls(simulator, 20, 20, continuous=True)
    assert_equal_states(cut, whole)
    assert all(np.array_equal(counts[name], counts_whole[name]) for name in counts)
    assert all(np.array_equal(one, other) for one, other in zip(spikes, spikes_whole, strict=True))


def test_given_spikes_are_cut_at_the_chunks(small_chunks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bnsim.engine.simulator.CHUNK_BYTES", 1)
    simulator = three_factor().compile(trial=10 * ms, dt=0.5 * ms, backend="cpp")
    trains = [(np.array([0.001 * trial]), np.array([trial % 3])) for trial in range(5)]
    _, recording = simulator.run(simulator.initial_state(0), trains, plastic=False)
    assert small_chunks == [1] * 5
    assert np.array_equal(recording.counts["input"], np.eye(3, dtype=int)[[0, 1, 2, 0, 1]])


SPIKES = [
    (np.array([0.0, 1.0, 9.5]) / 1000, np.array([0, 1, 0])),  # the last spike falls into the trial's last step
    (np.array([2.0, 4.0]) / 1000, np.array([2, 2])),
    (np.array([9.5]) / 1000, np.array([1])),
]
TARGETS = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
ELIGIBILITY = np.array([[2, 1, 0], [0, 0, 2], [0, 1, 0]])


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_the_last_trial_learns_like_any_other(backend: str) -> None:
    """Three trials in one call, in three calls, and by hand."""
    simulator = three_factor().compile(trial=10 * ms, dt=0.5 * ms, backend=backend)
    start = simulator.initial_state(0)
    together, _ = simulator.run(start, SPIKES, signals={"readout.target": TARGETS})
    one_by_one, weights = start, start["readout.w"].reshape(3, 2).copy()
    for trial in range(3):
        one_by_one, _ = simulator.run(
            one_by_one,
            SPIKES[trial : trial + 1],
            trials=[trial],
            signals={"readout.target": TARGETS[trial : trial + 1]},
        )
        u = ELIGIBILITY[trial] @ weights / 1e-3
        error = 1 / (1 + np.exp(-0.2 * u)) - TARGETS[trial]
        weights -= 0.1 * 1e-3 * np.outer(ELIGIBILITY[trial], error)
        assert np.allclose(one_by_one["readout.w"], weights.ravel(), rtol=1e-12, atol=0)
    assert_equal_states(together, one_by_one)


def test_a_trial_depends_on_its_number_not_on_its_place() -> None:
    """Without learning, trials in any order and company give the same spikes: nothing leaks from trial to trial."""
    simulator = learner("cpp")
    state, stimulus, order = simulator.initial_state(key=1), intensities(20), np.random.default_rng(1).permutation(20)
    _, straight = simulator.run(state, stimulus, key=3, plastic=False)
    _, shuffled = simulator.run(state, stimulus[order], key=3, plastic=False, trials=order)
    _, alone = simulator.run(state, stimulus[[7]], key=3, plastic=False, trials=[7])
    for name, counts in straight.counts.items():
        assert np.array_equal(shuffled.counts[name], counts[order]), name
        assert np.array_equal(alone.counts[name], counts[[7]]), name


def test_no_trials() -> None:
    for backend in ("cpp", "numpy"):
        simulator = learner(backend)
        state = simulator.initial_state(key=1)
        after, recording = simulator.run(state, intensities(0), record=[bnsim.Spikes("cells")])
        assert_equal_states(after, state)
        assert recording.counts["cells"].shape == (0, 9)
        assert len(recording.spike_times("cells")) == 0
