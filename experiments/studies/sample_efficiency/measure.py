"""Train each model on sets of several sizes and measure it after each training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from experiments.spec import Outcome, Progress, Subject, part_of
from experiments.studies.sample_efficiency import STUDY, Config
from experiments.tasks.dataset import validation_split


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Train one model with one seed on each set, and measure it on the validation split.

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
        model.fit(samples.X, samples.y, progress=part_of(progress, before, ends[-1]), keep=subject.training(f"{size}"))
        accuracy = np.mean(model.predict(split.held_out.X) == split.held_out.y)
        measured.append(STUDY["validation_accuracy"](accuracy, step=size))
    mean = STUDY["sample_efficiency_mean"](np.mean([point.value for point in measured]))
    derived = {"samples_per_class": sizes, "passes": {subject.model: passes}}
    # Draw the sets from the whole training part: this is the overlap of the splits of two seeds.
    return Outcome(len(split.train), len(split.held_out), (*measured, mean), derived=derived)


def per_class(most: int) -> list[int]:
    """Return the sizes 1, 3, 10, 30, 100, ... of the training sets.

    Parameters
    ----------
    most
        Largest size.

    Returns
    -------
    list of int
        Numbers of samples per class.
    """
    decades = range(len(str(most)))
    return [size for decade in decades for size in (10**decade, 3 * 10**decade) if size <= most]


def ranks_in_class(labels: NDArray[np.int64], seed: int) -> NDArray[np.intp]:
    """Return the place of each sample (n,) in a random order of its class.

    Samples with ranks below k are a set of k samples of each class.

    Parameters
    ----------
    labels
        Class of each sample (n,).
    seed
        Seed of the order.
    """
    ranks = np.empty(len(labels), np.intp)
    generator = np.random.default_rng([seed, 0xFE35])
    for label in np.unique(labels):
        (members,) = np.nonzero(labels == label)
        ranks[members] = generator.permutation(len(members))
    return ranks
