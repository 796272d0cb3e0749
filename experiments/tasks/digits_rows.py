"""`digits-rows`: the images of `digits`, row after row: 8 steps of 8 pixels."""

from __future__ import annotations

from pathlib import Path

from experiments.tasks import Task, digits
from experiments.tasks.dataset import Dataset
from experiments.tasks.sequences import row_after_row


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
    return row_after_row("digits-rows", digits.load(data_dir))


TASK = Task("digits-rows", "sequences: the images of digits, row after row", load)
