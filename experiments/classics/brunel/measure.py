"""Simulate the network in each regime, and measure rates, variation and spectrum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from brian2.units import Hz, ms, mV
from scipy.signal import welch

import bnsim
from bnsim import Delta, FixedInDegree, PoissonDrive, Population, Projection
from bnsim.arrays import FloatArray
from bnsim.binning import Bins
from bnsim.recording import Recording, SpikeTimes
from experiments.classics.brunel import CLASSIC, REGIMES, Config
from experiments.shared.defined import mean_of_defined
from experiments.spec import Measurement, Outcome, Progress, Untrained

TAU, THRESHOLD, RESET, REFRACTORY, DELAY = 20.0, 20.0, 10.0, 2.0, 1.5
"""Membrane time constant (ms), threshold and reset above rest (mV), refractory period and delay (ms)."""
WARM_UP = 200
"""Time that is not measured (ms)."""
BIN, WINDOW = 0.5, 512
"""Bin of the activity, and window of its spectrum (ms)."""
SHOWN, CELLS = 200, 50
"""Time in ms and neurons that the figure shows."""
TICK = 0.1
"""Unit in ms of the times of the spikes that the figure shows."""
SMALL = {"neurons": 5000, "inputs": 500, "duration": 512}
"""The network of the phase diagram: as sparse as the paper's."""
LOWEST, HIGHEST = 8.0, 400.0
"""Range of the spectrum in Hz; below it there is slow drift."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate the network in each regime.

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
    regimes = list(REGIMES) if config.regime == "all" else [config.regime]
    repeated = "AI" if config.regime == "all" else config.regime
    points = [(strength, external) for external in config.externals for strength in config.strengths]
    total, rows = len(regimes) + len(config.steps) - 1 + len(points), list[Measurement]()
    for number, regime in enumerate(regimes):
        recording = _simulated(config, REGIMES[regime], config.steps[0], subject.seed)
        rows += measured(config, regime, recording, subject.seed)
        progress(number + 1, total)
    for number, dt in enumerate(config.steps[1:]):
        rows += _firing(config, repeated, _simulated(config, REGIMES[repeated], dt, subject.seed))
        progress(len(regimes) + number + 1, total)
    small = config.model_copy(update=SMALL)
    for number, point in enumerate(points):
        rows += state(small, point, _simulated(small, point, config.steps[0], subject.seed))
        progress(total - len(points) + number + 1, total)
    return Outcome(1, 0, tuple(rows))


def network(config: Config, point: tuple[float, float], dt: float) -> bnsim.Network:
    """Return the network in a regime.

    Parameters
    ----------
    config
        Options of the experiment.
    point
        Relative strength of inhibition and relative external rate.
    dt
        Time step in ms.

    Returns
    -------
    Network
        Excitatory neurons E and inhibitory neurons I.
    """
    strength, external = point
    weight = 0.1 * 1000 / config.inputs
    cell = bnsim.LIF(
        tau_m=TAU * ms,
        v_rest=0 * mV,
        v_threshold=THRESHOLD * mV,
        v_reset=RESET * mV,
        refractory=(REFRACTORY + dt) * ms,
    )
    # `inputs` trains at `external` times the rate at which the mean input reaches the threshold.
    drive = PoissonDrive(external * 1e3 * THRESHOLD / (weight * TAU) * Hz, weight * mV)
    sizes = {"E": config.neurons * 4 // 5, "I": config.neurons // 5}
    start = {"v": bnsim.Uniform(RESET * mV, THRESHOLD * mV)}
    sources = {"E": (weight, config.inputs), "I": (-strength * weight, config.inputs // 4)}
    return bnsim.Network(
        [Population(name, size, cell, drive=drive, initial=start) for name, size in sizes.items()],
        [
            Projection(source, target, Delta(), each * mV, FixedInDegree(degree), delay=DELAY * ms)
            for source, (each, degree) in sources.items()
            for target in "EI"
        ],
    )


def _simulated(config: Config, point: tuple[float, float], dt: float, seed: int) -> Recording:
    simulator = network(config, point, dt).compile(dt=dt * ms)
    start, _ = simulator.run_for(simulator.initial_state(key=seed), WARM_UP * ms)
    _, recording = simulator.run_for(start, config.duration * ms, record=[bnsim.Spikes("E"), bnsim.Spikes("I")])
    return recording


def measured(config: Config, regime: str, recording: Recording, seed: int) -> Iterator[Measurement]:
    """Measure rate, variation, spectrum and, of the first seed, what the figure shows.

    Parameters
    ----------
    config
        Options of the experiment.
    regime
        Name of the regime.
    recording
        Spikes of E and I after the warm-up.
    seed
        The seed.

    Yields
    ------
    Measurement
        One after the other.
    """
    yield from _firing(config, regime, recording)
    activity = _activity(config, recording, BIN)
    frequencies, density = welch(activity, 1e3 / BIN, nperseg=round(WINDOW / BIN))
    chosen = (frequencies >= LOWEST) & (frequencies <= HIGHEST)
    fastest = frequencies[chosen][np.argmax(density[chosen])]
    yield CLASSIC["frequency"](fastest, **_facts(config, regime, recording))
    for frequency, value in zip(frequencies[chosen], density[chosen], strict=True):
        yield CLASSIC["spectrum"](value, step=round(frequency), regime=regime)
    if seed == 0:
        yield from _shown(config, regime, activity, recording.spike_times("E"))


def state(config: Config, point: tuple[float, float], recording: Recording) -> Iterator[Measurement]:
    """Measure rate, variation and synchrony at a point of the phase diagram.

    Parameters
    ----------
    config
        Options of the experiment.
    point
        Relative strength of inhibition and relative external rate.
    recording
        Spikes of E and I after the warm-up.

    Yields
    ------
    Measurement
        One after the other.
    """
    facts: dict[str, Any] = {"g": point[0], "eta": point[1]}
    activity = _activity(config, recording, 1.0)
    yield CLASSIC["rate_at"](activity.mean(), **facts)
    yield from mean_of_defined(CLASSIC["variation_at"], _variation(recording), **facts)
    if activity.any():
        yield CLASSIC["synchrony_at"](activity.std() / activity.mean(), **facts)


def _facts(config: Config, regime: str, recording: Recording) -> dict[str, Any]:
    dt = round(recording.dt * 1e3, 9)
    return {"regime": regime, "neurons": config.neurons, "inputs": config.inputs, "dt": dt}


def _firing(config: Config, regime: str, recording: Recording) -> Iterator[Measurement]:
    """Yield rate and variation."""
    facts, spikes = _facts(config, regime, recording), sum(counts.sum() for counts in recording.counts.values())
    yield CLASSIC["rate"](spikes * 1e3 / (config.neurons * config.duration), **facts)
    yield from mean_of_defined(CLASSIC["variation"], _variation(recording), **facts)


def _variation(recording: Recording) -> FloatArray:
    return np.concatenate([bnsim.measures.coefficient_of_variation(recording, name) for name in ("E", "I")])


def _activity(config: Config, recording: Recording, width: float) -> FloatArray:
    """The mean rate of all neurons in Hz, in bins of a width in ms."""
    times = np.concatenate([recording.spike_times(name).time for name in ("E", "I")])
    bins = Bins.of("width", width * ms, recording.dt, recording.n_steps, recording.first_step)
    return bins.count(times) * 1e3 / (width * config.neurons)


def _shown(config: Config, regime: str, activity: FloatArray, excitatory: SpikeTimes) -> Iterator[Measurement]:
    """Yield the activity and the spikes of some neurons at the end of the simulation."""
    for place, value in enumerate(activity[-round(SHOWN / BIN) :]):
        yield CLASSIC["activity"](value, step=place, regime=regime)
    first = round((WARM_UP + config.duration - SHOWN) / TICK)
    steps = np.round(excitatory.time * 1e3 / TICK).astype(int) - first
    chosen = (steps >= 0) & (excitatory.unit < CELLS)
    for step, unit in zip(steps[chosen], excitatory.unit[chosen], strict=True):
        yield CLASSIC["spike"](1, step=step, regime=regime, neuron=unit)
