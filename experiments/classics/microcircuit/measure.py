"""Simulate the microcircuit, and measure rates and variation of each cell type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from brian2.units import ms

import bnsim
from bnsim.recording import Recording
from experiments.classics.microcircuit import CLASSIC, Config
from experiments.classics.microcircuit.circuit import POPULATIONS, SIZES, layers, network, sizes
from experiments.shared.defined import mean_of_defined
from experiments.spec import Measurement, Outcome, Progress, Untrained

WARM_UP, PARTS = 500, 10
"""Time that is not measured, in ms, and parts in which the rest is simulated."""
SHOWN, RESOLUTION, ONE_IN = 400, 0.1, 40
"""Time (ms) and resolution (ms) of the raster, and how many neurons of the full model stand behind one in it."""
PERCENTILES = (5, 25, 50, 75, 95)


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate the microcircuit with each time step.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The network, with the seed of connections, initial potentials and outer spikes.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    costs = [1 / dt for dt in config.steps]
    rows: list[Measurement] = []
    for number, dt in enumerate(config.steps):

        def shown(part: int, number: int = number) -> None:
            progress(round(1000 * (sum(costs[:number]) + costs[number] * part / PARTS) / sum(costs)), 1000)

        recording = _simulated(config, dt, subject.seed, shown)
        rows += measured(config, dt, recording)
        if number == 0:
            rows += _quantiles(config, recording)
            if subject.seed == 0:
                rows += _raster(config, recording)
    return Outcome(1, 0, tuple(rows))


def _simulated(config: Config, dt: float, seed: int, shown: Callable[[int], None]) -> Recording:
    simulator = network(config.neurons, config.inputs, dt).compile(dt=dt * ms)
    record = [bnsim.Spikes(name) for name in "EI"]
    state, _ = simulator.run_for(simulator.initial_state(key=seed), WARM_UP * ms)
    shown(1)
    _, recording = simulator.run_for(state, config.duration * ms, record=record)
    shown(PARTS)
    return recording


def measured(config: Config, dt: float, recording: Recording) -> Iterator[Measurement]:
    """Measure rate and variation of each cell type.

    Parameters
    ----------
    config
        Options of the experiment.
    dt
        Time step in ms.
    recording
        Spikes of E and I after the warm-up.

    Yields
    ------
    Measurement
        One after the other.
    """
    for name in "EI":
        rates = recording.counts[name][0] / recording.duration
        variation = bnsim.measures.coefficient_of_variation(recording, name)
        for place, own in _of_layers(config, name):
            facts: dict[str, Any] = {
                "population": POPULATIONS[place],
                "neurons": config.neurons,
                "inputs": config.inputs,
                "dt": dt,
            }
            yield CLASSIC["rate"](rates[own].mean(), **facts)
            yield from mean_of_defined(CLASSIC["variation"], variation[own], **facts)


def _of_layers(config: Config, name: str) -> Iterator[tuple[int, slice]]:
    """Yield the place among the cell types, and the units, of each layer of a population."""
    begin = 0
    for place in layers(name):
        end = begin + int(sizes(config.neurons)[place])
        yield int(place), slice(begin, end)
        begin = end


def _quantiles(config: Config, recording: Recording) -> Iterator[Measurement]:
    for name in "EI":
        rates = recording.counts[name][0] / recording.duration
        for place, own in _of_layers(config, name):
            for percentile, rate in zip(PERCENTILES, np.percentile(rates[own], PERCENTILES), strict=True):
                yield CLASSIC["quantile"](rate, step=percentile, population=POPULATIONS[place])


def _raster(config: Config, recording: Recording) -> Iterator[Measurement]:
    """Yield the spikes of the first neurons of each cell type, as many as in the full model would be shown."""
    for name in "EI":
        spikes = recording.spike_times(name)
        steps = np.round((spikes.time - recording.start - recording.duration) * 1e3 / RESOLUTION).astype(int)
        steps += round(SHOWN / RESOLUTION)
        for place, own in _of_layers(config, name):
            end = min(own.start + int(SIZES[place]) // ONE_IN, own.stop)
            chosen = (steps >= 0) & (spikes.unit >= own.start) & (spikes.unit < end)
            for step, unit in zip(steps[chosen], spikes.unit[chosen] - own.start, strict=True):
                yield CLASSIC["spike"](1, step=step, population=POPULATIONS[place], neuron=unit)
