"""`mnist-rows`: the images of `mnist`, row after row: 28 steps of 28 pixels, from the same files."""

from __future__ import annotations

from pathlib import Path

from experiments.tasks import Task, mnist
from experiments.tasks.dataset import Dataset
from experiments.tasks.sequences import row_after_row


def load(data_dir: Path | None) -> Dataset:
    """Load the images of `mnist` as sequences, from the upper row to the lower one.

    Parameters
    ----------
    data_dir
        As for `mnist`.

    Returns
    -------
    Dataset
        All 70,000 images, the 60,000 training images first.

    Raises
    ------
    InputError
        As for `mnist`.
    MachineError
        If the download fails.
    """
    return row_after_row("mnist-rows", mnist.load(data_dir))


TASK = Task("mnist-rows", "sequences: the images of mnist, row after row", load)
