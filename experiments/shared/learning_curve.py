"""Learning curves: validation accuracy at checkpoints that are the same for all models of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bnsim.errors import InputError
from experiments.spec import Measurement, Metric, Progress
from experiments.tasks.dataset import Split

if TYPE_CHECKING:
    from models.classifier import Classifier
    from models.keeping import Observer


def checkpoints(total: int, points_per_octave: int, batch: int) -> tuple[int, ...]:
    """Return log-spaced checkpoints, in training samples seen.

    Parameters
    ----------
    total
        Number of presentations of the whole training.
    points_per_octave
        Number of checkpoints for each doubling of the samples seen.
    batch
        A multiple of the batch sizes of all models, so that all are measured after the same number of samples.

    Returns
    -------
    tuple of int
        Multiples of `batch`, among them the largest one that training reaches; `total` alone where it is below `batch`.
    """
    last = total // batch
    if last == 0:
        return (total,)
    octaves = np.arange(0, np.log2(last) + 1e-9, 1 / points_per_octave)
    points = {*np.rint(2**octaves).astype(int).tolist(), last}
    return tuple(batch * point for point in sorted(points))


def learning_curve(
    metric: Metric,
    model: Classifier,
    split: Split,
    points: tuple[int, ...],
    progress: Progress,
    at_checkpoint: Observer | None = None,
    keep: Path | None = None,
) -> tuple[Measurement, ...]:
    """Train a model, and measure its validation accuracy at each checkpoint.

    Parameters
    ----------
    metric
        The accuracy; it counts training samples in its steps.
    model
        The untrained classifier.
    split
        Samples to train on, and samples to measure the accuracy on (`held_out`).
    points
        Checkpoints, in training samples seen.
    progress
        Called during training.
    at_checkpoint
        Called with the model and the number of samples seen, before the first presentation and at each checkpoint.
    keep
        Folder in which the training is kept, None if it is not.

    Returns
    -------
    tuple of Measurement
        One at each checkpoint.

    Raises
    ------
    InputError
        If the model was not measured at all checkpoints, as means over different points cannot be compared.
    """
    model.fit(
        split.train.X,
        split.train.y,
        validation=(split.held_out.X, split.held_out.y),
        checkpoints=points,
        at_checkpoint=at_checkpoint,
        progress=progress,
        keep=keep,
    )
    measured = tuple(point.samples_seen for point in model.history_)
    if measured != points:
        raise InputError(
            f"{model.name}: its learning curve has {len(measured)} of {len(points)} points; let it see all "
            "presentations (e.g. early_stopping=false) or leave it out"
        )
    return tuple(metric(point.validation_accuracy, step=point.samples_seen) for point in model.history_)
