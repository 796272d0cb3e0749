"""A classifier before its first presentation: the control for the effects of training."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from experiments.spec import Subject
from experiments.tasks.dataset import Samples

if TYPE_CHECKING:
    from models.classifier import Classifier


class _EnoughError(Exception):
    """Ends a training before it begins."""


def before_training(subject: Subject, train: Samples) -> Classifier:
    """Return the model of a subject with the initial weights from which it would learn.

    Parameters
    ----------
    subject
        Model, data and seed.
    train
        Training samples; the model takes only its constants from them, such as the scale of its input.

    Returns
    -------
    Classifier
        The model, which can be used as if it were trained.
    """

    def _end(model: Classifier, samples_seen: int) -> None:
        raise _EnoughError

    model = subject.create()
    with suppress(_EnoughError):
        model.fit(train.X, train.y, at_checkpoint=_end)
    return model
