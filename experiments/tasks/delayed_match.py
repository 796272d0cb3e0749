"""`delayed-match`: is the second stimulus the same as the first, which was seen a second ago?

Delayed matching to sample (Miller et al. 1996): 300 ms of fixation, one of two stimuli for 500 ms (the sample), a delay
of 1000 ms, one of the two for 500 ms (the test), then the fixation ends and within 100 ms the answer is due. Stimuli
are seen through noise of sigma squared 0.01. In the experiment other stimuli may come between sample and match; here
none do.

48 steps of 50 ms: the channels fixation and one for each of the two stimuli, and the mask.

References
----------
Miller, Erickson & Desimone (1996), J. Neuroscience 16:5154-5167. Numbers as in neurogym (`decisions`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from experiments.tasks import Task
from experiments.tasks.dataset import Dataset
from experiments.tasks.decisions import N_TRIALS, STEP, noise
from experiments.tasks.sequences import of_sequences

FIXATION, SAMPLE, DELAY, TEST, DECISION = 300, 500, 1000, 500, 100
"""Durations in ms."""
VARIANCE = 0.01
_SEED = 0xDE1A


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
    y = generator.integers(2, size=N_TRIALS)
    sample = generator.integers(2, size=N_TRIALS)
    ends = np.cumsum([FIXATION, SAMPLE, DELAY, TEST, DECISION]) // STEP
    steps = np.zeros((N_TRIALS, ends[-1], 3))
    steps[:, : ends[3], 0] = 1
    for shown, start, end in ((sample, ends[0], ends[1]), ((sample + y) % 2, ends[2], ends[3])):
        stimulus = np.eye(2)[shown]
        steps[:, start:end, 1:] = stimulus[:, None] + noise((N_TRIALS, end - start, 2), VARIANCE, generator)
    return of_sequences("delayed-match", steps, y, ("match", "other"), answer_steps=DECISION // STEP)


TASK = Task("delayed-match", "sequences: whether two stimuli a second apart are the same, 5000 trials", load)
