"""How fast does each network learn, by the number of samples that it has seen?

All models see the same samples in the same order, as often as each other; at log-spaced points learning
is frozen and the accuracy on the validation split of the training data is taken. The test set is never
opened.

Metrics
-------
validation_accuracy   fraction of the validation samples classified correctly after `step` presentations
learning_curve_mean   mean of these over the points: the area under the curve on its logarithmic axis
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pydantic import BaseModel, ConfigDict, PositiveInt

from bnsim.errors import InputError
from experiments.studies.job import Measurement, Outcome, Subject
from experiments.tasks.dataset import validation_split


class Config(BaseModel):
    """max_train: train on a stratified subset of at most so many samples, None for all of them.
    max_validation: likewise for the validation samples. presentations: how many samples each model sees
    in all, rounded to whole passes; the models' own `passes` are not used, and config.toml tells the number that was.
    points_per_octave: points of the curve for each doubling of the samples seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_train: PositiveInt | None
    max_validation: PositiveInt | None
    presentations: PositiveInt
    points_per_octave: PositiveInt


PRESETS = {
    "quick": Config(max_train=10_000, max_validation=1000, presentations=10_000, points_per_octave=1),
    "full": Config(max_train=None, max_validation=None, presentations=100_000, points_per_octave=2),
}


def checkpoints(total: int, points_per_octave: int, batch: int) -> tuple[int, ...]:
    """Log-spaced multiples of `batch` up to `total`; the last multiple that training reaches is always one.

    batch: a multiple of all models' batch sizes, so that each is measured after exactly as many samples.
    """
    last = total // batch
    if last == 0:
        return (total,)
    octaves = np.arange(0, np.log2(last) + 1e-9, 1 / points_per_octave)
    points = {*np.rint(2**octaves).astype(int).tolist(), last}
    return tuple(batch * point for point in sorted(points))


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Train one model with one seed and watch it on the validation split."""
    split = validation_split(subject.dataset, subject.seed, config.max_train, config.max_validation)
    passes = max(1, round(config.presentations / len(split.train)))
    points = checkpoints(passes * len(split.train), config.points_per_octave, subject.common_batch)
    model = subject.create().set_params(passes=passes)
    model.fit(
        split.train.X,
        split.train.y,
        validation=(split.held_out.X, split.held_out.y),
        checkpoints=points,
        progress=progress,
    )
    _check_steps(subject.model, tuple(point.samples_seen for point in model.history_), points)
    curve = [
        Measurement("validation_accuracy", point.validation_accuracy, "fraction", step=point.samples_seen)
        for point in model.history_
    ]
    mean = float(np.mean([point.value for point in curve]))
    measurements = (*curve, Measurement("learning_curve_mean", mean, "fraction"))
    return Outcome(len(split.train), len(split.held_out), measurements, derived={"passes": passes})


def _check_steps(model: str, measured: tuple[int, ...], asked: tuple[int, ...]) -> None:
    """Means over different points are no comparison: refuse a model that was not measured at all of them."""
    if measured != asked:
        raise InputError(
            f"{model}: its learning curve has {len(measured)} of {len(asked)} points; let it see all presentations "
            "(e.g. early_stopping=false) or leave it out"
        )
