"""Change an input slightly, and follow the difference through random networks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bnsim.arrays import FloatArray
from bnsim.binning import Bins, steps_of
from experiments.shared.mean_field import settled_size, slope_at_one
from experiments.shared.random_networks import ACTIVATIONS, DT, INPUT_RATE, SpikingLayers, Train, layers
from experiments.spec import Measurement, Outcome, Progress, Untrained
from experiments.studies.perturbation import STUDY, Config

SHIFT = 1.0
"""By how much a spike is moved, in ms."""
EPSILON = 1e-6
"""By how much an input of an artificial network is changed."""
BIN = 5.0
"""Width of the bins of `spreading`, in ms."""
CHANGES = ("removed", "moved")
"""Kinds of change of a spiking network's input."""


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Follow small changes through networks of one kind at every scale.

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
    measure = _spiking if subject.kind == "BNS" else _artificial
    return Outcome(1, 0, tuple(measure(config, subject, progress)))


def _artificial(config: Config, subject: Untrained, progress: Progress) -> Iterator[Measurement]:
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
        growth, theory = np.sqrt(sizes[3] / sizes[1]), np.sqrt(slope_at_one(settled, scale, activation))
        yield from STUDY["difference"].curve([size / sizes[0] for size in sizes], scale=scale, change="epsilon")
        yield STUDY["growth"](growth, scale=scale, change="epsilon")
        yield STUDY["growth_theory"](theory, scale=scale, change="epsilon")
        progress(number + 1, len(config.scales))


def _spiking(config: Config, subject: Untrained, progress: Progress) -> Iterator[Measurement]:
    network = SpikingLayers(config.width, config.duration)
    rates = np.random.default_rng([subject.seed, 0xE9]).uniform(0, 2 * INPUT_RATE, (config.samples, config.width))
    trains = network.poisson(rates, subject.seed)
    pairs = {change: [_changed(train, change, config.duration) for train in trains] for change in CHANGES}
    when = np.array([time for _, time in pairs["removed"]])
    versions = [*trains, *(train for change in CHANGES for train, _ in pairs[change])]
    for number, scale in enumerate(config.spiking_scales):
        sent = [versions, *(spikes for _, spikes in network.send(versions, config.depth, scale, subject.seed))]
        for index, change in enumerate(CHANGES, start=1):
            yield from _followed([_differing_in(layer, index, len(trains)) for layer in sent], when, scale, change)
        progress(number + 1, len(config.spiking_scales))


def _followed(differing: list[list[FloatArray]], when: FloatArray, scale: float, change: str) -> Iterator[Measurement]:
    """Yield what is measured of one change.

    Parameters
    ----------
    differing
        Times (s) of the spikes that differ, in each trial of each layer, the input first.
    when
        Times of the changes (trial,), in s.
    scale, change
        Facts of the measurements.
    """
    means = [float(np.mean([len(times) for times in trials])) for trials in differing]
    survival = [np.mean([len(times) > 0 for times in trials]) for trials in differing]
    yield from STUDY["difference"].curve(means, scale=scale, change=change)
    yield from STUDY["survival"].curve(survival, scale=scale, change=change)
    if means[1] > 0:
        yield STUDY["growth"](np.sqrt(means[3] / means[1]), scale=scale, change=change)
    for start, count in spreading(differing[-1], when):
        yield STUDY["spreading"](count / (len(when) * BIN), start, scale=scale, change=change)


def spreading(differing: list[FloatArray], when: FloatArray) -> list[tuple[int, int]]:
    """Count the spikes that differ, of all trials together, in bins after the change.

    Parameters
    ----------
    differing
        Times (s) of the spikes that differ, in each trial.
    when
        Times of the changes (trial,), in s.

    Returns
    -------
    list
        Begin of each bin (ms), and the number of spikes in it.
    """
    since = np.concatenate([times - start for times, start in zip(differing, when, strict=True)])
    width = round(BIN / DT)
    n_bins = steps_of(since, DT / 1e3).max(initial=0) // width + 1
    counts = Bins(DT / 1e3, n_bins * width, width).count(since)
    return [(round(number * BIN), int(count)) for number, count in enumerate(counts)]


def _differing_in(layer: list[Train], index: int, n: int) -> list[FloatArray]:
    """Return what differs in each of the first n trials, which are without a change, from those of change `index`."""
    return [_differing(layer[k], layer[index * n + k]) for k in range(n)]


def _changed(train: Train, change: str, duration: float) -> tuple[Train, float]:
    """Return the train with its first spike after a third of the trial removed or moved, and that spike's time (s)."""
    times, units = train
    later = np.flatnonzero(times >= duration / 3e3)
    for spike in later:
        moved = times[spike] + SHIFT / 1e3
        free = not np.any((units == units[spike]) & (np.abs(times - moved) < DT / 2e3))
        if free and moved < (duration - DT / 2) / 1e3:
            break
    else:  # no spike to change, as at very low rates
        return train, duration / 3e3
    if change == "removed":
        keep = np.arange(len(times)) != spike
        return (times[keep], units[keep]), float(times[spike])
    shifted = times.copy()
    shifted[spike] = moved
    return (shifted, units), float(times[spike])


def _differing(first: Train, second: Train) -> FloatArray:
    """Return the times (s) of the spikes that only one of two trials has; no unit fires twice in a time step."""
    one, other = (steps_of(times, DT / 1e3) * 10**6 + units for times, units in (first, second))
    return np.setxor1d(one, other, assume_unique=True) // 10**6 * DT / 1e3
