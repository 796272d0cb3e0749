"""Train each model and measure it on the test set."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.shared.answers import LEAST_PROBABILITY, true_probabilities
from experiments.shared.fitted import fitted
from experiments.spec import Measurement, Outcome, Predictions, Progress, Subject
from experiments.studies.accuracy import STUDY, Config
from experiments.studies.accuracy.classes import by_class
from experiments.tasks.dataset import Samples
from models.capabilities import Anytime, Probabilistic, Tolerant

if TYPE_CHECKING:
    from models.classifier import Activity, Classifier

COURSE_POINTS = 10
"""Number of equally spaced points at which the accuracy is measured over a trial."""


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Train one model with one seed and measure it on the test set.

    Parameters
    ----------
    config
        Options of the study.
    subject
        The model, with its data and its seed.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    found = fitted(subject, config.max_train, progress)
    model, split = found.model, found.split
    started = time.perf_counter()
    predicted = model.predict(split.held_out.X)
    prediction_seconds = time.perf_counter() - started
    true = split.held_out.y
    measurements = [
        STUDY["test_accuracy"](np.mean(predicted == true)),
        *by_class(true, predicted, split.train.y, subject.dataset.classes),
        *_graded(model, split.held_out),
        STUDY["trainable_parameters"](model.trainable_parameters),
        STUDY["training_seconds"](found.seconds),
        STUDY["presentations_per_second"](found.presentations / found.seconds),
        STUDY["prediction_seconds"](prediction_seconds),
        *_effort(model, split.held_out.X[: config.n_measured]),
        *_course(model, split.held_out.X[: config.n_measured], true[: config.n_measured]),
        *_confusion(true, predicted, subject.dataset.classes),
    ]
    return Outcome(len(split.train), len(true), tuple(measurements), Predictions(true, predicted))


def _graded(model: Classifier, test: Samples) -> Iterator[Measurement]:
    """Yield measures of the distance between outputs and targets, for models that have them."""
    if isinstance(model, Probabilistic):
        yield STUDY["test_loss"](cross_entropy(model, test))
    if isinstance(model, Tolerant):
        yield STUDY["within_tolerance"](model.within_tolerance(test.X, test.y))


def cross_entropy(model: Probabilistic, test: Samples) -> float:
    """Compute the mean of -ln p over samples, where p is the probability that the model assigns to the true class.

    Parameters
    ----------
    model
        A fitted classifier with class probabilities.
    test
        Samples with their classes.

    Returns
    -------
    float
        Cross-entropy in nat.
    """
    right = true_probabilities(model.predict_proba(test.X), model.classes_, test.y)
    return float(-np.mean(np.log(np.maximum(right, LEAST_PROBABILITY))))


def _effort(model: Classifier, X: NDArray[np.float64]) -> Iterator[Measurement]:
    operations = model.operations(X)
    for name, value in vars(operations).items():
        yield STUDY[f"{name}_per_sample"](value / len(X))
    activity = model.activity(X)
    if activity.bin_width is not None:  # without a time axis there are no spikes to count, whatever the kind of network
        yield from _spiking(activity)


def _spiking(activity: Activity) -> Iterator[Measurement]:
    # If cells vote for the answer, the output layer has no spikes.
    layers = [layer for layer in activity.layers if layer.name != "input" and layer.binned is not None]
    spikes = sum(float(layer.responses.sum()) for layer in layers)
    neuron_trials = sum(layer.responses.size for layer in layers)
    yield STUDY["spikes_per_neuron_trial"](spikes / neuron_trials)
    for layer in layers:
        yield STUDY["spikes_per_neuron_trial"](layer.responses.mean(), layer=layer.name)
    counts = activity.layers[-1].responses
    winners = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1)
    yield STUDY["tie_share"](np.mean(winners > 1))


def _course(model: Classifier, X: NDArray[np.float64], true: NDArray[np.int64]) -> Iterator[Measurement]:
    if isinstance(model, Anytime):
        right = np.mean(model.predictions_over_time(X) == true[:, None], axis=0)
        for step in sorted({-(-len(right) * part // COURSE_POINTS) for part in range(1, COURSE_POINTS + 1)}):
            yield STUDY["accuracy_after"](right[step - 1], step)


def _confusion(
    true: NDArray[np.int64], predicted: NDArray[np.int64], classes: tuple[str, ...]
) -> Iterator[Measurement]:
    from sklearn.metrics import confusion_matrix

    matrix = confusion_matrix(true, predicted, labels=np.arange(len(classes)))
    for (row, column), count in np.ndenumerate(matrix):
        yield STUDY["confusion_count"](count, true=classes[row], predicted=classes[column])
