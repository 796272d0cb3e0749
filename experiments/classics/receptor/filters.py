"""Fit models that filter the stimulus and their own spikes: a generalised linear model and a network behind filters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from bnsim.arrays import FloatArray
from experiments.classics.receptor import Config
from experiments.classics.receptor.models import Fitted
from experiments.classics.receptor.read_out import fitted, probability
from experiments.classics.receptor.recorded import Recorded

N_LAGS = 21
"""Number of bumps on the lags of the stimulus."""
N_HISTORY, HISTORY, FINEST = 8, 60.0, 1.0
"""Number of bumps on the time since a spike, their reach and the time up to which they are equally wide, in ms."""

WithHistory = Callable[[int, FloatArray], FloatArray]
"""Function of a step and of the filtered own spikes (train, filter): logarithm of the intensity of each train."""


def fit_glm(recorded: Recorded, free: NDArray[np.bool_], config: Config, seed: int) -> Fitted:
    """Fit the generalised linear model: the logarithm of the intensity is affine in filtered stimulus and spikes.

    Parameters
    ----------
    recorded
        The recording.
    free
        Steps in which the cell is not refractory.
    config
        Options: lags and the refractory period.
    seed
        Not used: nothing is random.

    Returns
    -------
    Fitted
        The model.
    """
    stimulus, history = filtered_stimulus(recorded, config.lags), filtered_spikes(recorded)
    read_out = fitted(np.hstack([stimulus, history]), recorded, free)
    alone = fitted(stimulus, recorded, np.ones_like(free))
    of_stimulus, of_history = np.split(read_out.weights, [stimulus.shape[1]])
    driven = stimulus @ of_stimulus + read_out.offset
    kernel = (history_filters(recorded.dt) @ of_history)[:, np.newaxis]

    def sample(factors: FloatArray, shifts: FloatArray, seed: int) -> NDArray[np.bool_]:
        return sampled(
            lambda step, own: driven[step] + own[:, 0], kernel, recorded, config.refractory, factors, shifts, seed
        )

    return Fitted(driven + history @ of_history, alone(stimulus), sample)


def fit_network(recorded: Recorded, free: NDArray[np.bool_], config: Config, seed: int) -> Fitted:
    """Fit the Keras network on the same filtered stimulus and spikes.

    Parameters
    ----------
    recorded
        The recording.
    free
        Steps in which the cell is not refractory.
    config
        Options: lags and the refractory period.
    seed
        Of initial weights and of the order of steps.

    Returns
    -------
    Fitted
        The model.
    """
    from models.artificial.intensity_network import IntensityNetwork  # TensorFlow

    stimulus, history = filtered_stimulus(recorded, config.lags), filtered_spikes(recorded)
    both, counted = np.hstack([stimulus, history]), recorded.training & free
    network = IntensityNetwork(seed).fit(both[counted], recorded.spikes[counted] / recorded.dt)
    training = recorded.training
    alone = IntensityNetwork(seed).fit(stimulus[training], recorded.spikes[training] / recorded.dt)
    of_stimulus, of_history = np.split(network.hidden_weights, [stimulus.shape[1]])
    driven = stimulus @ of_stimulus + network.hidden_biases

    def of_step(step: int, own: FloatArray) -> FloatArray:
        return network.output(driven[step] + own @ of_history)

    kernel = history_filters(recorded.dt)

    def sample(factors: FloatArray, shifts: FloatArray, seed: int) -> NDArray[np.bool_]:
        return sampled(of_step, kernel, recorded, config.refractory, factors, shifts, seed)

    return Fitted(network.log_intensity(both), alone.log_intensity(stimulus), sample)


def stimulus_filters(dt: float, lags: tuple[float, ...]) -> FloatArray:
    """Return raised cosines on the lags of the stimulus.

    Parameters
    ----------
    dt
        Time step in ms.
    lags
        Lags of the first and of the last bump, in ms.

    Returns
    -------
    ndarray of float, shape (lag, filter)
        The filters; the first lag is 0.
    """
    first, last = lags
    between = (last - first) / (N_LAGS - 1)
    centres = first + between * np.arange(N_LAGS)
    return _bumps((np.arange(0, last + 2 * between, dt)[:, np.newaxis] - centres) / between)


def history_filters(dt: float) -> FloatArray:
    """Return raised cosines on the logarithm of the time since a spike.

    Parameters
    ----------
    dt
        Time step in ms.

    Returns
    -------
    ndarray of float, shape (lag, filter)
        The filters; the first lag is that of the step after the spike.
    """
    lags = np.log(np.arange(0, HISTORY, dt) + FINEST)
    centres, width = np.linspace(np.log(FINEST), np.log(HISTORY + FINEST), N_HISTORY, endpoint=False, retstep=True)
    return _bumps((lags[:, np.newaxis] - centres) / width)


def _bumps(places: FloatArray) -> FloatArray:
    """Raised cosines that are 1 at 0 and end two units to either side."""
    return (1 + np.cos(np.clip(places * np.pi / 2, -np.pi, np.pi))) / 2


def filtered_stimulus(recorded: Recorded, lags: tuple[float, ...]) -> FloatArray:
    """Return the filtered channels of the stimulus.

    Parameters
    ----------
    recorded
        The recording.
    lags
        Lags of the first and of the last bump, in ms.

    Returns
    -------
    ndarray of float, shape (step, channel x filter)
        All filters of the first channel, then of the next.
    """
    filters = stimulus_filters(recorded.dt, lags)
    return np.hstack([_convolved(channel, filters) for channel in recorded.channels.T])


def filtered_spikes(recorded: Recorded) -> FloatArray:
    """Return the filtered recorded spikes before each step.

    Parameters
    ----------
    recorded
        The recording.

    Returns
    -------
    ndarray of float, shape (step, filter)
        The filtered spikes.
    """
    found = _convolved(recorded.spikes.astype(float), history_filters(recorded.dt))
    return np.vstack([np.zeros((1, found.shape[1])), found[:-1]])


def _convolved(course: FloatArray, filters: FloatArray) -> FloatArray:
    return np.asarray(fftconvolve(course[:, np.newaxis], filters, axes=0)[: len(course)])


def sampled(
    intensity: WithHistory,
    kernel: FloatArray,
    recorded: Recorded,
    refractory: float,
    factors: FloatArray,
    shifts: FloatArray,
    seed: int,
) -> NDArray[np.bool_]:
    """Sample spike trains whose own spikes are filtered.

    Parameters
    ----------
    intensity
        Logarithm of the intensity of each train in a step, given its filtered spikes.
    kernel
        Filters of the own spikes (lag, filter), from the step after a spike on.
    recorded
        The recording, for its length and time step.
    refractory
        Absolute refractory period in ms.
    factors, shifts
        Factor and shift of the logarithm of the intensity, one each for a train.
    seed
        Seed of the random numbers.

    Returns
    -------
    ndarray of bool, shape (step, train)
        The spikes.
    """
    generator = np.random.default_rng([seed, 0x5A3E])
    n_steps, count, reach = len(recorded.spikes), len(factors), len(kernel)
    resting = round(refractory / recorded.dt)
    to_come = np.zeros((reach, count, kernel.shape[1]))  # a ring: the filtered spikes of the steps to come
    earliest = np.zeros(count, int)
    fired = np.zeros((n_steps, count), bool)
    for step in range(n_steps):
        place = step % reach
        logarithm = factors * (intensity(step, to_come[place]) + shifts)
        drawn = generator.random(count) < probability(logarithm, recorded.dt)
        spiking = np.flatnonzero(drawn & (step >= earliest))
        to_come[place] = 0
        if len(spiking):
            fired[step, spiking] = True
            earliest[spiking] = step + resting
            to_come[:, spiking] += np.roll(kernel, place + 1, axis=0)[:, np.newaxis]
    return fired
