"""Send packets of spikes along a synfire chain."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from bnsim.binning import NANOSECOND, steps_of
from bnsim.errors import InputError
from experiments.shared.random_networks import Train
from experiments.spec import Measurement, Outcome, Progress, Untrained
from experiments.studies.pulse_packets import STUDY, Config
from experiments.studies.pulse_packets.synfire_chain import GROUP, WARM_UP, SynfireChain, pulse

NEAR = 5.0
"""Largest distance of a packet's spikes from their median, in ms."""
QUIET = (30.0, 45.0)
"""Interval before the packet in which the spikes of the background are counted, in ms."""
LEAST = 10.0
"""Number of spikes below which the spread of a packet means nothing."""


@dataclass(frozen=True)
class Packets:
    """The packets of one group.

    Parameters
    ----------
    centre
        Median of the spike times of each packet (trial,), in ms.
    spread
        Spread of each packet (trial,), in ms.
    spikes
        Number of spikes of each packet (trial,), less those of the background.
    """

    centre: FloatArray
    spread: FloatArray
    spikes: FloatArray

    @classmethod
    def of(cls, trains: list[Train], expected: FloatArray, background: float) -> Packets:
        """Measure the packets in the spikes of a group.

        Parameters
        ----------
        trains
            Spikes of each trial.
        expected
            Approximate time of each packet (trial,), in ms.
        background
            Firing rate of the neurons without a packet, in Hz.

        Returns
        -------
        Packets
            The packets closest to `expected`.
        """
        found = [_packet(1e3 * times, near) for (times, _), near in zip(trains, expected, strict=True)]
        centre, spread, count = map(np.array, zip(*found, strict=True))
        return cls(centre, spread, count - background * GROUP * 2 * NEAR / 1e3)


def _packet(times: FloatArray, expected: float) -> tuple[float, float, int]:
    """Return the centre, the spread and the number of spikes; packets are slightly later in each group."""
    since = _whole(times) - _whole(expected)
    found = times[(since > -_whole(NEAR)) & (since < 2 * _whole(NEAR))]
    centre = float(np.median(found)) if len(found) else expected
    found = times[np.abs(_whole(times) - _whole(centre)) <= _whole(NEAR)]
    if not len(found):
        return centre, 0.0, 0
    low, high = np.percentile(found, [25, 75])
    return centre, float(high - low) / 1.349, len(found)


def _whole(times: FloatArray | float) -> NDArray[np.int64]:
    """Convert times in ms to whole nanoseconds, so that rounding does not move a spike across a limit."""
    return steps_of(np.asarray(times) / 1e3, NANOSECOND)


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Send packets of all kinds along the chain.

    Parameters
    ----------
    config
        Options of the study.
    subject
        The chain, with its seed.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    Outcome
        The measurements.

    Raises
    ------
    InputError
        If a packet has more spikes than a group has neurons.
    """
    if max(config.spikes) > GROUP:
        raise InputError(f"pulse-packets.spikes: {max(config.spikes)} of {GROUP} neurons; give at most {GROUP}")
    generator = np.random.default_rng([subject.seed, 0x9ACC])
    starts = list(itertools.product(config.spikes, config.spreads))
    trains = [pulse(spikes, spread, generator) for spikes, spread in starts for _ in range(config.trials)]
    # A packet that lives takes less than 1 ms per group.
    chain = SynfireChain(WARM_UP + max(4 * NEAR, config.groups + 3 * NEAR))
    packets, rate = [], 0.0
    centre = np.full(len(trains), WARM_UP)
    for group, sent in enumerate(chain.send(trains, config.groups, subject.seed)):
        background = background_rate(sent)
        rate = rate if group else background
        packets.append(Packets.of(sent, centre, background))
        centre = packets[-1].centre
        progress(group + 1, config.groups)
    return Outcome(1, 0, (*_measured(config, starts, packets), STUDY["background_rate"](rate)))


def background_rate(trains: list[Train]) -> float:
    """Return the firing rate of a group's neurons before the packet comes.

    Parameters
    ----------
    trains
        Spikes of the group in each trial.

    Returns
    -------
    float
        Mean over neurons and trials, in Hz.
    """
    low, high = (time / 1e3 for time in QUIET)
    (first, end), every = _whole(np.array(QUIET)), [_whole(1e3 * times) for times, _ in trains]
    count = sum(int(np.sum((times >= first) & (times < end))) for times in every)
    return count / (len(trains) * GROUP * (high - low))


def _measured(config: Config, starts: list[tuple[int, float]], packets: list[Packets]) -> Iterator[Measurement]:
    lives = packets[-1].spikes >= GROUP / 2
    share = lives.reshape(len(starts), config.trials).mean(axis=1)
    for index, (spikes, spread) in enumerate(starts):
        own = np.arange(len(lives)) // config.trials == index
        yield STUDY["survival"](share[index], spikes=spikes, spread=spread)
        for fate, chosen in (("lives", own & lives), ("dies", own & ~lives)):
            if chosen.any():
                counts = [spikes, *(float(group.spikes[chosen].mean()) for group in packets)]
                spreads = [spread, *(float(group.spread[chosen].mean()) for group in packets)]
                gone = next((group for group, count in enumerate(counts) if count < LEAST), len(counts))
                yield from STUDY["spikes"].curve(counts, spikes=spikes, spread=spread, fate=fate)
                yield from STUDY["spread"].curve(spreads[:gone], spikes=spikes, spread=spread, fate=fate)
    for spread in config.spreads:
        of_spread = [float(share[index]) for index, start in enumerate(starts) if start[1] == spread]
        half = half_way(np.array(config.spikes, float), np.array(of_spread))
        if half is not None:
            yield STUDY["separatrix"](half, spread=spread)
    if lives.any():
        yield STUDY["attractor_spikes"](packets[-1].spikes[lives].mean())
        yield STUDY["attractor_spread"](packets[-1].spread[lives].mean())


def half_way(spikes: FloatArray, survival: FloatArray) -> float | None:
    """Return the number of spikes at which the survival first reaches one half.

    Parameters
    ----------
    spikes
        Numbers of spikes that were tried (n,), in any order.
    survival
        Share of the packets that lived at each of them (n,).

    Returns
    -------
    float or None
        Interpolated linearly between the numbers that were tried; None where the survival never reaches one half or is
        never below it.
    """
    order = np.argsort(spikes)
    spikes, survival = spikes[order], survival[order]
    above = np.flatnonzero(survival >= 0.5)
    if not len(above) or above[0] == 0:
        return None
    (low, high), (before, after) = spikes[above[0] - 1 : above[0] + 1], survival[above[0] - 1 : above[0] + 1]
    return float(low + (high - low) * (0.5 - before) / (after - before))
