"""
A network and its raster
========================

Describe a network, compile it, run it, look at its spikes, and go on from where it ended.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Hz, ms, mV

import bnsim

# %%
# A network is a description
# --------------------------
#
# Populations hold units of one kind. ``Poisson`` is an encoder: it makes spikes of the stimulus that a run is
# given, here up to 40 Hz. Projections wire populations. Each has a synapse model, and may have weights,
# connectivity, a delay and a rule of plasticity. Quantities have units; a wrong one is refused when the
# description is made.

network = bnsim.Network(
    [
        bnsim.Population("input", 100, bnsim.Poisson(40 * Hz)),
        bnsim.Population("cells", 60, bnsim.LIF(refractory=2 * ms)),
    ],
    [
        bnsim.Projection("input", "cells", bnsim.ExponentialCurrent(), weights=bnsim.Uniform(0 * mV, 3 * mV)),
        bnsim.Projection("cells", "cells", bnsim.Delta(), weights=-0.2 * mV, delay=2 * ms),
    ],
)

# %%
# Compile and run
# ---------------
#
# ``compile`` makes a program of it, once: the next process finds it in the cache. The key of the initial state
# decides on every random number, of weights and of spikes. A run takes a state and returns a new one, with what
# was recorded.

simulator = network.compile(dt=0.5 * ms)
start = simulator.initial_state(key=1)
record = [bnsim.Spikes("input"), bnsim.Spikes("cells"), bnsim.Trace("cells", "v", units=[0, 1])]
state, recording = simulator.run_for(start, 300 * ms, np.ones(100), record=record)
bnsim.plotting.raster(recording)

# %%
# Measure
# -------

for name in ("input", "cells"):
    print(f"{name}: {bnsim.measures.rates(recording, name).mean():.1f} Hz")

# %%
# The input has the rate that it was given, but for chance: 100 units fire for 0.3 s, which gives a standard
# error of sqrt(40 / (100 x 0.3)) = 1.2 Hz.
#
# Look at a membrane potential
# ----------------------------

bnsim.plotting.membrane_potential(recording, "cells", 0)

# %%
# Go on
# -----
#
# The new state holds weights, potentials, spikes in flight and the clock. Two runs of 150 ms are one of 300 ms,
# to the last bit.

half, _ = simulator.run_for(start, 150 * ms, np.ones(100))
whole, _ = simulator.run_for(half, 150 * ms, np.ones(100))
print(whole == state)

# %%
# Weights are data: replace them and run again, without compiling.

weaker = start.replace({"input_to_cells.w": 0.5 * start["input_to_cells.w"]})
_, quiet = simulator.run_for(weaker, 300 * ms, np.ones(100))
print(f"{bnsim.measures.rates(quiet, 'cells').mean():.1f} Hz with weights half as large")
plt.close("all")
