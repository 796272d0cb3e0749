"""
Hodgkin and Huxley's membrane
=============================

Hodgkin & Huxley's membrane: its firing rate jumps from 0 to some 50 Hz as the current rises (class II).
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, nA

import bnsim

densities = np.linspace(0, 30, 61)  # in uA/cm^2: 0.1 nA into 10,000 um^2

cells = bnsim.Population("cells", len(densities), bnsim.HodgkinHuxley(), encoder=bnsim.ConstantCurrent(gain=0.1 * nA))
simulator = bnsim.Network([cells]).compile(dt=0.05 * ms)
state, _ = simulator.run_for(simulator.initial_state(key=1), 500 * ms, densities)
record = [bnsim.Spikes("cells"), bnsim.Trace("cells", "v", units=[20], every=0.1 * ms)]
_, recording = simulator.run_for(state, 500 * ms, densities, record=record)
intervals = bnsim.measures.interspike_intervals(recording, "cells")
rates = [1 / np.mean(each) if len(each) else 0 for each in intervals]

_, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
bnsim.plotting.membrane_potential(recording, "cells", window=(0.5, 0.6), ax=left)
right.plot(densities, rates, "o", markersize=3)
right.set(xlabel="current (uA/cm$^2$)", ylabel="firing rate (Hz)")
plt.savefig("hodgkin-huxley.png")
