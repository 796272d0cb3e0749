"""`context-decision`: a cue says which of two kinds of evidence counts; the other is to be ignored.

Monkeys judge either the motion or the colour of the same dots, as a cue tells them (Mante et al. 2013). After 300 ms of
fixation two stimuli of each kind are seen for 750 ms, with coherences of 5, 15 or 50 % drawn independently, each
towards one of both answers, and noise of sigma squared 0.02. A delay follows, exponential with a mean of 600 ms, drawn
anew unless it is between 300 and 3000 ms; then the fixation ends, and within 100 ms the answer is due. So trials differ
in length. An observer that adds up what is seen of the kind that counts has 87.1 %.

Up to 83 steps of 50 ms: the channels fixation, left and right by motion, left and right by colour, the cues motion and
colour (on all the time), and the mask.

References
----------
Mante, Sussillo, Shenoy & Newsome (2013), Nature 503:78-84. Numbers as in neurogym (`decisions`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.tasks import Task
from experiments.tasks.dataset import Dataset
from experiments.tasks.decisions import N_TRIALS, STEP, evidence, noise
from experiments.tasks.sequences import of_sequences

COHERENCES = (0.05, 0.15, 0.5)
FIXATION, STIMULUS, DECISION = 300, 750, 100
"""Durations in ms."""
MEAN_DELAY, SHORTEST_DELAY, LONGEST_DELAY = 600, 300, 3000
"""In ms; the mean is that of the exponential distribution before it is cut."""
VARIANCE = 0.02
_SEED = 0xC0DE


def delays(n_trials: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Draw the delays.

    Parameters
    ----------
    n_trials
        Number of trials.
    generator
        Draws them.

    Returns
    -------
    array of int (trial,)
        In whole steps.
    """
    found = np.zeros(0)
    while len(found) < n_trials:
        drawn = generator.exponential(MEAN_DELAY, 2 * n_trials)
        found = np.append(found, drawn[(drawn >= SHORTEST_DELAY) & (drawn <= LONGEST_DELAY)])
    return (found[:n_trials] // STEP).astype(np.int64)


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
    context = generator.integers(2, size=N_TRIALS)
    sides = generator.integers(2, size=(N_TRIALS, 2))  # by motion, by colour
    coherences = generator.choice(COHERENCES, (N_TRIALS, 2)) * np.where(sides == 0, 1, -1)
    start, end = FIXATION // STEP, (FIXATION + STIMULUS) // STEP
    decisions = end + delays(N_TRIALS, generator)
    n_steps = end + (LONGEST_DELAY + DECISION) // STEP
    steps = np.zeros((N_TRIALS, n_steps, 7))
    steps[:, :, 0] = np.arange(n_steps) < decisions[:, None]
    means = np.hstack([evidence(coherences[:, kind]) for kind in (0, 1)])
    steps[:, start:end, 1:5] = means[:, None] + noise((N_TRIALS, end - start, 4), VARIANCE, generator)
    steps[:, :, 5:] = np.eye(2)[context][:, None]
    y = sides[np.arange(N_TRIALS), context]
    answer = DECISION // STEP
    return of_sequences("context-decision", steps, y, ("left", "right"), decisions + answer, answer_steps=answer)


TASK = Task("context-decision", "sequences: the stronger stimulus of the kind that a cue names, 5000 trials", load)
