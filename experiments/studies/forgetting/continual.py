"""What is left of earlier tasks when later ones have been learned.

Both measures are made from R, the accuracy (task, task) after learning task i (row) on task j (column). Only j <= i is
read: later tasks have not been learned yet.

References
----------
Lopez-Paz & Ranzato (2017), Gradient episodic memory for continual learning, NeurIPS.
Chaudhry, Dokania, Ajanthan & Torr (2018), Riemannian walk for incremental learning, ECCV.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]


def average_accuracy(accuracies: FloatArray) -> FloatArray:
    """Return the mean accuracy (task,) over the tasks learned so far, after each task.

    Parameters
    ----------
    accuracies
        R (task, task).
    """
    return np.array([np.mean(row[: task + 1]) for task, row in enumerate(accuracies)])


def forgetting(accuracies: FloatArray) -> float:
    """Return the best earlier accuracy minus the one after the last task, as a mean over all tasks but the last.

    It is negative where later tasks improve earlier ones.

    Parameters
    ----------
    accuracies
        R (task, task), of two tasks at least.
    """
    last = len(accuracies) - 1
    return float(np.mean([accuracies[task:last, task].max() - accuracies[last, task] for task in range(last)]))
