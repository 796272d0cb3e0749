"""Local plasticity or backpropagation, which remembers its samples?

Membership inference: an attacker sees how sure a network is of a sample and guesses whether it was trained on it. Each
model is trained on few samples, and as many others of the same distribution are kept away from it; both are drawn from
the training part of the data, so the test set stays closed. Learning rates do not fall and images are shown as they
are. Networks that fit their samples better give away more, so each is taken at the first checkpoint at which it
classifies the share `level` of its training samples correctly, or at its last one where it never does:
`train_accuracy` tells. Small sets are trained on several times, each time with other samples, so that all sizes rest on
equally many.

The scores are the winning class's share of the output (spike counts over their sum; softmax) and its lead over the
second. The attacker calls members all that score at least a threshold, chosen on one half of members and non-members
and judged on the other, both ways, over 20 random halves. Spike counts tie: equal scores are called alike.

Metrics
-------
membership_advantage       by size of the training set (`step`): true minus false positive rate of the attack
                           (condition "score=share" or "score=margin")
membership_auc             likewise: probability that a member scores higher than another sample, ties counting half
shuffled_advantage         likewise: the advantage where membership is drawn by lot, 0 but for chance
train_accuracy             by size: share of the members classified correctly when the attack was made
held_out_accuracy          by size: the same of the other samples
presentations_taken        by size: presentations learned until then
membership_advantage_mean  mean of membership_advantage by the winning share over the sizes

References: Shokri, Stronati, Song & Shmatikov (2017), IEEE S&P, arXiv:1610.05820; Yeom, Giacomelli, Fredrikson & Jha
(2018), IEEE CSF, arXiv:1709.01604.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from bnsim.errors import InputError
from experiments.shared.answers import margin, output_shares, winning
from experiments.shared.learning_curve import checkpoints
from experiments.spec import Measurement, Outcome, Subject, condition, part_of
from experiments.studies.privacy.membership import area, cross_fitted_advantage, shuffled_advantage
from experiments.tasks.dataset import Samples, final_split

if TYPE_CHECKING:
    from models.classifier import Classifier

FloatArray = NDArray[np.floating]
SCORES = {"share": winning, "margin": margin}
FIXED = {"final_rate": 1.0, "shift": 0}
"""Parameters of every model that has them."""
POINTS_PER_OCTAVE = 2
BY_SHARE = condition(score="share")


class Config(BaseModel):
    """sizes: training samples, at most 1000, or there is little to find; those beyond half of the training part become
    that half. level: training accuracy at which a model is taken. passes: of each training at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sizes: tuple[PositiveInt, ...] = Field(min_length=1)
    level: float = Field(gt=0, le=1)
    passes: PositiveInt


PRESETS = {
    "quick": Config(sizes=(100, 300), level=0.95, passes=10),
    "full": Config(sizes=(100, 300, 1000), level=0.95, passes=30),
}


@dataclass(frozen=True)
class Taken:
    """A model when it was attacked: accuracies and shares of the output (sample, class) of members and others."""

    presentations: int
    train_accuracy: float
    held_out_accuracy: float
    members: FloatArray
    others: FloatArray


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Attack one model with one seed after training on sets of each size."""
    pool = final_split(subject.dataset, subject.seed).train
    sizes = sorted({min(size, len(pool) // 2) for size in config.sizes})
    trainings = [(size, number) for size in sizes for number in range(sizes[-1] // size)]
    total = sum(size * config.passes for size, _ in trainings)
    found: list[Measurement] = []
    done = 0
    for size, number in trainings:
        members, others = drawn(subject, pool, size, number)
        taken = _taken(subject, config, members, others, part_of(progress, done, total))
        found += _attacked(taken, np.random.default_rng([subject.seed, 0x3E3B, size, number]), size)
        done += size * config.passes
    measurements = list(_averaged(found))
    by_share = [row.value for row in measurements if (row.metric, row.condition) == ("membership_advantage", BY_SHARE)]
    measurements.append(Measurement("membership_advantage_mean", float(np.mean(by_share)), "fraction"))
    return Outcome(sizes[-1], sizes[-1], tuple(measurements))


def drawn(subject: Subject, pool: Samples, size: int, number: int) -> tuple[Samples, Samples]:
    """Members and as many other samples for the training of this number, both stratified.

    Errors: InputError where so few samples cannot hold all classes.
    """
    from sklearn.model_selection import train_test_split

    (state,) = np.random.SeedSequence([subject.seed, 0x3E3B, size, number]).generate_state(1)
    try:
        members, others = train_test_split(
            np.arange(len(pool)), train_size=size, test_size=size, stratify=pool.y, random_state=int(state)
        )
    except ValueError:
        raise InputError(
            f"privacy.sizes: {size} samples cannot hold the classes of {subject.dataset.name} in equal parts; "
            "give larger sets"
        ) from None
    return pool.chosen(members), pool.chosen(others)


def _taken(
    subject: Subject, config: Config, members: Samples, others: Samples, progress: Callable[[int, int], None]
) -> Taken:
    """The model trained on the members, as it was when it first reached the level, or else at its last checkpoint."""
    model = subject.create().set_params(passes=config.passes)
    model.set_params(**{name: value for name, value in FIXED.items() if name in model.get_params()})
    points = checkpoints(config.passes * len(members), POINTS_PER_OCTAVE, subject.common_batch)
    taken: Taken | None = None

    def look(learner: Classifier, seen: int) -> None:
        nonlocal taken
        if seen == 0 or taken is not None:
            return
        accuracy = float(np.mean(learner.predict(members.X) == members.y))
        if accuracy >= config.level or seen == points[-1]:
            held_out = float(np.mean(learner.predict(others.X) == others.y))
            sure = (output_shares(learner, samples.X) for samples in (members, others))
            taken = Taken(seen, accuracy, held_out, *sure)

    model.fit(members.X, members.y, checkpoints=points, at_checkpoint=look, progress=progress)
    if taken is None:
        raise InputError(
            f"{subject.model}: it did not learn to the end; let it (e.g. early_stopping=false) or leave it out"
        )
    return taken


def _attacked(taken: Taken, generator: np.random.Generator, size: int) -> Iterator[Measurement]:
    for name, score in SCORES.items():
        members, others, place = score(taken.members), score(taken.others), condition(score=name)
        advantage = cross_fitted_advantage(members, others, generator)
        shuffled = shuffled_advantage(members, others, generator)
        yield Measurement("membership_advantage", advantage, "fraction", place, size)
        yield Measurement("membership_auc", area(members, others), "", place, size)
        yield Measurement("shuffled_advantage", shuffled, "fraction", place, size)
    yield Measurement("train_accuracy", taken.train_accuracy, "fraction", step=size)
    yield Measurement("held_out_accuracy", taken.held_out_accuracy, "fraction", step=size)
    yield Measurement("presentations_taken", taken.presentations, "count", step=size)


def _averaged(rows: Sequence[Measurement]) -> Iterator[Measurement]:
    """The mean over trainings of each measurement."""
    values: dict[Measurement, list[float]] = {}
    for row in rows:
        values.setdefault(replace(row, value=0.0), []).append(row.value)
    return (replace(row, value=float(np.mean(found))) for row, found in values.items())
