"""Simulate the microcircuit, and measure rates, variation and synchrony of each cell type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from brian2.units import ms

import bnsim
from bnsim.arrays import IntArray
from bnsim.binning import steps_of
from bnsim.recording import Recording
from experiments.classics.microcircuit import CLASSIC, Config
from experiments.classics.microcircuit.circuit import POPULATIONS, SIZES, layers, network, sizes
from experiments.shared.defined import mean_of_defined
from experiments.spec import Measurement, Outcome, Progress, Untrained

WARM_UP = 500
"""Time that is not measured, in ms."""
BIN, COUNTED = 3.0, 1000
"""Width of the bins (ms), and number of neurons of a cell type, of which synchrony is measured."""
CRITERION: Mapping[str, tuple[float, float]] = {"rate": (0, 30), "variation": (0.7, 1.2), "synchrony": (0, 8)}
"""Where activity is asynchronous and irregular at a low rate: least value of each metric, and what it is below."""
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
    done = np.cumsum([1 / dt for dt in config.steps])
    rows: list[Measurement] = []
    for number, dt in enumerate(config.steps):
        recording = simulated(config, dt, subject.seed)
        rows += measured(config, dt, recording)
        if number == 0:
            rows += _quantiles(config, recording)
            if subject.seed == 0:
                rows += _raster(config, recording)
        progress(round(1000 * done[number] / done[-1]), 1000)
    return Outcome(1, 0, tuple(rows))


def simulated(config: Config, dt: float, seed: int) -> Recording:
    """Simulate the microcircuit.

    Parameters
    ----------
    config
        Options of the experiment.
    dt
        Time step in ms.
    seed
        Key of all random numbers.

    Returns
    -------
    Recording
        Spikes of E and I after the warm-up.
    """
    simulator = network(config.neurons, config.inputs, dt).compile(dt=dt * ms)
    record = [bnsim.Spikes(name) for name in "EI"]
    # The warm-up is recorded too: a call of its own would draw all connections once more.
    end = (WARM_UP + config.duration) * ms
    _, recording = simulator.run_for(simulator.initial_state(key=seed), end, record=record)
    return recording.window(WARM_UP * ms, end)


def measured(config: Config, dt: float, recording: Recording) -> Iterator[Measurement]:
    """Measure rate, variation and synchrony of each cell type, and how many are asynchronous and irregular.

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
        One after the other; variation only where a neuron fires three times, synchrony where one fires.
    """
    rows = list(_of_types(config, dt, recording))
    yield from rows
    facts: dict[str, Any] = {"neurons": config.neurons, "inputs": config.inputs, "dt": dt, "duration": config.duration}
    yield CLASSIC["asynchronous_irregular"](_share(rows), **facts)


def _of_types(config: Config, dt: float, recording: Recording) -> Iterator[Measurement]:
    """Yield rate, variation and synchrony of each cell type."""
    for name in "EI":
        rates = recording.counts[name][0] / recording.duration
        variation = bnsim.measures.coefficient_of_variation(recording, name)
        for place, own in of_layers(config.neurons, name):
            facts: dict[str, Any] = {
                "population": POPULATIONS[place],
                "neurons": config.neurons,
                "inputs": config.inputs,
                "dt": dt,
            }
            yield CLASSIC["rate"](rates[own].mean(), **facts)
            yield from mean_of_defined(CLASSIC["variation"], variation[own], **facts)
            counts = _binned(recording, name, own.start, min(own.start + COUNTED, own.stop))
            if counts.any():
                yield CLASSIC["synchrony"](counts.var() / counts.mean(), **facts)


def _share(rows: list[Measurement]) -> float:
    """Share of the cell types whose activity meets the criterion; a metric that is not defined does not."""
    values = {(row.metric, row.facts["population"]): row.value for row in rows}
    met = [
        all(low <= values.get((metric, population), np.inf) < high for metric, (low, high) in CRITERION.items())
        for population in POPULATIONS
    ]
    return float(np.mean(met))


def _binned(recording: Recording, name: str, first: int, end: int) -> IntArray:
    """The number of spikes of some units together in bins, without a shorter one at the end."""
    spikes = recording.spike_times(name)
    time = spikes.time[(spikes.unit >= first) & (spikes.unit < end)]
    width = max(round(BIN / 1e3 / recording.dt), 1)
    n_bins = recording.n_steps // width
    bins = (steps_of(time, recording.dt) - recording.first_step) // width
    return np.bincount(bins, minlength=n_bins)[:n_bins]


def of_layers(neurons: float, name: str) -> Iterator[tuple[int, slice]]:
    """Yield the layers of a population.

    Parameters
    ----------
    neurons
        Share of the full model's neurons.
    name
        E or I.

    Yields
    ------
    place : int
        Place among the cell types.
    units : slice
        Units of the population.
    """
    begin = 0
    for place in layers(name):
        end = begin + int(sizes(neurons)[place])
        yield int(place), slice(begin, end)
        begin = end


def _quantiles(config: Config, recording: Recording) -> Iterator[Measurement]:
    for name in "EI":
        rates = recording.counts[name][0] / recording.duration
        for place, own in of_layers(config.neurons, name):
            for percentile, rate in zip(PERCENTILES, np.percentile(rates[own], PERCENTILES), strict=True):
                yield CLASSIC["quantile"](rate, step=percentile, population=POPULATIONS[place])


def _raster(config: Config, recording: Recording) -> Iterator[Measurement]:
    """Yield the spikes of the first neurons of each cell type, as many as in the full model would be shown."""
    for name in "EI":
        spikes = recording.spike_times(name)
        steps = np.round((spikes.time - recording.start - recording.duration) * 1e3 / RESOLUTION).astype(int)
        steps += round(SHOWN / RESOLUTION)
        for place, own in of_layers(config.neurons, name):
            end = min(own.start + int(SIZES[place]) // ONE_IN, own.stop)
            chosen = (steps >= 0) & (spikes.unit >= own.start) & (spikes.unit < end)
            for step, unit in zip(steps[chosen], spikes.unit[chosen] - own.start, strict=True):
                yield CLASSIC["spike"](1, step=step, population=POPULATIONS[place], neuron=unit)
