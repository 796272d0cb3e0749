"""
Firing patterns of Izhikevich's model
=====================================

Firing patterns of Izhikevich's model (2003): parameters as arrays, one value for each cell.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV

import bnsim

patterns = {  # a, b, c (mV), d (mV), current (mV)
    "regular spiking": (0.02, 0.2, -65, 8, 14),
    "intrinsically bursting": (0.02, 0.2, -55, 4, 11),
    "chattering": (0.02, 0.2, -50, 2, 10),
    "fast spiking": (0.1, 0.2, -65, 2, 10),
    "low-threshold spiking": (0.02, 0.25, -65, 2, 10),
    "thalamo-cortical": (0.02, 0.25, -65, 0.05, 1.5),
}
a, b, c, d, current = np.array(list(patterns.values())).T

cell = bnsim.Izhikevich(a=a, b=b, c=c * mV, d=d * mV)
cells = bnsim.Population("cells", len(patterns), cell, encoder=bnsim.ConstantCurrent(gain=1 * mV))
simulator = bnsim.Network([cells]).compile(dt=0.1 * ms)
record = [bnsim.Spikes("cells"), bnsim.Trace("cells", "v")]
_, recording = simulator.run_for(simulator.initial_state(key=1), 250 * ms, current, record=record)

figure, axes = plt.subplots(2, 3, figsize=(10, 5), layout="constrained")
for unit, (ax, pattern) in enumerate(zip(axes.flat, patterns, strict=True)):
    bnsim.plotting.membrane_potential(recording, "cells", unit, ax=ax)
    ax.set_title(pattern)
figure.savefig("izhikevich-patterns.png")
