"""
Weights over time
=================

Competition of synapses: with additive STDP, the weights of equal inputs part into weak and strong ones.

A hundred Poisson inputs of one neuron, after Song, Miller & Abbott, Nature Neuroscience 3 (2000), with larger
changes of the weights and jumps of the potential in place of conductances.
"""

import numpy as np
from brian2 import Hz, ms, mV, second

import bnsim

n_inputs, rate, w_max = 100, 20 * Hz, 0.75 * mV

rule = bnsim.PairSTDP(a_plus=0.01, a_minus=0.0105, w_max=w_max)
network = bnsim.Network(
    [bnsim.Population("input", n_inputs, bnsim.Poisson(rate)), bnsim.Population("cell", 1, bnsim.LIF())],
    [bnsim.Projection("input", "cell", bnsim.Delta(), w_max / 2, plasticity=rule)],
)
simulator = network.compile(dt=0.5 * ms)
record = [bnsim.Weights("input_to_cell", 4 * second)]
state, recording = simulator.run_for(simulator.initial_state(key=1), 400 * second, np.ones(n_inputs), record=record)
ax = bnsim.plotting.weights_over_time(recording)
ax.figure.savefig("weights-over-time.png")
