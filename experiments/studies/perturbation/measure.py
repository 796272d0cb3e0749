"""Does the smallest change of an input die out, or grow from layer to layer and in time?

Networks are those of `depth-activity`. Spiking: in the middle of a trial one spike of one input unit is removed, or
moved by 1 ms; all else, random numbers included, stays the same. Artificial (tanh): one input is changed by a
millionth, of inputs as large as activity settles to be. What differs is then followed through the layers and, in the
spiking network, through time, which an artificial one does not have.

Metrics
-------
difference        at a weight scale and for one kind of change (condition "scale=..,change=..") by layer (`step`, 0
                  being the input): spiking: spikes that one of the two trials has and the other has not, in the same
                  unit and step of 0.5 ms; artificial: root mean square of the difference, over that at the input
survival          spiking: share of the trials in which anything differs in this layer
spreading         spiking: spikes that differ in the last layer, by time since the change in ms (`step`), a trial and ms
growth            factor by which the difference grows from a layer to the next, on average from the first to the third
                  (conditions as above): later on it saturates, since spikes cannot differ more than in all
growth_theory     artificial: the root of chi (see `correlation-map`), for infinitely wide networks
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from experiments.shared.mean_field import settled_size, slope_at_one
from experiments.shared.random_networks import ACTIVATIONS, DT, INPUT_RATE, SpikingLayers, Train, layers
from experiments.spec import Measurement, Outcome, Untrained, condition, curve

FloatArray = NDArray[np.floating]
SHIFT = 1.0
"""Of the spike that is moved, in ms."""
EPSILON = 1e-6
BIN = 5.0
"""Width of the bins of `spreading`, in ms."""
CHANGES = ("removed", "moved")


class Config(BaseModel):
    """width, depth: units of a layer, layers. scales, spiking_scales: of the weights. samples: inputs, each with a
    change of its own. duration: of a trial, in ms; the change comes after its first third."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: PositiveInt
    depth: PositiveInt = Field(ge=3)
    scales: tuple[PositiveFloat, ...]
    spiking_scales: tuple[PositiveFloat, ...]
    samples: PositiveInt
    duration: PositiveFloat


PRESETS = {
    "quick": Config(
        width=200, depth=10, scales=(0.8, 1.0, 1.5, 2.5), spiking_scales=(2.0, 2.5, 4.0), samples=10, duration=150
    ),
    "full": Config(
        width=500,
        depth=20,
        scales=(0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 4.0),
        spiking_scales=(2.0, 2.25, 2.5, 2.8, 3.2, 4.0),
        samples=50,
        duration=300,
    ),
}


def run(config: Config, subject: Untrained, progress: Callable[[int, int], None]) -> Outcome:
    """Follow the changes through networks of one kind at every scale."""
    measure = _spiking if subject.kind == "BNS" else _artificial
    return Outcome(1, 0, tuple(measure(config, subject, progress)))


def _artificial(config: Config, subject: Untrained, progress: Callable[[int, int], None]) -> Iterator[Measurement]:
    activation = ACTIVATIONS[subject.model]
    generator = np.random.default_rng([subject.seed, 0xE9])
    x = generator.standard_normal((config.samples, config.width))
    changed = x.copy()
    changed[np.arange(config.samples), generator.integers(config.width, size=config.samples)] += EPSILON
    for number, scale in enumerate(config.scales):
        settled = settled_size(scale, activation)
        both = settled * np.concatenate([x, changed])
        through = [both, *layers(both, config.depth, scale, subject.model, subject.seed)]
        sizes = [float(np.sqrt(np.mean((a[: len(x)] - a[len(x) :]) ** 2))) for a in through]
        place = condition(scale=scale, change="epsilon")
        yield from curve("difference", [size / sizes[0] for size in sizes], "", place)
        yield Measurement("growth", float(np.sqrt(sizes[3] / sizes[1])), "", place)
        yield Measurement("growth_theory", float(np.sqrt(slope_at_one(settled, scale, activation))), "", place)
        progress(number + 1, len(config.scales))


def _spiking(config: Config, subject: Untrained, progress: Callable[[int, int], None]) -> Iterator[Measurement]:
    network = SpikingLayers(config.width, config.duration)
    rates = np.random.default_rng([subject.seed, 0xE9]).uniform(0, 2 * INPUT_RATE, (config.samples, config.width))
    trains = network.poisson(rates, subject.seed)
    pairs = {change: [_changed(train, change, config.duration) for train in trains] for change in CHANGES}
    when = np.array([time for _, time in pairs["removed"]])
    versions = [*trains, *(train for change in CHANGES for train, _ in pairs[change])]
    for number, scale in enumerate(config.spiking_scales):
        sent = [versions, *(spikes for _, spikes in network.send(versions, config.depth, scale, subject.seed))]
        for index, change in enumerate(CHANGES, start=1):
            yield from _followed(sent, index, len(trains), when, condition(scale=scale, change=change))
        progress(number + 1, len(config.spiking_scales))


def _followed(sent: list[list[Train]], index: int, n: int, when: FloatArray, place: str) -> Iterator[Measurement]:
    """Measurements of change number `index`: in each layer the first n trials are the unchanged ones."""
    differing = [[_differing(layer[k], layer[index * n + k]) for k in range(n)] for layer in sent]
    means = [float(np.mean([len(times) for times in trials])) for trials in differing]
    yield from curve("difference", means, "count", place)
    survival = [float(np.mean([len(times) > 0 for times in trials])) for trials in differing]
    yield from curve("survival", survival, "fraction", place)
    if means[1] > 0:
        yield Measurement("growth", float(np.sqrt(means[3] / means[1])), "", place)
    since = np.concatenate([times - start for times, start in zip(differing[-1], when, strict=True)]) * 1e3
    edges = np.arange(0, max(since.max(initial=0), BIN) + BIN, BIN)
    for start, count in zip(edges, np.histogram(since, edges)[0], strict=False):
        yield Measurement("spreading", float(count / (n * BIN)), "count", place, round(start))


def _changed(train: Train, change: str, duration: float) -> tuple[Train, float]:
    """The train with its first spike after a third of the trial removed or moved, and when that was (s)."""
    times, units = train
    later = np.flatnonzero(times >= duration / 3e3)
    for spike in later:
        moved = times[spike] + SHIFT / 1e3
        free = not np.any((units == units[spike]) & (np.abs(times - moved) < DT / 2e3))
        if free and moved < (duration - DT / 2) / 1e3:
            break
    else:  # no spike to change, as where rates are very low
        return train, duration / 3e3
    if change == "removed":
        keep = np.arange(len(times)) != spike
        return (times[keep], units[keep]), float(times[spike])
    shifted = times.copy()
    shifted[spike] = moved
    return (shifted, units), float(times[spike])


def _differing(first: Train, second: Train) -> FloatArray:
    """Times (s) of the spikes that only one of two trials has; no unit fires twice in a step."""
    one, other = (np.rint(times * 1e3 / DT).astype(np.int64) * 10**6 + units for times, units in (first, second))
    return np.setxor1d(one, other, assume_unique=True) // 10**6 * DT / 1e3
