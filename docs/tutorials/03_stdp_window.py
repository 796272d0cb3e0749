"""
STDP and its window
===================

By how much a pair of spikes changes a weight, and what becomes of weights in a network.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV

import bnsim

# %%
# One pair of spikes
# ------------------
#
# ``weight_change`` plays given spikes on both sides of synapses. Ten milliseconds before, and ten after:

rule = bnsim.PairSTDP(a_plus=0.01, a_minus=0.01, tau_plus=20 * ms, tau_minus=20 * ms, w_max=1 * mV)
change = bnsim.weight_change(rule, [[0.02], [0.02]], [[0.03], [0.01]], 0.5 * mV)
print(change / mV)

# %%
# The rule's docstring gives the closed form: a_plus w_max exp(-s / tau_plus) for a lag s > 0.

print(0.01 * np.exp(-10 / 20))

# %%
# The whole window
# ----------------
#
# Axes may be shared by several rules.

_, ax = plt.subplots()
bnsim.plotting.plasticity_window(rule, 0.5 * mV, label="additive", ax=ax)
soft = bnsim.SoftPairSTDP(a_plus=0.01, a_minus=0.01, w_max=1 * mV)
bnsim.plotting.plasticity_window(soft, 0.2 * mV, label="multiplicative, weak synapse", ax=ax)
ax.legend()

# %%
# Frequency matters in some rules
# -------------------------------
#
# Pairs 10 ms apart, sixty of them, repeated slowly and fast: pair rules add up pairs, the triplet rule (Pfister
# & Gerstner 2006) also sees the spike before.


def protocol(rule, frequency, start):
    pre = np.arange(60) / frequency + 0.05
    return bnsim.weight_change(rule, [pre], [pre + 0.01], start) / start


triplet = bnsim.TripletSTDP()
begin = bnsim.usual_weight(triplet)
for frequency in (1, 20, 50):
    print(f"{frequency} Hz: {100 * protocol(triplet, frequency, begin)[0]:+.0f} %")

# %%
# In a network
# ------------
#
# Here cells fire by themselves, so that their synapses learn from spikes that they have caused. Learning is on
# in every run unless ``plastic=False``.

network = bnsim.Network(
    [bnsim.Population("input", 100, bnsim.Poisson(20 / 1000 / ms)), bnsim.Population("cell", 4, bnsim.LIF())],
    [bnsim.Projection("input", "cell", bnsim.Delta(), bnsim.Uniform(0 * mV, 1 * mV), plasticity=rule)],
)
simulator = network.compile(dt=0.5 * ms)
state = simulator.initial_state(key=1)
before = state.weights("input_to_cell", mV)
state, recording = simulator.run_for(state, 5000 * ms, np.ones(100))
after = state.weights("input_to_cell", mV)
print(
    f"{bnsim.measures.rates(recording, 'cell').mean():.1f} Hz; mean weight {before.mean():.3f} -> {after.mean():.3f} mV"
)
frozen, _ = simulator.run_for(state, 100 * ms, np.ones(100), plastic=False)
print(np.array_equal(frozen.weights("input_to_cell", mV), after))

# %%
bnsim.plotting.weight_histogram(after, label="Weight (mV)")
