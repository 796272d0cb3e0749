"""Send inputs through random networks of many layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bnsim.arrays import FloatArray, IntArray
from experiments.shared.mean_field import activation_sizes
from experiments.shared.random_networks import ACTIVATIONS, INPUT_RATE, SpikingLayers, layers
from experiments.spec import Measurement, Outcome, Progress, Untrained
from experiments.studies.depth_activity import STUDY, Config
from experiments.studies.depth_activity.initialisations import INITIALISATIONS

LIVING = 0.01
"""Share of the input's activity that a living network keeps up to the last layer."""


@dataclass(frozen=True)
class _Layer:
    """Activity of one layer, its standard deviation over units, and the share of silent units."""

    activity: float
    spread: float
    silent: float

    @classmethod
    def of(cls, responses: FloatArray, activity: float) -> _Layer:
        """Return the summary of responses (sample, unit)."""
        return cls(activity, responses.mean(axis=0).std(), np.mean((responses == 0).all(axis=0)))


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Send inputs through networks of one kind at every scale.

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
    named = INITIALISATIONS[subject.model]
    scales = sorted({*config.scales, *named.values()})
    measure = _spiking(config, subject.seed) if subject.model == "lif" else _artificial(config, subject)
    measurements: list[Measurement] = []
    kept: dict[float, float] = {}
    for number, scale in enumerate(scales):
        found = list(measure(scale))
        kept[scale] = float(found[-1].activity / found[0].activity)
        measurements += _by_layer(found, scale)
        if subject.model != "lif":
            theory = activation_sizes(found[0].activity, config.depth, scale, ACTIVATIONS[subject.model])
            measurements += STUDY["theory"].curve(theory, scale=scale)
        measurements.append(STUDY["activity_kept"](kept[scale], scale=scale))
        progress(number + 1, len(scales))
    measurements += [STUDY["activity_kept"](kept[scale], initialisation=name) for name, scale in named.items()]
    living = [scale for scale in scales if kept[scale] >= LIVING]
    measurements += [STUDY["living_scale"](living[0])] if living else []
    return Outcome(1, 0, tuple(measurements))


def _by_layer(found: list[_Layer], scale: float) -> Iterator[Measurement]:
    for step, layer in enumerate(found):
        yield STUDY["activity"](layer.activity, step, scale=scale)
        yield STUDY["activity_spread"](layer.spread, step, scale=scale)
        yield STUDY["silent_share"](layer.silent, step, scale=scale)


def _artificial(config: Config, subject: Untrained) -> Callable[[float], Iterator[_Layer]]:
    x = np.random.default_rng([subject.seed, 0x1A7]).standard_normal((config.samples, config.width))

    def measure(scale: float) -> Iterator[_Layer]:
        for activations in (x, *layers(x, config.depth, scale, subject.model, subject.seed)):
            yield _Layer.of(activations, np.sqrt(np.mean(activations**2)))

    return measure


def _spiking(config: Config, seed: int) -> Callable[[float], Iterator[_Layer]]:
    network = SpikingLayers(config.width, config.duration)
    rates = np.random.default_rng([seed, 0x1A7]).uniform(0, 2 * INPUT_RATE, (config.samples, config.width))
    trains = network.poisson(rates, seed)

    def of_counts(counts: IntArray) -> _Layer:
        found = counts / (config.duration / 1e3)
        return _Layer.of(found, found.mean())

    def measure(scale: float) -> Iterator[_Layer]:
        yield of_counts(np.array([np.bincount(units, minlength=config.width) for _, units in trains]))
        for recording, _ in network.send(trains, config.depth, scale, seed):
            yield of_counts(recording.counts["cells"])

    return measure
