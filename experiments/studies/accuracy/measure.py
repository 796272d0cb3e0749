"""How well, how fast and at what cost does each network classify the test set?

Each model is trained on the whole training set (validation samples included) and then, with learning
frozen, opens the test set once a seed.

Metrics
-------
test_accuracy             fraction of the test set classified correctly
balanced_accuracy         mean of the recalls of the classes, which counts a rare class as much as a frequent one
recall                    fraction of the test samples of a class that were given to it (condition "class=..")
majority_accuracy         accuracy of always answering the class that is most frequent in the training set
test_samples              number of test samples (condition "class=..": of one class)
test_loss                 models with `predict_proba`: mean cross-entropy, -ln of the probability of the true class, in
                          nat; probabilities count as 1e-7 at least, as in Keras
within_tolerance          models that have it: share of outputs within 0.1 of their target (see `models.rate`); no
                          accuracy, since outputs that never leave 0 score high
confusion_count           test samples by true and predicted class (condition "true=..,predicted=..")
trainable_parameters      values that training changes
training_seconds          wall-clock time of `fit`, building of the network included
presentations_per_second  training presentations over that time
prediction_seconds        wall-clock time of classifying the whole test set
*_per_sample              `OperationCount` of the model over the first `n_measured` test samples, a sample:
                          synaptic_operations, multiply_accumulates, neuron_updates, bytes
spikes_per_neuron_trial   networks with spikes: mean count over all spiking neurons (condition "layer=..": of one layer)
tie_share                 networks with spikes: fraction of those samples in which two output neurons share the highest
                          count
accuracy_after            fraction of those samples classified correctly after `step` time steps, by models that
                          decide at any time (`predictions_over_time`)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveInt

from experiments.abilities import Anytime, Probabilistic, Tolerant
from experiments.shared.fitted import fitted
from experiments.spec import Measurement, Outcome, Predictions, Subject
from experiments.studies.accuracy.classes import by_class
from experiments.tasks.dataset import Samples

if TYPE_CHECKING:
    from models.classifier import Activity, Classifier

LEAST_PROBABILITY = 1e-7
"""Keras' own bound: a network that is sure of the wrong class would have an infinite loss."""


COURSE_POINTS = 10
"""Points of the course of the accuracy over a trial, at equal distances."""


class Config(BaseModel):
    """max_train: train on a stratified subset of at most so many samples, None for all of them.
    n_measured: number of test samples over which activity and operations are counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_train: PositiveInt | None
    n_measured: PositiveInt


PRESETS = {
    "quick": Config(max_train=10_000, n_measured=200),
    "full": Config(max_train=None, n_measured=1000),
}


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Train one model with one seed and measure it on the test set."""
    found = fitted(subject, config.max_train, progress)
    model, split = found.model, found.split
    started = time.perf_counter()
    predicted = model.predict(split.held_out.X)
    prediction_seconds = time.perf_counter() - started
    true = split.held_out.y
    measurements = [
        Measurement("test_accuracy", float(np.mean(predicted == true)), "fraction"),
        *by_class(true, predicted, split.train.y, subject.dataset.classes),
        *_graded(model, split.held_out),
        Measurement("trainable_parameters", model.trainable_parameters, "count"),
        Measurement("training_seconds", found.seconds, "s"),
        Measurement("presentations_per_second", found.presentations / found.seconds, "1/s"),
        Measurement("prediction_seconds", prediction_seconds, "s"),
        *_effort(model, split.held_out.X[: config.n_measured]),
        *_course(model, split.held_out.X[: config.n_measured], true[: config.n_measured]),
        *_confusion(true, predicted, subject.dataset.classes),
    ]
    return Outcome(len(split.train), len(true), tuple(measurements), Predictions(true, predicted))


def _graded(model: Classifier, test: Samples) -> Iterator[Measurement]:
    """Measures of how far the outputs are from what they ought to be, for models that say so."""
    if isinstance(model, Probabilistic):
        yield Measurement("test_loss", cross_entropy(model, test), "nat")
    if isinstance(model, Tolerant):
        yield Measurement("within_tolerance", model.within_tolerance(test.X, test.y), "fraction")


def cross_entropy(model: Probabilistic, test: Samples) -> float:
    """Mean of -ln p over the samples, p being the probability that the model gives the true class."""
    is_true = test.y[:, np.newaxis] == model.classes_
    right = np.sum(model.predict_proba(test.X) * is_true, axis=1)
    return float(-np.mean(np.log(np.maximum(right, LEAST_PROBABILITY))))


def _effort(model: Classifier, X: NDArray[np.float64]) -> Iterator[Measurement]:
    operations = model.operations(X)
    for name, value in vars(operations).items():
        yield Measurement(f"{name}_per_sample", value / len(X), "byte" if name == "bytes" else "count")
    activity = model.activity(X)
    if activity.bin_width is not None:  # without a time axis there are no spikes to count, whatever the kind
        yield from _spiking(activity)


def _spiking(activity: Activity) -> Iterator[Measurement]:
    # An answer that is read from cells by votes is a layer without spikes.
    layers = [layer for layer in activity.layers if layer.name != "input" and layer.binned is not None]
    spikes = sum(float(layer.responses.sum()) for layer in layers)
    neuron_trials = sum(layer.responses.size for layer in layers)
    yield Measurement("spikes_per_neuron_trial", spikes / neuron_trials, "count")
    for layer in layers:
        mean = float(layer.responses.mean())
        yield Measurement("spikes_per_neuron_trial", mean, "count", condition=f"layer={layer.name}")
    counts = activity.layers[-1].responses
    winners = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1)
    yield Measurement("tie_share", float(np.mean(winners > 1)), "fraction")


def _course(model: Classifier, X: NDArray[np.float64], true: NDArray[np.int64]) -> Iterator[Measurement]:
    if isinstance(model, Anytime):
        right = np.mean(model.predictions_over_time(X) == true[:, None], axis=0)
        for step in sorted({-(-len(right) * part // COURSE_POINTS) for part in range(1, COURSE_POINTS + 1)}):
            yield Measurement("accuracy_after", float(right[step - 1]), "fraction", step=step)


def _confusion(
    true: NDArray[np.int64], predicted: NDArray[np.int64], classes: tuple[str, ...]
) -> Iterator[Measurement]:
    from sklearn.metrics import confusion_matrix

    matrix = confusion_matrix(true, predicted, labels=np.arange(len(classes)))
    for (row, column), count in np.ndenumerate(matrix):
        condition = f"true={classes[row]},predicted={classes[column]}"
        yield Measurement("confusion_count", float(count), "count", condition)
