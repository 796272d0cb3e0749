"""
A cortical column
=================

Eight cell types of a cortical column, all alike but for their connections, fire at rates of their own.

After Potjans & Diesmann, Cerebral Cortex 24 (2014), with a twentieth of the neurons and three tenths of the inputs.
With `share, inputs = 1, 1` it is the full model: 77,169 neurons and 299 million synapses, which take 2 GB and, on one
core, some 15 s. There, weights and delays must vary: where all are alike, the neurons of a layer fire in volleys.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Hz, ms, mV, nS, pA, pF, second

import bnsim

names = ("L2/3e", "L2/3i", "L4e", "L4i", "L5e", "L5i", "L6e", "L6i")
neurons = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
outer_inputs = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])
published = np.array([0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829])
probabilities = np.array(  # of a connection, from the cell type of the column to that of the row
    [
        [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
        [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
        [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0],
        [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
        [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
        [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0],
        [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
        [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443],
    ]
)
share, inputs, weight, tau, delay = 0.05, 0.3, 87.8, 0.5 * ms, {"E": 1.5 * ms, "I": 0.75 * ms}
strength = np.array([[1.0, -4.0, 2.0, -4.0, 1.0, -4.0, 1.0, -4.0]] + 7 * [[1.0, -4.0, 1.0, -4.0, 1.0, -4.0, 1.0, -4.0]])

cell = bnsim.ConductanceLIF(
    c_m=250 * pF, g_leak=25 * nS, e_leak=-65 * mV, v_threshold=-50 * mV, v_reset=-65 * mV, refractory=2.1 * ms
)
synapse = bnsim.ExponentialCurrent(tau)
sizes = np.round(share * neurons).astype(int)
in_degrees = np.log(1 - probabilities) / np.log(1 - 1 / np.outer(neurons, neurons)) / neurons[:, None]
numbers = np.round(inputs * in_degrees * sizes[:, None]).astype(int)
# Weights grow so that the variance of the input is kept, and a constant current makes up for the mean.
weight_scaled = weight / np.sqrt(inputs) * pA
missing = (1 - np.sqrt(inputs)) * weight * float(tau) * ((strength * in_degrees) @ published + 8 * outer_inputs)
populations, projections, types = [], [], {"E": range(0, 8, 2), "I": range(1, 8, 2)}
for name, own in types.items():
    rates, currents = (np.repeat(values[own], sizes[own])[None] for values in (8 * inputs * outer_inputs, missing))
    drives = [
        bnsim.PoissonDrive(bnsim.Binned(rates * Hz, 1000 * second), weight_scaled, synapse=synapse),
        bnsim.Current(bnsim.Binned(currents * pA, 1000 * second)),
    ]
    initial = {"v": bnsim.Normal(-63.5 * mV, 5 * mV, maximum=-50 * mV)}
    populations.append(bnsim.Population(name, int(sizes[own].sum()), cell, drive=drives, initial=initial))
for source, target in (("E", "E"), ("E", "I"), ("I", "E"), ("I", "I")):
    of, to = types[source], types[target]
    rules = [[bnsim.FixedTotalNumber(int(numbers[j, i])) for j in to] for i in of]
    blocks = bnsim.Blocks(sizes[of].tolist(), sizes[to].tolist(), rules, strength[np.ix_(to, of)].T)
    projections.append(
        bnsim.Projection(
            source,
            target,
            synapse,
            bnsim.Normal(weight_scaled, 0.1 * weight_scaled, minimum=0 * pA),
            blocks,
            delay=bnsim.Normal(delay[source], 0.5 * delay[source], minimum=0.1 * ms, maximum=4 * delay[source]),
            single_precision=True,
        )
    )
simulator = bnsim.Network(populations, projections).compile(dt=0.1 * ms)
state, recording = simulator.run_for(
    simulator.initial_state(key=1), 500 * ms, record=[bnsim.Spikes("E"), bnsim.Spikes("I")]
)

_, axes = plt.subplots(1, 2, figsize=(9, 5), layout="constrained")
for own, (name, colour) in zip(types.values(), (("E", "C0"), ("I", "C3")), strict=True):
    times, units = recording.spike_times(name).of_trial(0)
    first = np.concatenate([[0], np.cumsum(sizes[own])])
    place = np.searchsorted(first, units, side="right") - 1
    shown = np.concatenate([[0], np.cumsum(sizes)])[np.array(own)][place] + units - first[place]
    axes[0].plot(1e3 * times, shown, ".", markersize=1, color=colour)
    counts = np.add.reduceat(recording.counts[name][0], first[:-1]) / sizes[own] / 0.5
    axes[1].barh(own, counts, color=colour)
axes[0].set(xlabel="time (ms)", ylabel="neuron", xlim=(300, 500))
axes[0].invert_yaxis()
axes[1].plot(published, range(8), "k|", markersize=14, label="full model")
axes[1].set(xlabel="rate (Hz)", yticks=range(8), yticklabels=names)
axes[1].invert_yaxis()
axes[1].legend()
plt.savefig("microcircuit.png")
