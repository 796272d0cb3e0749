"""Attack a trained network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from experiments.shared.disturbances import Values
from experiments.shared.fitted import fitted
from experiments.spec import Measurement, Metric, Outcome, Progress, Subject
from experiments.studies.adversarial import STUDY, WORST, Config
from experiments.studies.adversarial.attacks import Box, black_box, fgsm, pgd
from experiments.tasks.dataset import Samples
from models.capabilities import Differentiable
from models.differentiable import Chain

Correct = Mapping[float, NDArray[np.bool_]]
"""Which samples are still classified correctly, by epsilon."""


@dataclass(frozen=True)
class Attacked:
    """Samples under attack.

    Parameters
    ----------
    samples
        The samples to attack.
    box
        The range of values.
    seed
        Seed of the random numbers.
    """

    samples: Samples
    box: Box
    seed: int

    def signs(self) -> FloatArray:
        """Return -1 or 1 for every feature (sample, feature)."""
        return np.sign(self._uniform(0xA0))

    def starts(self) -> FloatArray:
        """Return uniform numbers in [-1, 1] for every feature (sample, feature)."""
        return self._uniform(0xA1)

    def _uniform(self, stream: int) -> FloatArray:
        """Return numbers that are the same for every model."""
        return np.random.default_rng([self.seed, stream]).uniform(-1, 1, self.samples.X.shape)

    def withstood(self, model: Any, changed: Callable[[float], FloatArray], epsilons: tuple[float, ...]) -> Correct:
        """Return which samples a model still classifies correctly.

        Parameters
        ----------
        model
            A classifier.
        changed
            Epsilon -> the samples, changed by up to epsilon.
        epsilons
            Largest changes, in units of the range.
        """
        answers = model.predict(np.concatenate([changed(epsilon) for epsilon in epsilons]))
        parts = answers.reshape(len(epsilons), -1) == self.samples.y
        return dict(zip(epsilons, parts, strict=True))


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Attack one model with one seed.

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
    model, train = found.model, found.split.train
    samples = found.split.held_out.first(config.n_measured)
    values = Values.of(train.X, subject.dataset.image_shape)
    attacked = Attacked(samples, Box(values.low, values.high), subject.seed)
    answers = model.predict(samples.X)
    right = answers == samples.y
    distances = black_box(model.predict, samples.X, samples.y, attacked.box, config.queries)
    progress(1, 2)
    attacks = {"noise": _noise(config, model, attacked), "black_box": {e: distances > e for e in config.epsilons}}
    measured = [STUDY["clean_accuracy"](np.mean(right))]
    if right.any():
        measured.append(STUDY["black_box_distance"](np.median(np.minimum(distances[right], 1))))
    chain = _chain(model)
    if chain is not None:
        agreement = np.mean(model.classes_[chain.outputs(samples.X).argmax(axis=1)] == answers)
        measured.append(STUDY["surrogate_agreement"](agreement))
        own = cache(_pgd(config, chain, model, attacked))  # used on the model itself and on its twin
        attacks |= _white_box(config, model, chain, attacked, own)
        twin = None if subject.twin is None else fitted(subject.twin, config.max_train, progress).model
        twin_chain = _chain(twin)
        if twin_chain is not None:
            attacks["transfer"] = attacked.withstood(model, _pgd(config, twin_chain, twin, attacked), config.epsilons)
            on_twin = attacked.withstood(twin, own, config.epsilons)
            measured += _accuracies(STUDY["twin_accuracy"], {"transfer": on_twin})
        worst = {e: np.all([attacks[name][e] for name in WORST], axis=0) for e in config.epsilons}
        measured += _accuracies(STUDY["accuracy"], {"worst": worst})
        mean = np.mean([np.mean(kept) for kept in worst.values()])
        measured += [STUDY["adversarial_mean"](mean), STUDY["masking_gap"](masking_gap(attacks))]
    progress(2, 2)
    return Outcome(len(train), len(samples), (*measured, *_accuracies(STUDY["accuracy"], attacks)))


def _chain(model: object) -> Chain | None:
    """Return the network that is differentiated; None if the model has none."""
    return model.rate_chain() if isinstance(model, Differentiable) else None


def masking_gap(attacks: Mapping[str, Correct]) -> float:
    """Return by how much any attack does more than pgd at the same epsilon, at most.

    Parameters
    ----------
    attacks
        Attack -> epsilon -> which samples are still classified correctly; "pgd" is one of them.

    Returns
    -------
    float
        Share of the samples, 0 or more.
    """
    gaps = [
        float(np.mean(kept) - np.mean(withstood[epsilon]))
        for epsilon, kept in attacks["pgd"].items()
        for withstood in attacks.values()
    ]
    return max(gaps)  # at least 0, the gap of pgd itself


def _noise(config: Config, model: Any, attacked: Attacked) -> Correct:
    X, signs = attacked.samples.X, attacked.signs()
    return attacked.withstood(model, lambda epsilon: attacked.box.moved(X, epsilon * signs), config.epsilons)


def _white_box(
    config: Config, model: Any, chain: Chain, attacked: Attacked, by_pgd: Callable[[float], FloatArray]
) -> dict[str, Correct]:
    X, labels = attacked.samples.X, np.searchsorted(model.classes_, attacked.samples.y)
    one_step = attacked.withstood(model, lambda epsilon: fgsm(chain, X, labels, epsilon, attacked.box), config.epsilons)
    return {"fgsm": one_step, "pgd": attacked.withstood(model, by_pgd, config.epsilons)}


def _pgd(config: Config, chain: Chain, model: Any, attacked: Attacked) -> Callable[[float], FloatArray]:
    X, labels, starts = attacked.samples.X, np.searchsorted(model.classes_, attacked.samples.y), attacked.starts()
    return lambda epsilon: pgd(chain, X, labels, epsilon, attacked.box, config.steps, starts)


def _accuracies(metric: Metric, attacks: Mapping[str, Correct]) -> Iterator[Measurement]:
    for attack, withstood in attacks.items():
        for epsilon, kept in withstood.items():
            yield metric(np.mean(kept), attack=attack, epsilon=epsilon)
