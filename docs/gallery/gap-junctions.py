"""
Gap junctions
=============

Gap junctions: cells that fire at different rates by themselves fire together when they are coupled.

Hodgkin-Huxley cells with different currents, in two groups; in the second, each pair of cells has a gap junction.
Compare Galarreta and Hestrin, Nature 402 (1999), and Gibson, Beierlein and Connors, Nature 402 (1999).
"""

import numpy as np
from brian2 import ms, mV, nA, nS

import bnsim

size, total = 20, 50 * nS
currents = np.linspace(1.1, 1.5, 20)

populations = [
    bnsim.Population(
        name,
        size,
        bnsim.HodgkinHuxley(method="rk4"),
        encoder=bnsim.ConstantCurrent(1 * nA),
        initial={"v": bnsim.Uniform(-75 * mV, -45 * mV), "n": bnsim.Uniform(0.3, 0.7)},
    )
    for name in ("alone", "coupled")
]
pairs = bnsim.EdgeList(*np.triu_indices(size, 1))
junctions = bnsim.Projection("coupled", "coupled", bnsim.GapJunction(), total / (size - 1), pairs)
simulator = bnsim.Network(populations, [junctions]).compile(dt=0.05 * ms)
stimulus = {"alone": currents, "coupled": currents}
record = [bnsim.Spikes("alone"), bnsim.Spikes("coupled")]
_, recording = simulator.run_for(simulator.initial_state(key=1), 300 * ms, stimulus, record=record)

axes = bnsim.plotting.raster(recording, bin_width=1 * ms)
axes.figure.savefig("gap-junctions.png")
