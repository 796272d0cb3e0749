"""
Brunel's sparse network
=======================

Sparse network of excitatory and inhibitory neurons: asynchronous and irregular activity (Brunel 2000, figure 8C).
"""

import matplotlib.pyplot as plt
from brian2 import Hz, ms, mV, second

import bnsim

cell = bnsim.LIF(tau_m=20 * ms, v_rest=0 * mV, v_threshold=20 * mV, v_reset=10 * mV, refractory=2.1 * ms)
g, eta = 5, 2  # strength of inhibition, and rate from outside relative to that which reaches the threshold

drive = bnsim.PoissonDrive(eta * 10_000 * Hz, 0.1 * mV)
start = {"v": bnsim.Uniform(10 * mV, 20 * mV)}
network = bnsim.Network(
    [bnsim.Population(name, size, cell, drive=drive, initial=start) for name, size in [("E", 2000), ("I", 500)]],
    [
        bnsim.Projection(source, target, bnsim.Delta(), weight * mV, bnsim.FixedInDegree(degree), delay=1.5 * ms)
        for source, weight, degree in [("E", 0.1, 1000), ("I", -0.1 * g, 250)]
        for target in "EI"
    ],
)
simulator = network.compile(dt=0.1 * ms)
spikes = [bnsim.Spikes("E"), bnsim.Spikes("I")]
_, recording = simulator.run_for(simulator.initial_state(key=1), 1 * second, record=spikes)

bnsim.plotting.raster(recording, window=(0.8, 1.0), sample=100)
plt.savefig("brunel.png")
