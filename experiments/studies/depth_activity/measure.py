"""Does activity survive the way through many layers, or does it die out or saturate?

Random feed-forward networks without training: Gaussian inputs to artificial ones, Poisson spikes of different rates to
spiking ones (LIF, delta synapses). The weights' scale is swept: weights into a layer of n units have variance
scale² / n, in a spiking network in units of the threshold. Published initialisations are points on this axis.

Metrics
-------
activity           of a layer (`step`, 0 being the input) at a weight scale (condition "scale=.."): root mean square of
                   the activations, or mean firing rate (Hz)
activity_spread    standard deviation over the units of their mean activity
silent_share       fraction of the units that answer no input at all
theory             artificial: root mean square that the mean-field recursion q' = scale² E[f(sqrt(q) z)²] predicts
activity_kept      activity of the last layer over that of the input; at the scale of a published initialisation with
                   its name (condition "initialisation=..")
living_scale       smallest of the scales at which the last layer keeps 1 % of the input's activity

Initialisations
---------------
glorot, critical   variance 1 / n (scale 1): Glorot & Bengio 2010 with equally many units before and after; critical for
                   tanh without bias (Poole et al. 2016)
he                 variance 2 / n (scale sqrt(2)), for ReLU: He et al. 2015
micheli            variance 1 / (n P(u > threshold)), u normal with the threshold as its standard deviation: scale 2.51;
                   Micheli et al. 2024
fluctuation        the membrane potential has mean 0 and the threshold lies xi = 1 standard deviations above it at an
                   input rate of 20 Hz: scale 1 / (xi sqrt(rate tau / 2)); Rossbroich et al. 2022
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt

from experiments.shared.mean_field import activation_sizes
from experiments.shared.random_networks import ACTIVATIONS, INPUT_RATE, TAU, SpikingLayers, layers
from experiments.spec import Measurement, Outcome, Untrained, condition, curve

INITIALISATIONS = {
    "tanh": {"glorot": 1.0, "critical": 1.0, "he": np.sqrt(2)},
    "relu": {"glorot": 1.0, "he": np.sqrt(2)},
    "lif": {"micheli": 1 / np.sqrt(0.15865525393145707), "fluctuation": 1 / np.sqrt(INPUT_RATE * TAU / 2e3)},
}
"""Network -> initialisation -> scale."""
LIVING = 0.01
"""Share of the input's activity that a living network keeps to the last layer."""


class Config(BaseModel):
    """width, depth: units of a layer, layers. scales: of the weights. samples: inputs. duration: of a trial of the
    spiking networks, in ms."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: PositiveInt
    depth: PositiveInt
    scales: tuple[PositiveFloat, ...]
    samples: PositiveInt
    duration: PositiveFloat


PRESETS = {
    "quick": Config(width=200, depth=20, scales=(0.7, 1.0, 1.4, 2.0, 2.8, 4.0), samples=5, duration=200),
    "full": Config(
        width=500,
        depth=20,
        scales=(0.5, 0.7, 0.85, 1.0, 1.2, 1.4, 1.7, 2.0, 2.4, 2.8, 3.4, 4.0),
        samples=20,
        duration=500,
    ),
}


def run(config: Config, subject: Untrained, progress: Callable[[int, int], None]) -> Outcome:
    """Send inputs through one kind of network at every scale."""
    named = INITIALISATIONS[subject.model]
    scales = sorted({*config.scales, *map(float, named.values())})
    measure = _spiking(config, subject.seed) if subject.model == "lif" else _artificial(config, subject)
    rows: list[Measurement] = []
    kept: dict[float, float] = {}
    for number, scale in enumerate(scales):
        found = list(measure(scale))
        kept[scale] = found[-1][0] / found[0][0]
        rows += _rows(found, "Hz" if subject.model == "lif" else "activation", condition(scale=scale))
        if subject.model != "lif":
            theory = activation_sizes(found[0][0], config.depth, scale, ACTIVATIONS[subject.model])
            rows += curve("theory", theory, "activation", condition(scale=scale))
        rows.append(Measurement("activity_kept", kept[scale], "", condition(scale=scale)))
        progress(number + 1, len(scales))
    rows += [
        Measurement("activity_kept", kept[float(scale)], "", condition(initialisation=name))
        for name, scale in named.items()
    ]
    living = [scale for scale in scales if kept[scale] >= LIVING]
    rows += [Measurement("living_scale", living[0], "")] if living else []
    return Outcome(1, 0, tuple(rows))


Summary = tuple[float, float, float]
"""Activity, its spread over units, share of silent units."""


def _rows(found: list[Summary], unit: str, place: str) -> Iterator[Measurement]:
    for layer, (activity, spread, silent) in enumerate(found):
        yield Measurement("activity", activity, unit, place, layer)
        yield Measurement("activity_spread", spread, unit, place, layer)
        yield Measurement("silent_share", silent, "fraction", place, layer)


def _artificial(config: Config, subject: Untrained) -> Callable[[float], Iterator[Summary]]:
    x = np.random.default_rng([subject.seed, 0x1A7]).standard_normal((config.samples, config.width))

    def measure(scale: float) -> Iterator[Summary]:
        for activations in (x, *layers(x, config.depth, scale, subject.model, subject.seed)):
            size = float(np.sqrt(np.mean(activations**2)))
            yield size, float(activations.mean(axis=0).std()), float(np.mean((activations == 0).all(axis=0)))

    return measure


def _spiking(config: Config, seed: int) -> Callable[[float], Iterator[Summary]]:
    network = SpikingLayers(config.width, config.duration)
    rates = np.random.default_rng([seed, 0x1A7]).uniform(0, 2 * INPUT_RATE, (config.samples, config.width))
    trains = network.poisson(rates, seed)

    def summary(counts: NDArray[np.integer]) -> Summary:
        found = counts / (config.duration / 1e3)
        return float(found.mean()), float(found.mean(axis=0).std()), float(np.mean((counts == 0).all(axis=0)))

    def measure(scale: float) -> Iterator[Summary]:
        yield summary(np.array([np.bincount(units, minlength=config.width) for _, units in trains]))
        for recording, _ in network.send(trains, config.depth, scale, seed):
            yield summary(recording.counts["cells"])

    return measure
