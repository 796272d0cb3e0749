"""A synfire chain: groups of neurons in a row, where each neuron sends its spikes to all neurons of the next group.

Neurons, synapses and background are those of Diesmann, Gewaltig and Aertsen (1999). The 20,000 background synapses of
each neuron are replaced by one excitatory and one inhibitory Poisson train with larger weights, which give the synaptic
input the same mean and variance.

References
----------
M. Diesmann, M.-O. Gewaltig and A. Aertsen, Nature 402, 529-533 (1999).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from experiments.shared.random_networks import Train

if TYPE_CHECKING:
    import bnsim
    from bnsim.engine.simulator import Simulator

GROUP = 100
"""Number of neurons of a group."""
REST, THRESHOLD = -70.0, -55.0
"""Resting potential, which is also the reset potential, and threshold, in mV."""
TAU_M, TAU_PSP, REFRACTORY = 10.0, 0.325, 1.0
"""Membrane time constant, synaptic time constant and refractory period, in ms."""
WEIGHT = 4.86
"""Weight of a synapse, in mV; the postsynaptic potential of one spike peaks at 0.14 mV."""
BACKGROUND_MEAN, BACKGROUND_VARIANCE = 25.27, 39.24**2
"""Mean (mV per ms) and variance (mV² per ms) of the sum of the background spikes."""
BACKGROUND_WEIGHT = 4 * WEIGHT
"""Weight of the background synapses, in mV: larger, so that one train can stand for many with few spikes per step."""
DT = 0.1
"""Time step, in ms."""
WARM_UP = 50.0
"""Time after which the membrane potentials no longer depend on their initial values, in ms; no packet comes before."""


def background_probabilities() -> tuple[float, float]:
    """Return the probabilities of a spike per time step, of the excitatory and of the inhibitory train of a neuron."""
    # In units of the weight, a step has the mean p - q and the variance p (1 - p) + q (1 - q).
    mean = BACKGROUND_MEAN * DT / BACKGROUND_WEIGHT
    variance = BACKGROUND_VARIANCE * DT / BACKGROUND_WEIGHT**2
    # With q = p - mean the variance is -2 p² + 2 (1 + mean) p - mean - mean².
    p = np.roots([-2.0, 2 * (1 + mean), -mean - mean**2 - variance]).min()
    return float(p), float(p - mean)


def pulse(spikes: int, spread: float, generator: np.random.Generator, centre: float = WARM_UP) -> Train:
    """Draw a packet of spikes.

    Parameters
    ----------
    spikes
        Number of spikes, each of another neuron of a group.
    spread
        Standard deviation of the spike times, in ms.
    generator
        Source of the random numbers.
    centre
        Mean of the spike times, in ms.

    Returns
    -------
    tuple of array
        Times (spike,) in s, none before 0, and units (spike,).
    """
    units = generator.choice(GROUP, spikes, replace=False)
    times = centre + spread * generator.standard_normal(spikes)
    return np.maximum(times, 0.0) / 1e3, units


@dataclass(frozen=True)
class SynfireChain:
    """Groups of neurons, one after the other.

    Activity travels one way only, so one compiled group is used for all of them in turn.

    Parameters
    ----------
    duration
        Duration of a trial, in ms.
    noisy
        Whether the neurons receive their background.
    """

    duration: float
    noisy: bool = True

    @cached_property
    def _simulator(self) -> Simulator:
        from brian2.units import kHz, ms, mV

        import bnsim
        from experiments.studies.pulse_packets.alpha_synapses import AlphaCurrent

        # The exact solution with two alpha currents takes ten seconds to derive, in every process. With time steps of a
        # third of the synaptic time constant, the error of this method is below one thousandth.
        neuron = bnsim.LIF(
            method="rk4",
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
        return network.compile(trial=self.duration * ms, dt=DT * ms)

    def respond(self, trains: list[Train], key: int, *more: bnsim.Spikes | bnsim.Trace) -> bnsim.Recording:
        """Return the response of one group.

        Parameters
        ----------
        trains
            Spikes that reach it in each trial.
        key
            Key of the background's random numbers.
        *more
            What is recorded besides the group's spikes.

        Returns
        -------
        bnsim.Recording
            Spikes of the population "group".
        """
        import bnsim

        probabilities = np.repeat(background_probabilities() if self.noisy else (0.0, 0.0), GROUP)
        stimulus = {"input": trains, "background": np.tile(probabilities, (len(trains), 1))}
        simulator = self._simulator
        return simulator.run(simulator.initial_state(0), stimulus, key, record=[bnsim.Spikes("group"), *more])[1]

    def send(self, trains: list[Train], groups: int, seed: int) -> Iterator[list[Train]]:
        """Send spikes along the chain.

        Parameters
        ----------
        trains
            Spikes that reach the first group in each trial.
        groups
            Number of groups.
        seed
            Seed of the background, which differs between groups.

        Yields
        ------
        list of tuple of array
            Spikes of a group in each trial, group after group.
        """
        for group in range(groups):
            spikes = self.respond(trains, seed * 1000 + group).spike_times("group")
            trains = [spikes.of_trial(trial) for trial in range(len(trains))]
            yield trains
