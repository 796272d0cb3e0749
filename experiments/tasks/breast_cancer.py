"""`breast-cancer`: 569 tumours, 30 features, malignant or benign (UCI WDBC, embedded in scikit-learn)."""

from __future__ import annotations

from pathlib import Path

from experiments.tasks import Task
from experiments.tasks.dataset import Dataset


def load(data_dir: Path | None) -> Dataset:
    """Load the features, to be standardised on the training part; each seed holds out its own 20 %.

    Parameters
    ----------
    data_dir
        Not used: the data come with scikit-learn.

    Returns
    -------
    Dataset
        The 569 tumours.
    """
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    classes = tuple(str(name) for name in data.target_names)
    return Dataset("breast-cancer", data.data, data.target, classes, image_shape=None, scaling="standardise")


TASK = Task("breast-cancer", "30 features, malignant or benign, 569 samples", load)
