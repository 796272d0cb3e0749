"""
Phase plane of an adaptive exponential neuron
=============================================

Phase plane of the adaptive exponential neuron: nullclines, vector field, and the path of a cell through spikes.

The input lifts the potential's nullcline off the other one, so that there is no resting state. Each spike raises the
adaptation, which brings the path closer to the nullcline and slows the cell down, until both settle. After Brette &
Gerstner, Journal of Neurophysiology 94 (2005).
"""

from brian2 import ms, mV, nA, pA

import bnsim

current = 0.8 * nA
cell = bnsim.AdaptiveExponentialLIF()
network = bnsim.Network([bnsim.Population("cell", 1, cell, drive=bnsim.Current(current))])
simulator = network.compile(dt=0.05 * ms)
record = [bnsim.Spikes("cell"), bnsim.Trace("cell", "v"), bnsim.Trace("cell", "adaptation")]
state, recording = simulator.run_for(simulator.initial_state(key=0), 300 * ms, record=record)
ax = bnsim.plotting.phase_plane(
    cell, current, recording=recording, population="cell", x=(-75, -38) * mV, y=(-20, 500) * pA
)
ax.figure.savefig("phase-plane.png")
