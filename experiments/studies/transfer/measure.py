"""Where does one unit begin to respond to its input, how steeply, and what does noise change?

Units of both kinds get constant inputs over one range. The LIF neuron's input is given in units of its rheobase (the
distance from rest to threshold, over the membrane's resistance), so that 1 is where it begins to fire; an artificial
unit's input is what its activation function is given. The noisy neuron gets, besides, excitatory and inhibitory Poisson
spikes that cancel on average and shake its membrane potential as white noise would. No task and no training is
involved. A rate and an activation have no common unit: gain and threshold are told by the share of the response's own
range.

The neuron is that of textbooks: tau 10 ms, threshold 15 mV above rest, reset to rest, 2 ms refractory; steps of 0.1 ms.

Metrics
-------
response         firing rate (Hz) or activation at an input (condition "input=..")
theory           LIF: the analytic rate; noisy LIF: Siegert's rate, exact for white noise of vanishing steps; at eight
                 times as many inputs, for a smooth line
theory_error     largest difference between the two over the inputs, in per cent of the largest rate
gain             between 20 % and 80 % of the response's range: share of the range by which the response rises for each
                 unit of input
threshold        input at which the response has risen by 5 % of its range
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from experiments.shared import random_networks
from experiments.shared.random_networks import REFRACTORY, TAU, THRESHOLD, neuron
from experiments.spec import Measurement, Outcome, Untrained, condition

DT = 0.1
"""Time step, in ms."""
SOURCES = 200
"""Poisson inputs of each sign, so many that each rarely fires twice in one step."""
JUMP = 0.2
"""Of the membrane potential by one of their spikes, in mV: small beside the threshold, as a diffusion needs."""

FINER = 8
"""Inputs at which theory is evaluated, for each at which the unit is measured."""


class Config(BaseModel):
    """points: inputs over the range from -limit to limit. noise: standard deviation (mV) of the noisy neuron's free
    membrane potential. seconds: simulated at each input, of the noisy neuron in trials of half a second."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: PositiveInt = Field(ge=5)
    limit: PositiveFloat
    noise: PositiveFloat
    seconds: PositiveFloat


PRESETS = {
    "quick": Config(points=31, limit=3.0, noise=3.0, seconds=2.0),
    "full": Config(points=61, limit=3.0, noise=3.0, seconds=20.0),
}


def run(config: Config, subject: Untrained, progress: Callable[[int, int], None]) -> Outcome:
    """Measure one unit at every input."""
    inputs = np.linspace(-config.limit, config.limit, config.points)
    fine = np.linspace(-config.limit, config.limit, FINER * (config.points - 1) + 1)
    unit = "Hz" if subject.kind == "BNS" else "activation"
    if subject.model == "lif":
        response, theory = _lif(inputs, config.seconds), _analytic(fine)
    elif subject.model == "noisy-lif":
        response, theory = _noisy(inputs, config, subject.seed, progress), _siegert(fine, config.noise)
    else:
        response, theory = ACTIVATIONS[subject.model](inputs), None
    rows = _curve("response", inputs, response, unit)
    if theory is not None:
        rows += _curve("theory", fine, theory, unit)
        error = 100 * np.abs(response - theory[::FINER]).max() / theory.max()
        rows.append(Measurement("theory_error", float(error), "%"))
    at_5, at_20, at_80 = (_reached(inputs, response, share) for share in (0.05, 0.2, 0.8))
    rows.append(Measurement("gain", 0.6 / (at_80 - at_20), ""))
    rows.append(Measurement("threshold", at_5, ""))
    return Outcome(1, 0, tuple(rows))


def _curve(metric: str, inputs: NDArray[np.float64], values: NDArray[np.float64], unit: str) -> list[Measurement]:
    places = (condition(input=float(x)) for x in inputs)
    return [Measurement(metric, float(value), unit, place) for place, value in zip(places, values, strict=True)]


ACTIVATIONS = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    **random_networks.ACTIVATIONS,
}


def _reached(inputs: NDArray[np.float64], response: NDArray[np.float64], share: float) -> float:
    """Where the response first stands at a share of its range, on straight lines between the points."""
    risen = (response - response.min()) / np.ptp(response)
    after = int(np.argmax(risen >= share))
    return float(np.interp(share, risen[after - 1 : after + 1], inputs[after - 1 : after + 1]))


def _analytic(inputs: NDArray[np.float64]) -> NDArray[np.float64]:
    from experiments.shared.mean_field import lif_rate

    return np.array([lif_rate(THRESHOLD * x, THRESHOLD, TAU / 1e3, REFRACTORY / 1e3) for x in inputs])


def _siegert(inputs: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    from experiments.shared.mean_field import siegert_rate

    sigma = np.sqrt(2) * noise
    return np.array([siegert_rate(THRESHOLD * x, sigma, THRESHOLD, TAU / 1e3, REFRACTORY / 1e3) for x in inputs])


def _lif(inputs: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
    """Rates without noise: a neuron for each input."""
    from brian2.units import ms, second

    import bnsim

    cells = bnsim.Population("cells", len(inputs), neuron(), bnsim.ConstantCurrent(neuron().rheobase))
    simulator = bnsim.Network([cells]).compile(trial=seconds * second, dt=DT * ms)
    _, recording = simulator.run(simulator.initial_state(0), inputs[None])
    return recording.counts["cells"][0] / seconds


def _noisy(
    inputs: NDArray[np.float64], config: Config, seed: int, progress: Callable[[int, int], None]
) -> NDArray[np.float64]:
    """Rates with noise: one neuron, an input after the other."""
    from brian2.units import Hz, ms, mV, second

    import bnsim

    trial = 0.5
    repeats = max(1, round(config.seconds / trial))
    # A source fires in a step or not: jumps of both signs, each with probability p, have the variance 2 N J² p (1 - p).
    # Decaying with tau over steps of dt, they add up to a free variance of that, over 1 - exp(-2 dt / tau).
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
    simulator = network.compile(trial=trial * second, dt=DT * ms)
    state, on = simulator.initial_state(seed), np.ones((repeats, SOURCES))
    rates = []
    for number, x in enumerate(inputs):
        trials = number * repeats + np.arange(repeats)
        stimulus = {"excitation": on, "inhibition": on, "cells": np.full((repeats, 1), x)}
        _, recording = simulator.run(state, stimulus, seed, trials=trials)
        rates.append(recording.counts["cells"].sum() / (repeats * trial))
        progress(number + 1, len(inputs))
    return np.array(rates)
