"""Send pairs of inputs through random networks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bnsim.arrays import FloatArray
from experiments.shared.mean_field import correlations, settled_size, slope_at_one
from experiments.shared.random_networks import ACTIVATIONS, INPUT_RATE, SpikingLayers, layers
from experiments.spec import Measurement, Outcome, Progress, Untrained
from experiments.studies.correlation_map import KEYS, STUDY, Config

NEAR = 1e-4
"""1 - c of the inputs whose responses give the slope."""
PAIRS = 10
"""Number of pairs of inputs to an artificial network: a layer of finite width treats each a little differently."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Send pairs of inputs through networks of one kind at every scale.

    Parameters
    ----------
    config
        Options of the study.
    subject
        Kind of network, with its seed.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    if subject.kind == "BNS":
        return Outcome(1, 0, tuple(_spiking(config, subject.seed, progress)))
    return Outcome(1, 0, tuple(_artificial(config, subject, progress)))


def _artificial(config: Config, subject: Untrained, progress: Progress) -> Iterator[Measurement]:
    activation = ACTIVATIONS[subject.model]
    sizes = [settled_size(scale, activation) for scale in config.scales]
    cosines, slopes = [], []
    for network in range(config.networks):  # all scales of a network at once: they share the random numbers
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
            yield from STUDY["correlation"].curve(measured, scale=scale, input=c)
            yield from STUDY["theory"].curve(theory, scale=scale, input=c)
        yield STUDY["fixed_point"](found[np.argmin(config.inputs), -1], scale=scale)
        yield STUDY["slope"](slope, scale=scale)
        yield STUDY["slope_theory"](slope_at_one(size, scale, activation), scale=scale)
    yield STUDY["theory_error"](largest)


def _of_network(config: Config, scale: float, subject: Untrained, network: int) -> FloatArray:
    """Return cosines (input, layer) in one network, averaged over pairs; layer 0 is the inputs."""
    x = np.random.default_rng([subject.seed, network, 0xC0]).standard_normal((PAIRS, 2, config.width))
    bases = [_orthonormal(*pair) for pair in x]
    pairs = [(first, c * first + np.sqrt(1 - c**2) * other) for first, other in bases for c in config.inputs]
    signal = np.concatenate(pairs)
    drawn = 1000 * subject.seed + network
    through = [signal, *layers(signal, config.depth, scale, subject.model, drawn)]
    cosines = np.array([[_cosine(a[2 * k], a[2 * k + 1]) for a in through] for k in range(len(pairs))])
    return cosines.reshape(PAIRS, len(config.inputs), -1).mean(axis=0)


def _slope(width: int, scale: float, size: float, subject: Untrained, network: int) -> float:
    """Return the growth of the squared distance of two nearly equal activations of this size in one layer."""
    first, other = _orthonormal(*np.random.default_rng([subject.seed, network, 0xC1]).standard_normal((2, width)))
    pair = size * np.stack([first, (1 - NEAR) * first + np.sqrt(1 - (1 - NEAR) ** 2) * other])
    (after,) = layers(pair, 1, scale, subject.model, 1000 * subject.seed + network)
    return float(np.sum(np.diff(after, axis=0) ** 2) / np.sum(np.diff(pair, axis=0) ** 2))


def _orthonormal(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return two orthogonal vectors with a mean square of 1, so that mixtures have exactly the intended cosine."""
    x = x / np.sqrt(np.mean(x**2))
    y = y - x * np.mean(x * y)
    return x, y / np.sqrt(np.mean(y**2))


def _cosine(x: FloatArray, y: FloatArray) -> float:
    """Return the cosine of two vectors; NaN where one is 0."""
    length = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / length if length > 0 else np.nan


def _spiking(config: Config, seed: int, progress: Progress) -> Iterator[Measurement]:
    network = SpikingLayers(config.spiking_width, config.duration)
    for number, scale in enumerate(config.spiking_scales):
        for keys in KEYS:
            each = [_of_spikes(config, network, scale, keys, seed, k) for k in range(config.spiking_networks)]
            found = _mean_of_living(np.array(each))
            for c, measured in zip(config.inputs, found, strict=True):
                living = measured[: int(np.isfinite(measured).cumprod().sum())]
                yield from STUDY["correlation"].curve(living, scale=scale, input=c, keys=keys)
            last = found[np.argmin(config.inputs), -1]
            if np.isfinite(last):
                yield STUDY["fixed_point"](last, scale=scale, keys=keys)
        progress(number + 1, len(config.spiking_scales))


def _of_spikes(config: Config, network: SpikingLayers, scale: float, keys: str, seed: int, each: int) -> FloatArray:
    """Return correlations (input, layer) of spike counts in one network; layer 0 is the rates."""
    x, y = _orthonormal(*np.random.default_rng([seed, each, 0xC2]).standard_normal((2, config.spiking_width)))
    drawn = 1000 * seed + each
    patterns = [x, *(c * x + np.sqrt(1 - c**2) * y for c in config.inputs)]
    rates = INPUT_RATE * np.maximum(1 + np.array(patterns) / 2, 0)
    trains = network.poisson(rates, drawn, common=keys == "common")
    through = [rates, *(layer.counts["cells"] for layer, _ in network.send(trains, config.depth, scale, drawn))]
    return np.array([[_pearson(a[0], a[k]) for a in through] for k in range(1, len(patterns))])


def _mean_of_living(found: FloatArray) -> FloatArray:
    """Return the mean over those networks (the first axis) that are not silent; NaN where all are."""
    living = np.isfinite(found)
    total = np.where(living, found, 0).sum(axis=0)
    return np.where(living.any(axis=0), total / np.maximum(living.sum(axis=0), 1), np.nan)


def _pearson(x: FloatArray, y: FloatArray) -> float:
    """Return Pearson's correlation of two vectors; NaN where one is constant."""
    return _cosine(x - x.mean(), y - y.mean())
