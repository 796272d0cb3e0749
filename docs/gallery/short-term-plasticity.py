"""
Short-term plasticity
=====================

Short-term plasticity: a depressing and a facilitating synapse transmit the same train of spikes.

The synapses are those of Tsodyks, Pawelzik and Markram, Neural Computation 10 (1998); the train has 20 Hz.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV, second

import bnsim

synapses = {
    "depressing": bnsim.ShortTermPlasticity(U=0.5, tau_rec=800 * ms),
    "facilitating": bnsim.ShortTermPlasticity(U=0.03, tau_rec=130 * ms, tau_facil=530 * ms),
}

populations = [bnsim.Population("input", 1, bnsim.SpikeTrains())]
populations += [bnsim.Population(name, 1, bnsim.LeakyReadout(tau_m=30 * ms)) for name in synapses]
projections = [bnsim.Projection("input", name, bnsim.Delta(), 1 * mV, short_term=synapses[name]) for name in synapses]
simulator = bnsim.Network(populations, projections).compile(dt=0.1 * ms)
spikes = np.append(np.arange(0.1, 0.9, 0.05), 1.4)  # sixteen spikes, and one after a pause
record = [bnsim.Trace(name, "v") for name in synapses]
_, recording = simulator.run_for(
    simulator.initial_state(key=0), 1.6 * second, (spikes, 0 * spikes / second), record=record
)

figure, axes = plt.subplots(2, sharex=True, layout="constrained")
for ax, name in zip(axes, synapses, strict=True):
    trace = recording.trace(name, "v")
    ax.plot(trace.times, trace.values[0] * 1e3)
    ax.set(title=name, ylabel="Depolarization (mV)")
axes[1].set_xlabel("Time (s)")
figure.savefig("short-term-plasticity.png")
