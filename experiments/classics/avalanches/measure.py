"""Simulate the network, estimate its branching ratio from some of its cells, and count avalanches."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from brian2.units import ms, second

import bnsim
from bnsim.arrays import Float64Array, Int64Array
from bnsim.binning import steps_of
from experiments.classics.avalanches import (
    CLASSIC,
    GENERATION,
    INPUTS,
    LARGEST,
    SMALLEST,
    Config,
    expected,
)
from experiments.classics.avalanches.estimates import exponent, multistep, slopes
from experiments.classics.avalanches.network import network
from experiments.spec import Measurement, Outcome, Progress, Untrained

RATE, WARM_UP = 2.5, 4
"""Firing rate of the cells (Hz), and time that is not measured (s)."""
LAGS, SHOWN = 100, 500
"""Generations over which regressions reach, and those whose activity is shown."""
AVALANCHE_CELLS, AVALANCHE_LENGTH, PARTS = 1000, 120, 10
"""Cells and longest duration (generations) of avalanches, and parts of a simulation between which progress is told."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate the network with each time step, then avalanches with the first one.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The network, with the seed of its connections and spikes.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    rows: list[Measurement] = []
    for number, dt in enumerate(config.steps):

        def shown(part: int, number: int = number) -> None:
            progress(number * PARTS + part, (len(config.steps) + 1) * PARTS)

        steps, units = _spikes(config, dt, subject.seed, shown)
        rows.append(CLASSIC["rate"](len(steps) / config.cells / config.duration, dt=dt))
        generations = round(1e3 * config.duration / GENERATION)
        for observed in config.observed:
            chosen = steps[units < observed] // round(GENERATION / dt)
            activity = np.bincount(chosen, minlength=generations)[:generations].astype(np.float64)
            rows += _estimates(config, dt, observed, activity, len(chosen) / max(len(steps), 1))
            if number == 0:
                rows += CLASSIC["slope"].curve(np.nan_to_num(slopes(activity, LAGS)), observed=observed)
            if number == 0 and subject.seed == 0:
                rows += CLASSIC["activity"].curve(activity[-SHOWN:], observed=observed)
    rows += _of_sizes(sizes(config.avalanches, config.steps[0], subject.seed))
    progress((len(config.steps) + 1) * PARTS, (len(config.steps) + 1) * PARTS)
    return Outcome(1, 0, tuple(rows))


def sizes(avalanches: int, dt: float, seed: int, branching_ratio: float = 1.0) -> Int64Array:
    """Simulate avalanches, each of which begins with the spike of one cell.

    Parameters
    ----------
    avalanches
        Their number.
    dt
        Time step in ms.
    seed
        Seed of connections and spikes.
    branching_ratio
        Mean number of spikes that a spike causes.

    Returns
    -------
    ndarray of int64
        Number of spikes of each avalanche, the first one included.
    """
    # A time step passes until the given spike makes its cell fire.
    simulator = network(AVALANCHE_CELLS, dt).compile(trial=(AVALANCHE_LENGTH * GENERATION + dt) * ms, dt=dt * ms)
    first = np.random.default_rng([seed, 0xA7A]).integers(0, AVALANCHE_CELLS, avalanches)
    stimulus = {
        "background": np.full((avalanches, AVALANCHE_CELLS), branching_ratio / INPUTS),
        "start": [([0.0], [cell]) for cell in first],
    }
    _, recording = simulator.run(simulator.initial_state(key=seed), stimulus, key=seed)
    return recording.counts["cells"].sum(axis=1).astype(np.int64)


def _spikes(config: Config, dt: float, seed: int, shown: Callable[[int], None]) -> tuple[Int64Array, Int64Array]:
    """Return the step after the warm-up and the cell of each spike."""
    drive = RATE * (1 - config.branching_ratio)
    simulator = network(config.cells, dt, drive).compile(dt=dt * ms)
    background = np.full(config.cells, config.branching_ratio / INPUTS)
    state, _ = simulator.run_for(simulator.initial_state(key=seed), WARM_UP * second, background)
    first = round(1e3 * WARM_UP / dt)
    total, steps, units = round(1e3 * config.duration / dt), [], []
    for part in range(PARTS):
        length = total * (part + 1) // PARTS - total * part // PARTS
        state, recording = simulator.run_for(state, length * dt * ms, background, record=[bnsim.Spikes("cells")])
        found = recording.spike_times("cells")
        steps.append(steps_of(found.time, recording.dt) - first)
        units.append(found.unit.astype(np.int64))
        shown(part + 1)
    return np.concatenate(steps), np.concatenate(units)


def _estimates(config: Config, dt: float, observed: int, activity: Float64Array, share: float) -> Iterator[Measurement]:
    facts = {
        "branching_ratio": config.branching_ratio,
        "cells": config.cells,
        "duration": config.duration,
        "observed": observed,
        "dt": dt,
    }
    found = slopes(activity, LAGS)
    ratio = multistep(found)
    if np.isfinite(ratio):
        yield CLASSIC["conventional"](found[0], **facts)
        yield CLASSIC["multistep"](ratio, **facts)
    yield CLASSIC["theory"](expected(config.branching_ratio, share), **facts)


def _of_sizes(found: Int64Array) -> Iterator[Measurement]:
    power = exponent(found, SMALLEST, LARGEST)
    if np.isfinite(power):
        yield CLASSIC["exponent"](power, avalanches=len(found))
    yield from CLASSIC["exceeding"].curve((found >= 2**place).mean() for place in range(LARGEST.bit_length()))
