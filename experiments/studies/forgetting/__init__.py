"""What becomes of old knowledge when a network learns something new?

Every model learns one task after another and is never reset. In the class-incremental scenario the classes come in
groups, in their own order; all output units are there from the start, and every answer may be any class. In the
permuted scenario each task has all classes and a permutation of the features of its own, the first task none; fixed
filters, which respond to strokes, find none in permuted images. Of sequences the channels are permuted, alike in all
steps. As an upper bound, all tasks are learned at once, from the same presentations in a random order.

All models learn after each single sample, as in `one-pass` and with the learning rates chosen there, which do not fall,
since an online learner cannot know the end. Each task has `presentations` of its training samples, in random order and
equally often; the models' own `passes` are not used, and images are shown as they are. Constants of an input, such as
the scale of rates, are measured once, on the samples of all tasks. After each task learning is frozen and the accuracy
on the validation split of the training data is measured. A course of learning is no final measurement, so the test set
is never opened.

References
----------
van de Ven, Tuytelaars & Tolias (2022), Nature Machine Intelligence 4:1185-1197: the scenarios; a perceptron without
protection is left with an accuracy of 0.20 on MNIST in five class-incremental tasks, where joint training reaches 0.98.
Goodfellow, Mirza, Xiao, Courville & Bengio (2014), ICLR, arXiv:1312.6211: permuted images.
Lopez-Paz & Ranzato (2017), NeurIPS, arXiv:1706.08840: the matrix R of accuracies after and on each task.
"""

from __future__ import annotations

from pydantic import Field, PositiveInt

from experiments.shared import online_settings
from experiments.spec import Metric, Options, Study

CLASSES, PERMUTED = "class-incremental", "permuted"
"""Names of the scenarios."""


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset); None for all samples.
    max_validation
        Largest number of validation samples (a stratified subset); None for all samples.
    presentations
        Number of samples, with repetition, that are shown of each task.
    classes_per_task
        Of the class-incremental scenario; where they would make one task only, each class is a task.
    permuted_tasks
        Number of tasks of the permuted scenario, at least 2.
    """

    max_train: PositiveInt | None
    max_validation: PositiveInt | None
    presentations: PositiveInt
    classes_per_task: PositiveInt
    permuted_tasks: PositiveInt = Field(ge=2)


STUDY = Study(
    __name__,
    __doc__,
    title="Forgetting",
    order=50,
    brief=False,
    fixes={
        "passes": "forgetting shows every task equally often; use forgetting.presentations",
        "batch_size": "forgetting shows one sample at a time; leave it out",
        "final_rate": "forgetting lets no learning rate fall; leave it out",
        "shift": "forgetting shows images as they are; leave it out",
        "saccade": "forgetting shows images as they are; leave it out",
    },
    settings=online_settings.SETTINGS,
    tried=online_settings.TRIED,
    samples="classes",
    metrics=(
        Metric(
            "accuracy",
            "fraction",
            "Accuracy on one task",
            "Fraction of the validation samples of one task classified correctly after so many tasks, of which it is "
            "one: R of Lopez-Paz & Ranzato.",
            better="more",
            facts={"scenario": str, "task": int},
            step="Tasks learned",
        ),
        Metric(
            "average_accuracy",
            "fraction",
            "Average accuracy",
            "Mean of the accuracies on all tasks learned so far.",
            better="more",
            facts={"scenario": str},
            step="Tasks learned",
        ),
        Metric(
            "final_accuracy",
            "fraction",
            "Final accuracy",
            "Average accuracy after the last task.",
            better="more",
            facts={"scenario": str},
        ),
        Metric(
            "forgetting",
            "fraction",
            "Forgetting",
            "Best earlier accuracy on a task minus the one after the last task, mean over all tasks but the last; "
            "negative where later tasks improve earlier ones.",
            better="less",
            facts={"scenario": str},
            bounds=(-1.0, 1.0),
        ),
        Metric(
            "joint_accuracy",
            "fraction",
            "Accuracy after learning all tasks at once",
            "Mean of the accuracies on all tasks after learning them at once.",
            better="more",
            facts={"scenario": str},
        ),
        Metric(
            "forgetting_final_accuracy",
            "fraction",
            "Validation accuracy after learning the classes task after task",
            "Final accuracy of the class-incremental scenario.",
            better="more",
            primary=True,
        ),
    ),
    presets={
        "quick": Config(max_train=10_000, max_validation=1000, presentations=600, classes_per_task=2, permuted_tasks=4),
        "full": Config(max_train=None, max_validation=2000, presentations=10_000, classes_per_task=2, permuted_tasks=5),
        "tiny": Config(max_train=600, max_validation=100, presentations=60, classes_per_task=2, permuted_tasks=2),
    },
)
