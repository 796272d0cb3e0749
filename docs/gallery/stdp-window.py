"""
Window of spike-timing-dependent plasticity
===========================================

Window of spike-timing-dependent plasticity: one pair of spikes for each synapse, each with another lag.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV

import bnsim

lags = np.setdiff1d(np.arange(-100, 101, 2), [0])  # from the presynaptic to the postsynaptic spike, in ms
rule = bnsim.PairSTDP(tau_plus=16.8 * ms, tau_minus=33.7 * ms, w_max=1 * mV)

pre, post = np.maximum(-lags, 0) * ms, np.maximum(lags, 0) * ms
change = bnsim.weight_change(rule, pre[:, None], post[:, None], 0.5 * mV, dt=1 * ms) / mV

plt.axhline(0, color="lightgrey")
plt.plot(lags, 100 * change, "o", markersize=3)
plt.gca().set(xlabel="postsynaptic minus presynaptic spike (ms)", ylabel="change (% of the largest weight)")
plt.savefig("stdp-window.png")
