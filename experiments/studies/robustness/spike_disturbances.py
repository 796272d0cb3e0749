"""Spikes that are lost or moved."""

from __future__ import annotations

import numpy as np

from models.capabilities import Train


def lost(train: Train, share: float, generator: np.random.Generator) -> Train:
    """Delete each spike with a given probability.

    Parameters
    ----------
    train
        Time steps and units of the spikes.
    share
        Probability of deletion.
    generator
        Source of random numbers.

    Returns
    -------
    tuple of array
        Time steps and units of the remaining spikes.
    """
    steps, units = train
    kept = generator.random(len(steps)) >= share
    return steps[kept], units[kept]


def jittered(train: Train, deviation: float, n_steps: int, generator: np.random.Generator) -> Train:
    """Move each spike by a normally distributed number of steps; none is lost.

    Spikes stay within the trial. A spike that falls on another spike of its unit takes the nearest free step next to
    it.

    Parameters
    ----------
    train
        Time steps and units of the spikes.
    deviation
        Standard deviation of the shift, in steps.
    n_steps
        Number of steps of a trial.
    generator
        Source of random numbers.

    Returns
    -------
    tuple of array
        Time steps and units of the moved spikes.
    """
    steps, units = train
    moved = np.rint(steps + deviation * generator.standard_normal(len(steps))).clip(0, n_steps - 1).astype(np.int64)
    order = np.lexsort((moved, units))
    moved, units = moved[order], units[order]
    # Put all units on one axis, far enough apart; on it, each spike must be later than the one before.
    first = 2 * n_steps * units.astype(np.int64)
    rank = np.arange(len(moved))
    later = np.maximum.accumulate(first + moved - rank) + rank
    later = np.minimum(later, first + n_steps - 1)
    earlier = np.minimum.accumulate((later - rank)[::-1])[::-1] + rank
    return earlier - first, units
