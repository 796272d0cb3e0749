"""What becomes of old knowledge when a network learns something new?

Every model learns one task after another and is never reset. Class-incremental: the classes come in groups, in their
own order, all output units are there from the start, and every answer is open to all of them. Permuted: all classes,
each task with a permutation of the features of its own, the first task without one; fixed filters, which look for
strokes, find none in permuted images. Ceiling: all tasks at once, the same presentations in a random order.

All models learn after each single sample, as in `one-pass` and with the learning rates chosen there, which do not fall,
since an online learner cannot know the end. Each task has `presentations` of its training samples, in random order, all
as often as each other; the models' own `passes` are not used, and images are shown as they are. Constants of an input,
such as the scale of rates, are measured once on the samples of all tasks. After each task learning is frozen and the
accuracy on the validation split of the training data is taken: a course of learning is no final measurement, the test
set stays closed.

Metrics
-------
accuracy                   after learning `step` tasks, on one of them (condition "scenario=..,task=.."), which is R of
                           Lopez-Paz & Ranzato
average_accuracy           mean of these over all tasks so far (condition "scenario=..")
final_accuracy             the same after the last task
forgetting                 best earlier accuracy on a task minus the one after the last task, mean over all tasks but
                           the last (condition "scenario=..")
joint_accuracy             mean over all tasks after learning them at once (condition "scenario=..")
forgetting_final_accuracy  final_accuracy of the class-incremental scenario

References: van de Ven, Tuytelaars & Tolias (2022), Nature Machine Intelligence 4:1185-1197, three scenarios; an
unprotected perceptron is left with 0.20 on MNIST in five class-incremental tasks, where joint training leads to 0.98.
Goodfellow, Mirza, Xiao, Courville & Bengio (2014), ICLR, arXiv:1312.6211, permuted images. Lopez-Paz & Ranzato (2017),
NeurIPS, arXiv:1706.08840.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from bnsim.errors import InputError
from experiments.spec import Measurement, Outcome, Subject, condition, part_of
from experiments.studies.forgetting.continual import average_accuracy, forgetting
from experiments.studies.one_pass import measure as one_pass
from experiments.tasks.dataset import Samples, Split, validation_split
from models.schedule import presentation_order

if TYPE_CHECKING:
    from models.classifier import Classifier

FloatArray = NDArray[np.floating]
FIXED = {"passes": 1, "batch_size": 1, "final_rate": 1.0, "shift": 0, "saccade": 0}
"""Parameters of every model that has them."""
SETTINGS, TUNING = one_pass.SETTINGS, one_pass.TUNING


class Config(BaseModel):
    """max_train: learn from a stratified subset of at most so many samples, None for all of them. max_validation:
    likewise for the validation samples. presentations: samples shown of each task. classes_per_task: of the
    class-incremental scenario; where they would make one task only, each class is a task. permuted_tasks: tasks of the
    permuted scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_train: PositiveInt | None
    max_validation: PositiveInt | None
    presentations: PositiveInt
    classes_per_task: PositiveInt
    permuted_tasks: PositiveInt = Field(ge=2)


PRESETS = {
    "quick": Config(max_train=10_000, max_validation=1000, presentations=600, classes_per_task=2, permuted_tasks=4),
    "full": Config(max_train=None, max_validation=2000, presentations=10_000, classes_per_task=2, permuted_tasks=5),
}


def run(config: Config, subject: Subject, progress: Callable[[int, int], None]) -> Outcome:
    """Let one model with one seed learn both scenarios, task after task and all at once."""
    split = validation_split(subject.dataset, subject.seed, config.max_train, config.max_validation)
    generator = np.random.default_rng([subject.seed, 0xF064])
    scenarios = {
        "class-incremental": class_tasks(split, config.classes_per_task, config.presentations, generator),
        "permuted": permuted_tasks(split, config.permuted_tasks, config.presentations, generator),
    }
    total = 2 * config.presentations * sum(map(len, scenarios.values()))
    measurements: list[Measurement] = []
    done = 0
    for name, tasks in scenarios.items():
        measurements += _scenario(name, tasks, subject, generator, part_of(progress, done, total))
        done += 2 * config.presentations * len(tasks)
    final = next(row.value for row in measurements if row.metric == "final_accuracy")
    measurements.append(Measurement("forgetting_final_accuracy", final, "fraction"))
    return Outcome(len(split.train), len(split.held_out), tuple(measurements))


def class_tasks(split: Split, classes_per_task: int, count: int, generator: np.random.Generator) -> list[Split]:
    """Groups of classes in their order, the last one maybe smaller: `count` presentations to learn from, and the
    validation samples."""
    classes = np.unique(split.train.y)
    size = classes_per_task if classes_per_task < len(classes) else 1
    groups = [classes[start : start + size] for start in range(0, len(classes), size)]
    return [
        Split(_presented(_of_classes(split.train, group), count, generator), _of_classes(split.held_out, group))
        for group in groups
    ]


def _of_classes(samples: Samples, classes: NDArray[np.int64]) -> Samples:
    return samples.chosen(np.flatnonzero(np.isin(samples.y, classes)))


def permuted_tasks(split: Split, n_tasks: int, count: int, generator: np.random.Generator) -> list[Split]:
    """Samples of all classes, in each task with another fixed order of the features; the first has them as they are."""
    n_features = split.train.X.shape[1]
    orders = [np.arange(n_features), *(generator.permutation(n_features) for _ in range(n_tasks - 1))]
    return [
        Split(_permuted(_presented(split.train, count, generator), order), _permuted(split.held_out, order))
        for order in orders
    ]


def _permuted(samples: Samples, order: NDArray[np.intp]) -> Samples:
    return Samples(samples.X[:, order], samples.y)


def _presented(samples: Samples, count: int, generator: np.random.Generator) -> Samples:
    """So many presentations of these samples, a fresh random order in each pass."""
    passes = [generator.permutation(len(samples)) for _ in range(-(-count // len(samples)))]
    return samples.chosen(np.concatenate(passes)[:count])


def _scenario(
    name: str,
    tasks: Sequence[Split],
    subject: Subject,
    generator: np.random.Generator,
    progress: Callable[[int, int], None],
) -> Iterator[Measurement]:
    """What one model retains of these tasks."""
    sequence = _joined([task.train for task in tasks])
    total = len(sequence)
    ends = {total * known // len(tasks): known for known in range(1, len(tasks) + 1)}
    rows = _accuracies(subject, sequence, tasks, ends, progress)
    for known, row in enumerate(rows, start=1):
        for task, accuracy in enumerate(row, start=1):
            yield Measurement("accuracy", float(accuracy), "fraction", condition(scenario=name, task=task), known)
    matrix = np.stack([np.pad(row, (0, len(tasks) - len(row)), constant_values=np.nan) for row in rows])
    place, average = condition(scenario=name), average_accuracy(matrix)
    for known, mean in enumerate(average, start=1):
        yield Measurement("average_accuracy", float(mean), "fraction", place, known)
    mixed = sequence.chosen(generator.permutation(total))
    (joint,) = _accuracies(subject, mixed, tasks, {total: len(tasks)}, part_of(progress, total, 2 * total))
    yield Measurement("final_accuracy", float(average[-1]), "fraction", place)
    yield Measurement("forgetting", forgetting(matrix), "fraction", place)
    yield Measurement("joint_accuracy", float(np.mean(joint)), "fraction", place)


def _joined(parts: Sequence[Samples]) -> Samples:
    return Samples(np.concatenate([part.X for part in parts]), np.concatenate([part.y for part in parts]))


def _accuracies(
    subject: Subject,
    sequence: Samples,
    tasks: Sequence[Split],
    known: Mapping[int, int],
    progress: Callable[[int, int], None],
) -> list[FloatArray]:
    """Accuracy on each task known so far (presentations -> tasks) while a new model learns the sequence in its order.

    Errors: InputError for a model that was not seen at all of these places.
    """
    model = subject.create()
    model.set_params(**{name: value for name, value in FIXED.items() if name in model.get_params()})
    found: dict[int, FloatArray] = {}

    def look(learner: Classifier, seen: int) -> None:
        if seen in known:
            found[seen] = _on_each(learner, tasks[: known[seen]])

    arranged = in_common_order(sequence, subject.seed)
    model.fit(arranged.X, arranged.y, checkpoints=tuple(known), at_checkpoint=look, progress=progress)
    if tuple(found) != tuple(known):
        raise InputError(
            f"{subject.model}: it did not learn every task to its end; let it (e.g. early_stopping=false) "
            "or leave it out"
        )
    return list(found.values())


def in_common_order(sequence: Samples, seed: int) -> Samples:
    """The samples so placed that the order in which every classifier with this seed shows them is that of `sequence`.

    `fit` shuffles, the same way for all classifiers. Undone beforehand, each learns what it is to learn, in that order,
    by the way in which it always learns, and may be looked at on its way.
    """
    places = np.empty(len(sequence), np.intp)
    places[presentation_order(seed, len(sequence), 1)] = np.arange(len(sequence))
    return sequence.chosen(places)


def _on_each(model: Classifier, tasks: Sequence[Split]) -> FloatArray:
    """Accuracy on the validation samples of each task."""
    samples = _joined([task.held_out for task in tasks])
    right = model.predict(samples.X) == samples.y
    ends = np.cumsum([len(task.held_out) for task in tasks])
    return np.array([np.mean(part) for part in np.split(right, ends[:-1])])
