"""
Coming from snnTorch
====================

Two layers of leaky neurons in snnTorch and in bnsim, with the same spikes.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV

import bnsim

# %%
# In snnTorch
# -----------
#
# This script has run in an environment of its own, and what it has written is stored beside this tutorial:
#
# .. literalinclude:: ../../benchmarks/interchange/snntorch_network.py
#    :language: python
#    :start-at: torch.set_default_dtype

theirs = np.load("snntorch.npz")
print(
    theirs["versions"][0], "-", theirs["hidden"].sum(), "spikes of hidden,", theirs["output"].sum(), "of output neurons"
)

# %%
# In bnsim
# --------
#
# ``snntorch.Leaky`` has no units and no time constant: in every step, u becomes β u + W x - θ s, where s says
# whether it has fired in the step before, and it fires where u > θ = 1. With steps of 1 ms, β = exp(-1 ms / τ).
#
# bnsim lets a membrane decay first, then looks at the threshold, then adds what arrives. What snnTorch looks at
# has not decayed yet, so the threshold here is β θ. A model of one's own says all of it:

BETA = 0.9


@dataclass(frozen=True, repr=False)
class Leaky(bnsim.NeuronModel):
    """Leaky integrate-and-fire neuron as snnTorch updates it, with 1 mV for 1."""

    equations: ClassVar[str] = f"dv/dt = -v / ({-1 / math.log(BETA)} * ms) : volt"
    threshold: ClassVar[str] = f"v > {BETA} * mV"
    reset: ClassVar[str] = "v -= 1 * mV"


network = bnsim.Network(
    [
        bnsim.Population("input", 40, bnsim.SpikeTrains()),
        bnsim.Population("hidden", 30, Leaky()),
        bnsim.Population("output", 10, Leaky()),
    ],
    [
        bnsim.Projection("input", "hidden", bnsim.Delta(), theirs["weights_1"].T * mV),
        bnsim.Projection("hidden", "output", bnsim.Delta(), theirs["weights_2"].T * mV),
    ],
)
simulator = network.compile(trial=102 * ms, dt=1 * ms)
steps, units = np.nonzero(theirs["inputs"])
stimulus = {"input": [(steps * 1e-3, units)]}
record = [bnsim.Spikes("hidden"), bnsim.Spikes("output")]
_, recording = simulator.run(simulator.initial_state(key=0), stimulus, record=record)

# %%
# The same spikes
# ---------------
#
# All layers of snnTorch act within one step. Here a layer sees in the next step what the one before it sent,
# as a neuron that waits for a synapse does: each layer answers a step later.

figure, axes = plt.subplots(2, 1, layout="constrained", sharex=True)
for later, (name, ax) in enumerate(zip(["hidden", "output"], axes, strict=True), start=1):
    ours = recording.spike_times(name)
    seen = np.zeros((102, len(theirs[name].T)), bool)
    seen[np.rint(ours.time * 1000).astype(int), ours.unit] = True
    print(name, "all equal" if np.array_equal(seen[later:][:100], theirs[name]) else "not equal")
    steps, units = np.nonzero(theirs[name])
    ax.plot(steps, units, "|", markersize=8, label="snnTorch")
    ax.plot(ours.time * 1000 - later, ours.unit, ".", markersize=3, label=f"bnsim, {later} ms earlier")
    ax.set(ylabel=name)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)
axes[-1].set(xlabel="step")

# %%
# What differs
# ------------
#
# - Weights of snnTorch are (target, source), those of bnsim (source, target): hence the ``.T``.
# - ``snntorch.Synaptic`` is a neuron with a synapse of its own: `LIF` with `ExponentialCurrent`.
# - Spikes have no gradient in the simulator. Networks learn by local rules, or take trained weights over
#   (``bnsim list models``; the network of ``surrogate`` is trained by surrogate gradients, in TensorFlow);
#   with trained weights of snnTorch, go on as above.
