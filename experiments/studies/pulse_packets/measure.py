"""Does a packet of spikes settle as it travels along a chain of groups of neurons, or does it die?

The synfire chain of Diesmann, Gewaltig and Aertsen (1999): 100 neurons a group, each sends its spikes to all of the
next, and every neuron has a background that makes it fire about twice a second. A packet of so many spikes, normally
distributed about their centre, enters the first group; the packets of all groups are then measured: the spikes within
5 ms of their median, less those that the background alone gives in that time, and their spread. This is their
interquartile range over 1.349, the standard deviation if they are normally distributed, which a few spikes of the
background hardly change. A packet lives if at least half of the last group's neurons fire in it.

Deviations from the paper: the background of a neuron is one excitatory and one inhibitory Poisson train of larger
weights, with the mean and the variance of the paper's 20,000 synapses; groups follow each other without delay, which
only shifts time; the paper measures spread as a standard deviation over many trials. A chain in plain Brian2, with
white noise for a background, gives the same packets within 0.1 ms and 5 spikes (`tests/reference`).

Metrics
-------
spikes            in a packet, by group (`step`, 0 being the packet that enters), on average over those that enter with
                  so many spikes and so wide a spread in ms and live or die (condition "spikes=..,spread=..,fate=..")
spread            of these packets, in ms, where they have at least 10 spikes on average (conditions as above)
survival          share of the packets that lived (condition "spikes=..,spread=..")
separatrix        at a spread (condition "spread=..") the number of spikes from which on half of the packets live,
                  interpolated between those that were tried; none where all or no packets live
attractor_spikes  spikes that packets which live have in the last group
attractor_spread  their spread there, in ms
background_rate   firing rate of the first group's neurons before the packet

References
----------
M. Diesmann, M.-O. Gewaltig and A. Aertsen, Nature 402, 529-533 (1999).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveInt

from bnsim.errors import InputError
from experiments.shared.random_networks import Train
from experiments.spec import Measurement, Outcome, Untrained, condition, curve
from experiments.studies.pulse_packets.synfire_chain import GROUP, WARM_UP, SynfireChain, pulse

FloatArray = NDArray[np.floating]
NEAR = 5.0
"""Half of the time about a packet's median in which its spikes lie, in ms."""
QUIET = (30.0, 45.0)
"""Time before a packet in which the background's spikes are counted, in ms."""
LEAST = 10.0
"""Spikes a packet has at least if its spread means anything."""


class Config(BaseModel):
    """spikes, spreads: of the packets that enter, in all pairs; spreads in ms. trials: packets of each pair.
    groups: of the chain."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    spikes: tuple[PositiveInt, ...] = Field(min_length=1)
    spreads: tuple[NonNegativeFloat, ...] = Field(min_length=1)
    trials: PositiveInt
    groups: PositiveInt


PRESETS = {
    "quick": Config(spikes=(30, 45, 60, 80, 100), spreads=(0.0, 1.0, 2.0, 3.0, 4.0), trials=6, groups=8),
    "full": Config(
        spikes=(30, 40, 45, 50, 55, 60, 65, 70, 80, 90, 100),
        spreads=(0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0),
        trials=20,
        groups=12,
    ),
}


@dataclass(frozen=True)
class Packets:
    """Of each trial: centre and spread of a packet in ms, and its spikes without those of the background."""

    centre: FloatArray
    spread: FloatArray
    spikes: FloatArray

    @classmethod
    def of(cls, trains: list[Train], expected: FloatArray, background: float) -> Packets:
        """The packets near where they are `expected` (ms), of neurons that fire at `background` (Hz) by themselves."""
        found = [_packet(1e3 * times, near) for (times, _), near in zip(trains, expected, strict=True)]
        centre, spread, count = map(np.array, zip(*found, strict=True))
        return cls(centre, spread, count - background * GROUP * 2 * NEAR / 1e3)


def _packet(times: FloatArray, expected: float) -> tuple[float, float, int]:
    """Centre, spread and number of the spikes; the next packet comes a little later than the one before it."""
    found = times[(times > expected - NEAR) & (times < expected + 2 * NEAR)]
    centre = float(np.median(found)) if len(found) else expected
    found = times[np.abs(times - centre) <= NEAR]
    if not len(found):
        return centre, 0.0, 0
    low, high = np.percentile(found, [25, 75])
    return centre, float(high - low) / 1.349, len(found)


def run(config: Config, subject: Untrained, progress: Callable[[int, int], None]) -> Outcome:
    """Send packets of all kinds along the chain, once for each seed's background."""
    if max(config.spikes) > GROUP:
        raise InputError(f"pulse-packets.spikes: {max(config.spikes)} of {GROUP} neurons; give at most {GROUP}")
    generator = np.random.default_rng([subject.seed, 0x9ACC])
    starts = list(itertools.product(config.spikes, config.spreads))
    trains = [pulse(spikes, spread, generator) for spikes, spread in starts for _ in range(config.trials)]
    # A packet that lives needs less than 1 ms a group.
    chain = SynfireChain(WARM_UP + max(4 * NEAR, config.groups + 3 * NEAR))
    packets, rate = [], 0.0
    centre = np.full(len(trains), WARM_UP)
    for group, sent in enumerate(chain.send(trains, config.groups, subject.seed)):
        background = background_rate(sent)
        rate = rate if group else background
        packets.append(Packets.of(sent, centre, background))
        centre = packets[-1].centre
        progress(group + 1, config.groups)
    return Outcome(1, 0, (*_measured(config, starts, packets), Measurement("background_rate", rate, "Hz")))


def background_rate(trains: list[Train]) -> float:
    """Mean rate (Hz) of a group's neurons before the packet comes."""
    low, high = (time / 1e3 for time in QUIET)
    count = sum(int(np.sum((times >= low) & (times < high))) for times, _ in trains)
    return count / (len(trains) * GROUP * (high - low))


def _measured(config: Config, starts: list[tuple[int, float]], packets: list[Packets]) -> Iterator[Measurement]:
    lives = packets[-1].spikes >= GROUP / 2
    share = lives.reshape(len(starts), config.trials).mean(axis=1)
    for index, (spikes, spread) in enumerate(starts):
        own = np.arange(len(lives)) // config.trials == index
        yield Measurement("survival", float(share[index]), "fraction", condition(spikes=spikes, spread=spread))
        for fate, chosen in (("lives", own & lives), ("dies", own & ~lives)):
            if chosen.any():
                place = condition(spikes=spikes, spread=spread, fate=fate)
                counts = [spikes, *(float(group.spikes[chosen].mean()) for group in packets)]
                spreads = [spread, *(float(group.spread[chosen].mean()) for group in packets)]
                yield from curve("spikes", counts, "count", place)
                gone = next((group for group, count in enumerate(counts) if count < LEAST), len(counts))
                yield from curve("spread", spreads[:gone], "ms", place)
    for spread in config.spreads:
        of_spread = [float(share[index]) for index, start in enumerate(starts) if start[1] == spread]
        half = half_way(np.array(config.spikes, float), np.array(of_spread))
        if half is not None:
            yield Measurement("separatrix", half, "count", condition(spread=spread))
    if lives.any():
        yield Measurement("attractor_spikes", float(packets[-1].spikes[lives].mean()), "count")
        yield Measurement("attractor_spread", float(packets[-1].spread[lives].mean()), "ms")


def half_way(spikes: FloatArray, survival: FloatArray) -> float | None:
    """Where the survival first reaches a half, on straight lines between the numbers of spikes; None where it does not
    or lies above it everywhere."""
    order = np.argsort(spikes)
    spikes, survival = spikes[order], survival[order]
    above = np.flatnonzero(survival >= 0.5)
    if not len(above) or above[0] == 0:
        return None
    (low, high), (before, after) = spikes[above[0] - 1 : above[0] + 1], survival[above[0] - 1 : above[0] + 1]
    return float(low + (high - low) * (0.5 - before) / (after - before))
