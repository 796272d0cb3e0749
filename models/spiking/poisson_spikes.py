"""The input spikes of a trial, made without the network: those that `bnsim` makes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import Float64Array, LabelArray
from bnsim.random_numbers import CALLS, PER_CALL, in_open_interval, philox4x32, stream, trial_keys


def poisson_spikes(
    population: str, probability: Float64Array, n_steps: int, key: int, trials: LabelArray
) -> NDArray[np.uint8]:
    """Return the spikes of a population that `bnsim.Poisson` encodes.

    Parameters
    ----------
    population : str
        Name of the population.
    probability : ndarray, shape (n_trials, n_units)
        Of a spike in a step (`bnsim.Poisson.drive`).
    n_steps : int
        Time steps of a trial.
    key : int
        Key of the run.
    trials : ndarray of int, shape (n_trials,)
        Numbers of the trials.

    Returns
    -------
    ndarray of uint8, shape (n_trials, n_steps, n_units)
        1 where a unit fires: where its random number, uniform in (0, 1), is below its probability.
    """
    n_trials, n_units = probability.shape
    n_calls = -(-n_units // PER_CALL)
    chances = np.zeros((n_trials, n_calls, PER_CALL))
    chances.reshape(n_trials, -1)[:, :n_units] = probability
    # A unit whose probability is 0 never fires, so its numbers need not be drawn.
    trial, call = np.nonzero(chances.any(axis=2))
    keys, steps = trial_keys(key, trials.astype(np.uint64)), np.arange(n_steps)
    spikes = np.zeros((n_trials, n_steps, n_calls, PER_CALL), np.uint8)
    at_once = max(1, CALLS // n_steps)
    for start in range(0, len(trial), at_once):
        k, c = trial[start : start + at_once, None], call[start : start + at_once, None]
        words = philox4x32((c, steps, stream(f"{population}:spikes"), 0), (keys[k, 0], keys[k, 1]))
        for place, word in enumerate(words):
            spikes[k, steps, c, place] = in_open_interval(word) < chances[k, c, place]
    return spikes.reshape(n_trials, n_steps, -1)[:, :, :n_units]
