"""Phase plane of the adaptive exponential neuron: nullclines, vector field, and the path of a cell through spikes.

The input moves the potential's nullcline up, away from the resting state; each spike lifts the adaptation, until the
path passes above the nullcline and the cell pauses. After Brette & Gerstner, Journal of Neurophysiology 94 (2005).
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
