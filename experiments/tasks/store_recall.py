"""`store-recall`: a value comes with the command to store it; later comes the command to recall it.

After the task of Bellec et al. (2018), with one value to be kept in a trial. A trial consists of periods of 200 ms. In
each but the last a value, 0 or 1 with equal probability, is shown by a group of ten Poisson neurons at 50 Hz. In one of
them the group "store" fires too: that value is the class. In the last period the group "recall" fires alone, and the
answer is due at its end. Before the stored value come 0 to 2 others, and 0 to 8 between it and the recall, all numbers
equally probable, so that trials have 2 to 12 periods, and a value is kept for up to 1.6 s while others are to be
ignored.

A step of a row is 20 ms, and holds the number of spikes of each of the 40 neurons in it (groups 0, 1, store, recall).

References
----------
Bellec, Salaj, Subramoney, Legenstein & Maass (2018), NeurIPS 31, arXiv:1803.09574.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.tasks import Task
from experiments.tasks.dataset import Dataset
from experiments.tasks.sequences import of_sequences

STEP, PERIOD = 20, 200
"""In ms: of a row, and of a value or a command."""
NEURONS, RATE = 10, 50.0
"""Of each group: their number, and their rate in Hz while the group is active."""
MOST_BEFORE, MOST_BETWEEN = 2, 8
"""Values before the one that is stored, and between it and the recall."""
N_PERIODS = MOST_BEFORE + 1 + MOST_BETWEEN + 1
N_TRIALS = 5000
STORE, RECALL = 2, 3
"""Groups that give commands; the groups 0 and 1 show values."""
_SEED = 0x5704


def trials(n_trials: int, generator: np.random.Generator) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray]:
    """Draw which groups are active when.

    Parameters
    ----------
    n_trials
        Number of trials.
    generator
        Draws values and times of commands.

    Returns
    -------
    active : array of bool (trial, period, group)
        Groups 0, 1, store, recall.
    stored : array of int (trial,)
        The value to be recalled.
    n_periods : array of int (trial,)
        Length of each trial.
    """
    store = generator.integers(MOST_BEFORE + 1, size=n_trials)
    recall = store + 1 + generator.integers(MOST_BETWEEN + 1, size=n_trials)
    values = generator.integers(2, size=(n_trials, N_PERIODS))
    rows, periods = np.arange(n_trials), np.arange(N_PERIODS)
    active = np.zeros((n_trials, N_PERIODS, 4), bool)
    for value in (0, 1):
        active[:, :, value] = (values == value) & (periods < recall[:, None])
    active[rows, store, STORE] = active[rows, recall, RECALL] = True
    return active, values[rows, store], recall + 1


def load(data_dir: Path | None) -> Dataset:
    """Draw the trials, always the same; each seed holds out its own 20 %.

    Parameters
    ----------
    data_dir
        Not used: the trials are drawn.

    Returns
    -------
    Dataset
        The 5000 trials.
    """
    generator = np.random.default_rng(_SEED)
    active, stored, n_periods = trials(N_TRIALS, generator)
    steps = PERIOD // STEP
    expected = np.repeat(np.repeat(active, steps, axis=1), NEURONS, axis=2) * (RATE * STEP / 1000)
    counts = generator.poisson(expected).astype(np.uint8)
    return of_sequences("store-recall", counts, stored, ("0", "1"), n_periods * steps, answer_steps=steps)


TASK = Task("store-recall", "sequences: the value that was shown with a command to store it, 5000 trials", load)
