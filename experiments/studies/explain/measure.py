"""What made it decide?

For the first `n_images` test images, each network is asked which pixels its answer rests on, by changing the images
alone, so that the same methods fit both kinds (`attribution`). Occlusion: windows of a quarter
of the image's side are replaced by the mean training image, which takes away ink and the absence of ink alike, and the
drop of the share that the first answer has of the output (spike counts over their sum; softmax) is taken. Networks with
spikes besides: the spike-triggered average, of noise added to the image, weighted by the share of output spikes of the
neuron that won; and that neuron's receptive field, the same about the mean training image. Networks without spikes
besides: the gradient of the log odds of the answer, from central differences, for any network alike.

Maps are compared by their absolute values. Control: the twin's map of another image, which is alike where both follow
what all images have in common, such as an empty margin. Deletion: pixels are replaced by the mean training image in the
order of a map, the largest absolute value first; control: a random order. Tasks without images have no maps.

Metrics
-------
map_agreement    Spearman correlation of two absolute maps of a network, mean over images (condition "map=..,other=..")
twin_agreement   the same of a map and one of its twin's ("map=..,twin=..")
twin_chance      the same with the twin's map of another image
deletion_correct images classified correctly with `step` per cent of the pixels deleted (condition "order=..")
deletion_share   mean share of the output that the first answer then has; it starts lower where output neurons fire
                 without input, so it is no comparison of kinds
deletion_area    area under deletion_correct, between 0 and 1 (condition "order=..")
deletion_gain    area of the random order minus that of occlusion: how much better occlusion knows which pixels matter
map_value        with the first seed: maps of the first `n_shown` images by pixel (`step`), row by row, and the images
                 (condition "image=..,true=..,answer=..,map=..", classes by number); left out of the summary

References: Zeiler & Fergus (2014), ECCV, arXiv:1311.2901, occlusion; Simonyan, Vedaldi & Zisserman (2014), ICLR
workshop, arXiv:1312.6034, gradients; Schwartz, Pillow, Rust & Simoncelli (2006), Journal of Vision 6(4):13,
spike-triggered averages; Samek, Binder, Montavon, Lapuschkin & Müller (2017), IEEE TNNLS 28:2660-2673, deletion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from experiments.shared.answers import log_odds, output_shares
from experiments.shared.fitted import fitted
from experiments.spec import Measurement, Outcome, Subject, condition, curve
from experiments.studies.explain import attribution
from experiments.tasks.dataset import Samples

if TYPE_CHECKING:
    from models.classifier import Classifier

FloatArray = NDArray[np.floating]
Maps = Mapping[str, FloatArray]
"""Name of the method -> maps (image, pixel)."""
NOISE, STEP = 0.5, 0.02
"""Deviation of the noise and step of the differences, in standard deviations of all training pixels together."""
WINDOWS = 4
"""Windows of occlusion a side of the image."""


class Config(BaseModel):
    """max_train: train on a stratified subset of at most so many samples, None for all of them. n_images: test images
    that are explained. n_shown: those of them whose maps are stored. n_noise: noisy images for a spike-triggered
    average. deletion_steps: steps of the deletion."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_train: PositiveInt | None
    n_images: int = Field(ge=2)
    n_shown: PositiveInt
    n_noise: PositiveInt
    deletion_steps: PositiveInt


PRESETS = {
    "quick": Config(max_train=10_000, n_images=20, n_shown=3, n_noise=300, deletion_steps=16),
    "full": Config(max_train=None, n_images=50, n_shown=3, n_noise=1500, deletion_steps=20),
}


@dataclass(frozen=True)
class Setting:
    """What all maps are made with: shape of the images, mean training image, deviation of all training pixels, noise
    (draw, pixel)."""

    image_shape: tuple[int, int]
    baseline: FloatArray
    contrast: float
    noise: FloatArray


@dataclass(frozen=True)
class Explained:
    """A trained network, the images, the numbers of the classes that it answers, and what these answers rest on."""

    model: Classifier
    images: Samples
    setting: Setting
    answers: NDArray[np.intp]
    maps: Maps
    n_train: int


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Explain the answers of one model with one seed, and hold them against those of its twin."""
    if subject.dataset.image_shape is None:
        return Outcome(1, 0)
    own = explained(config, subject, subject.dataset.image_shape, progress)
    measurements = [*_within(own.maps), *_deletion(own, config.deletion_steps, subject.seed)]
    if subject.twin is not None:
        twin = explained(config, subject.twin, subject.dataset.image_shape, progress)
        measurements += _of_twins(own.maps, twin.maps)
    if subject.seed == 0:
        measurements += _shown(own, config.n_shown)
    return Outcome(own.n_train, len(own.images), tuple(measurements))


def explained(
    config: Config, subject: Subject, image_shape: tuple[int, int], progress: Callable[[int, int], None]
) -> Explained:
    """The subject's network, trained, and its maps of the first test images."""
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
        yield from _agreement("map_agreement", maps[name], maps[other], condition(map=name, other=other))


def _of_twins(maps: Maps, of_twin: Maps) -> Iterator[Measurement]:
    for name, own in maps.items():
        for other, twin in of_twin.items():
            place = condition(map=name, twin=other)
            yield from _agreement("twin_agreement", own, twin, place)
            yield from _agreement("twin_chance", own, np.roll(twin, 1, axis=0), place)


def _agreement(metric: str, first: FloatArray, second: FloatArray, place: str) -> Iterator[Measurement]:
    """Mean over images; none where all maps of a method are flat."""
    found = [attribution.agreement(one, other) for one, other in zip(first, second, strict=True)]
    values = [value for value in found if value is not None]
    if values:
        yield Measurement(metric, float(np.mean(values)), "", place)


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
        place = condition(order=name)
        for number in range(steps + 1):
            step = round(100 * number / steps)
            yield Measurement("deletion_correct", float(correct[number]), "fraction", place, step)
            yield Measurement("deletion_share", float(share[number]), "fraction", place, step)
        yield Measurement("deletion_area", areas[name], "fraction", place)
    yield Measurement("deletion_gain", areas["random"] - areas["occlusion"], "fraction")


def _answered(own: Explained, stacks: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Mean share of the first answer and share of right answers by step, from a stack (step, pixel) of each image."""
    stacked = np.concatenate(stacks)
    steps = len(stacks[0])
    shares = output_shares(own.model, stacked)[np.arange(len(stacked)), np.repeat(own.answers, steps)]
    right = own.model.predict(stacked) == np.repeat(own.images.y, steps)
    return shares.reshape(-1, steps).mean(axis=0), right.reshape(-1, steps).mean(axis=0)


def _shown(own: Explained, count: int) -> Iterator[Measurement]:
    for index in range(min(count, len(own.images))):
        facts = {"image": index, "true": int(own.images.y[index]), "answer": int(own.answers[index])}
        for name, maps in {"image": own.images.X, **own.maps}.items():
            yield from curve("map_value", maps[index], "", condition(**facts, map=name))
