"""Window of spike-timing-dependent plasticity: one pair of spikes for each synapse, each with another lag."""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV

import bnsim

lags = np.setdiff1d(np.arange(-100, 101, 2), [0])  # from the presynaptic to the postsynaptic spike, in ms
rule = bnsim.PairSTDP(tau_plus=16.8 * ms, tau_minus=33.7 * ms, w_max=1 * mV)

n = len(lags)
models = {"input": bnsim.SpikeTrains(), "teacher": bnsim.SpikeTrains(), "cells": bnsim.LIF()}
network = bnsim.Network(
    [bnsim.Population(name, n, model) for name, model in models.items()],
    [
        bnsim.Projection("input", "cells", bnsim.Delta(), 0.5 * mV, bnsim.OneToOne(), plasticity=rule),
        bnsim.Projection("teacher", "cells", bnsim.Delta(), 100 * mV, bnsim.OneToOne()),
    ],
)
simulator = network.compile(dt=1 * ms)
start = simulator.initial_state(key=1)
pre, post = np.maximum(-lags, 0) + 5, np.maximum(lags, 0) + 5
# A cell fires in the step after that of its teacher.
spikes = {"input": (pre * ms, np.arange(n)), "teacher": ((post - 1) * ms, np.arange(n))}
end, _ = simulator.run_for(start, 120 * ms, spikes)
change = end.weights("input_to_cells", mV) - start.weights("input_to_cells", mV)

plt.axhline(0, color="lightgrey")
plt.plot(lags, 100 * change, "o", markersize=3)
plt.gca().set(xlabel="postsynaptic minus presynaptic spike (ms)", ylabel="change (% of the largest weight)")
plt.savefig("stdp-window.png")
