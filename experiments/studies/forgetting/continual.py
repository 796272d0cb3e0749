"""Measures of continual learning: performance on earlier tasks after later tasks are learned.

Both measures use R, the accuracy (task, task) on task j (column) after learning task i (row). Only j <= i is used,
because later tasks are not learned yet.

References
----------
Lopez-Paz & Ranzato (2017), Gradient episodic memory for continual learning, NeurIPS.
Chaudhry, Dokania, Ajanthan & Torr (2018), Riemannian walk for incremental learning, ECCV.
"""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray


def average_accuracy(accuracies: FloatArray) -> FloatArray:
    """Return the mean accuracy over the tasks learned so far, after each task.

    Parameters
    ----------
    accuracies
        R (task, task).

    Returns
    -------
    array (task,)
        Mean accuracies.
    """
    return np.array([np.mean(row[: task + 1]) for task, row in enumerate(accuracies)])


def forgetting(accuracies: FloatArray) -> float:
    """Return the best earlier accuracy minus the final accuracy, averaged over all tasks except the last.

    It is negative if later tasks improve earlier ones.

    Parameters
    ----------
    accuracies
        R (task, task), for at least two tasks.

    Returns
    -------
    float
        Between -1 and 1.
    """
    last = len(accuracies) - 1
    return float(np.mean([accuracies[task:last, task].max() - accuracies[last, task] for task in range(last)]))
