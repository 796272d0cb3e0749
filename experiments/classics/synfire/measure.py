"""Send packets of spikes along a synfire chain."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from brian2.units import ms

import bnsim
from bnsim.binning import NANOSECOND, steps_of
from bnsim.errors import InputError
from bnsim.recording import SpikeTimes
from experiments.classics.synfire import CLASSIC, Config
from experiments.classics.synfire.chain import WARM_UP, network
from experiments.classics.synfire.packets import NEAR, Packets, Train, half_way, pulse
from experiments.spec import Measurement, Outcome, Progress, Untrained

QUIET = (30.0, 45.0)
"""Interval before the packet in which the spikes of the background are counted, in ms."""
LEAST = 10.0
"""Number of spikes below which the spread of a packet means nothing."""
BEFORE, BIN = 10.0, 0.1
"""Time before the packet that the figure shows, and its resolution, in ms."""
Start = tuple[int, float]
"""Number of spikes and spread (ms) of a packet that enters."""


@dataclass(frozen=True)
class Sent:
    """Packets with the same start, and what became of them.

    Parameters
    ----------
    start
        Number of spikes and spread of the packets that entered.
    trains
        The packets that entered.
    response
        Spikes of the chain.
    packets
        The packets in each group.
    rate
        Firing rate of the neurons before the packet, in Hz.
    lives
        Which of the packets live (trial,).
    """

    start: Start
    trains: list[Train]
    response: SpikeTimes
    packets: Packets
    rate: float
    lives: np.ndarray


class Chain:
    """A chain that is compiled, and the random numbers of the packets that enter it.

    Parameters
    ----------
    size
        Number of neurons of a group.
    groups
        Number of groups.
    dt
        Time step in ms.
    seed
        Seed of packets and background.
    """

    def __init__(self, size: int, groups: int, dt: float, seed: int) -> None:
        self.size, self.groups, self.seed = size, groups, seed
        # A packet that lives takes less than 1 ms per group.
        duration = WARM_UP + max(4 * NEAR, groups + 3 * NEAR)
        self._simulator = network(size, groups, dt).compile(trial=duration * ms, dt=dt * ms)
        self._state = self._simulator.initial_state(seed)
        self._generator = np.random.default_rng([seed, 0x9ACC])
        self._sent = 0

    def send(self, start: Start, number: int) -> Sent:
        """Send packets along the chain, each with a background of its own.

        Parameters
        ----------
        start
            Number of spikes and spread of the packets that enter.
        number
            How many packets.

        Returns
        -------
        Sent
            What became of them.
        """
        trains = [pulse(*start, self.size, WARM_UP, self._generator) for _ in range(number)]
        trials = range(self._sent, self._sent + number)
        self._sent += number
        stimulus, record = {"input": trains}, [bnsim.Spikes("chain")]
        _, recording = self._simulator.run(self._state, stimulus, self.seed, trials=trials, record=record)
        spikes = recording.spike_times("chain")
        rate = background_rate(spikes, number * self.groups * self.size)
        packets = Packets.of(spikes, (number, self.groups), self.size, WARM_UP, rate)
        return Sent(start, trains, spikes, packets, rate, packets.spikes[:, -1] >= self.size / 2)


def background_rate(spikes: SpikeTimes, neurons: int) -> float:
    """Return the firing rate before the packet enters.

    Parameters
    ----------
    spikes
        Spikes of all trials.
    neurons
        Number of neurons times number of trials.

    Returns
    -------
    float
        Mean over neurons and trials, in Hz.
    """
    low, high = QUIET
    first, end = steps_of(np.array(QUIET) / 1e3, NANOSECOND)
    times = steps_of(spikes.time, NANOSECOND)
    return 1e3 * int(np.sum((times >= first) & (times < end))) / (neurons * (high - low))


def run(config: Config, subject: Untrained, progress: Progress) -> Outcome:
    """Send packets of all kinds along the chain.

    Parameters
    ----------
    config
        Options of the experiment.
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
    size, dt = config.sizes[0], config.steps[0]
    if max(config.spikes) > size:
        raise InputError(f"synfire.spikes: {max(config.spikes)} of {size} neurons; give at most {size}")
    starts = list(itertools.product(config.spikes, config.spreads))
    others = [*((each, dt) for each in config.sizes[1:]), *((size, each) for each in config.steps[1:])]
    total = len(starts) + 1 + len(others)
    chain, sent = Chain(size, config.groups, dt, subject.seed), []
    for start in starts:
        sent.append(chain.send(start, config.trials))
        progress(len(sent), total)
    rows = [*_paths(sent), *_separatrix(config, sent), *_attractor(chain, dt, config.trials)]
    if subject.seed == 0:
        rows += _shown(sent, size)
    progress(len(starts) + 1, total)
    for number, (each, step) in enumerate(others):
        rows += _attractor(Chain(each, config.groups, step, subject.seed), step, config.trials)
        progress(len(starts) + 2 + number, total)
    return Outcome(1, 0, tuple(rows))


def _paths(sent: Iterable[Sent]) -> Iterator[Measurement]:
    for batch in sent:
        spikes, spread = batch.start
        yield CLASSIC["survival"](batch.lives.mean(), spikes=spikes, spread=spread)
        for fate, chosen in (("lives", batch.lives), ("dies", ~batch.lives)):
            if chosen.any():
                counts = [spikes, *batch.packets.spikes[chosen].mean(axis=0)]
                spreads = [spread, *batch.packets.spread[chosen].mean(axis=0)]
                gone = next((group for group, count in enumerate(counts) if count < LEAST), len(counts))
                yield from CLASSIC["spikes"].curve(counts, spikes=spikes, spread=spread, fate=fate)
                yield from CLASSIC["spread"].curve(spreads[:gone], spikes=spikes, spread=spread, fate=fate)


def _separatrix(config: Config, sent: list[Sent]) -> Iterator[Measurement]:
    for spread in config.spreads:
        survival = [batch.lives.mean() for batch in sent if batch.start[1] == spread]
        half = half_way(np.array(config.spikes, float), np.array(survival))
        if half is not None:
            yield CLASSIC["separatrix"](half, spread=spread)


def _attractor(chain: Chain, dt: float, trials: int) -> Iterator[Measurement]:
    strong = chain.send((chain.size, 0.0), trials)
    yield CLASSIC["strong_survival"](strong.lives.mean(), size=chain.size, dt=dt)
    yield CLASSIC["background_rate"](strong.rate, size=chain.size, dt=dt)
    if strong.lives.any():
        spikes, spread = strong.packets.spikes[strong.lives, -1], strong.packets.spread[strong.lives, -1]
        yield CLASSIC["attractor_spikes"](spikes.mean(), size=chain.size, dt=dt)
        yield CLASSIC["attractor_spread"](spread.mean(), size=chain.size, dt=dt)


def _shown(sent: list[Sent], size: int) -> Iterator[Measurement]:
    """Yield the spikes of the widest packet that lives, and of the narrowest that dies."""
    alive = [batch for batch in sent if batch.lives.any()]
    dead = [batch for batch in sent if not batch.lives.all()]
    if alive:
        yield from _raster(max(alive, key=lambda batch: (batch.start[1], batch.start[0])), "lives", size)
    if dead:
        yield from _raster(min(dead, key=lambda batch: (batch.start[1], -batch.start[0])), "dies", size)


def _raster(batch: Sent, fate: str, size: int) -> Iterator[Measurement]:
    trial = int(np.flatnonzero(batch.lives == (fate == "lives"))[0])
    (entered, units), (times, neurons) = batch.trains[trial], batch.response.of_trial(trial)
    times, neurons = np.concatenate([entered, times]), np.concatenate([units, size + neurons])
    steps = np.round((1e3 * times - WARM_UP + BEFORE) / BIN).astype(int)
    spikes, spread = batch.start
    for step, neuron in zip(steps[steps >= 0], neurons[steps >= 0], strict=True):
        yield CLASSIC["spike"](1, step=step, fate=fate, spikes=spikes, spread=spread, neuron=neuron)
