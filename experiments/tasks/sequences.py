"""Data sets of sequences: rows with a mask (see `models.sequences`), and the shape by which they are read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.tasks.dataset import Dataset
from experiments.tasks.scaling import Scaling
from models.sequences import as_rows


def of_sequences(
    name: str,
    steps: NDArray,
    y: NDArray[np.int64],
    classes: tuple[str, ...],
    lengths: ArrayLike | None = None,
    *,
    scaling: Scaling = 1.0,
    n_train: int | None = None,
    n_validation: int | None = None,
    notes: tuple[str, ...] = (),
    answer_steps: int | None = 1,
    predict_next: bool = False,
) -> Dataset:
    """Return sequences as the data of a task.

    Parameters
    ----------
    name
        Name of the task.
    steps
        The sequences (sample, time, channel), each padded to the length of the longest.
    y
        Indices into `classes` (sample,).
    classes
        Names of the classes.
    lengths
        Number of steps of each sequence (sample,); None where all last to the end.
    scaling, n_train, n_validation, notes, answer_steps, predict_next
        As `Dataset` says.

    Returns
    -------
    Dataset
        The sequences.
    """
    n_steps, n_channels = steps.shape[1:]
    rows = as_rows(steps, lengths)
    shape = (n_steps, n_channels + 1)
    return Dataset(
        name,
        rows,
        y,
        classes,
        None,
        scaling,
        n_train,
        n_validation,
        notes,
        sequence_shape=shape,
        answer_steps=answer_steps,
        predict_next=predict_next,
    )


def row_after_row(name: str, images: Dataset) -> Dataset:
    """Return images as sequences, from the upper row of pixels to the lower one.

    Parameters
    ----------
    name
        Name of the task.
    images
        Data of a task of images.

    Returns
    -------
    Dataset
        The same samples; a step is a row, a channel a column, and the answer is asked for at the last.
    """
    assert images.image_shape is not None
    height, width = images.image_shape
    rows = as_rows(images.X.reshape(-1, height, width))
    return replace(images, name=name, X=rows, image_shape=None, sequence_shape=(height, width + 1), answer_steps=1)
