"""Simulate a sparse network, and measure rate, variation and synchrony."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from brian2.units import ms, mV, second

import bnsim
from bnsim import ExponentialCurrent, FixedProbability, Population, Projection
from bnsim.arrays import Int64Array
from bnsim.binning import steps_of
from bnsim.recording import Recording
from experiments.classics.cuba import CLASSIC, Config
from experiments.shared.defined import mean_of_defined
from experiments.spec import Measurement, Outcome, Progress, Untrained
from experiments.yardsticks import Classic

EXCITATORY, INHIBITORY = 3200, 800
"""Number of neurons."""
WARM_UP, SHOWN = 0.5, 0.4
"""Time that is not measured, and time that the figure shows, in s."""
BIN, WIDTH = 5.0, 2.0
"""Bins of the spikes of all neurons (ms), and of the neurons' rates (Hz)."""
SAMPLE = {"E": 80, "I": 20}
"""Neurons whose spikes are shown."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate the network with each time step.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The network, with the seed of connections and initial potentials.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    rows: list[Measurement] = []
    first = None
    for number, dt in enumerate(config.steps):
        recording = simulated(network(dt), dt, subject.seed, config.duration)
        if first is None:
            first = recording
            rows += shares(CLASSIC, recording)
            rows += shown(CLASSIC, recording) if subject.seed == 0 else ()
        rows += measured(CLASSIC, recording, dt=dt)
        rows.append(CLASSIC["change"](rate(recording) - rate(first), dt=dt))
        progress(number + 1, len(config.steps))
    return Outcome(1, 0, tuple(rows))


def network(dt: float) -> bnsim.Network:
    """Return the network.

    Parameters
    ----------
    dt
        Time step in ms, by which the refractory period is longer than the neurons' rest.

    Returns
    -------
    Network
        Excitatory neurons E and inhibitory neurons I.
    """
    cell = bnsim.LIF(tau_m=20 * ms, v_rest=-49 * mV, v_threshold=-50 * mV, v_reset=-60 * mV, refractory=(5 + dt) * ms)
    start = {"v": bnsim.Uniform(-60 * mV, -50 * mV)}
    synapses = {"E": (ExponentialCurrent(5 * ms), 1.62 * mV), "I": (ExponentialCurrent(10 * ms), -9 * mV)}
    return bnsim.Network(
        [Population("E", EXCITATORY, cell, initial=start), Population("I", INHIBITORY, cell, initial=start)],
        [
            Projection(source, target, synapse, weight, FixedProbability(0.02))
            for source, (synapse, weight) in synapses.items()
            for target in "EI"
        ],
    )


def simulated(network: bnsim.Network, dt: float, seed: int, duration: float, warm_up: float = WARM_UP) -> Recording:
    """Simulate a network of populations E and I.

    Parameters
    ----------
    network
        The network.
    dt
        Time step in ms.
    seed
        Key of all random numbers.
    duration
        Length of the simulation that is recorded, in s.
    warm_up
        Length of the simulation before it, in s.

    Returns
    -------
    Recording
        All spikes, and the membrane potential of the first excitatory neuron.
    """
    simulator = network.compile(dt=dt * ms)
    state, _ = simulator.run_for(simulator.initial_state(key=seed), warm_up * second)
    record = [bnsim.Spikes("E"), bnsim.Spikes("I"), bnsim.Trace("E", "v", units=[0])]
    return simulator.run_for(state, duration * second, record=record)[1]


def measured(classic: Classic, recording: Recording, **facts: Any) -> Iterator[Measurement]:
    """Measure rate, variation and synchrony.

    Parameters
    ----------
    classic
        The experiment, with these metrics.
    recording
        Spikes of E and I.
    **facts
        What distinguishes the simulation.

    Yields
    ------
    Measurement
        One after the other; variation only where a neuron fires three times, synchrony where one fires.
    """
    yield classic["rate"](rate(recording), **facts)
    variation = np.concatenate([bnsim.measures.coefficient_of_variation(recording, name) for name in "EI"])
    yield from mean_of_defined(classic["variation"], variation, duration=round(recording.duration, 6), **facts)
    steps, width = spike_steps(recording), round(BIN / 1e3 / recording.dt)
    counts = np.bincount(steps // width, minlength=recording.n_steps // width)[: recording.n_steps // width]
    if counts.any():
        yield classic["synchrony"](counts.var() / counts.mean(), **facts)


def rate(recording: Recording) -> float:
    """Return the mean firing rate of all neurons.

    Parameters
    ----------
    recording
        A recording.

    Returns
    -------
    float
        The rate in Hz.
    """
    return float(np.concatenate([counts[0] for counts in recording.counts.values()]).mean() / recording.duration)


def shares(classic: Classic, recording: Recording) -> Iterator[Measurement]:
    """Count the neurons by their firing rate.

    Parameters
    ----------
    classic
        The experiment, with the metric `share`.
    recording
        Spikes of E and I.

    Yields
    ------
    Measurement
        Bin by bin, to the highest rate.
    """
    counts = np.concatenate([recording.counts[name][0] for name in "EI"])
    bins = np.bincount((counts / (recording.duration * WIDTH)).astype(int))
    yield from classic["share"].curve(bins / len(counts))


def shown(classic: Classic, recording: Recording) -> Iterator[Measurement]:
    """Return spikes of some neurons and the membrane potential of one, at the end of a simulation.

    Parameters
    ----------
    classic
        The experiment, with the metrics `spike` and `potential`.
    recording
        Spikes of E and I, and the potential of the first excitatory neuron.

    Yields
    ------
    Measurement
        One after the other.
    """
    length, first = round(SHOWN / recording.dt), recording.n_steps - round(SHOWN / recording.dt)
    for name, place in (("E", 0), ("I", SAMPLE["E"])):
        units, steps = recording.spike_times(name).unit, spike_steps(recording, name) - first
        chosen = (units < SAMPLE[name]) & (steps >= 0)
        for step, unit in zip(steps[chosen], units[chosen], strict=True):
            yield classic["spike"](1, step=step, neuron=place + unit)
    yield from classic["potential"].curve(1e3 * recording.trace("E", "v").values[0, -length:, 0])


def spike_steps(recording: Recording, names: Sequence[str] = "EI") -> Int64Array:
    """Return the time step of each spike, counted from the beginning of the recording.

    Parameters
    ----------
    recording
        A recording with spike times.
    names
        Populations.

    Returns
    -------
    ndarray of int64
        One population after the other.
    """
    times = np.concatenate([recording.spike_times(name).time for name in names])
    return steps_of(times, recording.dt) - recording.first_step
