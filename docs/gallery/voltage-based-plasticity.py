"""
Plasticity by the membrane potential
====================================

Clopath's rule: the postsynaptic membrane potential decides whether presynaptic spikes weaken or strengthen synapses.

Cells are held at potentials from -80 to -20 mV while 25 presynaptic spikes arrive at 50 Hz: nothing below theta_minus,
depression above it, potentiation above theta_plus. After Clopath, Buesing, Vasilaki & Gerstner, Nature Neuroscience 13
(2010).
"""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV

import bnsim

potentials = np.linspace(-80, -20, 121) * mV
spikes = np.arange(200, 700, 20) * ms  # once the filtered potentials have settled


@dataclass(frozen=True, repr=False)
class Clamp(bnsim.NeuronModel):
    """Cell whose potential stays where it is."""

    equations = "dv/dt = 0*volt/second : volt"
    threshold = ""
    reset = ""


@dataclass(frozen=True, repr=False)
class Silent(bnsim.SynapseModel):
    """Synapse that leaves the potential alone."""

    weight = "potential"


rule = bnsim.ClopathSTDP()
network = bnsim.Network(
    [
        bnsim.Population("input", 1, bnsim.SpikeTrains()),
        bnsim.Population("cells", len(potentials), Clamp(), initial={"v": potentials}),
    ],
    [bnsim.Projection("input", "cells", Silent(), 1 * mV, plasticity=rule)],
)
simulator = network.compile(dt=0.1 * ms)
state, _ = simulator.run_for(simulator.initial_state(key=0), 750 * ms, {"input": (spikes, np.zeros(len(spikes), int))})
figure, ax = plt.subplots(figsize=(6.4, 4), layout="constrained")
ax.plot(potentials / mV, 100 * state.weights("input_to_cells", mV))
for name, theta in (("theta_minus", rule.theta_minus), ("theta_plus", rule.theta_plus)):
    ax.axvline(theta / mV, color="gray", linestyle=":")
    ax.annotate(
        name, (theta / mV, 1), (3, -3), xycoords=("data", "axes fraction"), textcoords="offset points", va="top"
    )
ax.set(xlabel="Membrane potential (mV)", ylabel="Weight (% of that before)")
figure.savefig("voltage-based-plasticity.png")
