"""
A neuron finds a repeating pattern
==================================

A neuron finds a pattern that repeats among equally many other spikes, and comes to fire at its start.

After Masquelier, Guyonneau & Thorpe, PLoS ONE 3 (2008); rates of the afferents do not wander here, and spikes of the
pattern have no jitter.
"""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV, second

import bnsim

afferents, involved, rate = 2000, 1000, 64  # Hz; the first thousand take part in the pattern
seconds, window = 40, 500  # length, and that of the pattern in steps of 0.1 ms


@dataclass(frozen=True, repr=False)
class SpikeResponse(bnsim.NeuronModel):
    """At a spike it forgets its inputs, and s becomes the after-potential; 6.35 makes a weight the peak it causes."""

    equations = "dv/dt = (6.35 * s - v) / (10*ms) : volt\nds/dt = -s / (2.5*ms) : volt"
    threshold = "v > 500*mV"
    rearmed = "v <= 500*mV"
    reset = "v = 1000*mV\ns = -945*mV"


class Response(bnsim.SynapseModel):
    jumps = (bnsim.Jump("s"),)
    weight = "potential"


generator = np.random.default_rng(1)
begins = window * (4 * np.arange(5 * seconds) + generator.integers(0, 3, 5 * seconds))  # in a quarter of all windows
units = np.repeat(np.arange(afferents), generator.poisson(rate * seconds, afferents))
steps = generator.integers(0, 10_000 * seconds, len(units))
repeats = (units < involved) & np.isin(steps // window, begins // window)
pattern = repeats & (steps // window == begins[0] // window)
steps = np.concatenate([steps[~repeats], np.add.outer(begins - begins[0], steps[pattern]).ravel()])
units = np.concatenate([units[~repeats], np.tile(units[pattern], len(begins))])
steps, units = np.divmod(np.unique(steps * afferents + units), afferents)  # one spike of an afferent in a step

rule = bnsim.NearestReducedSTDP(16.8 * ms, 33.7 * ms, 1 / 32, 0.85 / 32, w_max=1 * mV, mu_plus=0, mu_minus=0)
network = bnsim.Network(
    [bnsim.Population("afferents", afferents, bnsim.SpikeTrains()), bnsim.Population("neuron", 1, SpikeResponse())],
    [bnsim.Projection("afferents", "neuron", Response(), 0.475 * mV, plasticity=rule)],
)
simulator = network.compile(dt=0.1 * ms)
state, recording = simulator.run_for(
    simulator.initial_state(key=1), seconds * second, (steps * 1e-4, units), record=[bnsim.Spikes("neuron")]
)
fired = recording.spike_times("neuron").time * 1000
since = fired - begins[np.maximum(np.searchsorted(begins / 10, fired, side="right") - 1, 0)] / 10

figure, (latency, weights) = plt.subplots(1, 2, figsize=(9, 3.6), width_ratios=[2, 1], layout="constrained")
latency.plot(np.where((since >= 0) & (since < 50), since, 0), ".", markersize=3)
latency.set(xlabel="discharge", ylabel="latency (ms), 0 outside the pattern")
weights.hist(np.split(state.weights("afferents_to_neuron", 1 * mV), [involved]), bins=20, label=["pattern", "others"])
weights.set(xlabel="weight", ylabel="afferents")
weights.legend()
figure.savefig("pattern-detection.png")
