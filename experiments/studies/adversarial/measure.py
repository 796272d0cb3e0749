"""How little must an input be changed to deceive each network?

Attacks change test samples by at most epsilon in every feature, epsilon being in units of the range of the training
samples' values. Networks are trained without regard to attacks. A network is asked for its answers to what each attack
made; all attacks use the right labels, none changes a network.

fgsm, pgd   White box, along the gradient of the margin between the right class and the best wrong one: in one step, and
            in many small ones from a random start. For artificial networks of rectifiers, and converted ones, the
            gradient is their own. That of a spiking network is taken from a rate network with the same weights and
            filters: `surrogate_agreement` tells how often the two answer alike.
black_box   By answers alone, at most `queries` a sample. Scores would not help: spike counts do not change with small
            changes of an input. The same for both kinds.
transfer    pgd on the twin, tried on this network.
noise       Control: every feature moved by epsilon up or down at random.

White-box attacks of a spiking network are thus weaker than those of an artificial one. Twins are therefore compared by
the worst that attacks of both kinds (fgsm, pgd, black_box) do to each sample. Where input spikes are random, they are
drawn anew for every sample that is not the same to the bit, so that answers near a boundary are lottery tickets, of
which the black box may draw many.

Metrics
-------
clean_accuracy        fraction of the first `n_measured` test samples classified correctly
accuracy              the same under attack (condition "attack=..,epsilon=.."); attack=worst: samples that withstand
                      fgsm, pgd and black_box
adversarial_mean      mean over the epsilons of the accuracy under the worst attack
black_box_distance    median over the samples classified correctly of the smallest epsilon that the black box found; 1,
                      the whole range, where it found none
masking_gap           largest amount by which noise, fgsm, black_box or transfer leave a lower accuracy than pgd does at
                      the same epsilon: where it is large, the gradient is hidden or, of a rate network, wrong
surrogate_agreement   share of these samples that the network that is differentiated classifies as the model does
twin_accuracy         of the twin, on what pgd made on this BNS (conditions as of accuracy)

References
----------
Athalye, Carlini & Wagner (2018), ICML: gradients that are hidden show in attacks with answers alone, or from other
networks, that do more than the gradient. Others in `attacks.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from experiments.shared.disturbances import Values
from experiments.shared.fitted import fitted
from experiments.spec import Measurement, Outcome, Subject, condition
from experiments.studies.adversarial.attacks import Box, black_box, fgsm, pgd
from experiments.studies.adversarial.differentiable import Chain, chain_of
from experiments.tasks.dataset import Samples

FloatArray = NDArray[np.floating]
Correct = Mapping[float, NDArray[np.bool_]]
"""Epsilon -> which samples are still classified correctly."""

WHITE_BOX = ("fgsm", "pgd")
WORST = (*WHITE_BOX, "black_box")


class Config(BaseModel):
    """max_train: train on a stratified subset of at most so many samples, None for all of them. n_measured: test
    samples that are attacked. epsilons: largest changes, in units of the range. steps: of pgd. queries: answers that
    the black box is given for each sample."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_train: PositiveInt | None
    n_measured: PositiveInt
    epsilons: Annotated[tuple[PositiveFloat, ...], Field(min_length=1)]
    steps: PositiveInt
    queries: PositiveInt


PRESETS = {
    "quick": Config(max_train=10_000, n_measured=100, epsilons=(0.05, 0.1, 0.2, 0.4), steps=20, queries=100),
    "full": Config(
        max_train=None, n_measured=200, epsilons=(0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4), steps=50, queries=500
    ),
}


@dataclass(frozen=True)
class Attacked:
    """Samples under attack, with the range of values and the random numbers of their seed."""

    samples: Samples
    box: Box
    seed: int

    def signs(self) -> FloatArray:
        """-1 or 1 for every feature."""
        return np.sign(self._uniform(0xA0))

    def starts(self) -> FloatArray:
        """Uniform in [-1, 1] for every feature."""
        return self._uniform(0xA1)

    def _uniform(self, stream: int) -> FloatArray:
        """The same for every model."""
        return np.random.default_rng([self.seed, stream]).uniform(-1, 1, self.samples.X.shape)

    def withstood(self, model: Any, changed: Callable[[float], FloatArray], epsilons: tuple[float, ...]) -> Correct:
        """Which samples the model still classifies correctly, changed by up to each epsilon."""
        answers = model.predict(np.concatenate([changed(epsilon) for epsilon in epsilons]))
        parts = answers.reshape(len(epsilons), -1) == self.samples.y
        return dict(zip(epsilons, parts, strict=True))


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Attack one model with one seed."""
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
    measured = [
        Measurement("clean_accuracy", float(np.mean(right)), "fraction"),
        Measurement("black_box_distance", float(np.median(np.minimum(distances[right], 1))), "ratio"),
    ]
    chain = chain_of(model)
    if chain is not None:
        agreement = float(np.mean(model.classes_[chain.outputs(samples.X).argmax(axis=1)] == answers))
        measured.append(Measurement("surrogate_agreement", agreement, "fraction"))
        own = cache(_pgd(config, chain, model, attacked))  # for the model itself and for its twin
        attacks |= _white_box(config, model, chain, attacked, own)
        twin = None if subject.twin is None else fitted(subject.twin, config.max_train, progress).model
        twin_chain = None if twin is None else chain_of(twin)
        if twin_chain is not None:
            attacks["transfer"] = attacked.withstood(model, _pgd(config, twin_chain, twin, attacked), config.epsilons)
            on_twin = attacked.withstood(twin, own, config.epsilons)
            measured += _accuracies("twin_accuracy", {"transfer": on_twin})
        worst = {e: np.all([attacks[name][e] for name in WORST], axis=0) for e in config.epsilons}
        measured += _accuracies("accuracy", {"worst": worst})
        mean = float(np.mean([np.mean(kept) for kept in worst.values()]))
        measured += [
            Measurement("adversarial_mean", mean, "fraction"),
            Measurement("masking_gap", masking_gap(attacks), "fraction"),
        ]
    progress(2, 2)
    return Outcome(len(train), len(samples), (*measured, *_accuracies("accuracy", attacks)))


def masking_gap(attacks: Mapping[str, Correct]) -> float:
    """By how much any attack does more than pgd at the same epsilon."""
    gaps = [
        float(np.mean(kept) - np.mean(withstood[epsilon]))
        for epsilon, kept in attacks["pgd"].items()
        for withstood in attacks.values()
    ]
    return max(gaps)  # not below 0, the gap of pgd itself


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


def _accuracies(metric: str, attacks: Mapping[str, Correct]) -> Iterator[Measurement]:
    for attack, withstood in attacks.items():
        for epsilon, kept in withstood.items():
            place = condition(attack=attack, epsilon=epsilon)
            yield Measurement(metric, float(np.mean(kept)), "fraction", place)
