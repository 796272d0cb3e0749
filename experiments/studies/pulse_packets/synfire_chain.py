"""A synfire chain: groups of neurons in a row, each neuron of one sending its spikes to all neurons of the next.

Neurons, synapses and background are those of M. Diesmann, M.-O. Gewaltig and A. Aertsen, Nature 402, 529-533 (1999).
The paper's 20,000 background synapses a neuron are replaced by one excitatory and one inhibitory Poisson train with
larger weights, that give the synaptic input the same mean and variance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.shared.random_networks import Train

if TYPE_CHECKING:
    import bnsim
    from bnsim.engine.simulator import Simulator

FloatArray = NDArray[np.floating]
GROUP = 100
"""Neurons of a group."""
REST, THRESHOLD = -70.0, -55.0
"""In mV. The reset potential is the resting potential."""
TAU_M, TAU_PSP, REFRACTORY = 10.0, 0.325, 1.0
"""Membrane and synaptic time constant, refractory period, in ms."""
WEIGHT = 4.86
"""In mV: what a spike adds to the current before the current's own delay; its potential peaks 0.14 mV above rest."""
BACKGROUND_MEAN, BACKGROUND_VARIANCE = 25.27, 39.24**2
"""Of what background spikes add to the current: mV a ms, mV² a ms."""
BACKGROUND_WEIGHT = 4 * WEIGHT
"""In mV: the trains that stand for many need few spikes a step."""
DT = 0.1
"""Time step, in ms."""
WARM_UP = 50.0
"""Time in ms after which membrane potentials have forgotten where they started: no packet comes before it."""


def background_probabilities() -> tuple[float, float]:
    """Probabilities of a spike a step of the excitatory and the inhibitory train of a neuron."""
    # p - q is the mean of a step in weights, p (1 - p) + q (1 - q) its variance.
    mean = BACKGROUND_MEAN * DT / BACKGROUND_WEIGHT
    variance = BACKGROUND_VARIANCE * DT / BACKGROUND_WEIGHT**2
    # With q = p - mean the variance is -2 p² + 2 (1 + mean) p - mean - mean².
    p = np.roots([-2.0, 2 * (1 + mean), -mean - mean**2 - variance]).min()
    return float(p), float(p - mean)


def pulse(spikes: int, spread: float, generator: np.random.Generator, centre: float = WARM_UP) -> Train:
    """A packet: one spike of each of so many units of a group, normally distributed about its centre (both in ms)."""
    units = generator.choice(GROUP, spikes, replace=False)
    times = centre + spread * generator.standard_normal(spikes)
    return np.maximum(times, 0.0) / 1e3, units


@dataclass(frozen=True)
class SynfireChain:
    """Groups one after the other. Activity goes one way, so one compiled group serves for all.

    duration: of a trial, in ms. noisy: whether neurons have their background.
    """

    duration: float
    noisy: bool = True

    @cached_property
    def _simulator(self) -> Simulator:
        from brian2.units import kHz, ms, mV

        import bnsim
        from experiments.studies.pulse_packets.alpha_synapses import AlphaCurrent, SteppedLIF

        neuron = SteppedLIF(
            tau_m=TAU_M * ms,
            v_rest=REST * mV,
            v_threshold=THRESHOLD * mV,
            v_reset=REST * mV,
            refractory=REFRACTORY * ms,
        )
        synapse = AlphaCurrent(tau=TAU_PSP * ms)
        signs = np.repeat([1.0, -1.0], GROUP)
        own = bnsim.EdgeList(np.arange(2 * GROUP), np.tile(np.arange(GROUP), 2), signs)
        network = bnsim.Network(
            [
                bnsim.Population("input", GROUP, bnsim.SpikeTrains()),
                bnsim.Population("background", 2 * GROUP, bnsim.Poisson(1 / DT * kHz)),
                bnsim.Population("group", GROUP, neuron),
            ],
            [
                bnsim.Projection("input", "group", synapse, weights=WEIGHT * mV),
                bnsim.Projection("background", "group", synapse, BACKGROUND_WEIGHT * mV, connectivity=own),
            ],
        )
        return network.compile(trial=self.duration * ms, dt=DT * ms, traces={"group": ["v"]})

    def respond(self, trains: list[Train], key: int, record: tuple[str, ...] = ("group",)) -> bnsim.Recording:
        """What one group does, the population "group", when these spikes reach it in as many trials."""
        probabilities = np.repeat(background_probabilities() if self.noisy else (0.0, 0.0), GROUP)
        stimulus = {"input": trains, "background": np.tile(probabilities, (len(trains), 1))}
        simulator = self._simulator
        return simulator.run(simulator.initial_state(0), stimulus, key, record=record)[1]

    def send(self, trains: list[Train], groups: int, seed: int) -> Iterator[list[Train]]:
        """Spikes of each group in each trial, the first group getting these; each group has a background of its own."""
        for group in range(groups):
            spikes = self.respond(trains, seed * 1000 + group).spike_times("group")
            trains = [spikes.of_trial(trial) for trial in range(len(trains))]
            yield trains
