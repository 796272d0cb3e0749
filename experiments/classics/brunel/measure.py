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
from bnsim.recording import Recording, SpikeTimes
from experiments.classics.brunel import CLASSIC, REGIMES, Config
from experiments.spec import Measurement, Outcome, Progress, Untrained

TAU, THRESHOLD, RESET, REFRACTORY, DELAY = 20.0, 20.0, 10.0, 2.0, 1.5
"""Membrane time constant (ms), threshold and reset above rest (mV), refractory period and delay (ms)."""
STEP, WARM_UP = 0.1, 200
"""Time step, and time that is not measured (ms)."""
BIN, WINDOW = 0.5, 512
"""Bin of the activity, and window of its spectrum (ms)."""
SHOWN, CELLS = 200, 50
"""Time in ms and neurons that the figure shows."""
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
    rows: list[Measurement] = []
    for number, regime in enumerate(regimes):
        rows += measured(config, regime, _simulated(config, regime, subject.seed), subject.seed)
        progress(number + 1, len(regimes))
    return Outcome(1, 0, tuple(rows))


def network(config: Config, regime: str) -> bnsim.Network:
    """Return the network in a regime.

    Parameters
    ----------
    config
        Options of the experiment.
    regime
        Name of the regime.

    Returns
    -------
    Network
        Excitatory neurons E and inhibitory neurons I.
    """
    strength, external = REGIMES[regime]
    weight = 0.1 * 1000 / config.inputs
    cell = bnsim.LIF(
        tau_m=TAU * ms,
        v_rest=0 * mV,
        v_threshold=THRESHOLD * mV,
        v_reset=RESET * mV,
        refractory=(REFRACTORY + STEP) * ms,
    )
    # `inputs` trains at `external` times the rate at which the mean input reaches the threshold.
    drive = PoissonDrive(external * 1e3 * THRESHOLD / (weight * TAU) * Hz, weight * mV)
    excitatory, inhibitory = config.neurons * 4 // 5, config.neurons // 5
    sources = {"E": (weight, config.inputs), "I": (-strength * weight, config.inputs // 4)}
    return bnsim.Network(
        [Population("E", excitatory, cell, drive=drive), Population("I", inhibitory, cell, drive=drive)],
        [
            Projection(source, target, Delta(), each * mV, FixedInDegree(degree), delay=DELAY * ms)
            for source, (each, degree) in sources.items()
            for target in "EI"
        ],
    )


def _simulated(config: Config, regime: str, seed: int) -> Recording:
    simulator = network(config, regime).compile(dt=STEP * ms)
    state = simulator.initial_state(key=seed)
    generator = np.random.default_rng([seed, 0xB2])
    potentials = {
        f"{name}.v": generator.uniform(RESET, THRESHOLD, state[f"{name}.v"].shape) / 1e3 for name in ("E", "I")
    }
    state, _ = simulator.run_for(state.replace(potentials), WARM_UP * ms)
    _, recording = simulator.run_for(state, config.duration * ms, record=[bnsim.Spikes("E"), bnsim.Spikes("I")])
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
    facts: dict[str, Any] = {"regime": regime, "neurons": config.neurons, "inputs": config.inputs}
    trains = [recording.spike_times(name) for name in ("E", "I")]
    steps = np.concatenate([np.round(train.time * 1e3 / STEP).astype(int) for train in trains]) - round(WARM_UP / STEP)
    yield CLASSIC["rate"](len(steps) * 1e3 / (config.neurons * config.duration), **facts)
    variation = np.concatenate([bnsim.measures.coefficient_of_variation(recording, name) for name in ("E", "I")])
    if not np.isnan(variation).all():
        yield CLASSIC["variation"](np.nanmean(variation), **facts)
    bins = round(config.duration / BIN)
    activity = np.bincount(steps // round(BIN / STEP), minlength=bins) * 1e3 / (BIN * config.neurons)
    frequencies, density = welch(activity, 1e3 / BIN, nperseg=round(WINDOW / BIN))
    chosen = (frequencies >= LOWEST) & (frequencies <= HIGHEST)
    yield CLASSIC["frequency"](frequencies[chosen][np.argmax(density[chosen])], **facts)
    for frequency, value in zip(frequencies[chosen], density[chosen], strict=True):
        yield CLASSIC["spectrum"](value, step=round(frequency), regime=regime)
    if seed == 0:
        yield from _shown(config, regime, activity, trains[0])


def _shown(config: Config, regime: str, activity: FloatArray, excitatory: SpikeTimes) -> Iterator[Measurement]:
    """Yield the activity and the spikes of some neurons at the end of the simulation."""
    for place, value in enumerate(activity[-round(SHOWN / BIN) :]):
        yield CLASSIC["activity"](value, step=place, regime=regime)
    first = round((WARM_UP + config.duration - SHOWN) / STEP)
    steps = np.round(excitatory.time * 1e3 / STEP).astype(int) - first
    chosen = (steps >= 0) & (excitatory.unit < CELLS)
    for step, unit in zip(steps[chosen], excitatory.unit[chosen], strict=True):
        yield CLASSIC["spike"](1, step=step, regime=regime, neuron=unit)
