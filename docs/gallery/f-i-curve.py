"""
Firing rate against current
===========================

Firing rate of a leaky integrate-and-fire neuron against its input current, beside the closed solution.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV, second

import bnsim

currents = np.linspace(10, 60, 101)  # as the potential above rest that they would reach, in mV
cell = bnsim.LIF(tau_m=10 * ms, v_rest=0 * mV, v_threshold=15 * mV, v_reset=0 * mV, refractory=2.1 * ms)

cells = bnsim.Population("cells", len(currents), cell, encoder=bnsim.ConstantCurrent(gain=1 * mV))
simulator = bnsim.Network([cells]).compile(dt=0.1 * ms)
_, recording = simulator.run_for(simulator.initial_state(key=1), 1 * second, currents, record=[bnsim.Spikes("cells")])
intervals = bnsim.measures.interspike_intervals(recording, "cells")
rates = [1 / np.mean(each) if len(each) else 0 for each in intervals]
above = currents[currents > 15]
theory = 1000 / (2 + 10 * np.log(above / (above - 15)))

plt.plot(above, theory, color="black", label="closed solution")
plt.plot(currents, rates, "o", markersize=3, label="simulated")
plt.gca().set(xlabel="current, as potential (mV)", ylabel="firing rate (Hz)")
plt.legend()
plt.savefig("f-i-curve.png")
