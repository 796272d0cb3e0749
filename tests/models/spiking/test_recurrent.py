"""Recurrent spiking networks: what trains them sees the spikes that `bnsim` runs, and each rule does what it says."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import bnsim
from models.artificial.recurrent_network import RecurrentTrials
from models.artificial.recurrent_training import train
from models.registry import create
from models.sequences import as_rows
from models.spiking.eprop import Eprop
from models.spiking.recurrent_layers import SpikingRecurrent
from models.spiking.surrogate_recurrent import SurrogateRecurrent

SHAPE = (8, 4)
LENGTHS = np.array([8, 5, 1, 8, 3, 7, 2, 6] * 4)
"""Of sequences of up to 8 frames of 3 channels."""


def samples(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Sequences of two classes, of which the first frame tells which."""
    generator = np.random.default_rng(seed)
    y = generator.integers(2, size=len(LENGTHS))
    values = generator.normal(size=(len(LENGTHS), 8, 3))
    values[:, 0, 0] = np.where(y == 1, 2.0, -2.0)
    return as_rows(values, LENGTHS), y


X, Y = samples()


def network(model: str, **changed: Any) -> SpikingRecurrent:
    parameters: dict[str, Any] = {
        "sequence_shape": SHAPE,
        "answer_steps": 2,
        "units": 20,
        "frame": 15.0,
        "dt": 5.0,
        "passes": 2,
        "learning_rate": 0.2,
        "random_state": 3,
        "backend": "numpy",
    }
    found = create(model, **{**parameters, **changed})
    assert isinstance(found, SpikingRecurrent)
    return found


@pytest.fixture(scope="module")
def surrogate() -> SpikingRecurrent:
    return network("surrogate-recurrent").fit(X, Y)


def test_training_and_simulation_count_the_same_spikes(surrogate: SpikingRecurrent) -> None:
    """In double precision, of every neuron and sequence while it lasts, with several time steps a frame."""
    read = surrogate._read(X)
    seen = train(
        surrogate._matrices(),
        surrogate._dynamics(),
        RecurrentTrials(read.values, read.lengths, *surrogate._lessons(X, Y, read)),
        np.zeros(len(X)),
        steps_per_frame=3,
        batch_size=8,
        precision="float64",
    )
    recording = surrogate.record(X)
    spikes = recording.spike_times("hidden")
    lasting = np.rint(spikes.time / 5e-3) < 3 * LENGTHS[spikes.trial]
    counts = np.zeros((len(X), 20), np.int64)
    np.add.at(counts, (spikes.trial[lasting], spikes.unit[lasting]), 1)
    assert counts.sum() > 300
    assert np.array_equal(seen.counts, counts)


@pytest.mark.parametrize("held", [1, 2, 3])
def test_the_last_frame_bears_on_the_answer(held: int) -> None:
    """What comes in takes two time steps to the readout, which is read so much later."""
    model = network("surrogate-recurrent", passes=1, frame=5.0 * held, answer_steps=1).fit(X[:8], Y[:8])
    steps = X.reshape(len(X), *SHAPE).copy()
    ends = LENGTHS - 1
    steps[np.arange(len(X)), ends, :3] += 30.0
    changed = model.predict_proba(steps.reshape(len(X), -1))
    assert (abs(changed - model.predict_proba(X)).max(axis=1) > 0).mean() > 0.9
    read = model._read(X)
    seen = train(
        model._matrices(),
        model._dynamics(),
        RecurrentTrials(read.values, read.lengths, *model._lessons(X, Y, read)),
        np.zeros(len(X)),
        steps_per_frame=held,
        precision="float64",
    )
    spikes = model.record(X).spike_times("hidden")
    lasting = np.rint(spikes.time / 5e-3) < held * read.lengths[spikes.trial]
    assert seen.counts.sum() == lasting.sum()


def test_a_sample_without_time_is_a_frame_of_any_length() -> None:
    """With the defaults, too, whose frame is one time step."""
    generator = np.random.default_rng(0)
    X, y = generator.normal(size=(60, 5)), np.arange(60) % 2
    X[:, 0] = 3.0 * y
    model = create("eprop", passes=20, learning_rate=0.3, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.9


@pytest.mark.parametrize("model", ["eprop", "surrogate-recurrent", "rate-recurrent"])
def test_a_training_begins_without_a_copy_of_its_samples(model: str) -> None:
    """Those of a task in time take hundreds of megabytes."""
    rows = as_rows(np.random.default_rng(0).normal(size=(1000, 40, 9)))
    learner = create(model, sequence_shape=(40, 10), units=2, random_state=0)
    tracemalloc.start()
    try:
        learner.n_features_in_ = rows.shape[1]
        learner._begin_fit(rows, np.arange(2))
        learner._start(rows)
        assert tracemalloc.get_traced_memory()[1] < rows.nbytes / 4  # the mask alone is a tenth
    finally:
        tracemalloc.stop()


def test_networks_that_learn_differently_start_alike() -> None:
    one, other = (network(name, passes=1).fit(X[:4], Y[:4]) for name in ("surrogate-recurrent", "eprop"))
    one._start(X)
    other._start(X)
    for name, array in one.learned_.items():
        assert np.array_equal(array, other.learned_[name]), name
    assert other.learned_["output_to_hidden.w"].shape == (2 * 20,)


def test_nothing_after_the_end_of_a_sequence_bears_on_its_answer(surrogate: SpikingRecurrent) -> None:
    steps = X.reshape(len(X), *SHAPE)
    filled = np.where(steps[:, :, -1:] > 0, steps, [9.0, 9.0, 9.0, 0.0])
    assert np.array_equal(surrogate.predict_proba(filled.reshape(len(X), -1)), surrogate.predict_proba(X))


def test_an_answer_before_the_end_is_that_of_what_was_asked_up_to_then(surrogate: SpikingRecurrent) -> None:
    """Three time steps a frame, of which the last two count: sample by sample, as it is defined."""
    found = surrogate.predictions_over_time(X)
    assert found.shape == (len(X), 3 * 8)
    potentials = np.exp(-5 / surrogate.tau_output) * 1e3 * surrogate.record(X).trace("output", "v").values
    chances = np.exp(potentials) / np.exp(potentials).sum(axis=2, keepdims=True)
    for sample, length in enumerate(LENGTHS):
        first, end = 3 * max(0, length - 2), 3 * length
        for step in range(3 * 8):
            last = min(step + 1, end)
            heard = chances[sample, first:last] if last > first else chances[sample, step : step + 1]
            assert found[sample, step] == surrogate.classes_[heard.sum(axis=0).argmax()], (sample, step)
    assert np.array_equal(found[:, -1], surrogate.predict(X))
    assert len(np.unique(found, axis=1).T) > 3  # it changes its mind


def test_the_course_of_hidden_neurons_is_that_of_their_equations(surrogate: SpikingRecurrent) -> None:
    """In thresholds, as a frame begins: after the reset of the step before, and with what has arrived in it."""
    weights, dynamics, read = surrogate._matrices(), surrogate._dynamics(), surrogate._read(X[:5])
    steps = [0, 1, 4, 7]
    found = surrogate.course(X[:5], steps)
    assert {name: values.shape for name, values in found.items()} == dict.fromkeys(found, (5, 4, 20))
    for sample in range(5):
        v, q, fired = np.zeros(20), np.zeros(20), np.zeros(20)
        for frame in range(8):
            if frame in steps:
                place = steps.index(frame)
                np.testing.assert_allclose(found["membrane potential"][sample, place], v, rtol=1e-9, atol=1e-12)
                np.testing.assert_allclose(found["adaptation"][sample, place], q, rtol=1e-9, atol=1e-12)
                assert np.array_equal(found["spikes"][sample, place], fired)
            fired = np.zeros(20)
            for _ in range(3):
                u, q = dynamics.alpha * v, dynamics.rho * q
                s = u > 1 + q
                v = u - s + read.values[sample, frame] @ weights.inputs + s @ weights.recurrent
                q, fired = q + dynamics.beta * s, fired + s


@pytest.mark.parametrize("steps", [[], [-1, 2], [3, 3], [8], [1.5]])
def test_moments_that_there_are_not(surrogate: SpikingRecurrent, steps: list[Any]) -> None:
    with pytest.raises(bnsim.InputError, match=r"^SurrogateRecurrent\.course\(steps\): .* numbers from 0 to 7$"):
        surrogate.course(X[:2], steps)


@pytest.mark.parametrize("optimizer", ["plain", "adam"])
def test_the_answer_does_not_depend_on_the_cut_between_calls(optimizer: str) -> None:
    """Batches of four in one call, or in two."""
    changed: dict[str, Any] = {"optimizer": optimizer, "batch_size": 4, "learning_rate": 0.02}
    whole, cut = network("eprop", **changed), network("eprop", **changed)
    classes = np.unique(Y)
    whole.partial_fit(X, Y, classes)
    cut.partial_fit(X[:12], Y[:12], classes).partial_fit(X[12:], Y[12:])
    for name, array in whole.learned_.items():
        np.testing.assert_allclose(cut.learned_[name], array, rtol=1e-12, err_msg=name)


def test_symmetric_feedback_follows_the_forward_weights() -> None:
    for changed in ({"optimizer": "plain", "learning_rate": 0.2}, {"optimizer": "adam", "learning_rate": 0.01}):
        model = network("eprop", feedback="symmetric", batch_size=4, **changed).fit(X, Y)
        forward = model.learned_["hidden_to_output.w"].reshape(20, 2)
        back = model.learned_["output_to_hidden.w"].reshape(2, 20)
        np.testing.assert_allclose(1e-3 * back.T, forward, rtol=1e-9)
        halved = model.with_weights({"output": 0.5 * model.weights()["output"]})
        np.testing.assert_allclose(
            1e-3 * halved.learned_["output_to_hidden.w"].reshape(2, 20).T, 0.5 * forward, rtol=1e-9
        )
    scaled = network("eprop", feedback="symmetric", feedback_scale=0.5).partial_fit(X[:1], Y[:1], np.unique(Y))
    back = scaled.learned_["output_to_hidden.w"].reshape(2, 20)  # it bears on random feedback alone
    np.testing.assert_allclose(1e-3 * back.T, scaled.learned_["hidden_to_output.w"].reshape(20, 2), rtol=1e-9)
    fixed, start = network("eprop").fit(X, Y), network("eprop")
    start.partial_fit(X[:1], Y[:1], np.unique(Y))
    smaller = network("eprop", feedback_scale=0.5).partial_fit(X[:1], Y[:1], np.unique(Y))
    assert np.array_equal(smaller.learned_["output_to_hidden.w"], 0.5 * start.learned_["output_to_hidden.w"])
    assert np.array_equal(fixed.learned_["output_to_hidden.w"], start.learned_["output_to_hidden.w"])


@pytest.mark.parametrize("model", ["surrogate-recurrent", "eprop"])
def test_a_cue_is_kept_until_the_answer(model: str) -> None:
    learner = network(model, passes=60, learning_rate=0.1, backend="auto").fit(X, Y)
    assert learner.score(X, Y) >= 0.9  # of 32 sequences, whose frames after the first are noise


def test_work_counts_only_what_happens_while_a_sequence_lasts(surrogate: SpikingRecurrent) -> None:
    recording = surrogate.record(X)
    spikes = recording.spike_times("hidden")
    n_spikes = int((np.rint(spikes.time / 5e-3) < 3 * LENGTHS[spikes.trial]).sum())
    found, n_steps = surrogate.operations(X), 3 * int(LENGTHS.sum())
    assert found.synaptic_operations == n_spikes * (19 + 2)
    assert found.multiply_accumulates == n_steps * (4 * 20 + 2)  # no value is 0
    assert found.neuron_updates == n_steps * (20 + 2)
    assert np.array_equal(surrogate.time_steps(X), 3 * LENGTHS)


def test_activity_has_values_spikes_and_answers(surrogate: SpikingRecurrent) -> None:
    activity = surrogate.activity(X)
    assert [layer.name for layer in activity.layers] == ["input", "hidden", "output"]
    assert activity["input"].binned is None
    binned = activity["hidden"].binned
    assert binned is not None
    assert binned.shape == (len(X), 8, 20)  # a frame each
    assert np.array_equal(activity["output"].responses, surrogate.predict_proba(X))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"frame": 12.0}, "frame: got 12.0; give a whole number of time steps dt"),
        ({"adaptive": 1.5}, "adaptive: got 1.5; give a share of 0 to 1"),
        ({"adaptation": -0.1}, "adaptation: got -0.1; give a number of at least 0"),
        ({"units": 1}, "units: got 1; give an integer of at least 2"),
        ({"answer_steps": 9}, "answer_steps: got 9; give an integer of 1 to 8, the steps of a sample, or None for all"),
        ({"optimizer": "sgd"}, "optimizer: got 'sgd'; give one of plain, adam"),
        ({"feedback": "none"}, "feedback: got 'none'; give one of random, symmetric"),
        ({"feedback_scale": -1.0}, "feedback_scale: got -1.0; give a positive finite number"),
        ({"sequence_shape": (8, 5)}, "sequence_shape: 8 steps of 5 channels"),
        ({"dampening": 0.0}, "dampening: got 0.0; give a positive finite number"),
    ],
)
def test_parameters_out_of_their_range(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(bnsim.InputError, match=rf"^Eprop\.{message}"):
        network("eprop", **changed).fit(X, Y)


def test_a_training_that_diverges_names_the_learning_rate() -> None:
    with pytest.raises(bnsim.InputError, match=r"\.learning_rate: with 1e\+300 training diverged"):
        network("surrogate-recurrent", learning_rate=1e300).fit(X, Y)


def test_both_are_what_the_registry_says() -> None:
    assert isinstance(network("eprop"), Eprop)
    assert isinstance(network("surrogate-recurrent"), SurrogateRecurrent)
