"""The read-out that all models share: from a model's variables to the intensity of spikes, and what it is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import PoissonRegressor

import bnsim
from bnsim.arrays import FloatArray
from experiments.classics.receptor import LIMIT
from experiments.classics.receptor.recorded import Recorded

PENALTY = 1e-4
"""Penalty on the squared weights of standardised variables."""
TRAINS = 128
"""Spike trains that are sampled from a model at a time."""
SHARPER = (3.0, 8.0, 25.0, 80.0)
SHIFTS = tuple(np.linspace(-1.5, 2.25, 16).tolist())
"""Factors of the logarithm of the intensity, and shifts of it, among which `sharpened` chooses."""

Sampler = Callable[[FloatArray, FloatArray, int], NDArray[np.bool_]]
"""Function of factor and shift of the logarithm of the intensity, one each for as many trains, and of a seed: sampled
spikes (step, train)."""


@dataclass(frozen=True, eq=False)
class ReadOut:
    """Logarithm of the intensity (in spikes per ms) as an affine function of a model's variables.

    Parameters
    ----------
    weights
        One for each variable.
    offset
        Value where all variables are 0.
    """

    weights: FloatArray
    offset: float

    def __call__(self, variables: FloatArray) -> FloatArray:
        """Return the logarithm of the intensity.

        Parameters
        ----------
        variables
            The model's variables (step, variable).

        Returns
        -------
        ndarray of float, shape (step,)
            The logarithm.
        """
        return variables @ self.weights + self.offset


def fitted(variables: FloatArray, recorded: Recorded, free: NDArray[np.bool_]) -> ReadOut:
    """Return the read-out with the largest penalised Poisson likelihood of the spikes in the seconds for training.

    Parameters
    ----------
    variables
        The model's variables (step, variable).
    recorded
        The recording.
    free
        Steps in which the cell is not refractory.

    Returns
    -------
    ReadOut
        The read-out.
    """
    chosen = recorded.training & free
    mean, spread = variables[chosen].mean(axis=0), variables[chosen].std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    regressor = PoissonRegressor(alpha=PENALTY, solver="newton-cholesky", max_iter=200, tol=1e-6)
    regressor.fit((variables[chosen] - mean) / spread, recorded.spikes[chosen])
    weights = regressor.coef_ / spread
    return ReadOut(weights, float(regressor.intercept_ - mean @ weights - np.log(recorded.dt)))


def bits_per_spike(
    logarithm: FloatArray, recorded: Recorded, free: NDArray[np.bool_], seconds: NDArray[np.bool_]
) -> float:
    """Return by how much an intensity explains spikes better than the mean rate of the seconds for training does.

    Parameters
    ----------
    logarithm
        Of the intensity in each step; at most `LIMIT` counts, and 0 where the cell is refractory.
    recorded
        The recording.
    free
        Steps in which the cell is not refractory.
    seconds
        Steps that are looked at.

    Returns
    -------
    float
        Difference of the Poisson log-likelihoods, in bits, divided by the number of spikes.
    """
    counted = seconds & free
    log_rates = np.minimum(logarithm[counted], np.log(LIMIT))
    spikes = recorded.spikes[counted]
    gained = np.sum(log_rates[spikes] - np.log(recorded.rate))
    expected = recorded.dt * (np.exp(log_rates).sum() - recorded.rate * seconds.sum())
    return float((gained - expected) / spikes.sum() / np.log(2))


def probability(logarithm: FloatArray, dt: float) -> FloatArray:
    """Return the probability of a spike in a step.

    Parameters
    ----------
    logarithm
        Of the intensity.
    dt
        Time step in ms.

    Returns
    -------
    ndarray of float
        1 - exp(-intensity dt), with an intensity of at most `LIMIT`.
    """
    return -np.expm1(-dt * np.exp(np.minimum(logarithm, np.log(LIMIT))))


def coincidence(
    sampled: NDArray[np.bool_], recorded: Recorded, seconds: NDArray[np.bool_], precision: float
) -> FloatArray:
    """Return the coincidence factor of each sampled train with the recorded one.

    Parameters
    ----------
    sampled
        Spikes (step, train).
    recorded
        The recording.
    seconds
        Steps that are looked at; they are joined, one after the other.
    precision
        Precision in ms.

    Returns
    -------
    ndarray of float, shape (train,)
        The factors (`bnsim.measures.coincidence_factor`).
    """
    step = recorded.dt / 1e3
    middles = (np.arange(int(seconds.sum())) + 0.5) * step
    joined = sampled[seconds]
    return bnsim.measures.coincidence_factor(
        [middles[train] for train in joined.T],
        reference=middles[recorded.spikes[seconds]],
        precision=precision / 1e3,
        duration=len(joined) * step,
        dt=step,
    )


def sharpened(sample: Sampler, recorded: Recorded, precision: float, seed: int) -> tuple[float, float]:
    """Return with which factor and shift of the logarithm of the intensity spikes coincide best.

    Parameters
    ----------
    sample
        Samples spikes from the model.
    recorded
        The recording, of which the seconds for training are looked at.
    precision
        Precision of the coincidence factor, in ms.
    seed
        Seed of the samples.

    Returns
    -------
    tuple of (float, float)
        Factor and shift. With each factor, the shift is that which gives the recorded rate (or the nearest to it, among
        `SHIFTS`); of the factors, that with the largest mean coincidence factor. With free rates, trains of high rates
        would be chosen, since the coincidence factor grows without bound there.
    """
    n_factors = len(SHARPER)
    sampled = _sampled_on_training(sample, recorded, np.repeat(SHARPER, len(SHIFTS)), np.tile(SHIFTS, n_factors), seed)
    rates = sampled.mean(axis=(0, 2)).reshape(n_factors, len(SHIFTS)) / recorded.dt
    # The rate grows with the shift, but for the chance of the samples.
    shifts = np.array([np.interp(recorded.rate, np.maximum.accumulate(course), SHIFTS) for course in rates])
    again = _sampled_on_training(sample, recorded, np.array(SHARPER), shifts, seed + 1)
    everywhere = np.ones(len(again), bool)
    during = replace(recorded, spikes=recorded.spikes[recorded.training])
    found = [coincidence(again[:, place], during, everywhere, precision).mean() for place in range(n_factors)]
    best = int(np.nanargmax(found)) if np.isfinite(found).any() else 0
    return SHARPER[best], float(shifts[best])


def _sampled_on_training(
    sample: Sampler, recorded: Recorded, factors: FloatArray, shifts: FloatArray, seed: int
) -> NDArray[np.bool_]:
    """Spikes (step, pair, train) in the seconds for training, with as many trains of each pair as `TRAINS` leaves."""
    copies = TRAINS // len(factors)
    sampled = sample(np.repeat(factors, copies), np.repeat(shifts, copies), seed)
    return sampled[recorded.training].reshape(-1, len(factors), copies)
