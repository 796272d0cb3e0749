"""`perceptual-decision`: which of two noisy stimuli is stronger on average?

Monkeys judge the direction in which a share of random dots moves, the coherence (Britten et al. 1992). After 100 ms of
fixation both stimuli are seen for 2000 ms, with a coherence of 0, 6.4, 12.8, 25.6 or 51.2 % towards the right answer,
all equally probable, and noise of sigma squared 0.01; then the fixation ends, and within 100 ms the answer is due. At
coherence 0 nothing but chance is right; an observer that adds up all that is seen has 88.4 % over all coherences.

44 steps of 50 ms: the channels fixation, left, right, and the mask.

References
----------
Britten, Shadlen, Newsome & Movshon (1992), J. Neuroscience 12:4745-4765. Numbers as in neurogym (`decisions`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from experiments.tasks import Task
from experiments.tasks.dataset import Dataset
from experiments.tasks.decisions import N_TRIALS, STEP, evidence, noise
from experiments.tasks.sequences import of_sequences

COHERENCES = (0.0, 0.064, 0.128, 0.256, 0.512)
FIXATION, STIMULUS, DECISION = 100, 2000, 100
"""Durations in ms."""
VARIANCE = 0.01
_SEED = 0xB417


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
    coherence = generator.choice(COHERENCES, N_TRIALS) * np.where(y == 0, 1, -1)
    seen, end = FIXATION // STEP, (FIXATION + STIMULUS) // STEP
    steps = np.zeros((N_TRIALS, end + DECISION // STEP, 3))
    steps[:, :end, 0] = 1
    steps[:, seen:end, 1:] = evidence(coherence)[:, None] + noise((N_TRIALS, end - seen, 2), VARIANCE, generator)
    return of_sequences("perceptual-decision", steps, y, ("left", "right"), answer_steps=DECISION // STEP)


TASK = Task("perceptual-decision", "sequences: the stronger one of two noisy stimuli, 5000 trials", load)
