"""
A balanced network
==================

Spikes of a balanced network: excitation and inhibition cancel on average, and what is left makes neurons fire.

A thousand neurons after Brunel, Journal of Computational Neuroscience 8 (2000), with inhibition six times as strong as
excitation and external input at twice the rate that alone would bring the mean potential to threshold.
"""

from brian2 import ms, mV

import bnsim

weight, inhibition, external = 0.2 * mV, 6, 2
tau_m, v_threshold = 20 * ms, 20 * mV

cell = bnsim.LIF(tau_m=tau_m, v_rest=0 * mV, v_threshold=v_threshold, v_reset=10 * mV, refractory=2 * ms)
drive = bnsim.PoissonDrive(external * v_threshold / (weight * tau_m), weight)
initial = {"v": bnsim.Uniform(10 * mV, 20 * mV)}
populations = [
    bnsim.Population(name, size, cell, drive=drive, initial=initial) for name, size in (("E", 800), ("I", 200))
]
excite, inhibit = bnsim.FixedInDegree(80), bnsim.FixedInDegree(20)
projections = [bnsim.Projection("E", target, bnsim.Delta(), weight, excite, delay=1.5 * ms) for target in "EI"]
projections += [
    bnsim.Projection("I", target, bnsim.Delta(), -inhibition * weight, inhibit, delay=1.5 * ms) for target in "EI"
]
simulator = bnsim.Network(populations, projections).compile(dt=0.1 * ms)
state, recording = simulator.run_for(
    simulator.initial_state(key=1), 400 * ms, record=[bnsim.Spikes("E"), bnsim.Spikes("I")]
)
axes = bnsim.plotting.raster(recording, window=(200 * ms, 400 * ms), sample=100, bin_width=1 * ms)
axes.figure.savefig("balanced-network.png")
