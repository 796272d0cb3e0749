"""What becomes of the likeness of two inputs on their way through the layers of a random network?

Two inputs are made with a correlation c; what comes out of each layer has another one. Where it grows to 1, different
inputs end up the same (ordered); where it falls however alike the inputs were, the least difference is blown up
(chaotic); between them lies the critical scale of the weights. Networks are those of `depth-activity`.

Artificial: the inputs are Gaussian and c is their cosine; so is what is measured of activations, as in mean-field
theory. Spiking: the inputs are patterns of Poisson rates, 20 Hz (1 + x / 2) cut at 0, of Gaussian x with correlation
c, and what is measured is Pearson's correlation of spike counts, which is missing where a layer has fallen silent. A
spike count is a step function of its input, so it has no slope at c = 1; in its place stands what comes out for inputs
that are nearly alike. Poisson spikes are noise besides: with common keys both inputs get the same random numbers, so
that equal rates give equal spikes, with independent keys each gets its own, as in life.

Metrics
-------
correlation    of two inputs after a layer (`step`, 0 being the inputs), mean over networks (of artificial ones over ten
               pairs of inputs each), at a weight scale and an input correlation (condition "scale=..,input=..";
               spiking: with "keys=common" or "keys=independent")
theory         artificial: the same of infinitely wide networks
theory_error   artificial: largest difference between the two, over all scales, inputs and layers
slope          artificial: the factor by which the squared distance of two nearly equal activations grows in a layer, at
               the size at which activations settle, the empirical chi (condition "scale=.."): below 1 ordered, above 1
               chaotic. Where activations do not die out, this is the slope of c at c = 1; where they do, c stays as it
               is
slope_theory   chi = scale² E[f'(scale sqrt(q) z)²]
fixed_point    correlation after the last layer, for inputs with the lowest c (condition "scale=..")

References
----------
B. Poole et al., Advances in Neural Information Processing Systems 29 (2016); S. Schoenholz et al., International
Conference on Learning Representations (2017).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from experiments.shared.mean_field import correlations, settled_size, slope_at_one
from experiments.shared.random_networks import ACTIVATIONS, INPUT_RATE, SpikingLayers, layers
from experiments.spec import Measurement, Outcome, Untrained, condition, curve

FloatArray = NDArray[np.floating]
NEAR = 1e-4
"""1 - c of the inputs whose correlations give the slope."""
PAIRS = 10
"""Of inputs to an artificial network: a layer of finite width treats each pair a little differently."""
KEYS = ("common", "independent")


class Config(BaseModel):
    """width, depth: units of a layer, layers. networks: drawn for each seed. scales: of the weights, of artificial
    (tanh) and spiking networks. inputs: correlations of the inputs. duration: of a trial in ms."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: PositiveInt
    depth: PositiveInt
    networks: PositiveInt
    scales: tuple[PositiveFloat, ...]
    spiking_scales: tuple[PositiveFloat, ...]
    inputs: tuple[float, ...] = Field(min_length=1)
    spiking_width: PositiveInt
    spiking_networks: PositiveInt
    duration: PositiveFloat


PRESETS = {
    "quick": Config(
        width=300,
        depth=10,
        networks=5,
        scales=(0.8, 1.0, 1.5, 2.5),
        spiking_scales=(2.0, 2.5, 4.0),
        inputs=(0.5, 0.9, 0.99),
        spiking_width=200,
        spiking_networks=2,
        duration=200,
    ),
    "full": Config(
        width=1000,
        depth=10,
        networks=20,
        scales=(0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 4.0),
        spiking_scales=(2.0, 2.25, 2.5, 2.8, 3.2, 4.0),
        inputs=(0.5, 0.9, 0.99),
        spiking_width=500,
        spiking_networks=10,
        duration=500,
    ),
}


def run(config: Config, subject: Untrained, progress: Callable[[int, int], None]) -> Outcome:
    """Send pairs of inputs through networks of one kind at every scale."""
    if subject.kind == "BNS":
        rows = list(_spiking(config, subject.seed, progress))
    else:
        rows = list(_artificial(config, subject, progress))
    return Outcome(1, 0, tuple(rows))


def _artificial(config: Config, subject: Untrained, progress: Callable[[int, int], None]) -> Iterator[Measurement]:
    activation = ACTIVATIONS[subject.model]
    sizes = [settled_size(scale, activation) for scale in config.scales]
    cosines, slopes = [], []
    for network in range(config.networks):  # all scales of a network at once: they share what is drawn
        cosines.append([_of_network(config, scale, subject, network) for scale in config.scales])
        slopes.append(
            [_slope(config.width, *pair, subject, network) for pair in zip(config.scales, sizes, strict=True)]
        )
        progress(network + 1, config.networks)
    means = (np.mean(cosines, axis=0), np.mean(slopes, axis=0))  # (scale, input, layer) and (scale,)
    largest = 0.0
    for scale, size, found, slope in zip(config.scales, sizes, *means, strict=True):
        for c, measured in zip(config.inputs, found, strict=True):
            theory = correlations(c, 1.0, config.depth, scale, activation)
            largest = max(largest, float(np.abs(measured - theory).max()))
            for metric, values in (("correlation", measured), ("theory", theory)):
                yield from curve(metric, values, "", condition(scale=scale, input=c))
        place, lowest = condition(scale=scale), int(np.argmin(config.inputs))
        yield Measurement("fixed_point", float(found[lowest, -1]), "", place)
        yield Measurement("slope", float(slope), "", place)
        yield Measurement("slope_theory", slope_at_one(size, scale, activation), "", place)
    yield Measurement("theory_error", largest, "")


def _of_network(config: Config, scale: float, subject: Untrained, network: int) -> FloatArray:
    """Cosines (input, layer) of pairs of inputs in one network, mean over pairs; those of the inputs first."""
    x = np.random.default_rng([subject.seed, network, 0xC0]).standard_normal((PAIRS, 2, config.width))
    bases = [_orthonormal(*pair) for pair in x]
    pairs = [(first, c * first + np.sqrt(1 - c**2) * other) for first, other in bases for c in config.inputs]
    signal = np.concatenate(pairs)
    drawn = 1000 * subject.seed + network
    through = [signal, *layers(signal, config.depth, scale, subject.model, drawn)]
    cosines = np.array([[_cosine(a[2 * k], a[2 * k + 1]) for a in through] for k in range(len(pairs))])
    return cosines.reshape(PAIRS, len(config.inputs), -1).mean(axis=0)


def _slope(width: int, scale: float, size: float, subject: Untrained, network: int) -> float:
    first, other = _orthonormal(*np.random.default_rng([subject.seed, network, 0xC1]).standard_normal((2, width)))
    pair = size * np.stack([first, (1 - NEAR) * first + np.sqrt(1 - (1 - NEAR) ** 2) * other])
    (after,) = layers(pair, 1, scale, subject.model, 1000 * subject.seed + network)
    return float(np.sum(np.diff(after, axis=0) ** 2) / np.sum(np.diff(pair, axis=0) ** 2))


def _orthonormal(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two orthogonal vectors with a mean square of 1, so that mixtures have exactly the cosine that is wanted."""
    x = x / np.sqrt(np.mean(x**2))
    y = y - x * np.mean(x * y)
    return x, y / np.sqrt(np.mean(y**2))


def _cosine(x: FloatArray, y: FloatArray) -> float:
    length = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / length if length > 0 else np.nan


def _spiking(config: Config, seed: int, progress: Callable[[int, int], None]) -> Iterator[Measurement]:
    network = SpikingLayers(config.spiking_width, config.duration)
    for number, scale in enumerate(config.spiking_scales):
        for keys in KEYS:
            each = [_of_spikes(config, network, scale, keys, seed, k) for k in range(config.spiking_networks)]
            found = _mean_of_living(np.array(each))
            for c, measured in zip(config.inputs, found, strict=True):
                living = measured[: int(np.isfinite(measured).cumprod().sum())]
                yield from curve("correlation", living, "", condition(scale=scale, input=c, keys=keys))
            lowest = int(np.argmin(config.inputs))
            if np.isfinite(found[lowest, -1]):
                yield Measurement("fixed_point", float(found[lowest, -1]), "", condition(scale=scale, keys=keys))
        progress(number + 1, len(config.spiking_scales))


def _of_spikes(config: Config, network: SpikingLayers, scale: float, keys: str, seed: int, each: int) -> FloatArray:
    """Correlations (input, layer) of spike counts in one network; those of the rates first."""
    x, y = _orthonormal(*np.random.default_rng([seed, each, 0xC2]).standard_normal((2, config.spiking_width)))
    drawn = 1000 * seed + each
    patterns = [x, *(c * x + np.sqrt(1 - c**2) * y for c in config.inputs)]
    rates = INPUT_RATE * np.maximum(1 + np.array(patterns) / 2, 0)
    trains = network.poisson(rates, drawn, common=keys == "common")
    through = [rates, *(layer.counts["cells"] for layer, _ in network.send(trains, config.depth, scale, drawn))]
    return np.array([[_pearson(a[0], a[k]) for a in through] for k in range(1, len(patterns))])


def _mean_of_living(found: FloatArray) -> FloatArray:
    """Mean over networks (the first axis), of those that are not silent; NaN where all are."""
    living = np.isfinite(found)
    total = np.where(living, found, 0).sum(axis=0)
    return np.where(living.any(axis=0), total / np.maximum(living.sum(axis=0), 1), np.nan)


def _pearson(x: FloatArray, y: FloatArray) -> float:
    return _cosine(x - x.mean(), y - y.mean())
