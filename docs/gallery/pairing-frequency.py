"""
Plasticity by the frequency of pairs
====================================

Plasticity by the frequency of pairs: the triplet rule against data from slices of visual cortex.

Sixty pairs of spikes, 10 ms apart, are repeated at several frequencies. The data are those of Sjöström, Turrigiano and
Nelson, Neuron 32 (2001); the rule and its parameters those of Pfister and Gerstner, Journal of Neuroscience 26 (2006).
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import mV, second

import bnsim

frequencies, pairings, dt = np.array([0.1, 10, 20, 40, 50]), 60, 0.001
data = {10: [-0.04, 0.14, 0.29, 0.53, 0.56], -10: [-0.29, -0.41, -0.34, 0.56, 0.75]}
errors = {10: [0.05, 0.1, 0.14, 0.11, 0.26], -10: [0.08, 0.11, 0.1, 0.32, 0.19]}
weight = 0.1 * mV

rule = bnsim.TripletSTDP.visual_cortex(scale=weight, w_max=10 * weight)
times = np.arange(pairings) / frequencies[:, None] + 0.02
changes = {}
for lag in data:
    pre, post = times - lag * 5e-4, times + lag * 5e-4
    changes[lag] = 100 * bnsim.weight_change(rule, pre, post, weight, dt=dt * second) / weight

figure, axes = plt.subplots(layout="constrained")
for lag, colour in ((10, "C0"), (-10, "C3")):
    axes.errorbar(frequencies, 100 * np.array(data[lag]), 100 * np.array(errors[lag]), fmt="o", color=colour, capsize=3)
    axes.plot(frequencies, changes[lag], color=colour, label=f"{lag:+d} ms")
axes.axhline(0, color="grey", linewidth=0.8)
axes.set(xlabel="Frequency of pairs (Hz)", ylabel="Change of the weight (%)")
axes.legend(title="pre to post")
figure.savefig("pairing-frequency.png")
