"""The accuracy study on real digits with small networks: what is measured, and that nothing leaks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn.metrics import log_loss

from experiments.spec import Outcome, Subject
from experiments.studies.accuracy import STUDY
from experiments.studies.accuracy.measure import _spiking, cross_entropy, run
from experiments.tasks import load_task
from experiments.tasks.dataset import Dataset, Samples, _test_indices, final_split
from models.classifier import Activity, Layer
from models.registry import create
from tests.experiments.digits import DIGITS, SMALL, ignore, value

QUICK = STUDY.presets["quick"]


def subject(dataset: Dataset = DIGITS, seed: int = 0) -> Subject:
    return Subject(dataset, "dense", SMALL, seed)


@pytest.fixture(scope="module")
def measured() -> Outcome:
    return run(QUICK, subject(), ignore)


def with_test_labels_shuffled(dataset: Dataset, seed: int) -> Dataset:
    """The same samples, with the labels of this seed's test set in another order."""
    _, test = _test_indices(dataset, seed)
    y = dataset.y.copy()
    y[test] = np.random.default_rng(0).permutation(y[test])
    return dataclasses.replace(dataset, y=y)


def test_accuracy_measures_a_trained_network(measured: Outcome) -> None:
    assert value(measured, "test_accuracy") > 0.9
    assert 0 < value(measured, "test_loss") < 0.5
    assert not [found for found in measured.measurements if found.metric == "within_tolerance"]
    assert value(measured, "trainable_parameters") == 64 * 20 + 20 + 20 * 10 + 10
    assert value(measured, "multiply_accumulates_per_sample") == 64 * 20 + 20 * 10
    assert value(measured, "presentations_per_second") == pytest.approx(8 * 1437 / value(measured, "training_seconds"))
    assert (measured.n_train, measured.n_held_out) == (1437, 360)


def test_confusion_counts_add_up(measured: Outcome) -> None:
    counts = [found for found in measured.measurements if found.metric == "confusion_count"]
    right = sum(found.value for found in counts if found.facts["true"] == found.facts["predicted"])
    assert len(counts) == 100
    assert sum(found.value for found in counts) == 360
    assert right / 360 == value(measured, "test_accuracy")


@pytest.mark.slow
def test_accuracy_after_some_time_is_measured_where_a_model_decides_at_any_time(measured: Outcome) -> None:
    assert not [found for found in measured.measurements if found.metric == "accuracy_after"]
    parameters = {**SMALL, "duration": 25, "backend": "numpy"}
    config = QUICK.model_copy(update={"n_measured": 360})  # all of the test set
    outcome = run(config, Subject(DIGITS, "converted", parameters, 0), ignore)
    course = {found.step: found.value for found in outcome.measurements if found.metric == "accuracy_after"}
    assert list(course) == [3, 5, 8, 10, 13, 15, 18, 20, 23, 25]
    assert course[25] == value(outcome, "test_accuracy") > 0.9


def test_accuracy_repeats_exactly_but_for_the_clock(measured: Outcome) -> None:
    again = run(QUICK, subject(), ignore)
    for first, second in zip(measured.measurements, again.measurements, strict=True):
        if not first.metric.endswith(("_seconds", "_per_second")):
            assert first == second


def test_test_labels_change_no_prediction(measured: Outcome) -> None:
    shuffled = with_test_labels_shuffled(DIGITS, seed=0)
    # The split is stratified by all labels, so the same samples are held out only if it is fixed by hand.
    train, test = _test_indices(DIGITS, seed=0)
    order = np.concatenate([train, test])
    fixed, fixed_shuffled = (
        dataclasses.replace(data, X=data.X[order], y=data.y[order], n_train=len(train), n_validation=200)
        for data in (DIGITS, shuffled)
    )
    outcomes = [run(QUICK, subject(dataset), ignore) for dataset in (fixed, fixed_shuffled)]
    assert outcomes[0].predictions is not None
    assert outcomes[1].predictions is not None
    np.testing.assert_array_equal(outcomes[0].predictions.predicted, outcomes[1].predictions.predicted)
    assert value(outcomes[1], "test_accuracy") < 0.3 < value(outcomes[0], "test_accuracy")


def test_shuffled_training_labels_leave_chance() -> None:
    y = np.random.default_rng(0).permutation(DIGITS.y)
    outcome = run(QUICK, subject(dataclasses.replace(DIGITS, y=y)), ignore)
    assert value(outcome, "test_accuracy") < 0.2  # chance 0.1, its standard deviation 0.016


@pytest.mark.parametrize("task", ["digits", "breast-cancer"])
def test_loss_is_that_of_scikit_learn_and_of_keras(task: str) -> None:
    split = final_split(load_task(task), seed=0)
    test = split.held_out
    model = create("article-dense", random_state=0).fit(split.train.X, split.train.y)
    loss = cross_entropy(model, test)  # type: ignore[arg-type]
    probabilities = model.predict_proba(test.X)  # type: ignore[attr-defined]
    assert loss == pytest.approx(log_loss(test.y, probabilities))
    kind = "binary_crossentropy" if task == "breast-cancer" else "sparse_categorical_crossentropy"
    network = model.network_  # type: ignore[attr-defined]
    network.compile(loss=kind, metrics=["accuracy"])
    evaluated = network.evaluate(test.X, test.y, verbose=0)
    assert [loss, model.score(test.X, test.y)] == pytest.approx(evaluated, rel=1e-5)


class Sure:
    """Gives the first of its classes all probability."""

    classes_ = np.array([0, 2])

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return np.tile([1.0, 0.0], (len(X), 1))


@pytest.mark.parametrize(("label", "loss"), [(0, 0.0), (2, -np.log(1e-7)), (1, -np.log(1e-7))])
def test_a_loss_is_finite(label: int, loss: float) -> None:
    """Where the network is sure and wrong, and where it has never seen the class."""
    assert cross_entropy(Sure(), Samples(np.zeros((3, 1)), np.full(3, label))) == pytest.approx(loss)


def test_a_brain_like_network_without_spikes_is_not_asked_for_any() -> None:
    parameters = {"hidden": (20,), "batch_size": 32, "learning_rate": 3.0, "passes": 20}
    outcome = run(QUICK, Subject(DIGITS, "rate", parameters, seed=0), ignore)
    metrics = {measurement.metric for measurement in outcome.measurements}
    assert not metrics & {"spikes_per_neuron_trial", "tie_share"}
    assert value(outcome, "synaptic_operations_per_sample") == 0
    assert value(outcome, "test_accuracy") > 0.9
    split = final_split(DIGITS, seed=0)
    model = create("rate", **parameters, random_state=0).fit(split.train.X, split.train.y)
    outputs = model.activity(split.held_out.X)["output"].responses
    within = np.abs(outputs - np.eye(10)[split.held_out.y]) <= 0.1
    assert value(outcome, "within_tolerance") == np.mean(within)
    assert 0 < value(outcome, "test_loss") < 1


def test_spiking_layers_are_counted_without_the_input() -> None:
    hidden = np.array([[1, 3], [2, 2]], float)
    output = np.array([[0, 4], [3, 3]], float)
    layers = [
        Layer("input", np.full((2, 9), 50.0), None),
        Layer("hidden", hidden, hidden[:, None]),
        Layer("output", output, output[:, None]),
    ]
    found = {(item.metric, item.facts.get("layer")): item.value for item in _spiking(Activity(tuple(layers), 0.01))}
    assert found == {
        ("spikes_per_neuron_trial", None): 18 / 8,
        ("spikes_per_neuron_trial", "hidden"): 2.0,
        ("spikes_per_neuron_trial", "output"): 2.5,
        ("tie_share", None): 0.5,
    }


def test_votes_are_no_spikes() -> None:
    """Spikes are counted in layers with a time axis; ties are those of the answer, which may be read by votes."""
    counts = np.array([[1.0, 3.0], [0.0, 2.0]])
    votes = np.array([[-5.0, -5.0], [-1.0, -2.0]])
    layers = (
        Layer("input", counts, counts[:, None]),
        Layer("cells", counts, counts[:, None]),
        Layer("output", votes, None),
    )
    found = {(row.metric, row.facts.get("layer")): row.value for row in _spiking(Activity(layers, bin_width=0.005))}
    assert found == {
        ("spikes_per_neuron_trial", None): 1.5,
        ("spikes_per_neuron_trial", "cells"): 1.5,
        ("tie_share", None): 0.5,
    }
