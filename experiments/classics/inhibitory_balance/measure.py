"""Simulate the network before, during and after plasticity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from brian2.units import Hz, ms, mV, nS, pA, pF, second
from scipy.ndimage import convolve1d

import bnsim
from bnsim.arrays import FloatArray, IntArray
from bnsim.recording import Recording
from experiments.classics.inhibitory_balance import CLASSIC, TAU, Config
from experiments.shared.defined import mean_of_defined
from experiments.spec import Measurement, Outcome, Progress, Untrained

INPUTS = 200
"""Inputs of each neuron, on average: 0.02 of 10,000."""
WINDOW, PART = 8, 100
"""Half the window of coincidences, in time constants of the rule, and inhibitory neurons that are looked at at once."""
BEFORE = 1
"""Time without plasticity, in s."""
BIN, WEIGHT_BIN = 0.1, 0.5
"""Bins of the activity (s) and of the weights (nS)."""
SHOWN, SHOWN_STEP, CELLS = 0.2, 0.1, 100
"""Time (s) and resolution (ms) of the raster, and its neurons."""
SAMPLED = 50
"""Neurons whose currents are measured."""
CURRENT, EXCITATORY, INHIBITORY = 200.0, 0.0, -80.0
"""Constant current (pA), and reversal potentials (mV)."""


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
    # A simulation takes as long as it has steps.
    costs = [round(1000 * min(config.steps) / dt) * (BEFORE + config.duration) for dt in config.steps]
    rows: list[Measurement] = []
    for number, dt in enumerate(config.steps):

        def shown(seconds: int, number: int = number) -> None:
            done = sum(costs[:number]) + costs[number] * seconds // (BEFORE + config.duration)
            progress(done, sum(costs))

        simulation = Simulation(config, dt, subject.seed, shown)
        for plasticity, recording in (("before", simulation.before), ("after", simulation.after)):
            rows += _measured(config, dt, plasticity, recording, simulation.synapses)
            if number == 0 and subject.seed == 0:
                rows += _shown(plasticity, recording)
        if number == 0:
            rows += _activity([simulation.before, *simulation.learning, simulation.after])
            rows += _weights(simulation.weights)
    return Outcome(1, 0, tuple(rows))


class Simulation:
    """The network from its beginning to the end of plasticity, and what was recorded.

    Parameters
    ----------
    config
        Options of the experiment.
    dt
        Time step in ms.
    seed
        Seed of connections and initial potentials.
    shown
        Receives the number of seconds that have been simulated.

    Attributes
    ----------
    before, after
        Spikes, and traces of some excitatory neurons, without plasticity and in the last quarter of the time with it.
    learning
        Spikes of the time between, second by second.
    weights
        Weights of the plastic synapses at the end, in nS.
    synapses
        Their inhibitory and excitatory neurons.
    """

    def __init__(self, config: Config, dt: float, seed: int, shown: Callable[[int], None]) -> None:
        simulator = network(config, dt).compile(dt=dt * ms)
        spikes = [bnsim.Spikes("E"), bnsim.Spikes("I")]
        sampled = range(SAMPLED)
        traces = [bnsim.Trace("E", name, sampled, 1 * ms) for name in ("v", "E_to_E_g", "I_to_E_g")]
        state = simulator.initial_state(key=seed)
        state, self.before = simulator.run_for(state, BEFORE * second, plastic=False, record=[*spikes, *traces])
        shown(BEFORE)
        last = config.duration // 4
        self.learning: list[Recording] = []
        for done in range(config.duration - last):
            state, recording = simulator.run_for(state, 1 * second, record=spikes)
            self.learning.append(recording)
            shown(BEFORE + done + 1)
        state, self.after = simulator.run_for(state, last * second, record=[*spikes, *traces])
        shown(BEFORE + config.duration)
        self.weights: FloatArray = state.weights("I_to_E", nS)
        self.synapses: tuple[IntArray, IntArray] = (state["I_to_E.source"], state["I_to_E.target"])


def network(config: Config, dt: float) -> bnsim.Network:
    """Return the network.

    Parameters
    ----------
    config
        Options of the experiment.
    dt
        Time step in ms.

    Returns
    -------
    Network
        Excitatory neurons E and inhibitory neurons I.
    """
    cell = bnsim.ConductanceLIF(
        c_m=200 * pF,
        g_leak=10 * nS,
        e_leak=-60 * mV,
        v_threshold=-50 * mV,
        v_reset=-60 * mV,
        refractory=(5 + dt) * ms,
    )
    excite = bnsim.ExponentialConductance(tau=5 * ms, reversal=EXCITATORY * mV)
    inhibit = bnsim.ExponentialConductance(tau=10 * ms, reversal=INHIBITORY * mV)
    rule = bnsim.VogelsSTDP(
        tau_stdp=TAU * ms,
        target_rate=1e3 * config.alpha / (2 * TAU) * Hz,
        learning_rate=config.eta,
        scale=1 * nS,
        w_max=100 * nS,
    )
    random = bnsim.FixedProbability(INPUTS / config.neurons)
    sizes = {"E": config.neurons * 4 // 5, "I": config.neurons // 5}
    drive, initial = bnsim.Current(CURRENT * pA), {"v": bnsim.Uniform(-60 * mV, -50 * mV)}
    return bnsim.Network(
        [bnsim.Population(name, size, cell, drive=drive, initial=initial) for name, size in sizes.items()],
        [
            bnsim.Projection("E", "E", excite, 0.3 * nS, random),
            bnsim.Projection("E", "I", excite, 0.3 * nS, random),
            bnsim.Projection("I", "I", inhibit, 3 * nS, random),
            bnsim.Projection("I", "E", inhibit, 0 * nS, random, plasticity=rule),
        ],
    )


def _measured(
    config: Config, dt: float, plasticity: str, recording: Recording, synapses: tuple[IntArray, IntArray]
) -> Iterator[Measurement]:
    facts: dict[str, Any] = {"plasticity": plasticity, "alpha": config.alpha, "dt": dt}
    rates = recording.counts["E"][0] / recording.duration
    yield CLASSIC["rate"](rates.mean(), **facts)
    yield CLASSIC["rate_deviation"](rates.std(), **facts)
    variation = bnsim.measures.coefficient_of_variation(recording, "E")
    yield from mean_of_defined(CLASSIC["variation"], variation, **facts)
    relative = coincidences(recording, *synapses)
    yield CLASSIC["coincidences"](relative, **facts)
    yield CLASSIC["effective_rate"](rates.mean() * relative, **facts)
    excitation, inhibition = currents(recording)
    yield CLASSIC["balance"]((-inhibition.mean(axis=0) / excitation.mean(axis=0)).mean(), **facts)


def coincidences(recording: Recording, inhibitory: IntArray, excitatory: IntArray) -> float:
    """Return how often connected neurons fire together, relative to independent trains with the same rates.

    Parameters
    ----------
    recording
        Spikes of E and I.
    inhibitory, excitatory
        The neurons of each synapse (synapse,).

    Returns
    -------
    float
        Sum over all synapses of exp(-|t| / tau) for each pair of spikes that are t apart, counted in bins of a
        millisecond, over its expectation; NaN without spikes.
    """
    lags = np.arange(-round(WINDOW * TAU), round(WINDOW * TAU) + 1)
    kernel = np.exp(-np.abs(lags) / TAU).astype(np.float32)
    first, second = (recording.binned(name, 1 * ms)[0].T.astype(np.float32) for name in ("I", "E"))
    found = expected = 0.0
    for start in range(0, len(first), PART):
        part = first[start : start + PART]
        chosen = (inhibitory >= start) & (inhibitory < start + len(part))
        pairs = excitatory[chosen], inhibitory[chosen] - start
        found += (second @ convolve1d(part, kernel, axis=1, mode="constant").T)[pairs].sum(dtype=float)
        expected += np.outer(second.sum(axis=1), part.sum(axis=1))[pairs].sum(dtype=float)
    return float(found * first.shape[1] / (expected * kernel.sum())) if expected else float("nan")


def currents(recording: Recording) -> tuple[FloatArray, FloatArray]:
    """Return the currents into the sampled neurons.

    Parameters
    ----------
    recording
        With traces of the potential and of both conductances.

    Returns
    -------
    excitation, inhibition
        Currents (sample, neuron) in nA, the constant current being part of the excitation.
    """
    v, excitatory, inhibitory = (
        recording.trace("E", name).values[0] * factor
        for name, factor in (("v", 1e3), ("E_to_E_g", 1e9), ("I_to_E_g", 1e9))
    )
    # nS times mV are pA.
    excitation = (excitatory * (EXCITATORY - v) + CURRENT) / 1e3
    return excitation, inhibitory * (INHIBITORY - v) / 1e3


def _shown(plasticity: str, recording: Recording) -> Iterator[Measurement]:
    """Yield the spikes of some neurons and the currents of one at the end of a recording."""
    spikes = recording.spike_times("E")
    first = recording.start + recording.duration - SHOWN
    steps = np.round((spikes.time - first) * 1e3 / SHOWN_STEP).astype(int)
    chosen = (steps >= 0) & (spikes.unit < CELLS)
    for step, unit in zip(steps[chosen], spikes.unit[chosen], strict=True):
        yield CLASSIC["spike"](1, step=step, plasticity=plasticity, neuron=unit)
    for kind, current in zip(("excitatory", "inhibitory"), currents(recording), strict=True):
        yield from CLASSIC["current"].curve(current[-round(1e3 * SHOWN) :, 0], plasticity=plasticity, kind=kind)


def _activity(recordings: list[Recording]) -> Iterator[Measurement]:
    for population in ("E", "I"):
        counts = np.concatenate([recording.binned(population, BIN)[0] for recording in recordings])
        yield from CLASSIC["activity"].curve(counts.mean(axis=1) / BIN, population=population)


def _weights(weights: FloatArray) -> Iterator[Measurement]:
    return CLASSIC["weights"].curve(np.bincount((weights / WEIGHT_BIN).astype(int)) / len(weights))
