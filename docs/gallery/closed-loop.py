"""
A closed loop
=============

Two groups of cells choose between two arms, of which the second pays more often, and learn from what they are paid.

Each decision is a run of 50 ms that goes on from the state of the last one. The group with more spikes chooses. The
error of the expected payment reaches all synapses in the next decision, and a copy of the choice says which group it
concerns. After Fremaux, Sprekeler and Gerstner, PLoS Computational Biology 9 (2013), in its simplest form.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Hz, ms, mV

import bnsim

rule = bnsim.TemporalDifferenceLTP(learning_rate=0.003, tau_eligibility=50 * ms, w_max=0.6 * mV)
network = bnsim.Network(
    [
        bnsim.Population("input", 100, bnsim.Poisson(80 * Hz)),
        bnsim.Population("cells", 20, bnsim.LIF(refractory=2 * ms), drive=bnsim.WhiteNoise(5 * mV)),
    ],
    [bnsim.Projection("input", "cells", bnsim.Delta(), 0.125 * mV, plasticity=rule, name="learned")],
)
simulator = network.compile(dt=1 * ms)
state, generator = simulator.initial_state(key=1), np.random.default_rng(1)
chances, expected, error, told, chosen, weights = (0.2, 0.8), 0.5, 0.0, np.zeros(20), [], []
for _ in range(200):
    signals = {"learned.td_error": error, "learned.selected": told}
    state, recording = simulator.run_for(state, 50 * ms, np.ones(100), signals=signals)
    spikes = recording.counts["cells"].reshape(2, 10).sum(axis=1)
    choice = int(spikes.argmax())
    error = float(generator.random() < chances[choice]) - expected
    expected += 0.1 * error
    told = np.repeat([0.5, -0.5] if choice == 0 else [-0.5, 0.5], 10)
    chosen.append(choice)
    weights.append(state.weights("learned", mV, matrix=True).reshape(100, 2, 10).mean(axis=(0, 2)))

figure, axes = plt.subplots(2, 1, sharex=True, layout="constrained")
axes[0].plot(np.convolve(chosen, np.ones(20) / 20, "valid"), color="black")
axes[0].set(ylabel="Share of the better arm\nin the next 20 choices", ylim=(0, 1.02))
axes[1].plot(weights, label=["cells for the worse arm", "cells for the better arm"])
axes[1].set(xlabel="Decision", ylabel="Mean weight (mV)")
axes[1].legend()
figure.savefig("closed-loop.png")
