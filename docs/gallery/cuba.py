"""
A network with synaptic currents
================================

A sparse network with synaptic currents: neurons would fire by themselves, and inhibition makes them irregular.

The second benchmark of Brette et al., Journal of Computational Neuroscience 23 (2007), after Vogels and Abbott, Journal
of Neuroscience 25 (2005).
"""

import numpy as np
from brian2 import ms, mV, second

import bnsim

cell = bnsim.LIF(tau_m=20 * ms, v_rest=-49 * mV, v_threshold=-50 * mV, v_reset=-60 * mV, refractory=5 * ms)
initial = {"v": bnsim.Uniform(-60 * mV, -50 * mV)}
excitatory, inhibitory = bnsim.ExponentialCurrent(5 * ms), bnsim.ExponentialCurrent(10 * ms)
sparse = bnsim.FixedProbability(0.02)

populations = [bnsim.Population("E", 3200, cell, initial=initial), bnsim.Population("I", 800, cell, initial=initial)]
projections = [bnsim.Projection("E", target, excitatory, 1.62 * mV, sparse) for target in "EI"]
projections += [bnsim.Projection("I", target, inhibitory, -9 * mV, sparse) for target in "EI"]
simulator = bnsim.Network(populations, projections).compile(dt=0.1 * ms)
record = [bnsim.Spikes("E"), bnsim.Spikes("I")]
state, recording = simulator.run_for(simulator.initial_state(key=1), 1 * second, record=record)

variation = np.nanmean(bnsim.measures.coefficient_of_variation(recording, "E"))
print(f"{bnsim.measures.rates(recording, 'E').mean():.1f} Hz, coefficient of variation {variation:.2f}")
axes = bnsim.plotting.raster(recording, window=(0.5, 1.0), sample=100)
axes.figure.savefig("cuba.png")
