"""Measure single units at constant inputs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bnsim.arrays import FloatArray
from experiments.shared import random_networks
from experiments.shared.random_networks import REFRACTORY, TAU, THRESHOLD, neuron
from experiments.spec import Measurement, Metric, Outcome, Progress, Untrained
from experiments.studies.transfer import STUDY, Config

DT = 0.1
"""Time step, in ms."""
SOURCES = 200
"""Number of Poisson inputs of each sign: enough that each rarely fires twice in one time step."""
JUMP = 0.2
"""Change of the membrane potential caused by one of their spikes, in mV: small compared with the threshold, as the
diffusion approximation requires."""
FINER = 8
"""Number of inputs at which the theory is evaluated, for each one at which the unit is measured."""
TRIAL = 0.5
"""Duration of a trial of the noisy neuron, in s."""
ACTIVATIONS = {"sigmoid": lambda x: 1 / (1 + np.exp(-x)), **random_networks.ACTIVATIONS}


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Measure one unit at every input.

    Parameters
    ----------
    config
        Options of the study.
    subject
        The unit, with its seed.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    inputs = np.linspace(-config.limit, config.limit, config.points)
    fine = np.linspace(-config.limit, config.limit, FINER * (config.points - 1) + 1)
    if subject.model == "lif":
        response, theory = _lif(inputs, config.seconds), _analytic(fine)
    elif subject.model == "noisy-lif":
        response, theory = _noisy(inputs, config, subject.seed, progress), _siegert(fine, config.noise)
    else:
        response, theory = ACTIVATIONS[subject.model](inputs), None
    measurements = [*_by_input(STUDY["response"], inputs, response)]
    if theory is not None:
        measurements += _by_input(STUDY["theory"], fine, theory)
        error = 100 * np.abs(response - theory[::FINER]).max() / theory.max()
        measurements.append(STUDY["theory_error"](error))
    at_5, at_20, at_80 = (_reached(inputs, response, share) for share in (0.05, 0.2, 0.8))
    measurements += [STUDY["gain"](0.6 / (at_80 - at_20)), STUDY["threshold"](at_5)]
    return Outcome(1, 0, tuple(measurements))


def _by_input(metric: Metric, inputs: FloatArray, values: FloatArray) -> Iterator[Measurement]:
    return (metric(value, input=x) for x, value in zip(inputs, values, strict=True))


def _reached(inputs: FloatArray, response: FloatArray, share: float) -> float:
    """Return the input at which the response first reaches a share of its range, interpolated linearly."""
    risen = (response - response.min()) / np.ptp(response)
    after = int(np.argmax(risen >= share))
    return float(np.interp(share, risen[after - 1 : after + 1], inputs[after - 1 : after + 1]))


def _analytic(inputs: FloatArray) -> FloatArray:
    from experiments.shared.mean_field import lif_rate

    return np.array([lif_rate(THRESHOLD * x, THRESHOLD, TAU / 1e3, REFRACTORY / 1e3) for x in inputs])


def _siegert(inputs: FloatArray, noise: float) -> FloatArray:
    from experiments.shared.mean_field import siegert_rate

    sigma = np.sqrt(2) * noise
    return np.array([siegert_rate(THRESHOLD * x, sigma, THRESHOLD, TAU / 1e3, REFRACTORY / 1e3) for x in inputs])


def _lif(inputs: FloatArray, seconds: float) -> FloatArray:
    """Return rates (Hz) without noise, from one neuron for each input."""
    from brian2.units import ms, second

    import bnsim

    cells = bnsim.Population("cells", len(inputs), neuron(), bnsim.ConstantCurrent(neuron().rheobase))
    simulator = bnsim.Network([cells]).compile(trial=seconds * second, dt=DT * ms)
    _, recording = simulator.run(simulator.initial_state(0), inputs[None])
    return recording.counts["cells"][0] / seconds


def _noisy(inputs: FloatArray, config: Config, seed: int, progress: Progress) -> FloatArray:
    """Return rates (Hz) with noise, from one neuron that receives one input after another."""
    from brian2.units import Hz, ms, mV, second

    import bnsim

    repeats = max(1, round(config.seconds / TRIAL))
    # A source fires in a time step with probability p, so the jumps of N sources of each sign have the variance
    # 2 N J² p (1 - p) per step. As they decay with tau, the free membrane potential has that variance divided by
    # 1 - exp(-2 dt / tau).
    wanted = config.noise**2 * (1 - np.exp(-2 * DT / TAU)) / (2 * SOURCES * JUMP**2)
    probability = (1 - np.sqrt(1 - 4 * wanted)) / 2
    rate = probability / (DT / 1e3)
    network = bnsim.Network(
        [
            bnsim.Population("excitation", SOURCES, bnsim.Poisson(rate * Hz)),
            bnsim.Population("inhibition", SOURCES, bnsim.Poisson(rate * Hz)),
            bnsim.Population("cells", 1, neuron(), bnsim.ConstantCurrent(neuron().rheobase)),
        ],
        [
            bnsim.Projection("excitation", "cells", bnsim.Delta(), weights=JUMP * mV),
            bnsim.Projection("inhibition", "cells", bnsim.Delta(), weights=-JUMP * mV),
        ],
    )
    simulator = network.compile(trial=TRIAL * second, dt=DT * ms)
    state, on = simulator.initial_state(seed), np.ones((repeats, SOURCES))
    rates = []
    for number, x in enumerate(inputs):
        trials = number * repeats + np.arange(repeats)
        stimulus = {"excitation": on, "inhibition": on, "cells": np.full((repeats, 1), x)}
        _, recording = simulator.run(state, stimulus, seed, trials=trials)
        rates.append(recording.counts["cells"].sum() / (repeats * TRIAL))
        progress(number + 1, len(inputs))
    return np.array(rates)
