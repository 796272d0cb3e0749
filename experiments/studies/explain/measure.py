"""Explain the answers of a trained network, and compare the maps with those of its twin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from experiments.shared.answers import log_odds, output_shares
from experiments.shared.fitted import fitted
from experiments.spec import Measurement, Metric, Outcome, Progress, Subject
from experiments.studies.explain import STUDY, Config, attribution
from experiments.tasks.dataset import Samples

if TYPE_CHECKING:
    from models.classifier import Classifier

Maps = Mapping[str, FloatArray]
"""Maps (image, pixel) by name of the method."""
NOISE, STEP = 0.5, 0.02
"""Standard deviation of the noise and step of the differences, in standard deviations of all training pixels."""
WINDOWS = 4
"""Number of occlusion windows along each side of the image."""


@dataclass(frozen=True)
class Setting:
    """Inputs that all maps have in common.

    Parameters
    ----------
    image_shape
        Height and width of the images.
    baseline
        Mean training image (pixel,).
    contrast
        Standard deviation of all training pixels together.
    noise
        Noise that is added to images (draw, pixel).
    """

    image_shape: tuple[int, int]
    baseline: FloatArray
    contrast: float
    noise: FloatArray


@dataclass(frozen=True)
class Explained:
    """A trained network with the maps of its answers.

    Parameters
    ----------
    model
        The network.
    images
        The images that it was shown.
    setting
        Inputs of the maps.
    answers
        Index of each answer among the network's classes (image,).
    maps
        Maps of these answers.
    n_train
        Number of training samples.
    """

    model: Classifier
    images: Samples
    setting: Setting
    answers: NDArray[np.intp]
    maps: Maps
    n_train: int


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Explain the answers of one model with one seed, and compare the maps with those of its twin.

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
    if subject.dataset.image_shape is None:
        return Outcome(1, 0)
    own = explained(config, subject, subject.dataset.image_shape, progress)
    measurements = [*_within(own.maps), *_deletion(own, config.deletion_steps, subject.seed)]
    if subject.twin is not None:
        twin = explained(config, subject.twin, subject.dataset.image_shape, progress)
        measurements += _of_twins(own.maps, twin.maps)
    if subject.seed == 0:
        measurements += _shown(own, config.n_shown, subject.dataset.classes)
    return Outcome(own.n_train, len(own.images), tuple(measurements))


def explained(config: Config, subject: Subject, image_shape: tuple[int, int], progress: Progress) -> Explained:
    """Train the subject's network, and compute the maps of the first test images.

    Parameters
    ----------
    config
        Options of the study.
    subject
        The network.
    image_shape
        Height and width of the images.
    progress
        Receives the number of presentations or maps that are done, and their total.

    Returns
    -------
    Explained
        The network with its maps.
    """
    found = fitted(subject, config.max_train, progress)
    X, held_out = found.split.train.X, found.split.held_out
    images = held_out.first(config.n_images)
    contrast = float(X.std())
    noise = attribution.mirrored_noise(
        (config.n_noise, X.shape[1]), NOISE * contrast, np.random.default_rng([subject.seed, 0x57A1])
    )
    setting = Setting(image_shape, X.mean(axis=0), contrast, noise)
    answers = np.searchsorted(found.model.classes_, found.model.predict(images.X))
    spiking = found.model.activity(images.X[:1]).bin_width is not None
    maps = {}
    for number, (name, method) in enumerate((OF_SPIKES if spiking else OF_ACTIVATIONS).items(), start=1):
        maps[name] = method(found.model, images.X, answers, setting)
        progress(number, len(OF_SPIKES if spiking else OF_ACTIVATIONS))
    return Explained(found.model, images, setting, answers, maps, len(found.split.train))


def _occlusion(model: Classifier, X: FloatArray, answers: NDArray[np.intp], setting: Setting) -> FloatArray:
    places = attribution.windows(setting.image_shape, max(1, min(setting.image_shape) // WINDOWS))
    maps = []
    for image, answer in zip(X, answers, strict=True):
        changed = np.vstack([image, attribution.occluded(image, setting.baseline, places)])
        intact, *others = output_shares(model, changed)[:, answer]
        maps.append(attribution.occlusion(intact - np.array(others), places))
    return np.array(maps)


def _gradient(model: Classifier, X: FloatArray, answers: NDArray[np.intp], setting: Setting) -> FloatArray:
    step = STEP * setting.contrast
    odds = (log_odds(output_shares(model, attribution.nudged(image, step))) for image in X)
    return np.array([attribution.gradient(found[:, answer], step) for found, answer in zip(odds, answers, strict=True)])


def _spike_triggered(model: Classifier, X: FloatArray, answers: NDArray[np.intp], setting: Setting) -> FloatArray:
    shares = (output_shares(model, image + setting.noise) for image in X)
    return np.array(
        [
            attribution.triggered_average(setting.noise, found[:, answer])
            for found, answer in zip(shares, answers, strict=True)
        ]
    )


def _receptive_fields(model: Classifier, X: FloatArray, answers: NDArray[np.intp], setting: Setting) -> FloatArray:
    shares = output_shares(model, setting.baseline + setting.noise)
    return np.array([attribution.triggered_average(setting.noise, shares[:, answer]) for answer in answers])


OF_SPIKES = {
    "occlusion": _occlusion,
    "spike-triggered": _spike_triggered,
    "receptive-field": _receptive_fields,
}
OF_ACTIVATIONS = {"occlusion": _occlusion, "gradient": _gradient}


def _within(maps: Maps) -> Iterator[Measurement]:
    for name, other in combinations(maps, 2):
        yield from _agreement(STUDY["map_agreement"], maps[name], maps[other], map=name, other=other)


def _of_twins(maps: Maps, of_twin: Maps) -> Iterator[Measurement]:
    for name, own in maps.items():
        for other, twin in of_twin.items():
            yield from _agreement(STUDY["twin_agreement"], own, twin, map=name, twin=other)
            yield from _agreement(STUDY["twin_chance"], own, np.roll(twin, 1, axis=0), map=name, twin=other)


def _agreement(metric: Metric, first: FloatArray, second: FloatArray, **maps: Any) -> Iterator[Measurement]:
    """Yield the mean over images; nothing if all maps of a method are constant."""
    found = [attribution.agreement(one, other) for one, other in zip(first, second, strict=True)]
    values = [value for value in found if value is not None]
    if values:
        yield metric(np.mean(values), None, **maps)


def _deletion(own: Explained, steps: int, seed: int) -> Iterator[Measurement]:
    generator = np.random.default_rng([seed, 0xDE1E])
    areas = {}
    random = generator.random(own.images.X.shape)
    for name, maps in {**own.maps, "random": random}.items():
        stacks = [
            attribution.deleted(image, own.setting.baseline, np.argsort(-np.abs(values), kind="stable"), steps)
            for image, values in zip(own.images.X, maps, strict=True)
        ]
        share, correct = _answered(own, stacks)
        areas[name] = attribution.area(correct)
        for number in range(steps + 1):
            step = round(100 * number / steps)
            yield STUDY["deletion_correct"](correct[number], step, order=name)
            yield STUDY["deletion_share"](share[number], step, order=name)
        yield STUDY["deletion_area"](areas[name], order=name)
    yield STUDY["deletion_gain"](areas["random"] - areas["occlusion"])


def _answered(own: Explained, stacks: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Return the mean share of the first answer and the share of correct answers by step.

    `stacks` has an array (step, pixel) for each image.
    """
    stacked = np.concatenate(stacks)
    steps = len(stacks[0])
    shares = output_shares(own.model, stacked)[np.arange(len(stacked)), np.repeat(own.answers, steps)]
    right = own.model.predict(stacked) == np.repeat(own.images.y, steps)
    return shares.reshape(-1, steps).mean(axis=0), right.reshape(-1, steps).mean(axis=0)


def _shown(own: Explained, count: int, classes: Sequence[str]) -> Iterator[Measurement]:
    answers = own.model.classes_[own.answers]
    for index in range(min(count, len(own.images))):
        true, answer = classes[own.images.y[index]], classes[answers[index]]
        for name, maps in {"image": own.images.X, **own.maps}.items():
            yield from STUDY["map_value"].curve(maps[index], image=index, true=true, answer=answer, map=name)
