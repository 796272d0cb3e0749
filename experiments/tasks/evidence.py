"""`evidence`: cues come from the left and from the right; after a delay, of which side were there more?

A mouse in a virtual corridor passes seven cues, turns after a delay, and is right if it turns to the side of more cues
(Morcos & Harvey 2016). The input of a network (Bellec et al. 2020) is four groups of ten Poisson neurons. The groups
"left" and "right" fire at 40 Hz during each of their cues, which last 100 ms and follow 50 ms without one; the group
"recall" fires at 40 Hz in the last 150 ms, the group "noise" at 10 Hz throughout. In each trial one side, drawn with
equal probability, has each cue with probability 0.7.

These are the numbers of the code that was published with the paper; the papers themselves were not read for them. The
delay between the last cue and the recall is 1 s in every trial, which so has 2200 ms. A step of a row is 10 ms, and
holds the number of spikes of each neuron in it: 220 steps of 40 channels, and the mask. A network with gates reads a
step as a vector; a spiking network emits as many spikes in each 10 ms, or takes the counts as an input current that
lasts as long.

References
----------
Morcos & Harvey (2016), Nature Neuroscience 19:1672-1681. Bellec, Scherr, Subramoney, Hajek, Salaj, Legenstein & Maass
(2020), Nature Communications 11:3625.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.tasks import Task
from experiments.tasks.dataset import Dataset
from experiments.tasks.sequences import of_sequences

STEP = 10
"""Of a row, in ms; all durations are whole numbers of steps."""
N_CUES, CUE, GAP, DELAY, RECALL = 7, 100, 50, 1000, 150
"""Number of cues, and durations in ms: of a cue, before each cue, after the last cue, at the end."""
SIDE = 0.7
"""Probability of a cue to be on the side that a trial favours."""
NEURONS = 10
"""Of each group: left, right, recall, noise."""
RATE, NOISE = 40.0, 10.0
"""Of active neurons and of the noise, in Hz."""
N_TRAIN, N_VALIDATION, N_TEST = 8000, 1000, 1000
"""Trials; those for validation are among those for training."""
N_STEPS = (N_CUES * (GAP + CUE) + DELAY + RECALL) // STEP
_SEED = 0xE71D


def cues(n_trials: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Draw the side of each cue.

    Parameters
    ----------
    n_trials
        Number of trials.
    generator
        Draws the favoured side of a trial, and the cues.

    Returns
    -------
    array of int (trial, cue)
        0 for left, 1 for right.
    """
    favoured = generator.integers(2, size=n_trials)
    of_right = np.where(favoured == 1, SIDE, 1 - SIDE)
    return (generator.random((n_trials, N_CUES)) < of_right[:, None]).astype(np.int64)


def rates(sides: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the firing rates of the groups.

    Parameters
    ----------
    sides
        Side of each cue (trial, cue), 0 for left, 1 for right.

    Returns
    -------
    array (trial, step, group)
        Rates in Hz of the groups left, right, recall and noise.
    """
    found = np.zeros((len(sides), N_STEPS, 4))
    found[:, :, 3] = NOISE
    found[:, -(RECALL // STEP) :, 2] = RATE
    trials = np.arange(len(sides))[:, None]
    for number in range(N_CUES):
        start = (number * (GAP + CUE) + GAP) // STEP
        found[trials, np.arange(start, start + CUE // STEP), sides[:, number, None]] = RATE
    return found


def load(data_dir: Path | None) -> Dataset:
    """Draw the trials, always the same.

    Parameters
    ----------
    data_dir
        Not used: the trials are drawn.

    Returns
    -------
    Dataset
        8000 trials to train on, the last 1000 of them for validation, and 1000 to test on.
    """
    generator = np.random.default_rng(_SEED)
    sides = cues(N_TRAIN + N_TEST, generator)
    # A thousand trials at a time: all rates at once would be hundreds of megabytes.
    counts = [
        generator.poisson(np.repeat(rates(part) * (STEP / 1000), NEURONS, axis=2)).astype(np.uint8)
        for part in np.array_split(sides, 9)
    ]
    return of_sequences(
        "evidence",
        np.concatenate(counts),
        (2 * sides.sum(axis=1) > N_CUES).astype(np.int64),
        ("left", "right"),
        n_train=N_TRAIN,
        n_validation=N_VALIDATION,
        answer_steps=RECALL // STEP,
    )


TASK = Task("evidence", "sequences: more cues on the left or on the right, answered after 1 s, 9000 trials", load)
