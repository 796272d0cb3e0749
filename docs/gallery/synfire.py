"""
A synfire chain
===============

Two packets of spikes on their way along a synfire chain: the larger one sharpens and lives, the smaller one dies.

After Diesmann, Gewaltig & Aertsen, Nature 402 (1999): ten groups of 100 neurons, each of which sends its spikes to all
neurons of the next group, with 20,000 background synapses a neuron.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Hz, ms, mV

import bnsim

size, groups = 100, 10
weight = 1.788 * mV  # of a current; the membrane potential peaks at 0.14 mV

cell = bnsim.LIF(tau_m=10 * ms, v_rest=-70 * mV, v_threshold=-55 * mV, v_reset=-70 * mV, refractory=1.1 * ms)
synapse = bnsim.AlphaCurrent(tau=0.325 * ms)
background = [
    bnsim.PoissonDrive(2 * Hz, weight, n=17_600, synapse=synapse),
    bnsim.PoissonDrive(12.5 * Hz, -weight, n=2_400, synapse=synapse),
]
to_all = np.tile(np.arange(size), size * groups)
source = np.repeat(np.arange(size * groups), size)  # the packet and all groups but the last are sources
network = bnsim.Network(
    [
        bnsim.Population("packet", size, bnsim.SpikeTrains()),
        bnsim.Population("chain", size * groups, cell, drive=background),
    ],
    [
        bnsim.Projection("packet", "chain", synapse, weight, bnsim.EdgeList(source[: size**2], to_all[: size**2])),
        bnsim.Projection(
            "chain",
            "chain",
            synapse,
            weight,
            bnsim.EdgeList(source[: -(size**2)], (source // size * size + to_all)[size**2 :]),
        ),
    ],
)
simulator = network.compile(trial=75 * ms, dt=0.1 * ms)
generator = np.random.default_rng(1)
packets = [(generator.normal(0.050, spread, spikes), np.arange(spikes)) for spikes, spread in ((85, 0.002), (40, 0.0))]
_, recording = simulator.run(simulator.initial_state(key=1), packets, key=1, record=[bnsim.Spikes("chain")])

_, axes = plt.subplots(2, sharex=True, layout="constrained")
for trial, ax in enumerate(axes):
    for place, (times, units) in enumerate((packets[trial], recording.spike_times("chain").of_trial(trial))):
        ax.plot(1e3 * times, units / size + place, ".", markersize=2)
    ax.set(ylabel="group", xlim=(40, 70), ylim=(groups + 1, 0))
axes[1].set_xlabel("time (ms)")
plt.savefig("synfire.png")
