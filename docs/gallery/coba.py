"""
A network with synaptic conductances
====================================

A sparse network with synaptic conductances: a kick of 50 neurons begins activity that keeps itself up.

The first benchmark of Brette et al., Journal of Computational Neuroscience 23 (2007), after Vogels and Abbott, Journal
of Neuroscience 25 (2005).
"""

import numpy as np
from brian2 import Hz, ms, mV, nS, pF

import bnsim

cell = bnsim.ConductanceLIF(
    c_m=200 * pF, g_leak=10 * nS, e_leak=-60 * mV, v_threshold=-50 * mV, v_reset=-60 * mV, refractory=5 * ms
)
excitatory = bnsim.ExponentialConductance(5 * ms, reversal=0 * mV)
inhibitory = bnsim.ExponentialConductance(10 * ms, reversal=-80 * mV)
sparse = bnsim.FixedProbability(0.02)

# Spikes at 300 Hz for 50 ms, for the first 50 neurons alone: one bin of time, and a rate for each neuron.
rates = np.where(np.arange(3200) < 50, 300, 0)[None, :] * Hz
kick = bnsim.PoissonDrive(bnsim.Binned(rates, 50 * ms), 6 * nS, synapse=excitatory)
populations = [bnsim.Population("E", 3200, cell, drive=kick), bnsim.Population("I", 800, cell)]
projections = [bnsim.Projection("E", target, excitatory, 6 * nS, sparse) for target in "EI"]
projections += [bnsim.Projection("I", target, inhibitory, 67 * nS, sparse) for target in "EI"]
simulator = bnsim.Network(populations, projections).compile(dt=0.1 * ms)
record = [bnsim.Spikes("E"), bnsim.Spikes("I")]
state, recording = simulator.run_for(simulator.initial_state(key=1), 500 * ms, record=record)

axes = bnsim.plotting.raster(recording, sample=100)
axes.figure.savefig("coba.png")
