"""
Synapses that compete
=====================

Synapses compete for the control of spikes: weights part, and the rate of the neuron hardly depends on its inputs.

After Song, Miller & Abbott, Nature Neuroscience 3 (2000); weights change five times as fast as there.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Hz, ms, mV, second

import bnsim

g_max, highest, rates = 0.015, 40 * Hz, (10, 20, 40)
seconds, dt, tau = 100, 0.5 * ms, 20 * ms

# On a time grid pairs in the same step strengthen; the last factor keeps the areas of the window at a ratio of 1.05.
rule = bnsim.PairSTDP(tau, tau, a_plus=0.025, a_minus=0.025 * 1.05 * np.exp(dt / tau), w_max=g_max)
cell = bnsim.LIF(tau_m=20 * ms, v_rest=-70 * mV, v_threshold=-54 * mV, v_reset=-60 * mV)
excite = bnsim.ExponentialConductance(tau=5 * ms, reversal=0 * mV)
inhibit = bnsim.ExponentialConductance(tau=5 * ms, reversal=-70 * mV)
inhibition = bnsim.PoissonDrive(10 * Hz, 0.05, n=200, synapse=inhibit)
network = bnsim.Network(
    [bnsim.Population("input", 1000, bnsim.Poisson(highest)), bnsim.Population("cell", 1, cell, drive=inhibition)],
    [bnsim.Projection("input", "cell", excite, bnsim.Uniform(0, g_max), plasticity=rule)],
)
simulator = network.compile(dt=dt)

figure, axes = plt.subplots(2, len(rates), figsize=(8, 5), sharey="row", layout="constrained")
for column, rate in zip(axes.T, rates, strict=True):
    stimulus = np.full(1000, rate * Hz / highest)
    state, recording = simulator.run_for(
        simulator.initial_state(key=1), seconds * second, stimulus, record=[bnsim.Spikes("cell")]
    )
    column[0].plot(np.arange(seconds) + 0.5, recording.binned("cell", 1 * second)[0, :, 0])
    column[0].set(title=f"inputs of {rate} Hz", xlabel="time (s)", yscale="log")
    column[1].hist(state.weights("input_to_cell", g_max), bins=20, range=(0, 1))
    column[1].set(xlabel="weight (g_max)")
axes[0, 0].set_ylabel("rate (Hz)")
axes[1, 0].set_ylabel("synapses")
figure.savefig("synaptic-competition.png")
