"""Simulate neurons whose inputs learn, for several rates of the inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
from brian2.units import Hz, ms, mV, second

import bnsim
from bnsim.arrays import FloatArray
from bnsim.recording import Recording
from experiments.classics.synaptic_competition import BINS, CLASSIC, PARTS, Config
from experiments.shared.defined import mean_of_defined
from experiments.spec import Measurement, Outcome, Progress, Untrained

INPUTS, INHIBITORY_INPUTS = 1000, 200
G_MAX, G_INHIBITORY = 0.015, 0.05
"""Largest excitatory weight and the inhibitory one, relative to the leak."""
TAU, A_PLUS, RATIO = 20.0, 0.005, 1.05
"""Time constants of the rule (ms), its strengthening, and the ratio of weakening to it."""
BEFORE = 10
"""Time without plasticity, in s."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate the cells with each time step and input rate.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The network, with the seed of spikes and initial weights.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    costs = [round(1000 * min(config.steps) / dt) for dt in config.steps for _ in config.input_rates]
    total, done = PARTS * sum(costs), 0
    rows: list[Measurement] = []
    simulators = {dt: network(config, dt).compile(dt=dt * ms) for dt in config.steps}
    for cost, (dt, input_rate) in zip(costs, product(config.steps, config.input_rates), strict=True):

        def shown(cost: int = cost) -> None:
            nonlocal done
            done += cost
            progress(done, total)

        rows += _measured(config, simulators[dt], dt, input_rate, subject.seed, shown)
    return Outcome(1, 0, tuple(rows))


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
        Excitatory inputs and cells; the inputs fire at their highest rate where their stimulus is 1.
    """
    cell = bnsim.LIF(tau_m=20 * ms, v_rest=-70 * mV, v_threshold=-54 * mV, v_reset=-60 * mV)
    excite = bnsim.ExponentialConductance(tau=5 * ms, reversal=0 * mV)
    inhibit = bnsim.ExponentialConductance(tau=5 * ms, reversal=-70 * mV)
    rule = bnsim.PairSTDP(
        tau_plus=TAU * ms,
        tau_minus=TAU * ms,
        a_plus=A_PLUS,
        a_minus=RATIO * A_PLUS * np.exp(dt / TAU),
        w_max=G_MAX,
    )
    drive = bnsim.PoissonDrive(10 * Hz, G_INHIBITORY, INHIBITORY_INPUTS, inhibit)
    return bnsim.Network(
        [
            bnsim.Population("input", INPUTS, bnsim.Poisson(max(config.input_rates) * Hz)),
            bnsim.Population("cells", config.cells, cell, drive=drive),
        ],
        [bnsim.Projection("input", "cells", excite, bnsim.Uniform(0, G_MAX), plasticity=rule)],
    )


def _measured(
    config: Config, simulator: bnsim.Simulator, dt: float, input_rate: float, seed: int, shown: Callable[[], None]
) -> Iterator[Measurement]:
    stimulus = np.full(INPUTS, input_rate / max(config.input_rates))
    extremes = min(config.input_rates), max(config.input_rates)
    state = simulator.initial_state(key=seed)
    for part in range(PARTS + 1):
        length = config.duration // PARTS if part else BEFORE
        record = [bnsim.Spikes("cells")]
        state, recording = simulator.run_for(state, length * second, stimulus, plastic=part > 0, record=record)
        weights = state.weights("input_to_cells", 1, matrix=True) / G_MAX
        time = part * config.duration // PARTS
        yield from _of_part(recording, weights, input_rate=input_rate, dt=dt, time=time)
        if dt == config.steps[0] and input_rate in extremes:
            shares = np.histogram(weights, BINS, (0, 1))[0] / weights.size
            yield from CLASSIC["distribution"].curve(shares, input_rate=input_rate, time=time)
        if part:
            shown()


def _of_part(recording: Recording, weights: FloatArray, **facts: Any) -> Iterator[Measurement]:
    """Yield what the spikes of a part and the weights (input, cell) after it say, relative to the largest weight."""
    yield CLASSIC["rate"](recording.counts["cells"].mean() / recording.duration, **facts)
    yield from mean_of_defined(
        CLASSIC["variation"], bnsim.measures.coefficient_of_variation(recording, "cells"), **facts
    )
    yield CLASSIC["weak"]((weights < 0.1).mean(), **facts)
    yield CLASSIC["strong"]((weights > 0.9).mean(), **facts)
    yield CLASSIC["likeness"](likeness(weights), **facts)


def likeness(weights: FloatArray) -> float:
    """Return how much the weights of cells with the same inputs are alike.

    Parameters
    ----------
    weights
        Weights (input, cell).

    Returns
    -------
    float
        Mean over all pairs of cells of the correlation of their weights.
    """
    return float(np.corrcoef(weights.T)[np.triu_indices(weights.shape[1], 1)].mean())
