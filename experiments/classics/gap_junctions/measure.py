"""Couple passive cells and cells that fire by gap junctions, and record their potentials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from brian2.units import ms, mV, nA, nS

import bnsim
from bnsim.arrays import Float64Array, FloatArray
from bnsim.recording import Recording
from experiments.classics.gap_junctions import CLASSIC, COUPLING, TAU, Config
from experiments.classics.gap_junctions.theory import coefficient
from experiments.spec import Measurement, Outcome, Progress, Untrained

SETTLING, GROUPS_SETTLING, LENGTH = 200, 300, 700
"""When measurements of passive cells and of groups begin, and when all end, in ms."""
_SHOWN = 100
_PAIR, _DRIVE = 3 * nS, 1.0  # junction of the pair that fires, and current into one of them in nA
_LOWEST, _HIGHEST = 1.1, 1.5  # currents into the cells of a group, in nA
_SCATTERED = {
    "v": bnsim.Uniform(-75 * mV, -45 * mV),
    "m": bnsim.Uniform(0.02, 0.2),
    "h": bnsim.Uniform(0.1, 0.6),
    "n": bnsim.Uniform(0.3, 0.7),
}
"""Initial states of the cells of a group."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate all cells with each time step.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The cells, with the seed of initial states.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    measured: list[Measurement] = [
        CLASSIC["theory"](coefficient(coupling, frequency), coupling=coupling, frequency=frequency)
        for coupling, frequency in _curves(config)
    ]
    costs = [1 / dt for dt in config.steps]
    for number, dt in enumerate(config.steps):
        recording = _simulated(config, dt, subject.seed)
        measured += _of_passive_cells(config, recording, dt)
        measured += _of_the_pair(recording, dt)
        measured += _of_groups(config, recording, dt)
        if dt == min(config.steps) and subject.seed == 0:
            measured += _shown(config, recording)
        progress(round(1000 * sum(costs[: number + 1]) / sum(costs)), 1000)
    return Outcome(1, 0, tuple(measured))


def conditions(config: Config) -> list[tuple[float, float]]:
    """Return conductance and frequency of each pair of passive cells.

    Parameters
    ----------
    config
        Options of the experiment.

    Returns
    -------
    list of (float, float)
        All conductances with a steady current, then `COUPLING` with all frequencies.
    """
    return [(coupling, 0.0) for coupling in config.couplings] + [(COUPLING, float(f)) for f in config.frequencies]


def _curves(config: Config) -> list[tuple[float, float]]:
    """Conductances and frequencies at which theory is drawn."""
    couplings = np.linspace(0, max(config.couplings), 61)
    frequencies = np.geomspace(min(config.frequencies), max(config.frequencies), 61)
    return [(coupling, 0.0) for coupling in couplings] + [(COUPLING, frequency) for frequency in frequencies]


def network(config: Config, dt: float) -> bnsim.Network:
    """Return passive pairs, a pair of which one cell fires, and groups of cells that fire.

    Parameters
    ----------
    config
        Options of the experiment.
    dt
        Time step in ms, the width of the bins of currents into passive cells.

    Returns
    -------
    Network
        Populations "passive", in which cells 2 k and 2 k + 1 are a pair, "pair" and, if there are groups, "groups".
    """
    pairs = conditions(config)
    firing = bnsim.HodgkinHuxley(method="rk4")
    current = bnsim.ConstantCurrent(1 * nA)
    first = 2 * np.arange(len(pairs))
    junctions = bnsim.EdgeList(first, first + 1, factor=np.array([coupling for coupling, _ in pairs]))
    populations = [
        bnsim.Population(
            "passive",
            2 * len(pairs),
            bnsim.LeakyReadout(tau_m=TAU * ms),
            drive=bnsim.Current(bnsim.Binned(_currents(pairs, dt) * mV, dt * ms)),
        ),
        bnsim.Population("pair", 2, firing, encoder=current),
    ]
    projections = [
        bnsim.Projection("passive", "passive", bnsim.GapJunction(), 1.0, junctions),
        bnsim.Projection("pair", "pair", bnsim.GapJunction(), _PAIR, bnsim.EdgeList([0], [1])),
    ]
    if config.cells:
        size = len(config.totals) * config.cells
        populations.append(bnsim.Population("groups", size, firing, encoder=current, initial=_SCATTERED))
        projections.append(bnsim.Projection("groups", "groups", bnsim.GapJunction(), 1 * nS, _within_groups(config)))
    return bnsim.Network(populations, projections)


def _currents(pairs: list[tuple[float, float]], dt: float) -> Float64Array:
    """Currents (bin, cell) in mV into passive cells: into the first of each pair, of the amplitude 10 mV."""
    times = dt / 1e3 * np.arange(round(LENGTH / dt))
    currents = np.zeros((len(times), 2 * len(pairs)))
    for number, (_, frequency) in enumerate(pairs):
        currents[:, 2 * number] = 10 * np.cos(2 * np.pi * frequency * times)
    return currents


def _within_groups(config: Config) -> bnsim.EdgeList:
    """Couple each pair of cells of a group, by the total conductance in nS over the number of other cells."""
    one, other = np.triu_indices(config.cells, 1)
    begin = config.cells * np.arange(len(config.totals))[:, None]
    factor = np.repeat(np.array(config.totals) / max(config.cells - 1, 1), len(one))
    return bnsim.EdgeList((begin + one).ravel(), (begin + other).ravel(), factor=factor)


def _simulated(config: Config, dt: float, seed: int) -> Recording:
    simulator = network(config, dt).compile(dt=dt * ms)
    stimulus = {"pair": [_DRIVE, 0.0]}
    record: list[Any] = [bnsim.Trace("passive", "v", every=0.5 * ms), bnsim.Trace("pair", "v")]
    if config.cells:
        currents = np.linspace(_LOWEST, _HIGHEST, config.cells)
        stimulus["groups"] = np.tile(currents, len(config.totals)).tolist()
        record += [bnsim.Trace("groups", "v", every=0.5 * ms), bnsim.Spikes("groups")]
    _, recording = simulator.run_for(simulator.initial_state(key=seed), LENGTH * ms, stimulus, record=record)
    return recording


def _of_passive_cells(config: Config, recording: Recording, dt: float) -> Iterator[Measurement]:
    trace = recording.trace("passive", "v")
    late = trace.times > SETTLING / 1e3 - 1e-9
    errors = [0.0]
    for number, (coupling, frequency) in enumerate(conditions(config)):
        v, times = trace.values[0][late, 2 * number : 2 * number + 2], trace.times[late]
        # A steady current: the last potentials. An alternating one: the amplitudes at its frequency.
        waves = np.exp(-2j * np.pi * frequency * times) @ v if frequency else v[-1]
        found = float(np.abs(waves[1] / waves[0]))
        yield CLASSIC["coefficient"](found, coupling=coupling, frequency=frequency, dt=dt)
        if frequency:
            errors.append(abs(found / coefficient(coupling, frequency) - 1))
    yield CLASSIC["coefficient_error"](max(errors), dt=dt)


def _of_the_pair(recording: Recording, dt: float) -> Iterator[Measurement]:
    v = recording.trace("pair", "v").of(1)[0, : round(_SHOWN / dt)] * 1e3
    yield CLASSIC["spikelet"](v.max() - v[0], dt=dt)


def _of_groups(config: Config, recording: Recording, dt: float) -> Iterator[Measurement]:
    if not config.cells:
        return
    trace, spikes = recording.trace("groups", "v"), recording.spike_times("groups")
    shape = (len(config.totals), config.cells)
    potentials = trace.values[0][trace.times > GROUPS_SETTLING / 1e3 - 1e-9].reshape(-1, *shape)
    counts = np.bincount(spikes.unit[spikes.time >= GROUPS_SETTLING / 1e3], minlength=shape[0] * shape[1])
    rates = counts.reshape(shape) / ((LENGTH - GROUPS_SETTLING) / 1e3)
    for number, total in enumerate(config.totals):
        facts: Mapping[str, Any] = {"total": total, "cells": config.cells, "dt": dt}
        yield CLASSIC["synchrony"](synchrony(potentials[:, number]), **facts)
        yield CLASSIC["spread"](np.ptp(rates[number]), **facts)


def synchrony(potentials: FloatArray) -> float:
    """Return how much the potentials of cells go together.

    Parameters
    ----------
    potentials
        Membrane potentials (time, cell).

    Returns
    -------
    float
        Standard deviation of their mean, relative to the root mean square of those of single cells.
    """
    return float(potentials.mean(axis=1).std() / np.sqrt(potentials.var(axis=0).mean()))


def _shown(config: Config, recording: Recording) -> Iterator[Measurement]:
    """Yield what the figure shows of single cells."""
    trace = recording.trace("pair", "v")
    every = round(0.25 / (recording.dt * 1e3))
    for unit, cell in enumerate(("driven", "neighbour")):
        yield from CLASSIC["potential"].curve(1e3 * trace.of(unit)[0, : 400 * every : every], cell=cell)
    if not config.cells:
        return
    spikes = recording.spike_times("groups")
    begin = (LENGTH - _SHOWN) / 1e3
    for total in (min(config.totals), max(config.totals)):
        group = config.totals.index(total)
        found = (spikes.unit // config.cells == group) & (spikes.time >= begin)
        for unit, time in zip(spikes.unit[found], spikes.time[found], strict=True):
            step = round((time - begin) / 5e-5)
            yield CLASSIC["spike"](1, step, total=total, neuron=int(unit) % config.cells)
