"""The chain of Diesmann, Gewaltig and Aertsen: its neurons, its synapses, and the background of each neuron."""

from __future__ import annotations

import math

import numpy as np
from brian2.units import Hz, ms, mV

import bnsim

REST, THRESHOLD = -70.0, -55.0
"""Resting potential, which is also the reset potential, and threshold, in mV."""
TAU_M, TAU_SYN, REFRACTORY = 10.0, 0.325, 1.0
"""Membrane time constant, synaptic time constant and refractory period, in ms."""
WEIGHT = 4.86 / math.e
"""Peak of a synapse's alpha function, in mV: the potential that it moves peaks at 0.14 mV after 1.7 ms."""
EXCITATORY, INHIBITORY = (17_600, 2.0), (2_400, 12.5)
"""Background synapses of each neuron, and the rate of each in Hz."""
WARM_UP = 50.0
"""Time before the packet enters, in ms: five membrane time constants, for neurons begin at rest."""


def network(size: int, groups: int, dt: float = 0.1) -> bnsim.Network:
    """Return a chain.

    Parameters
    ----------
    size
        Number of neurons of a group.
    groups
        Number of groups.
    dt
        Time step in ms.

    Returns
    -------
    Network
        The population "input", which sends a packet to the first group, and "chain", whose neurons are numbered by
        group.
    """
    cell = bnsim.LIF(
        tau_m=TAU_M * ms,
        v_rest=REST * mV,
        v_threshold=THRESHOLD * mV,
        v_reset=REST * mV,
        refractory=(REFRACTORY + dt) * ms,
    )
    synapse = bnsim.AlphaCurrent(tau=TAU_SYN * ms)
    background = [
        bnsim.PoissonDrive(rate * Hz, sign * WEIGHT * mV, n=number, synapse=synapse)
        for sign, (number, rate) in ((1, EXCITATORY), (-1, INHIBITORY))
    ]
    neuron = np.arange(size * groups)
    first = bnsim.EdgeList(np.repeat(neuron[:size], size), np.tile(neuron[:size], size))
    source = np.repeat(neuron[:-size], size)
    following = bnsim.EdgeList(source, (source // size + 1) * size + np.tile(neuron[:size], len(neuron) - size))
    return bnsim.Network(
        [
            bnsim.Population("input", size, bnsim.SpikeTrains()),
            bnsim.Population("chain", size * groups, cell, drive=background),
        ],
        [
            bnsim.Projection("input", "chain", synapse, WEIGHT * mV, first),
            bnsim.Projection("chain", "chain", synapse, WEIGHT * mV, following),
        ],
    )
