"""Fit leaky integrate-and-fire cells: what is linear by the read-out's likelihood, time constants by search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from experiments.classics.receptor import Config
from experiments.classics.receptor.cells import Parameters, forced, sampled
from experiments.classics.receptor.models import Fitted
from experiments.classics.receptor.read_out import ReadOut, bits_per_spike, fitted
from experiments.classics.receptor.recorded import Recorded

_Times: TypeAlias = tuple[float, float, float | None]
"""Delay, membrane time constant, and adaptation time constant where there is adaptation, in ms."""
KEPT = 5
"""Pairs of delay and membrane time constant with which adaptation is tried."""


def fit_lif(recorded: Recorded, free: NDArray[np.bool_], config: Config, seed: int) -> Fitted:
    """Fit the cell without adaptation; see `_fit`.

    Parameters
    ----------
    recorded
        The recording.
    free
        Steps in which the cell is not refractory.
    config
        Options: delays, time constants and refractory period.
    seed
        Not used: nothing is random.

    Returns
    -------
    Fitted
        The model.
    """
    return _fit(recorded, free, config, adapts=False)


def fit_adaptive_lif(recorded: Recorded, free: NDArray[np.bool_], config: Config, seed: int) -> Fitted:
    """Fit the cell with a threshold that rises with each spike; see `_fit`.

    Parameters
    ----------
    recorded
        The recording.
    free
        Steps in which the cell is not refractory.
    config
        Options: delays, time constants and refractory period.
    seed
        Not used: nothing is random.

    Returns
    -------
    Fitted
        The model.
    """
    return _fit(recorded, free, config, adapts=True)


def _fit(recorded: Recorded, free: NDArray[np.bool_], config: Config, *, adapts: bool) -> Fitted:
    """Fit a cell to the seconds for training.

    Between spikes, the potential is the sum of a part for each channel of the stimulus and of what is left of the last
    reset. A cell that has only the first channel and is reset to 0, another that has only the second, and a third
    without stimulus that is reset to 1 mV are simulated with the recorded spikes; the read-out's weights of their
    potentials are the gains and the reset potential of the cell that is looked for, in units of its noise, and that of
    the threshold's adaptation is the increment.
    """
    refractory, every_step = config.refractory, np.ones_like(free)
    bases = {delay: _Bases(recorded, config, delay) for delay in config.delays}
    tried = [(delay, tau_m, None) for delay, tau_m in product(config.delays, config.membrane)]
    best = _ranked(bases, tried, recorded, free)
    if adapts:
        pairs = [(delay, tau_m) for delay, tau_m, _ in best[:KEPT]]
        best = _ranked(
            bases, [(*pair, tau_theta) for pair, tau_theta in product(pairs, config.adaptation)], recorded, free
        )
    delay, tau_m, tau_theta = best[0]
    variables = bases[delay](tau_m, tau_theta)
    read_out = fitted(variables, recorded, free)
    silent = replace(recorded, spikes=np.zeros_like(recorded.spikes))
    passive = _Bases(silent, config, delay)(tau_m, None)[:, :-1]
    return Fitted(
        read_out(variables),
        fitted(passive, recorded, every_step)(passive),
        _Cell(recorded, refractory, best[0], read_out),
        {"delay": delay, "membrane": tau_m, **({"adaptation": tau_theta} if tau_theta else {})},
    )


def _ranked(
    bases: Mapping[float, _Bases], tried: Sequence[_Times], recorded: Recorded, free: NDArray[np.bool_]
) -> list[_Times]:
    """Times in the order of the likelihood of the seconds for training, the largest first."""
    bits = []
    for delay, tau_m, tau_theta in tried:
        variables = bases[delay](tau_m, tau_theta)
        found = fitted(variables, recorded, free)
        bits.append(bits_per_spike(found(variables), recorded, free, recorded.training))
    return [tried[place] for place in np.argsort(bits)[::-1]]


def delayed(channels: FloatArray, delay: float, dt: float) -> FloatArray:
    """Return a stimulus that comes later, 0 before it comes.

    Parameters
    ----------
    channels
        The stimulus (step, channel).
    delay, dt
        Delay and time step in ms.

    Returns
    -------
    ndarray of float, shape (step, channel)
        The delayed stimulus.
    """
    steps = round(delay / dt)
    return np.concatenate([np.zeros((steps, channels.shape[1])), channels[: len(channels) - steps]])


class _Bases:
    """Potentials and adaptations of cells with one of the channels, or none, that fire when the recorded cell did.

    Parameters
    ----------
    recorded
        The recording.
    config
        Options: time constants and the refractory period.
    delay
        Delay of the stimulus in ms.
    """

    def __init__(self, recorded: Recorded, config: Config, delay: float) -> None:
        self._membrane, self._adaptation = config.membrane, config.adaptation
        self._kinds = recorded.channels.shape[1] + 1
        count = max(len(self._membrane) * self._kinds, len(self._adaptation))
        place = np.arange(count) % (len(self._membrane) * self._kinds)
        taus, own = np.array(self._membrane)[place // self._kinds], np.eye(self._kinds)[place % self._kinds]
        thetas = np.resize(self._adaptation, count)  # spikes are given: whichever cell adapts
        parameters = Parameters(taus, own[:, -1], own[:, :-1], thetas, np.ones(count))
        channels = delayed(recorded.channels, delay, recorded.dt)
        self._v, theta = forced(parameters, channels, recorded.spikes, recorded.dt, config.refractory)
        self._theta = theta[:, : len(self._adaptation)].copy()  # without the others, which are the same

    def __call__(self, tau_m: float, tau_theta: float | None) -> FloatArray:
        """Return the potentials of the cells with a membrane time constant, and the adaptation, if there is any."""
        first = self._membrane.index(tau_m) * self._kinds
        potentials = self._v[:, first : first + self._kinds]
        if tau_theta is None:
            return potentials
        return np.column_stack([potentials, self._theta[:, self._adaptation.index(tau_theta)]])


class _Cell:
    """Sample spikes from the fitted cell (see `read_out.Sampler`)."""

    def __init__(self, recorded: Recorded, refractory: float, times: _Times, read_out: ReadOut) -> None:
        delay, tau_m, tau_theta = times
        self._channels = delayed(recorded.channels, delay, recorded.dt)
        self._dt, self._refractory = recorded.dt, refractory
        n_channels = recorded.channels.shape[1]
        gains, reset, increments = np.split(read_out.weights, [n_channels, n_channels + 1])
        self._values = (tau_m, float(reset[0]), gains, tau_theta or 1.0, -float(increments.sum()))
        self._offset = read_out.offset

    def __call__(self, factors: FloatArray, shifts: FloatArray, seed: int) -> NDArray[np.bool_]:
        count = len(factors)
        tau_m, reset, gains, tau_theta, increment = self._values
        parameters = Parameters(
            np.full(count, tau_m),
            np.full(count, reset),
            np.tile(gains, (count, 1)),
            np.full(count, tau_theta),
            np.full(count, increment),
        )
        thresholds = -(self._offset + shifts)
        return sampled(parameters, self._channels, self._dt, self._refractory, thresholds, 1 / factors, seed)
