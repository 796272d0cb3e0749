"""Firing patterns of Izhikevich's model (2003): parameters as arrays, one value for each cell."""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV

import bnsim

patterns = {  # a, b, c (mV), d (mV)
    "regular spiking": (0.02, 0.2, -65, 8),
    "intrinsically bursting": (0.02, 0.2, -55, 4),
    "chattering": (0.02, 0.2, -50, 2),
    "fast spiking": (0.1, 0.2, -65, 2),
    "low-threshold spiking": (0.02, 0.25, -65, 2),
    "thalamo-cortical": (0.02, 0.25, -65, 0.05),
}
a, b, c, d = np.array(list(patterns.values())).T

cell = bnsim.Izhikevich(a=a, b=b, c=c * mV, d=d * mV)
step = bnsim.StepCurrent(10 * mV, start=20 * ms, stop=250 * ms)
start = {"v": -70 * mV, "u": b * -70 * mV}
simulator = bnsim.Network([bnsim.Population("cells", len(a), cell, drive=step, initial=start)]).compile(dt=0.1 * ms)
record = [bnsim.Spikes("cells"), bnsim.Trace("cells", "v")]
_, recording = simulator.run_for(simulator.initial_state(key=1), 250 * ms, record=record)

figure, axes = plt.subplots(2, 3, figsize=(10, 5), layout="constrained")
for unit, (ax, pattern) in enumerate(zip(axes.flat, patterns, strict=True)):
    bnsim.plotting.membrane_potential(recording, "cells", unit, ax=ax)
    ax.set_title(pattern)
figure.savefig("izhikevich_patterns.png")
