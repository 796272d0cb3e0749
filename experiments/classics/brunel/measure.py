"""Simulate the network in each regime and at each point of the phase diagram, and measure its spikes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from brian2.units import Hz, ms, mV
from scipy.signal import welch

import bnsim
from bnsim import Delta, FixedInDegree, PoissonDrive, Population, Projection
from bnsim.arrays import FloatArray
from bnsim.recording import Recording, SpikeTimes
from experiments.classics.brunel import CLASSIC, DELAY, REFRACTORY, REGIMES, RESET, TAU, THRESHOLD, Config
from experiments.classics.brunel.mean_field import moments, settled
from experiments.classics.brunel.states import BIN, LOWEST, activity, peak, state, variation
from experiments.shared.defined import mean_of_defined
from experiments.spec import Measurement, Outcome, Progress, Untrained

WARM_UP = 200
"""Time that is not measured (ms)."""
WINDOW = 512
"""Window of the spectrum of the regimes (ms)."""
SHOWN, CELLS = 200, 50
"""Time in ms and neurons that the figure shows."""
TICK = 0.1
"""Unit in ms of the times of the spikes that the figure shows."""
BRIEF = 512
"""Length of a simulation for the phase diagram after the warm-up (ms)."""
HIGHEST = 400.0
"""Highest frequency of the spectra that are shown (Hz)."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate the network in each regime and at each point of the phase diagram.

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
        recording = _simulated(config, REGIMES[regime], config.steps[0], subject.seed, config.duration)
        rows += measured(config, regime, recording, subject.seed)
        progress(number + 1, total)
    for number, dt in enumerate(config.steps[1:]):
        recording = _simulated(config, REGIMES[repeated], dt, subject.seed, config.duration)
        rows += _firing(config, repeated, recording)
        progress(len(regimes) + number + 1, total)
    for number, point in enumerate(points):
        rows += _point(config, point, subject.seed)
        progress(total - len(points) + number + 1, total)
    rows += deviation(config, rows)
    return Outcome(1, 0, tuple(rows))


def weight(config: Config) -> float:
    """Return the excitatory weight in mV: 0.1 for 1000 inputs, and in inverse proportion to their number.

    Parameters
    ----------
    config
        Options of the experiment.

    Returns
    -------
    float
        The weight.
    """
    return 0.1 * 1000 / config.inputs


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
    each = weight(config)
    cell = bnsim.LIF(
        tau_m=TAU * ms,
        v_rest=0 * mV,
        v_threshold=THRESHOLD * mV,
        v_reset=RESET * mV,
        refractory=(REFRACTORY + dt) * ms,
    )
    # `inputs` trains at `external` times the rate at which the mean input reaches the threshold.
    drive = PoissonDrive(external * 1e3 * THRESHOLD / (each * TAU) * Hz, each * mV)
    sizes = {"E": config.neurons * 4 // 5, "I": config.neurons // 5}
    start = {"v": bnsim.Uniform(RESET * mV, THRESHOLD * mV)}
    sources = {"E": (each, config.inputs), "I": (-strength * each, config.inputs // 4)}
    return bnsim.Network(
        [Population(name, size, cell, drive=drive, initial=start) for name, size in sizes.items()],
        [
            Projection(source, target, Delta(), jump * mV, FixedInDegree(degree), delay=DELAY * ms)
            for source, (jump, degree) in sources.items()
            for target in "EI"
        ],
    )


def rates_as_data(network: bnsim.Network) -> bnsim.Network:
    """Return the network with a rate from outside for each neuron, which is data: another one recompiles nothing.

    Parameters
    ----------
    network
        The network; one `PoissonDrive` acts on each population.

    Returns
    -------
    Network
        The same spikes come of it.
    """
    populations = []
    for population in network.populations:
        (drive,) = population.drives
        assert isinstance(drive, PoissonDrive)
        rates = np.full(population.size, float(drive.rate / Hz)) * Hz
        populations.append(replace(population, drive=replace(drive, rate=rates)))
    return bnsim.Network(populations, network.projections)


def _simulated(config: Config, point: tuple[float, float], dt: float, seed: int, duration: int) -> Recording:
    simulator = rates_as_data(network(config, point, dt)).compile(dt=dt * ms)
    start, _ = simulator.run_for(simulator.initial_state(key=seed), WARM_UP * ms)
    _, recording = simulator.run_for(start, duration * ms, record=[bnsim.Spikes("E"), bnsim.Spikes("I")])
    return recording


def _point(config: Config, point: tuple[float, float], seed: int) -> Iterator[Measurement]:
    """Measure a point of the phase diagram, and state what theory says of it."""
    facts: dict[str, Any] = {"g": point[0], "eta": point[1], **_size(config)}
    dt = config.steps[0]
    yield from state(_simulated(config, point, dt, seed, BRIEF), facts)
    rate = settled(point, config.inputs, weight(config), dt)
    yield CLASSIC["theory_at"](rate, **facts)
    yield CLASSIC["input_at"](moments(rate, point, config.inputs, weight(config))[0], **facts)


def deviation(config: Config, rows: list[Measurement]) -> Iterator[Measurement]:
    """Compare the rates in AI with theory.

    Parameters
    ----------
    config
        Options of the experiment.
    rows
        What was measured at all points of the phase diagram.

    Yields
    ------
    Measurement
        One at most: none where no point is in AI at a rate above 0 in theory.
    """
    held: dict[str, dict[tuple[float, float], float]] = {"rate_at": {}, "theory_at": {}, "share_at": {}}
    for row in rows:
        if row.metric in held and row.facts.get("regime", "AI") == "AI":
            held[row.metric][float(row.facts["g"]), float(row.facts["eta"])] = row.value
    in_ai = [point for point, share in held["share_at"].items() if share and held["theory_at"][point]]
    found = [held["rate_at"][point] / held["theory_at"][point] - 1 for point in in_ai]
    if found:
        yield CLASSIC["theory_deviation"](np.sqrt(np.mean(np.square(found))), **_size(config))


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
    rates = activity(recording, BIN)
    frequencies, density = welch(rates, 1e3 / BIN, nperseg=round(WINDOW / BIN))
    yield CLASSIC["frequency"](peak(frequencies, density), **_facts(config, regime, recording))
    chosen = (frequencies >= LOWEST) & (frequencies <= HIGHEST)
    for frequency, value in zip(frequencies[chosen], density[chosen], strict=True):
        yield CLASSIC["spectrum"](value, step=round(frequency), regime=regime)
    if seed == 0:
        yield from _shown(config, regime, rates, recording.spike_times("E"))


def _facts(config: Config, regime: str, recording: Recording) -> dict[str, Any]:
    return {"regime": regime, **_size(config), "dt": round(recording.dt * 1e3, 9)}


def _size(config: Config) -> dict[str, Any]:
    return {"neurons": config.neurons, "inputs": config.inputs}


def _firing(config: Config, regime: str, recording: Recording) -> Iterator[Measurement]:
    """Yield rate and variation."""
    facts, spikes = _facts(config, regime, recording), sum(counts.sum() for counts in recording.counts.values())
    yield CLASSIC["rate"](spikes * 1e3 / (config.neurons * config.duration), **facts)
    yield from mean_of_defined(CLASSIC["variation"], variation(recording), **facts)


def _shown(config: Config, regime: str, rates: FloatArray, excitatory: SpikeTimes) -> Iterator[Measurement]:
    """Yield the activity and the spikes of some neurons at the end of the simulation."""
    for place, value in enumerate(rates[-round(SHOWN / BIN) :]):
        yield CLASSIC["activity"](value, step=place, regime=regime)
    first = round((WARM_UP + config.duration - SHOWN) / TICK)
    steps = np.round(excitatory.time * 1e3 / TICK).astype(int) - first
    chosen = (steps >= 0) & (excitatory.unit < CELLS)
    for step, unit in zip(steps[chosen], excitatory.unit[chosen], strict=True):
        yield CLASSIC["spike"](1, step=step, regime=regime, neuron=unit)
