"""How much does each network still know when its input, its weights or its spikes are disturbed?

Each network is trained on the whole training set, undisturbed, and then classifies the same test samples again and
again, each time with one disturbance. Nothing is trained again. Severities are matched, for they are in the same units
for all networks and refer to what both kinds have:

gaussian_noise     normal noise on every feature; its standard deviation over the range of values
salt_and_pepper    share of the features that are set to the smallest or the largest value
occlusion          images only: side of a hidden patch over that of the image
contrast           share of its distance from the mean by which every feature is moved there
weight_noise       normal noise on every trained weight; its standard deviation over that of the weights of the layer
deleted_synapses   share of the weights of each trained layer that are set to 0
deleted_neurons    share of the units of each hidden layer whose trained outgoing weights are set to 0; of cells whose
                   outgoing weights are not trained, those into them, so that they stay silent

Range and mean are those of the training samples (over all pixels of images, else of each feature). Random numbers come
from seed, disturbance, severity and sample, never from the model: every network gets the very same disturbed samples,
and twins of one topology lose the same synapses and neurons. A network where weights cannot be replaced layer by layer,
or whose units share them, is left out of what it cannot take.

Three more disturb the responses of the last hidden layer. They have no common unit, and so no part in
`robustness_mean`; `response_change` tells how large each was.

spike_jitter       BNS: standard deviation of the normal time by which every spike is moved, in ms; none is lost
spike_loss         BNS: probability that a spike is lost
activation_noise   ANN: normal noise on every activation; its standard deviation over that of the layer's activations to
                   training samples. Activations that are never negative are cut at 0

The output neurons are simulated with the disturbed spikes in place of their own; this is done for `receptive-field` and
`three-factor`, whose last step is known in isolation.

Metrics
-------
clean_accuracy     fraction of the first `n_measured` test samples classified correctly without any disturbance
accuracy           the same with one (condition "disturbance=..,severity=..")
<disturbance>_mean mean accuracy over the severities of a disturbance: the area under its curve
robustness_mean    mean of these over the disturbances of input and weights, which both kinds take
response_change    root mean square change of the responses of the last hidden layer, spike counts or activations, over
                   their standard deviation (conditions as of accuracy)

References
----------
A network like `diehl-cook` is reported to keep 82.5 % of MNIST correct with half of its synapses deleted, and 66.8 %
with 90 % of its neurons deleted, of 93.4 %. Hendrycks & Dietterich (2019), ICLR: mean accuracy over disturbances and
severities.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from experiments.shared.disturbances import DISTURBANCES, Values
from experiments.shared.fitted import Fitted, fitted
from experiments.spec import Measurement, Outcome, Subject, condition
from experiments.studies.robustness import lesions, replay
from experiments.tasks.dataset import Samples

FloatArray = NDArray[np.floating]
Severities = Annotated[tuple[PositiveFloat, ...], Field(min_length=1)]
Shares = Annotated[tuple[Annotated[float, Field(gt=0, le=1)], ...], Field(min_length=1)]

LESIONS = ("weight_noise", "deleted_synapses", "deleted_neurons")
COMMON = (*DISTURBANCES, *LESIONS)
"""What both kinds take."""


class Config(BaseModel):
    """max_train: train on a stratified subset of at most so many samples, None for all of them. n_measured: test
    samples that are disturbed. All others are the severities of each disturbance, in the units above."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_train: PositiveInt | None
    n_measured: PositiveInt
    gaussian_noise: Severities
    salt_and_pepper: Shares
    occlusion: Shares
    contrast: Shares
    weight_noise: Severities
    deleted_synapses: Shares
    deleted_neurons: Shares
    spike_jitter: Severities
    spike_loss: Shares
    activation_noise: Severities

    def severities(self, disturbance: str) -> tuple[float, ...]:
        """Of one disturbance, from mild to severe."""
        return tuple(sorted(getattr(self, disturbance)))


PRESETS = {
    "quick": Config(
        max_train=10_000,
        n_measured=200,
        gaussian_noise=(0.15, 0.3, 0.6),
        salt_and_pepper=(0.1, 0.2, 0.4),
        occlusion=(0.25, 0.5, 0.75),
        contrast=(0.3, 0.6, 0.9),
        weight_noise=(0.5, 1.0, 2.0),
        deleted_synapses=(0.25, 0.5, 0.9),
        deleted_neurons=(0.25, 0.5, 0.9),
        spike_jitter=(2.0, 5.0, 20.0),
        spike_loss=(0.25, 0.5, 0.9),
        activation_noise=(0.5, 1.0, 2.0),
    ),
    "full": Config(
        max_train=None,
        n_measured=1000,
        gaussian_noise=(0.1, 0.2, 0.3, 0.4, 0.6, 0.8),
        salt_and_pepper=(0.05, 0.1, 0.2, 0.3, 0.4, 0.6),
        occlusion=(0.125, 0.25, 0.375, 0.5, 0.625, 0.75),
        contrast=(0.15, 0.3, 0.45, 0.6, 0.75, 0.9),
        weight_noise=(0.25, 0.5, 1.0, 1.5, 2.0, 4.0),
        deleted_synapses=(0.1, 0.25, 0.5, 0.75, 0.9, 0.95),
        deleted_neurons=(0.1, 0.25, 0.5, 0.75, 0.9, 0.95),
        spike_jitter=(1.0, 2.0, 5.0, 10.0, 20.0, 40.0),
        spike_loss=(0.1, 0.25, 0.5, 0.75, 0.9, 0.95),
        activation_noise=(0.25, 0.5, 1.0, 1.5, 2.0, 4.0),
    ),
}


@runtime_checkable
class Layered(Protocol):
    """A network of activations that hands out its layers as linear maps."""

    classes_: NDArray[Any]

    def linear_layers(self) -> Sequence[Callable[[FloatArray], FloatArray]]: ...


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Disturb one model with one seed in every way that it takes."""
    found = fitted(subject, config.max_train, progress)
    test = found.split.held_out.first(config.n_measured)
    clean = Measurement("clean_accuracy", found.model.score(test.X, test.y), "fraction")
    measured: list[Measurement] = []
    parts = (_inputs, _lesions, _responses)
    for number, part in enumerate(parts, start=1):
        measured += part(config, subject, found, test)
        progress(number, len(parts))
    return Outcome(len(found.split.train), len(test), (clean, *measured, *_means(measured)))


def generator(seed: int, disturbance: str, severity: float, sample: int = 0) -> np.random.Generator:
    """Random numbers of a disturbance: whatever the model, the same."""
    return np.random.default_rng([seed, zlib.crc32(disturbance.encode()), round(1e6 * severity), sample])


def disturbed(X: FloatArray, disturbance: str, severity: float, values: Values, seed: int) -> FloatArray:
    """Samples with a disturbance of the input."""
    change = DISTURBANCES[disturbance]
    each = (change(x, severity, values, generator(seed, disturbance, severity, row)) for row, x in enumerate(X))
    return np.stack(list(each))


def _accuracy(predicted: NDArray[Any], test: Samples, disturbance: str, severity: float) -> Measurement:
    share = float(np.mean(predicted == test.y))
    return Measurement("accuracy", share, "fraction", condition(disturbance=disturbance, severity=severity))


def _means(measured: Sequence[Measurement]) -> Iterator[Measurement]:
    """Over the severities of each disturbance, and over the common disturbances."""
    by_disturbance: dict[str, list[float]] = {}
    for row in measured:
        if row.metric == "accuracy":
            name = row.condition.removeprefix("disturbance=").partition(",")[0]
            by_disturbance.setdefault(name, []).append(row.value)
    means = {name: float(np.mean(values)) for name, values in by_disturbance.items()}
    yield from (Measurement(f"{name}_mean", mean, "fraction") for name, mean in means.items())
    common = [mean for name, mean in means.items() if name in COMMON]
    yield Measurement("robustness_mean", float(np.mean(common)), "fraction")


def _inputs(config: Config, subject: Subject, found: Fitted, test: Samples) -> Iterator[Measurement]:
    """All disturbed samples in one call: a prediction depends on its sample alone."""
    image_shape = subject.dataset.image_shape
    values = Values.of(found.split.train.X, image_shape)
    taken = [name for name in DISTURBANCES if name != "occlusion" or image_shape is not None]
    cases = [(name, severity) for name in taken for severity in config.severities(name)]
    versions = [disturbed(test.X, name, severity, values, subject.seed) for name, severity in cases]
    predicted = found.model.predict(np.concatenate(versions)).reshape(len(cases), -1)
    for (name, severity), answers in zip(cases, predicted, strict=True):
        yield _accuracy(answers, test, name, severity)


def _lesions(config: Config, subject: Subject, found: Fitted, test: Samples) -> Iterator[Measurement]:
    model = found.model
    if not lesions.covers(model):
        return
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
                lesioned = lesions.with_weights(model, changed(name, severity))
                yield _accuracy(lesioned.predict(test.X), test, name, severity)


def _responses(config: Config, subject: Subject, found: Fitted, test: Samples) -> Iterator[Measurement]:
    """Of the last hidden layer."""
    model: Any = found.model
    if model.name in replay.READ_OUTS:
        yield from _spikes(config, subject, model, test)
    elif isinstance(model, Layered) and len(model.activity(test.X[:1]).layers) > 2:  # type: ignore[attr-defined]
        yield from _activations(config, subject, found, test)


def _spikes(config: Config, subject: Subject, model: Any, test: Samples) -> Iterator[Measurement]:
    trains = replay.hidden_trains(model, test.X)
    size = model.weights()["output"].shape[0]
    before = replay.counts(trains, size)
    for name in ("spike_jitter", "spike_loss"):
        for severity in config.severities(name):
            drawn = (generator(subject.seed, name, severity, row) for row in range(len(trains)))
            if name == "spike_loss":
                now = [replay.lost(train, severity, each) for train, each in zip(trains, drawn, strict=True)]
            else:
                now = [
                    replay.jittered(train, severity, round(model.duration), each)
                    for train, each in zip(trains, drawn, strict=True)
                ]
            yield _accuracy(replay.replayed(model, test.X, now), test, name, severity)
            yield _change(before, replay.counts(now, size), name, severity)


def _activations(config: Config, subject: Subject, found: Fitted, test: Samples) -> Iterator[Measurement]:
    model: Any = found.model
    reference = model.activity(found.split.train.X[: config.n_measured]).layers[-2].responses
    before = model.activity(test.X).layers[-2].responses
    name = "activation_noise"
    for severity in config.severities(name):
        each = (generator(subject.seed, name, severity, row) for row in range(len(before)))
        noise = np.stack([drawn.standard_normal(before.shape[1]) for drawn in each])
        now = before + severity * reference.std() * noise
        now = np.maximum(now, 0) if reference.min() >= 0 else now
        yield _accuracy(replay.answers(model, now), test, name, severity)
        yield _change(before, now, name, severity)


def _change(before: FloatArray, now: FloatArray, disturbance: str, severity: float) -> Measurement:
    size = float(np.sqrt(np.mean((now - before) ** 2)) / before.std())
    return Measurement("response_change", size, "ratio", condition(disturbance=disturbance, severity=severity))
