"""
Noise and rates
===============

How a leaky integrate-and-fire neuron fires in response to a constant current, to noise, and to both.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV, second

import bnsim

# %%
# Parameters that differ from cell to cell
# ----------------------------------------
#
# Any parameter of a cell or of a drive may be an array, one value a cell. So one network holds all conditions:
# 21 means of the input, each for 40 cells. The input is the voltage that it would reach; the threshold lies at
# 20 mV.

means = np.linspace(5, 25, 21)
cell = bnsim.LIF(tau_m=20 * ms, v_rest=0 * mV, v_threshold=20 * mV, v_reset=10 * mV, refractory=2.1 * ms)


def population(name, sigma):
    noise = bnsim.WhiteNoise(sigma=sigma * mV, tau=20 * ms, mean=np.repeat(means, 40) * mV)
    return bnsim.Population(name, 40 * len(means), cell, drive=noise)


strengths = {"none": 0, "weak": 1, "strong": 5}
network = bnsim.Network([population(name, sigma) for name, sigma in strengths.items()])
simulator = network.compile(dt=0.1 * ms)

# %%
# Leave out the beginning
# -----------------------
#
# The first 300 ms are run without being measured.

state, _ = simulator.run_for(simulator.initial_state(key=1), 0.3 * second)
record = [bnsim.Spikes(name) for name in strengths]
_, recording = simulator.run_for(state, 1 * second, record=record)

# %%
# Noise makes neurons fire below the threshold
# --------------------------------------------

figure, ax = plt.subplots()
for name, sigma in strengths.items():
    rates = bnsim.measures.rates(recording, name).reshape(len(means), 40).mean(axis=1)
    ax.plot(means, rates, "o-", markersize=3, label=f"noise {sigma} mV")
ax.axvline(20, color="lightgrey")
ax.set(xlabel="mean input (mV)", ylabel="firing rate (Hz)")
ax.legend()

# %%
# Without noise, the rate is that of the closed solution: from reset to threshold it takes tau ln((I - reset) /
# (I - threshold)), after the refractory period of 2 ms. On the grid an interval is at most a step longer.

interval = 2 + 20 * np.log((25 - 10) / (25 - 20))
found = bnsim.measures.rates(recording, "none").reshape(len(means), 40)[-1].mean()
print(f"at 25 mV: {found:.1f} Hz, closed solution {1000 / interval:.1f} Hz")

# %%
# Noise makes neurons irregular
# -----------------------------
#
# The coefficient of variation of the intervals is 0 for a clock and 1 for a Poisson process.

for name in strengths:
    variation = bnsim.measures.coefficient_of_variation(recording, name).reshape(len(means), 40)[-1]
    print(f"noise {strengths[name]} mV, mean input 25 mV: {np.nanmean(variation):.2f}")

# %%
# In which way the rate depends on the time step is in the :doc:`gallery <../auto_gallery/siegert>`.
