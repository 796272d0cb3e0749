"""Learning curves: accuracy on the validation split at points that are the same for all models of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from bnsim.errors import InputError
from experiments.spec import Measurement, Metric, Progress
from experiments.tasks.dataset import Split

if TYPE_CHECKING:
    from models.classifier import Classifier


def checkpoints(total: int, points_per_octave: int, batch: int) -> tuple[int, ...]:
    """Return log-spaced multiples of `batch` up to `total`, the last multiple that training reaches among them.

    Parameters
    ----------
    total
        Presentations in all.
    points_per_octave
        Points for each doubling of the presentations.
    batch
        A multiple of the batch sizes of all models, so that each is measured after exactly as many samples.
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
    at_checkpoint: Callable[[Any, int], None] | None = None,
) -> tuple[Measurement, ...]:
    """Train the model on the split's training part and measure its accuracy on the other part at each point.

    Parameters
    ----------
    metric
        The accuracy to be measured; its step counts training samples.
    model
        Unfitted.
    split
        Samples to train on and to measure on.
    points
        Numbers of presentations, increasing.
    progress
        Told how far the training is.
    at_checkpoint
        Called with the model and the samples seen, before the first presentation and at each point.

    Returns
    -------
    tuple of Measurement
        One for each point.

    Raises
    ------
    InputError
        For a model that was not measured at all points: means over different points cannot be compared.
    """
    model.fit(
        split.train.X,
        split.train.y,
        validation=(split.held_out.X, split.held_out.y),
        checkpoints=points,
        at_checkpoint=at_checkpoint,
        progress=progress,
    )
    measured = tuple(point.samples_seen for point in model.history_)
    if measured != points:
        raise InputError(
            f"{model.name}: its learning curve has {len(measured)} of {len(points)} points; let it see all "
            "presentations (e.g. early_stopping=false) or leave it out"
        )
    return tuple(metric(point.validation_accuracy, step=point.samples_seen) for point in model.history_)
