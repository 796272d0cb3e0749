"""
Inhibitory plasticity and balance
=================================

Inhibitory plasticity brings a network from fast regular firing into balance, at a target rate.

After Vogels, Sprekeler, Zenke, Clopath & Gerstner, Science 334 (2011), with a fifth of the neurons.
"""

import matplotlib.pyplot as plt
from brian2 import Hz, ms, mV, nS, pA, second

import bnsim

sizes, target_rate, duration = {"E": 1600, "I": 400}, 6.25 * Hz, 8 * second

cell = bnsim.ConductanceLIF()  # the defaults are those of the paper
excite = bnsim.ExponentialConductance(tau=5 * ms, reversal=0 * mV)
inhibit = bnsim.ExponentialConductance(tau=10 * ms, reversal=-80 * mV)
plasticity = bnsim.VogelsSTDP(target_rate=target_rate, learning_rate=0.1)
initial = {"v": bnsim.Uniform(-60 * mV, -50 * mV)}
populations = [
    bnsim.Population(name, size, cell, drive=bnsim.Current(200 * pA), initial=initial) for name, size in sizes.items()
]
random = bnsim.FixedProbability(0.1)
projections = [
    bnsim.Projection("E", "E", excite, 0.3 * nS, random),
    bnsim.Projection("E", "I", excite, 0.3 * nS, random),
    bnsim.Projection("I", "I", inhibit, 3 * nS, random),
    bnsim.Projection("I", "E", inhibit, 0 * nS, random, plasticity=plasticity),
]
simulator = bnsim.Network(populations, projections).compile(dt=0.2 * ms)
state, recording = simulator.run_for(simulator.initial_state(key=1), duration, record=[bnsim.Spikes("E")])

_, axes = plt.subplots(3, figsize=(6, 7), layout="constrained")
axes[0].semilogy(recording.binned("E", 100 * ms)[0].mean(axis=1) / 0.1)
axes[0].axhline(target_rate / Hz, color="black", linestyle=":")
axes[0].set(xlabel="time (0.1 s)", ylabel="rate (Hz)")
bnsim.plotting.raster(recording, window=(duration - 500 * ms, duration), sample=100, ax=axes[1])
axes[1].set_ylabel("neuron")
axes[2].hist(state.weights("I_to_E", nS), bins=50)
axes[2].set(xlabel="inhibitory weight (nS)", ylabel="synapses")
plt.savefig("inhibitory-balance.png")
