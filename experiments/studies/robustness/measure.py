"""Disturb a trained network in every way that it supports."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from experiments.shared.disturbances import DISTURBANCES, Values, disturb
from experiments.shared.fitted import Fitted, fitted
from experiments.spec import Measurement, Outcome, Progress, Subject
from experiments.studies.robustness import COMMON, INPUTS, LESIONS, STUDY, Config, lesions, spike_disturbances
from experiments.tasks.dataset import Samples
from models.capabilities import ActivationReadOut, SpikeReadOut


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Apply all disturbances that one model with one seed supports.

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
    test = found.split.held_out.first(config.n_measured)
    clean = STUDY["clean_accuracy"](found.model.score(test.X, test.y))
    measured: list[Measurement] = []
    parts = (_inputs, _lesions, _responses)
    for number, part in enumerate(parts, start=1):
        measured += part(config, subject, found, test)
        progress(number, len(parts))
    return Outcome(len(found.split.train), len(test), (clean, *measured, *_means(measured)))


def generator(seed: int, disturbance: str, severity: float, sample: int = 0) -> np.random.Generator:
    """Return the source of a disturbance's random numbers, which does not depend on the model.

    Parameters
    ----------
    seed
        Seed of the run.
    disturbance
        Name of the disturbance.
    severity
        Severity of the disturbance.
    sample
        Index of the disturbed sample.

    Returns
    -------
    Generator
        Source of random numbers.
    """
    return np.random.default_rng([seed, zlib.crc32(disturbance.encode()), round(1e6 * severity), sample])


def disturbed(X: FloatArray, disturbance: str, severity: float, values: Values, seed: int) -> FloatArray:
    """Disturb the input.

    Parameters
    ----------
    X
        Samples (sample, feature).
    disturbance
        One of `DISTURBANCES`.
    severity
        Severity of the disturbance.
    values
        Range of the values of training samples.
    seed
        Seed of the run.

    Returns
    -------
    array (sample, feature)
        The disturbed samples.
    """
    generators = partial(generator, seed, disturbance, severity)
    return disturb(X, DISTURBANCES[disturbance], severity, values, generators)


def _accuracy(predicted: NDArray[Any], test: Samples, disturbance: str, severity: float) -> Measurement:
    return STUDY["accuracy"](np.mean(predicted == test.y), disturbance=disturbance, severity=severity)


def _means(measured: Sequence[Measurement]) -> Iterator[Measurement]:
    """Yield means over the severities of each disturbance, and over the common disturbances."""
    by_disturbance: dict[str, list[float]] = {}
    for row in measured:
        if row.metric == "accuracy":
            by_disturbance.setdefault(str(row.facts["disturbance"]), []).append(row.value)
    means = {name: float(np.mean(values)) for name, values in by_disturbance.items()}
    yield from (STUDY[f"{name}_mean"](mean) for name, mean in means.items())
    common = [mean for name, mean in means.items() if name in COMMON]
    yield STUDY["robustness_mean"](np.mean(common))


def _inputs(config: Config, subject: Subject, found: Fitted, test: Samples) -> Iterator[Measurement]:
    """Disturb the input; one call predicts all samples, since a prediction depends only on its own sample."""
    image_shape = subject.dataset.image_shape
    values = Values.of(found.split.train.X, image_shape, subject.dataset.sequence_shape)
    taken = [name for name in INPUTS if name != "occlusion" or image_shape is not None]
    cases = [(name, severity) for name in taken for severity in config.severities(name)]
    versions = [disturbed(test.X, name, severity, values, subject.seed) for name, severity in cases]
    predicted = found.model.predict(np.concatenate(versions)).reshape(len(cases), -1)
    for (name, severity), answers in zip(cases, predicted, strict=True):
        yield _accuracy(answers, test, name, severity)


def _lesions(config: Config, subject: Subject, found: Fitted, test: Samples) -> Iterator[Measurement]:
    model = found.model
    weights, places = model.weights(), lesions.hidden_layers(model, test.X)

    def changed(name: str, severity: float) -> dict[str, FloatArray]:
        drawn = generator(subject.seed, name, severity)
        if name == "weight_noise":
            return lesions.noisy(weights, severity, drawn)
        if name == "deleted_synapses":
            return lesions.without_synapses(weights, severity, drawn)
        return lesions.without_neurons(weights, places, severity, drawn)

    for name in LESIONS:
        if name != "deleted_neurons" or places:
            for severity in config.severities(name):
                lesioned = model.with_weights(changed(name, severity))
                yield _accuracy(lesioned.predict(test.X), test, name, severity)


def _responses(config: Config, subject: Subject, found: Fitted, test: Samples) -> Iterator[Measurement]:
    """Disturb the responses of the last hidden layer."""
    model, layers = found.model, found.model.activity(test.X[:1]).layers
    if isinstance(model, SpikeReadOut):
        yield from _spikes(config, subject, model, test)
    elif isinstance(model, ActivationReadOut) and len(layers) > 2:
        yield from _activations(config, subject, found, test)


def _spikes(config: Config, subject: Subject, model: SpikeReadOut, test: Samples) -> Iterator[Measurement]:
    before = model.hidden_spikes(test.X)
    steps_per_ms = 1 / (1e3 * before.dt)
    for name in ("spike_jitter", "spike_loss"):
        for severity in config.severities(name):
            drawn = (generator(subject.seed, name, severity, row) for row in range(len(before.trains)))
            if name == "spike_loss":
                trains = [
                    spike_disturbances.lost(train, severity, each)
                    for train, each in zip(before.trains, drawn, strict=True)
                ]
            else:
                trains = [
                    spike_disturbances.jittered(train, steps_per_ms * severity, before.n_steps, each)
                    for train, each in zip(before.trains, drawn, strict=True)
                ]
            now = replace(before, trains=tuple(trains))
            yield _accuracy(model.read_out_spikes(test.X, now.trains), test, name, severity)
            yield from _change(before.counts, now.counts, name, severity)


def _activations(config: Config, subject: Subject, found: Fitted, test: Samples) -> Iterator[Measurement]:
    model = found.model
    assert isinstance(model, ActivationReadOut)
    reference = model.activity(found.split.train.X[: config.n_measured]).layers[-2].responses
    before = model.activity(test.X).layers[-2].responses
    name = "activation_noise"
    for severity in config.severities(name):
        each = (generator(subject.seed, name, severity, row) for row in range(len(before)))
        noise = np.stack([drawn.standard_normal(before.shape[1]) for drawn in each])
        now = before + severity * reference.std() * noise
        now = np.maximum(now, 0) if reference.min() >= 0 else now
        yield _accuracy(model.read_out_activations(now), test, name, severity)
        yield from _change(before, now, name, severity)


def _change(before: FloatArray, now: FloatArray, disturbance: str, severity: float) -> Iterator[Measurement]:
    """Nothing for responses that do not vary, as of a silent layer."""
    if before.std() > 0:
        size = np.sqrt(np.mean((now - before) ** 2)) / before.std()
        yield STUDY["response_change"](size, disturbance=disturbance, severity=severity)
