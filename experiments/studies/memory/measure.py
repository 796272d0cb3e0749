"""Follow what the hidden units of a trained network hold of the class."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bnsim.arrays import LabelArray
from experiments.shared.fitted import Fitted, fitted
from experiments.shared.probe import probe_accuracy
from experiments.spec import Measurement, Outcome, Progress, Subject
from experiments.studies.memory import STUDY, Config
from experiments.tasks.dataset import Samples
from models.capabilities import Remembering
from models.sequences import SequenceShape, lasting


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Follow what one trained network with one seed holds.

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
    shape = subject.dataset.sequence_shape
    assert shape is not None
    found = fitted(subject, config.max_train, progress)
    test = found.split.held_out.first(config.n_measured)
    right = found.model.predict(test.X) == test.y
    lengths = lasting(test.X, shape).sum(axis=1)
    measurements = [
        STUDY["accuracy"](right.mean()),
        STUDY["most_frequent"](np.bincount(test.y).max() / len(test)),
    ]
    for group in groups_of(lengths, config.lengths, config.least):
        measurements.append(STUDY["accuracy_of_length"](right[group].mean(), round(lengths[group].mean())))
    measurements += _held(config, found, test, shape, subject.seed)
    return Outcome(len(found.split.train), len(test), tuple(measurements))


def groups_of(lengths: LabelArray, number: int, least: int) -> list[LabelArray]:
    """Return groups of sequences of similar length, about equally many each; sequences of one length stay together.

    Parameters
    ----------
    lengths
        Steps of each sequence (sample,).
    number
        Most groups.
    least
        Least sequences of a group.

    Returns
    -------
    list of array
        Indices of the sequences of each group, from short to long.
    """
    edges = np.unique(np.quantile(lengths, np.linspace(0, 1, number + 1)[1:-1], method="higher"))
    places = np.searchsorted(edges, lengths, side="right")
    groups = [np.flatnonzero(places == place) for place in range(len(edges) + 1)]
    return [group for group in groups if len(group) >= least]


def _held(config: Config, found: Fitted, test: Samples, shape: SequenceShape, seed: int) -> Iterator[Measurement]:
    model = found.model
    if not isinstance(model, Remembering):
        return
    generator = np.random.default_rng([seed, 0x3E3])
    learned = found.split.train.chosen(generator.permutation(len(found.split.train))[: config.n_probe])
    moments = sorted({round(shape[0] * place / (config.points + 1)) for place in range(1, config.points + 1)} - {0})
    known, seen = (model.course(part.X, moments) for part in (learned, test))
    ends = [lasting(part.X, shape).sum(axis=1) for part in (learned, test)]
    for place, moment in enumerate(moments):
        at_probe, at_test = (np.flatnonzero(moment < end) for end in ends)
        if min(len(at_probe), len(at_test)) < config.least or len(np.unique(learned.y[at_probe])) < 2:
            continue
        for variable, values in known.items():
            share = probe_accuracy(
                values[at_probe, place], learned.y[at_probe], seen[variable][at_test, place], test.y[at_test]
            )
            yield STUDY["held"](share, moment, variable=variable)
