"""Train each model on few samples and attack it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from experiments.shared.answers import margin, output_shares, winning
from experiments.shared.fixed import create_with
from experiments.shared.learning_curve import checkpoints
from experiments.spec import Measurement, Outcome, Progress, Subject, part_of
from experiments.studies.privacy import STUDY, Config
from experiments.studies.privacy.membership import area, cross_fitted_advantage, shuffled_advantage
from experiments.tasks.dataset import Samples, final_split

if TYPE_CHECKING:
    from models.classifier import Classifier

SCORES = {"share": winning, "margin": margin}
FIXED = {"final_rate": 1.0, "shift": 0}
"""Parameters of every model that has them."""
POINTS_PER_OCTAVE = 2


@dataclass(frozen=True)
class Taken:
    """A model at the time of the attack.

    Parameters
    ----------
    presentations
        Number of presentations learned by then.
    train_accuracy, held_out_accuracy
        Fractions of the members and of the other samples classified correctly.
    members, others
        Shares of the classes in the output (sample, class).
    """

    presentations: int
    train_accuracy: float
    held_out_accuracy: float
    members: FloatArray
    others: FloatArray


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Attack one model with one seed after training on sets of each size.

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

    Raises
    ------
    InputError
        If a set is too small for all classes, or the model was not trained to the end.
    """
    pool = final_split(subject.dataset, subject.seed).train
    sizes = sorted({min(size, len(pool) // 2) for size in config.sizes})
    trainings = [(size, number) for size in sizes for number in range(sizes[-1] // size)]
    total = sum(size * config.passes for size, _ in trainings)
    found: list[Measurement] = []
    done = 0
    for size, number in trainings:
        members, others = drawn(subject, pool, size, number)
        training = subject.training(f"{size}-{number}")
        taken = _taken(subject, config, members, others, part_of(progress, done, total), training)
        found += _attacked(taken, np.random.default_rng([subject.seed, 0x3E3B, size, number]), size)
        done += size * config.passes
    measurements = list(_averaged(found))
    advantages = [row for row in measurements if row.metric == "membership_advantage"]
    by_share = [row.value for row in advantages if row.facts["score"] == "share"]
    measurements.append(STUDY["membership_advantage_mean"](np.mean(by_share)))
    return Outcome(sizes[-1], sizes[-1], tuple(measurements))


def drawn(subject: Subject, pool: Samples, size: int, number: int) -> tuple[Samples, Samples]:
    """Draw members and the same number of other samples, both stratified.

    Parameters
    ----------
    subject
        The model; its seed draws the samples.
    pool
        Samples to draw from.
    size
        Number of members.
    number
        Index of the training; each has different samples.

    Returns
    -------
    tuple of Samples
        The members, and the other samples.

    Raises
    ------
    InputError
        If so few samples cannot hold all classes.
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
    subject: Subject, config: Config, members: Samples, others: Samples, progress: Progress, training: Path | None
) -> Taken:
    """Return the model trained on the members, as it was when it first reached the level, or at its last checkpoint."""
    model = create_with(subject, FIXED).set_params(passes=config.passes)
    points = checkpoints(config.passes * len(members), POINTS_PER_OCTAVE, subject.common_batch)
    taking = Taking(members, others, config.level, points[-1])
    model.fit(members.X, members.y, checkpoints=points, at_checkpoint=taking, progress=progress, keep=training)
    if taking.taken is None:
        raise InputError(
            f"{subject.model}: it did not learn to the end; let it (e.g. early_stopping=false) or leave it out"
        )
    return taking.taken


class Taking:
    """Takes a model as it is when it first reaches a level, or at its last checkpoint; the result is in `taken`.

    Parameters
    ----------
    members, others
        Samples of the training, and other samples.
    level
        Accuracy on the members.
    last
        The last checkpoint.
    """

    def __init__(self, members: Samples, others: Samples, level: float, last: int) -> None:
        self.taken: Taken | None = None
        self._members, self._others, self._level, self._last = members, others, level, last

    def __call__(self, model: Classifier, samples_seen: int) -> None:
        if samples_seen == 0 or self.taken is not None:
            return
        members, others = self._members, self._others
        accuracy = float(np.mean(model.predict(members.X) == members.y))
        if accuracy >= self._level or samples_seen == self._last:
            held_out = float(np.mean(model.predict(others.X) == others.y))
            sure = (output_shares(model, samples.X) for samples in (members, others))
            self.taken = Taken(samples_seen, accuracy, held_out, *sure)

    def notes(self) -> dict[str, NDArray[Any]]:
        """Return what was taken, if anything was.

        Returns
        -------
        dict of str to ndarray
            Arrays by name.
        """
        return {} if self.taken is None else {name: np.asarray(value) for name, value in vars(self.taken).items()}

    def take_notes(self, notes: Mapping[str, NDArray[Any]]) -> None:
        """Become what the notes were written by.

        Parameters
        ----------
        notes
            What `notes` has returned.
        """
        plain: dict[str, Any] = {name: array.item() if array.ndim == 0 else array for name, array in notes.items()}
        self.taken = Taken(**plain) if plain else None


def _attacked(taken: Taken, generator: np.random.Generator, size: int) -> Iterator[Measurement]:
    for name, score in SCORES.items():
        members, others = score(taken.members), score(taken.others)
        advantage = cross_fitted_advantage(members, others, generator)
        shuffled = shuffled_advantage(members, others, generator)
        yield STUDY["membership_advantage"](advantage, size, score=name)
        yield STUDY["membership_auc"](area(members, others), size, score=name)
        yield STUDY["shuffled_advantage"](shuffled, size, score=name)
    yield STUDY["train_accuracy"](taken.train_accuracy, size)
    yield STUDY["held_out_accuracy"](taken.held_out_accuracy, size)
    yield STUDY["presentations_taken"](taken.presentations, size)


def _averaged(rows: Sequence[Measurement]) -> Iterator[Measurement]:
    """Return the mean over trainings of each measurement."""
    found: dict[Hashable, list[Measurement]] = {}
    for row in rows:
        found.setdefault(row.place, []).append(row)
    return (replace(same[0], value=float(np.mean([row.value for row in same]))) for same in found.values())
