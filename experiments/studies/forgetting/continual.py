"""What is left of earlier tasks when later ones have been learned.

Both measures are made from R, the accuracy (task, task) after learning task i (row) on task j (column), of which only
j <= i is read: what comes later has not been learned yet.

References: Lopez-Paz & Ranzato (2017), Gradient episodic memory for continual learning, NeurIPS; Chaudhry, Dokania,
Ajanthan & Torr (2018), Riemannian walk for incremental learning, ECCV.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]


def average_accuracy(accuracies: FloatArray) -> FloatArray:
    """Mean accuracy over the tasks learned so far, after each task."""
    return np.array([np.mean(row[: task + 1]) for task, row in enumerate(accuracies)])


def forgetting(accuracies: FloatArray) -> float:
    """Best earlier accuracy minus the one after the last task, mean over all tasks but the last.

    It is negative where later tasks made earlier ones better.
    """
    last = len(accuracies) - 1
    return float(np.mean([accuracies[task:last, task].max() - accuracies[last, task] for task in range(last)]))
