"""How well does each network classify after training on few samples of each class?

Each model is trained from the start on 1, 3, 10, 30, 100, ... labelled samples of each class, up to the size of the
smallest class, and its accuracy on the validation split of the training data is taken. The test set is never opened:
a curve is no final measurement. The samples are drawn by the seed, the same for all models; each set holds the smaller
ones. They are scaled as the whole training part is: labels are few here, not samples.

A model makes the passes that its own settings ask for, but at least as many as show it `min_presentations` samples:
few samples would otherwise mean few updates too. The rule is one for all models, and config.toml tells the passes that
came of it, a number for each set.

Metrics
-------
validation_accuracy      fraction of the validation samples classified correctly after training on `step` samples
                         of each class
sample_efficiency_mean   mean of these over the sets: the area under the curve on its logarithmic axis
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveInt

from experiments.spec import Measurement, Outcome, Subject, part_of
from experiments.tasks.dataset import validation_split


class Config(BaseModel):
    """max_per_class: most samples of each class, None for as many as there are. max_validation: measure on a stratified
    subset of at most so many validation samples, None for all of them. min_presentations: samples, with repetition,
    that each training shows at least."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_per_class: PositiveInt | None
    max_validation: PositiveInt | None
    min_presentations: PositiveInt


PRESETS = {
    "quick": Config(max_per_class=30, max_validation=1000, min_presentations=1000),
    "full": Config(max_per_class=None, max_validation=None, min_presentations=10_000),
}


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Train one model with one seed on each set, measured on the validation split."""
    split = validation_split(subject.dataset, subject.seed, max_validation=config.max_validation)
    ranks = ranks_in_class(split.train.y, subject.seed)
    available = int(np.bincount(split.train.y).min())
    sizes = per_class(available if config.max_per_class is None else min(available, config.max_per_class))
    sets = [split.train.chosen(np.flatnonzero(ranks < size)) for size in sizes]
    own_passes = subject.create().get_params()["passes"]
    passes = [max(own_passes, -(-config.min_presentations // len(samples))) for samples in sets]
    ends = np.cumsum([n_passes * len(samples) for n_passes, samples in zip(passes, sets, strict=True)]).tolist()

    measured = []
    for size, samples, n_passes, before in zip(sizes, sets, passes, [0, *ends], strict=False):
        model = subject.create().set_params(passes=n_passes)
        model.fit(samples.X, samples.y, progress=part_of(progress, before, ends[-1]))
        accuracy = float(np.mean(model.predict(split.held_out.X) == split.held_out.y))
        measured.append(Measurement("validation_accuracy", accuracy, "fraction", step=size))
    mean = float(np.mean([point.value for point in measured]))
    measurements = (*measured, Measurement("sample_efficiency_mean", mean, "fraction"))
    derived = {"samples_per_class": sizes, "passes": {subject.model: passes}}
    # The sets are drawn from the whole training part, which is what the parts of two seeds have in common.
    return Outcome(len(split.train), len(split.held_out), measurements, derived=derived)


def per_class(most: int) -> list[int]:
    """1, 3, 10, 30, 100, ... up to `most`."""
    decades = range(len(str(most)))
    return [size for decade in decades for size in (10**decade, 3 * 10**decade) if size <= most]


def ranks_in_class(labels: NDArray[np.int64], seed: int) -> NDArray[np.intp]:
    """Place of each sample (n,) in a random order of its class: those of ranks below k are k samples of each class."""
    ranks = np.empty(len(labels), np.intp)
    generator = np.random.default_rng([seed, 0xFE35])
    for label in np.unique(labels):
        (members,) = np.nonzero(labels == label)
        ranks[members] = generator.permutation(len(members))
    return ranks
