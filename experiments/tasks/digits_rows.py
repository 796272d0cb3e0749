"""`digits-rows`: the images of `digits`, row after row: 8 steps of 8 pixels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from experiments.tasks import Task, digits
from experiments.tasks.dataset import Dataset
from models.sequences import as_rows


def load(data_dir: Path | None) -> Dataset:
    """Load the images of `digits` as sequences, from the upper row to the lower one.

    Parameters
    ----------
    data_dir
        Not used: the data come with scikit-learn.

    Returns
    -------
    Dataset
        The 1797 images.
    """
    images = digits.load(data_dir)
    rows = as_rows(images.X.reshape(-1, 8, 8))
    return replace(images, name="digits-rows", X=rows, image_shape=None, sequence_shape=(8, 9))


TASK = Task("digits-rows", "sequences: the images of digits, row after row", load)
