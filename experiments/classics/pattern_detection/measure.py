"""Let the neuron listen to its afferents, and look for the pattern in what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bnsim.arrays import BoolArray, Float64Array, FloatArray
from experiments.classics.pattern_detection import BINS, CLASSIC, PARTS, PIECE, Config
from experiments.classics.pattern_detection.afferents import AFFERENTS, INVOLVED, WINDOW, drawn
from experiments.classics.pattern_detection.listener import SHOWN, Listener
from experiments.spec import Measurement, Outcome, Progress, Untrained

HITS, SOON, SEARCHED = 0.98, 10.0, 50.0
"""Share of hits and latency (ms) of a success, and time in which the pattern must be found (s)."""
BEFORE, AFTER, EVERY = 25.0, 75.0, 4
"""Time shown about the last presentation (ms), and which of the afferents there."""
GROUPS = {"pattern": slice(0, INVOLVED), "others": slice(INVOLVED, AFFERENTS)}


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Simulate the neuron with each time step and the same input.

    Parameters
    ----------
    config
        Options of the experiment.
    subject
        The neuron, with the seed of its input.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.
    """
    pieces = config.duration // PIECE
    spikes = drawn(config.duration // PARTS, config.jitter, subject.seed)
    rows: list[Measurement] = []
    for number, dt in enumerate(config.steps):

        def shown(piece: int, number: int = number) -> None:
            progress(number * pieces + piece, len(config.steps) * pieces)

        listener = Listener(spikes, config.duration, dt)
        listener.listen(shown)
        heard = Heard(listener.discharges, listener.presentations, config.duration)
        facts = {"dt": dt, "duration": config.duration, "jitter": config.jitter}
        rows += _measured(heard, listener.discharges, **facts)
        rows += _weights(listener.weights, **facts)
        if number == 0:
            for group, members in GROUPS.items():
                counts = np.histogram(listener.weights[members], BINS, (0, 1))[0]
                rows += CLASSIC["distribution"].curve(counts / counts.sum(), afferents=group)
        if number == 0 and subject.seed == 0:
            rows += _shown(listener, heard)
    return Outcome(1, 0, tuple(rows))


class Heard:
    """What the spikes of the neuron say about the presentations.

    Parameters
    ----------
    discharges
        Times of the spikes, in ms.
    presentations
        Beginnings of the presentations, in ms.
    duration
        Length of the simulation, in s.

    Attributes
    ----------
    latencies
        Time of each spike since the beginning of the presentation that it falls into, in ms; 0 outside.
    hits, false_alarms, latency
        Share of the presentations with a spike, spikes outside of them (Hz), and mean latency of spikes within them
        (ms; NaN without any), in the last third.
    success
        Whether the neuron detects the pattern then.
    found
        Number of spikes before the first one after the last false alarm of the first 50 s; None without success.
    """

    def __init__(self, discharges: Float64Array, presentations: Float64Array, duration: int) -> None:
        place = np.searchsorted(presentations, discharges, side="right") - 1
        since = discharges - np.concatenate([[-np.inf], presentations])[place + 1]
        within = since < WINDOW
        self.latencies = np.where(within, since, 0.0)
        begin = 1e3 * duration * (PARTS - 1) / PARTS
        late = discharges >= begin
        measured = np.flatnonzero(presentations >= begin)
        self.hits = float(np.isin(measured, place[within]).mean())
        self.false_alarms = float((late & ~within).sum() / (duration / PARTS))
        at = since[late & within]
        self.latency = float(at.mean()) if at.size else float("nan")
        self.success = self.hits > HITS and self.false_alarms == 0 and self.latency < SOON
        self.found = _found(discharges, within) if self.success else None


def _found(discharges: Float64Array, within: BoolArray) -> int:
    alarms = np.flatnonzero(~within & (discharges < 1e3 * SEARCHED))
    return int(alarms[-1]) + 1 if alarms.size else 0


def _measured(heard: Heard, discharges: Float64Array, **facts: Any) -> Iterator[Measurement]:
    yield CLASSIC["success"](heard.success, **facts)
    yield CLASSIC["hits"](heard.hits, **facts)
    yield CLASSIC["false_alarms"](heard.false_alarms, **facts)
    if not np.isnan(heard.latency):
        yield CLASSIC["latency"](heard.latency, **facts)
    if heard.found is not None:
        yield CLASSIC["found"](discharges[heard.found] / 1e3, **facts)
        yield CLASSIC["discharges"](heard.found, **facts)


def _weights(weights: FloatArray, **facts: Any) -> Iterator[Measurement]:
    for group, members in GROUPS.items():
        yield CLASSIC["strong"]((weights[members] > 0.9).mean(), afferents=group, **facts)
        yield CLASSIC["weak"]((weights[members] < 0.1).mean(), afferents=group, **facts)


def _shown(listener: Listener, heard: Heard) -> Iterator[Measurement]:
    yield from CLASSIC["discharge"].curve(heard.latencies)
    times = {"first": 0.0, "last": listener.duration}
    if heard.found is not None:
        times["found"] = listener.discharges[heard.found]
    for part, time in times.items():
        start, potential = listener.again(time)
        near = listener.presentations[np.abs(listener.presentations - start - SHOWN / 2) < SHOWN / 2 + WINDOW]
        yield CLASSIC["beginning"](start / 1e3, part=part)
        yield from CLASSIC["presentation"].curve(near - start, part=part)
        yield from CLASSIC["potential"].curve(potential, part=part)
    last = listener.presentations[listener.presentations + AFTER <= listener.duration][-1]
    steps, units = listener.spikes_between(last - BEFORE, last + AFTER)
    weights = listener.weights
    for step, unit in zip(steps, units, strict=True):
        if unit % EVERY == 0:
            yield CLASSIC["spike"](weights[unit], step=step, afferent=unit)
