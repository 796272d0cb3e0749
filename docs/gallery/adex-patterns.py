"""
Firing patterns of the adaptive exponential neuron
==================================================

Firing patterns of the adaptive exponential neuron (Naud et al. 2008): parameters as arrays of cells.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV, nS, pA, pF

import bnsim

patterns = {  # C (pF), g_L (nS), E_L (mV), a (nS), tau_w (ms), b (pA), V_r (mV), I (pA)
    "tonic": (200, 10, -70, 2, 30, 0, -58, 500),
    "adapting": (200, 12, -70, 2, 300, 60, -58, 500),
    "initial burst": (130, 18, -58, 4, 150, 120, -50, 400),
    "regular bursting": (200, 10, -58, 2, 120, 100, -46, 210),
    "delayed accelerating": (200, 12, -70, -10, 300, 0, -58, 300),
    "delayed regular bursting": (100, 10, -65, -10, 90, 30, -47, 110),
    "transient": (100, 10, -65, 10, 90, 100, -47, 180),
    "irregular": (100, 12, -60, -11, 130, 30, -48, 160),
}
c_m, g_leak, e_leak, a, tau_w, b, v_reset, current = np.array(list(patterns.values()), float).T

cell = bnsim.AdaptiveExponentialLIF(
    c_m=c_m * pF,
    g_leak=g_leak * nS,
    e_leak=e_leak * mV,
    v_threshold=-50 * mV,
    slope_factor=2 * mV,
    v_reset=v_reset * mV,
    a=a * nS,
    tau_w=tau_w * ms,
    b=b * pA,
)
cells = bnsim.Population("cells", len(patterns), cell, encoder=bnsim.ConstantCurrent(gain=1 * pA))
simulator = bnsim.Network([cells]).compile(dt=0.02 * ms)
record = [bnsim.Spikes("cells"), bnsim.Trace("cells", "v", every=0.1 * ms)]
_, recording = simulator.run_for(simulator.initial_state(key=1), 400 * ms, current, record=record)

figure, axes = plt.subplots(2, 4, figsize=(12, 5), layout="constrained")
for unit, (ax, pattern) in enumerate(zip(axes.flat, patterns, strict=True)):
    bnsim.plotting.membrane_potential(recording, "cells", unit, ax=ax)
    ax.set_title(pattern)
figure.savefig("adex-patterns.png")
