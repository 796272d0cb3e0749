"""
Synaptic scaling
================

Synaptic scaling: whatever their weights at first, neurons come to fire at the target rate.

Twelve neurons, each with the same 100 Poisson inputs and weights that are too weak or too strong. The estimate of the
rate is slow, so that weights overshoot. After van Rossum, Bi & Turrigiano, Journal of Neuroscience 20 (2000), with
faster constants.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Hz, ms, mV, second

import bnsim

count, target, piece = 12, 10 * Hz, 5 * second
rule = bnsim.SynapticScaling(tau_rate=10 * second, target_rate=target, beta=4e-3, gamma=1e-4 * Hz, w_max=5 * mV)

weights = np.outer(np.ones(100), np.geomspace(0.3, 3, count)) * mV
network = bnsim.Network(
    [
        bnsim.Population("input", 100, bnsim.Poisson(10 * Hz)),
        bnsim.Population("cells", count, bnsim.LIF(refractory=2 * ms)),
    ],
    [bnsim.Projection("input", "cells", bnsim.Delta(), weights, plasticity=rule)],
)
simulator = network.compile(dt=0.5 * ms)
state, rates, scales = simulator.initial_state(key=1), [], []
for _ in range(40):
    state, recording = simulator.run_for(state, piece, np.ones(100))
    rates.append(bnsim.measures.rates(recording, "cells")[0])
    scales.append(state.weights("input_to_cells", mV, matrix=True).mean(axis=0))
times = np.arange(1, 41) * piece / second
figure, axes = plt.subplots(2, 1, sharex=True, figsize=(6.4, 5), layout="constrained")
axes[0].plot(times, rates, color="C0", linewidth=0.8)
axes[0].axhline(target / Hz, color="black", linestyle=":")
axes[0].set(ylabel="Rate (Hz)")
axes[1].plot(times, scales, color="C1", linewidth=0.8)
axes[1].set(xlabel="Time (s)", ylabel="Mean weight of a neuron (mV)", yscale="log")
figure.savefig("synaptic-scaling.png")
