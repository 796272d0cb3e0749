"""A classifier as it is before the first presentation: the control of what training makes of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from experiments.spec import Subject
from experiments.tasks.dataset import Samples

if TYPE_CHECKING:
    from models.classifier import Classifier


class _EnoughError(Exception):
    """Ends a training that has not begun."""


def before_training(subject: Subject, train: Samples) -> Classifier:
    """The subject's model with the initial weights from which it learns these samples, which set no more of it than its
    constants (such as the scale of its input)."""

    def end(model: Classifier, samples_seen: int) -> None:
        raise _EnoughError

    model = subject.create()
    with suppress(_EnoughError):
        model.fit(train.X, train.y, at_checkpoint=end)
    return model
