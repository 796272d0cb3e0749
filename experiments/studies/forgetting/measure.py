"""Teach each model one task after another, and all at once, and measure what it retains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from experiments.shared.fixed import create_with
from experiments.spec import Measurement, Outcome, Progress, Subject, part_of
from experiments.studies.forgetting import CLASSES, PERMUTED, STUDY, Config
from experiments.studies.forgetting.continual import average_accuracy, forgetting
from experiments.tasks.dataset import Samples, Split, validation_split
from models.schedule import presentation_order
from models.sequences import SequenceShape

if TYPE_CHECKING:
    from models.classifier import Classifier

FIXED = {"passes": 1, "batch_size": 1, "final_rate": 1.0, "shift": 0, "saccade": 0}
"""Parameters of every model that has them."""


def run(config: Config, subject: Subject, progress: Progress) -> Outcome:
    """Teach one model with one seed both scenarios, task by task and all tasks at once.

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
        If the model was not trained to the end of every task.
    """
    split = validation_split(subject.dataset, subject.seed, config.max_train, config.max_validation)
    generator = np.random.default_rng([subject.seed, 0xF064])
    scenarios = {
        CLASSES: class_tasks(split, config.classes_per_task, config.presentations, generator),
        PERMUTED: permuted_tasks(
            split, config.permuted_tasks, config.presentations, generator, subject.dataset.sequence_shape
        ),
    }
    total = 2 * config.presentations * sum(map(len, scenarios.values()))
    measurements: list[Measurement] = []
    done = 0
    for name, tasks in scenarios.items():
        measurements += _scenario(name, tasks, subject, generator, part_of(progress, done, total))
        done += 2 * config.presentations * len(tasks)
    final = next(row.value for row in measurements if row.metric == "final_accuracy")
    measurements.append(STUDY["forgetting_final_accuracy"](final))
    return Outcome(len(split.train), len(split.held_out), tuple(measurements))


def class_tasks(split: Split, classes_per_task: int, count: int, generator: np.random.Generator) -> list[Split]:
    """Return a task for each group of classes, in the order of the classes; the last group may be smaller.

    Parameters
    ----------
    split
        All samples.
    classes_per_task
        Size of a group; where all classes would be one group, each class is one.
    count
        Number of presentations to learn from in each task, with repetition.
    generator
        Draws their order.

    Returns
    -------
    list of Split
        For each task the presentations and the validation samples.
    """
    classes = np.unique(split.train.y)
    size = classes_per_task if classes_per_task < len(classes) else 1
    groups = [classes[start : start + size] for start in range(0, len(classes), size)]
    return [
        Split(_presented(_of_classes(split.train, group), count, generator), _of_classes(split.held_out, group))
        for group in groups
    ]


def _of_classes(samples: Samples, classes: NDArray[np.int64]) -> Samples:
    return samples.chosen(np.flatnonzero(np.isin(samples.y, classes)))


def permuted_tasks(
    split: Split,
    n_tasks: int,
    count: int,
    generator: np.random.Generator,
    sequence_shape: SequenceShape | None = None,
) -> list[Split]:
    """Return tasks with samples of all classes, each with a fixed permutation of the features; the first has none.

    Parameters
    ----------
    split
        All samples.
    n_tasks
        Number of tasks.
    count
        Number of presentations to learn from in each task, with repetition.
    generator
        Draws permutations and the order of presentations.
    sequence_shape
        (time, channel) of sequences: the channels are permuted, alike in all steps, and the mask stays in its place.

    Returns
    -------
    list of Split
        For each task the presentations and the validation samples.
    """
    n_features = split.train.X.shape[1]
    steps, channels = sequence_shape or (1, n_features + 1)
    permuted = channels - 1
    kept = [np.arange(permuted), *(generator.permutation(permuted) for _ in range(n_tasks - 1))]
    if sequence_shape is None:
        orders = kept
    else:
        places = np.arange(n_features).reshape(steps, channels)
        orders = [places[:, np.append(order, permuted)].ravel() for order in kept]
    return [
        Split(_permuted(_presented(split.train, count, generator), order), _permuted(split.held_out, order))
        for order in orders
    ]


def _permuted(samples: Samples, order: NDArray[np.intp]) -> Samples:
    return Samples(samples.X[:, order], samples.y)


def _presented(samples: Samples, count: int, generator: np.random.Generator) -> Samples:
    """Return `count` presentations of these samples, in a new random order in each pass."""
    passes = [generator.permutation(len(samples)) for _ in range(-(-count // len(samples)))]
    return samples.chosen(np.concatenate(passes)[:count])


def _scenario(
    name: str,
    tasks: Sequence[Split],
    subject: Subject,
    generator: np.random.Generator,
    progress: Progress,
) -> Iterator[Measurement]:
    """Yield what one model retains of these tasks."""
    sequence = _joined([task.train for task in tasks])
    total = len(sequence)
    ends = {total * known // len(tasks): known for known in range(1, len(tasks) + 1)}
    rows = _accuracies(subject, f"{name}-in-turn", sequence, tasks, ends, progress)
    for known, row in enumerate(rows, start=1):
        for task, accuracy in enumerate(row, start=1):
            yield STUDY["accuracy"](accuracy, known, scenario=name, task=task)
    matrix = np.stack([np.pad(row, (0, len(tasks) - len(row)), constant_values=np.nan) for row in rows])
    average = average_accuracy(matrix)
    for known, mean in enumerate(average, start=1):
        yield STUDY["average_accuracy"](mean, known, scenario=name)
    mixed = sequence.chosen(generator.permutation(total))
    (joint,) = _accuracies(
        subject, f"{name}-mixed", mixed, tasks, {total: len(tasks)}, part_of(progress, total, 2 * total)
    )
    yield STUDY["final_accuracy"](average[-1], scenario=name)
    yield STUDY["forgetting"](forgetting(matrix), scenario=name)
    yield STUDY["joint_accuracy"](np.mean(joint), scenario=name)


def _joined(parts: Sequence[Samples]) -> Samples:
    return Samples(np.concatenate([part.X for part in parts]), np.concatenate([part.y for part in parts]))


def _accuracies(
    subject: Subject,
    training: str,
    sequence: Samples,
    tasks: Sequence[Split],
    known: Mapping[int, int],
    progress: Progress,
) -> list[FloatArray]:
    """Return the accuracy on each task known so far, while a new model learns the sequence in its order.

    Parameters
    ----------
    training
        Name under which the training is kept.
    known
        Number of presentations -> number of tasks that are known then.

    Raises
    ------
    InputError
        If the model was not examined at all of these numbers of presentations.
    """
    model = create_with(subject, FIXED)
    look = Examination(tasks, known)
    arranged = in_common_order(sequence, subject.seed)
    model.fit(
        arranged.X,
        arranged.y,
        checkpoints=tuple(known),
        at_checkpoint=look,
        progress=progress,
        keep=subject.training(training),
    )
    if tuple(look.found) != tuple(known):
        raise InputError(
            f"{subject.model}: it did not learn every task to its end; let it (e.g. early_stopping=false) "
            "or leave it out"
        )
    return list(look.found.values())


class Examination:
    """Measures the accuracy of a model on each task that it knows, at certain moments of its training.

    The accuracies are collected in `found`, by the number of presentations.

    Parameters
    ----------
    tasks
        The tasks.
    known
        Number of presentations -> number of tasks that are known then.
    """

    def __init__(self, tasks: Sequence[Split], known: Mapping[int, int]) -> None:
        self.found: dict[int, FloatArray] = {}
        self._tasks, self._known = tasks, known

    def __call__(self, model: Classifier, samples_seen: int) -> None:
        if samples_seen in self._known:
            self.found[samples_seen] = _on_each(model, self._tasks[: self._known[samples_seen]])

    def notes(self) -> dict[str, FloatArray]:
        """Return what was found.

        Returns
        -------
        dict of str to ndarray
            Accuracies by the number of presentations.
        """
        return {str(seen): accuracies for seen, accuracies in self.found.items()}

    def take_notes(self, notes: Mapping[str, FloatArray]) -> None:
        """Become what the notes were written by.

        Parameters
        ----------
        notes
            What `notes` has returned.
        """
        self.found = {int(seen): accuracies for seen, accuracies in notes.items()}


def in_common_order(sequence: Samples, seed: int) -> Samples:
    """Arrange samples so that every classifier with this seed presents them in the order of `sequence`.

    Parameters
    ----------
    sequence
        Samples in the intended order.
    seed
        Seed of the classifiers.

    Returns
    -------
    Samples
        The same samples, in the order to pass to `fit`.

    Notes
    -----
    `fit` shuffles in the same way for all classifiers. The shuffling is undone beforehand, so that each classifier
    learns in the given order with its usual algorithm and can be examined at its checkpoints.
    """
    places = np.empty(len(sequence), np.intp)
    places[presentation_order(seed, len(sequence), 1)] = np.arange(len(sequence))
    return sequence.chosen(places)


def _on_each(model: Classifier, tasks: Sequence[Split]) -> FloatArray:
    """Return the accuracy on the validation samples of each task."""
    samples = _joined([task.held_out for task in tasks])
    right = model.predict(samples.X) == samples.y
    ends = np.cumsum([len(task.held_out) for task in tasks])
    return np.array([np.mean(part) for part in np.split(right, ends[:-1])])
