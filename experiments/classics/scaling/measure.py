"""Measure processor time and memory of networks of growing size, and of more and more trials."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from brian2.units import ms

import bnsim
from experiments.classics.brunel import REGIMES
from experiments.classics.brunel import Config as BrunelConfig
from experiments.classics.brunel.measure import network as brunel_network
from experiments.classics.scaling import CLASSIC, REACH, Against, Config, synapses
from experiments.shared.effort import MostMemory, processor_seconds
from experiments.spec import Measurement, Outcome, Progress, Untrained

STEP, TRIAL, CELLS = 0.1, 100, 1000
"""Time step and length of a trial in ms; neurons of the network whose trials are counted."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Measure each network, then each number of trials.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The network, with the seed of connections, initial potentials and spikes.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    rows: list[Measurement] = []
    total = sum(map(synapses, config.neurons)) + 1
    for number, neurons in enumerate(sorted(config.neurons)):
        rows += of_size(config, neurons, subject.seed)
        progress(sum(map(synapses, sorted(config.neurons)[: number + 1])), total)
    rows += _of_trials(config, subject.seed)
    rows += slopes(rows, "simulation_seconds", "synapses")
    rows += slopes(rows, "trials_seconds", "trials")
    progress(total, total)
    return Outcome(1, 0, tuple(rows))


def network(neurons: int) -> bnsim.Network:
    """Return Brunel's network in the regime AI.

    Parameters
    ----------
    neurons
        Their number, a multiple of 50.

    Returns
    -------
    Network
        Excitatory neurons E and inhibitory neurons I.
    """
    inputs = synapses(neurons) // neurons
    config = BrunelConfig(regime="AI", neurons=neurons, inputs=inputs * 4 // 5, duration=512, steps=(STEP,))
    return brunel_network(config, REGIMES["AI"], STEP)


def of_size(config: Config, neurons: int, seed: int) -> Iterator[Measurement]:
    """Measure a network of one size.

    Parameters
    ----------
    config
        Options of the experiment.
    neurons
        Number of neurons.
    seed
        The seed.

    Yields
    ------
    Measurement
        One after the other.
    """
    simulator = network(neurons).compile(dt=STEP * ms)
    facts = {"neurons": neurons, "synapses": synapses(neurons)}
    with MostMemory() as memory:
        before = processor_seconds()
        state = simulator.initial_state(key=seed)
        drawing = processor_seconds() - before
        reading = _least(config, lambda: simulator.run_for(state, STEP * ms))
        whole = _least(config, lambda: simulator.run_for(state, config.duration * ms))
    _, recording = simulator.run_for(state, config.duration * ms)
    spikes = sum(int(counts.sum()) for counts in recording.counts.values())
    events = spikes * synapses(neurons) / neurons / recording.duration
    # A run of one step and a longer one are told apart by more than the clock's resolution, a microsecond.
    seconds = max(whole - reading, 1e-6) / recording.duration
    yield CLASSIC["simulation_seconds"](seconds, **facts)
    yield CLASSIC["reading_seconds"](reading, **facts)
    yield CLASSIC["drawing_seconds"](drawing, **facts)
    yield CLASSIC["state_size"](sum(array.nbytes for array in state.values()), **facts)
    yield CLASSIC["events"](events, **facts)
    if events:
        yield CLASSIC["event_seconds"](1e9 * seconds / events, **facts)
    if memory.bytes is not None:
        yield CLASSIC["peak_memory"](memory.bytes, **facts)


def _of_trials(config: Config, seed: int) -> Iterator[Measurement]:
    simulator = network(CELLS).compile(TRIAL * ms, dt=STEP * ms)
    state = simulator.initial_state(key=seed)
    for trials in sorted(config.trials):
        with MostMemory() as memory:
            seconds = _least(config, lambda trials=trials: simulator.run(state, key=seed, trials=trials))  # type: ignore[misc]
        yield CLASSIC["trials_seconds"](seconds, trials=trials)
        if memory.bytes is not None:
            yield CLASSIC["trials_memory"](memory.bytes, trials=trials)


def _least(config: Config, work: Callable[[], object]) -> float:
    """Return the least processor time of some repetitions."""
    times = []
    for _ in range(config.repetitions):
        before = processor_seconds()
        work()
        times.append(processor_seconds() - before)
    return min(times)


def slopes(rows: list[Measurement], metric: str, against: Against) -> Iterator[Measurement]:
    """Measure how the logarithm of a processor time, and of the memory of networks, grows.

    Parameters
    ----------
    rows
        What was measured.
    metric
        Name of the metric of the processor time.
    against
        The fact that grows.

    Yields
    ------
    Measurement
        Slopes and their excess.
    """
    largest = max(int(row.facts[against]) for row in rows if row.metric == metric)
    slope = _slope(rows, metric, against)
    if slope is not None:
        yield CLASSIC["slope_seconds"](slope, against=against, largest=largest)
        yield CLASSIC["excess_seconds"](max(0.0, slope - 1), against=against, largest=largest)
    memory = _slope(rows, "peak_memory", against) if against == "synapses" else None
    if memory is not None:
        yield CLASSIC["slope_memory"](memory, against=against, largest=largest)


def _slope(rows: list[Measurement], metric: str, against: Against) -> float | None:
    """Return the slope of logarithms over the largest sizes, None where fewer than two of them took anything.

    A small network takes no memory where Python still holds what it has freed, and no time that a clock resolves.
    """
    found = {int(row.facts[against]): row.value for row in rows if row.metric == metric and row.value > 0}
    chosen = [size for size in found if size * REACH >= max(found)]
    if len(chosen) < 2:
        return None
    logarithms = np.log([[size, found[size]] for size in chosen])
    return float(np.polyfit(logarithms[:, 0], logarithms[:, 1], 1)[0])
