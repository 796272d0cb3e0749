"""Pair a presynaptic with a postsynaptic spike, one synapse for each lag."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from brian2.units import ms, mV

import bnsim
from bnsim.arrays import Float64Array
from experiments.classics.stdp_window import BETWEEN, CLASSIC, ON_GRID, Config
from experiments.spec import Measurement, Outcome, Progress, Untrained

_GOLDEN = 0.6180339887498949


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate one pair of spikes for each lag.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The synapse, with a seed that changes nothing.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    positive = np.arange(config.spacing, config.longest + 1, config.spacing)
    lags = np.concatenate([-positive[::-1], positive]).astype(float)
    # Fractions of a step that differ from lag to lag, as they do for multiples of an irrational number.
    shifted = lags + np.sign(lags) * (_GOLDEN * np.abs(lags) % 1)
    rule = bnsim.PairSTDP(tau_plus=config.tau_plus * ms, tau_minus=config.tau_minus * ms, w_max=1 * mV)
    measured: list[Measurement] = []
    for number, dt in enumerate(config.steps):
        on_grid, between = np.split(paired(rule, np.concatenate([lags, shifted]), dt), 2)
        if number == 0:
            measured += _window(lags, on_grid)
        for spikes, given, changes in ((ON_GRID, lags, on_grid), (BETWEEN, shifted, between)):
            error = np.abs(changes / closed_solution(rule, given) - 1).max()
            measured.append(CLASSIC["error"](error, spikes=spikes, dt=dt))
        progress(number + 1, len(config.steps))
    return Outcome(1, 0, tuple(measured))


def _window(lags: Float64Array, changes: Float64Array) -> Iterator[Measurement]:
    """Yield the change at each lag, and the time constants fitted to both sides."""
    for lag, change in zip(lags, changes, strict=True):
        yield CLASSIC["change"](change, lag=lag)
    after = lags > 0
    if after.sum() > 1:
        yield CLASSIC["tau_plus"](_fitted(lags[after], changes[after]))
        yield CLASSIC["tau_minus"](_fitted(-lags[~after], -changes[~after]))


def paired(rule: bnsim.PairSTDP, lags: Float64Array, dt: float) -> Float64Array:
    """Simulate one pair of spikes at each lag.

    Parameters
    ----------
    rule
        The rule, with a largest weight of 1 mV.
    lags
        Times in ms from the presynaptic to the postsynaptic spike (lag,).
    dt
        Time step in ms.

    Returns
    -------
    array of float
        Change of each weight (lag,), as a fraction of the largest weight.
    """
    before, after = np.maximum(-lags, 0) / 1e3, np.maximum(lags, 0) / 1e3
    changes = bnsim.weight_change(rule, before[:, None], after[:, None], 0.5 * mV, dt=dt * ms)
    return np.asarray(changes / mV)


def closed_solution(rule: bnsim.PairSTDP, lags: Float64Array) -> Float64Array:
    """Return the changes of the closed solution.

    Parameters
    ----------
    rule
        The rule.
    lags
        Times in ms from the presynaptic to the postsynaptic spike (lag,).

    Returns
    -------
    array of float
        Changes (lag,), as fractions of the largest weight.
    """
    plus, minus = float(rule.tau_plus / ms), float(rule.tau_minus / ms)
    return np.where(lags > 0, rule.a_plus * np.exp(-np.abs(lags) / plus), -rule.a_minus * np.exp(-np.abs(lags) / minus))


def _fitted(lags: Float64Array, changes: Float64Array) -> float:
    """Return the time constant in ms of an exponential through changes, all positive."""
    slope, _ = np.polyfit(lags, np.log(changes), 1)
    return float(-1 / slope)
