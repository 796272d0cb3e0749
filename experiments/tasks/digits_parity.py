"""`digits-parity`: the images of `digits`, to be told apart as even or odd numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from experiments.tasks import Task, digits
from experiments.tasks.dataset import Dataset


def load(data_dir: Path | None) -> Dataset:
    """Load the images of `digits`; they are scaled and split as there, but stratified by parity alone.

    Parameters
    ----------
    data_dir
        Not used: the data come with scikit-learn.

    Returns
    -------
    Dataset
        The 1797 images, in two classes.
    """
    dataset = digits.load(data_dir)
    return replace(dataset, name="digits-parity", y=dataset.y % 2, classes=("even", "odd"))


TASK = Task("digits-parity", "the images of digits, even or odd", load)
