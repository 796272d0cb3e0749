"""`digits`: 1797 handwritten digits of 8 x 8 pixels (UCI Optical Recognition, embedded in scikit-learn)."""

from __future__ import annotations

from pathlib import Path

from experiments.tasks import Task
from experiments.tasks.dataset import Dataset


def load(data_dir: Path | None) -> Dataset:
    """Load the pixels 0..16, to be divided by 16; each seed holds out its own 20 %.

    Parameters
    ----------
    data_dir
        Not used: the data come with scikit-learn.

    Returns
    -------
    Dataset
        The 1797 images.
    """
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return Dataset("digits", X, y, tuple("0123456789"), image_shape=(8, 8), scaling=16.0)


TASK = Task("digits", "handwritten digits, 8 x 8 pixels, 1797 samples (the default)", load)
