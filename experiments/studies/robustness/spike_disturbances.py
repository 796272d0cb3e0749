"""Spikes that are lost or moved."""

from __future__ import annotations

import numpy as np

from models.capabilities import Train


def lost(train: Train, share: float, generator: np.random.Generator) -> Train:
    """Lose each spike with the same probability.

    Parameters
    ----------
    train
        Time steps and units of the spikes of a trial.
    share
        Probability that a spike is lost.
    generator
        Source of random numbers.

    Returns
    -------
    Train
        The spikes that are left.
    """
    steps, units = train
    kept = generator.random(len(steps)) >= share
    return steps[kept], units[kept]


def jittered(train: Train, deviation: float, n_steps: int, generator: np.random.Generator) -> Train:
    """Move each spike by a normally distributed number of steps; none is lost.

    Spikes stay within the trial, and those that fall on another of their unit take the nearest free step beside it.

    Parameters
    ----------
    train
        Time steps and units of the spikes of a trial.
    deviation
        Standard deviation, in steps.
    n_steps
        Steps of the trial.
    generator
        Source of random numbers.

    Returns
    -------
    Train
        The moved spikes, by unit.
    """
    steps, units = train
    moved = np.rint(steps + deviation * generator.standard_normal(len(steps))).clip(0, n_steps - 1).astype(np.int64)
    order = np.lexsort((moved, units))
    moved, units = moved[order], units[order]
    # Units follow each other on one axis, far enough apart; there each spike must be later than the one before it.
    first = 2 * n_steps * units.astype(np.int64)
    rank = np.arange(len(moved))
    later = np.maximum.accumulate(first + moved - rank) + rank
    later = np.minimum(later, first + n_steps - 1)
    earlier = np.minimum.accumulate((later - rank)[::-1])[::-1] + rank
    return earlier - first, units
