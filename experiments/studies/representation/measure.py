"""Compare the layers of twins by their responses to the same samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np

from bnsim.arrays import FloatArray
from experiments.shared.fitted import fitted
from experiments.shared.untrained import before_training
from experiments.spec import Measurement, Outcome, Progress, Subject
from experiments.studies.representation import STUDY, Config, cka, procrustes, rsa
from models.sequences import SequenceShape, changeable

if TYPE_CHECKING:
    from models.classifier import Activity


PATTERNS: Mapping[str, Callable[[FloatArray], FloatArray | None]] = {
    "cka": cka.pattern,
    "rsa": rsa.dissimilarities,
    "procrustes": procrustes.shape,
}
COMPARED: Mapping[str, Callable[..., float | None]] = {
    "cka": cka.alignment,
    "rsa": rsa.agreement,
    "procrustes": procrustes.angle,
}


@dataclass(frozen=True)
class Portrait:
    """Patterns of the activity of a network.

    Parameters
    ----------
    whole
        The pattern to compare, by measure and layer; None if the layer has no pattern.
    beyond
        CKA pattern without the leading principal components, by layer; None if the layer has nothing else.
    course
        CKA pattern of the spikes up to the end of a time bin (ms), by layer with spikes and end.
    """

    whole: Mapping[str, Mapping[str, FloatArray | None]]
    beyond: Mapping[str, FloatArray | None]
    course: Mapping[str, Mapping[int, FloatArray | None]]

    @classmethod
    def of(cls, activity: Activity) -> Portrait:
        """Compute the patterns of an activity.

        Parameters
        ----------
        activity
            Responses to the samples that are compared.

        Returns
        -------
        Portrait
            The patterns.
        """
        responses = {layer.name: layer.responses for layer in activity.layers}
        whole = {
            measure: {name: pattern(found) for name, found in responses.items()}
            for measure, pattern in PATTERNS.items()
        }
        beyond = {name: cka.pattern_beyond(found) for name, found in responses.items()}
        width = 1e3 * (activity.bin_width or 0)
        binned = {layer.name: layer.binned for layer in activity.layers if layer.binned is not None}
        return cls(whole, beyond, {name: _course(counts, width) for name, counts in binned.items()})


def _course(binned: FloatArray, width: float) -> dict[int, FloatArray | None]:
    fired = np.zeros_like(binned[:, 0])
    patterns = {}
    for number in range(binned.shape[1]):
        fired += binned[:, number]
        patterns[round((number + 1) * width)] = cka.pattern(fired)
    return patterns


@dataclass(frozen=True)
class Network:
    """Patterns of one network.

    Parameters
    ----------
    trained
        After training.
    before
        Before training.
    again
        After training, in a second presentation of the samples; None if the network has no spikes.
    """

    trained: Portrait
    before: Portrait
    again: Portrait | None


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Compare the layers of one network with one seed, and those of its twin.

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
    total = 2 if subject.twin is None else 3
    network, n_train, n_measured = _seen(config, subject, progress)
    progress(1, total)
    twin = None if subject.twin is None else _seen(config, subject.twin, progress)[0]
    progress(total - 1, total)
    found = [*_within(network), *_of_twins(network, twin, subject.seed)]
    progress(total, total)
    return Outcome(n_train, n_measured, tuple(found))


def _seen(config: Config, subject: Subject, progress: Progress) -> tuple[Network, int, int]:
    """Return the network, the number of training samples and the number of samples that were compared."""
    found = fitted(subject, config.max_train, progress)
    X = found.split.held_out.X[: config.n_measured]
    activity = found.model.activity(X)
    again = (
        None
        if activity.bin_width is None
        else Portrait.of(found.model.activity(told_apart(X, subject.dataset.sequence_shape)))
    )
    untrained = before_training(subject, found.split.train).activity(X)
    return Network(Portrait.of(activity), Portrait.of(untrained), again), len(found.split.train), len(X)


def told_apart(X: FloatArray, sequence_shape: SequenceShape | None = None) -> FloatArray:
    """Return samples that are identical for every neuron but differ in their bytes, and so in their random numbers.

    Parameters
    ----------
    X
        Samples (sample, feature).
    sequence_shape
        (time, channel) of sequences, whose mask stays.

    Returns
    -------
    array (sample, feature)
        The samples; the largest feature of each is changed in its last bit.
    """
    free = X if sequence_shape is None else np.where(changeable(X, sequence_shape), X, -np.inf)
    rows, largest = np.arange(len(X)), free.argmax(axis=1)
    changed = X.copy()
    changed[rows, largest] = np.nextafter(X[rows, largest], np.inf)
    return changed


def _within(network: Network) -> Iterator[Measurement]:
    """Compare the layers of one network with each other, with their state before training, and with a repetition."""
    for measure, alike in COMPARED.items():
        trained, before = network.trained.whole[measure], network.before.whole[measure]
        for name, layers in ((measure, trained), (f"{measure}_before", before)):
            for layer, other in combinations(layers, 2):
                yield from _row(name, alike(layers[layer], layers[other]), layer=layer, other=other)
        for layer in trained:
            yield from _row(f"{measure}_kept", alike(trained[layer], before[layer]), layer=layer)
            if network.again is not None:
                shared = alike(trained[layer], network.again.whole[measure][layer])
                repeated = {"procrustes": ("procrustes_again", shared)}
                name, value = repeated.get(measure, (f"{measure}_ceiling", _ceiling(shared)))
                yield from _row(name, value, layer=layer)
    if network.again is not None:
        for layer, patterns in network.trained.course.items():
            for step, pattern in patterns.items():
                shared = cka.alignment(pattern, network.again.course[layer][step])
                yield from _row("cka_course_ceiling", _ceiling(shared), step, layer=layer)


def _of_twins(network: Network, twin: Network | None, seed: int) -> Iterator[Measurement]:
    """Compare the layers of one network with those of its twin, after and before training."""
    if twin is None:
        return
    for suffix, own, other in (("", network.trained, twin.trained), ("_before", network.before, twin.before)):
        for measure, alike in COMPARED.items():
            for layer, pattern in own.whole[measure].items():
                for name, counterpart in other.whole[measure].items():
                    yield from _row(measure + suffix, alike(pattern, counterpart), layer=layer, twin=name)
        for layer, patterns in own.course.items():
            for name, counterpart in other.whole["cka"].items():
                for step, pattern in patterns.items():
                    found = cka.alignment(pattern, counterpart)
                    yield from _row(f"cka_course{suffix}", found, step, layer=layer, twin=name)
    for (layer, first), (name, second) in product(network.trained.beyond.items(), twin.trained.beyond.items()):
        yield from _row("cka_beyond", cka.alignment(first, second), layer=layer, twin=name)
    yield from _by_chance(network.trained.whole["procrustes"], twin.trained.whole["procrustes"], seed)
    both = [list(of.trained.whole["cka"].values()) for of in (network, twin)]
    if min(map(len, both)) > 2:  # both have a hidden layer
        yield from _row("cka_last_hidden", cka.alignment(both[0][-2], both[1][-2]))


def _by_chance(
    own: Mapping[str, FloatArray | None], other: Mapping[str, FloatArray | None], seed: int
) -> Iterator[Measurement]:
    """Compare the layers of twins whose samples do not belong together."""
    for (layer, first), (name, second) in product(own.items(), other.items()):
        if second is not None:
            order = np.random.default_rng(seed).permutation(len(second))
            yield from _row("procrustes_chance", procrustes.angle(first, second[order]), layer=layer, twin=name)


def _row(metric: str, value: float | None, step: int | None = None, **facts: str) -> Iterator[Measurement]:
    if value is not None:
        yield STUDY[metric](value, step, **facts)


def _ceiling(shared: float | None) -> float | None:
    """Return the similarity to noise-free responses, from the similarity of two noisy ones."""
    return None if shared is None else float(np.sqrt(max(shared, 0.0)))
