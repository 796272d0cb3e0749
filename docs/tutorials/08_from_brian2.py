"""
Coming from Brian2
==================

The same network in plain Brian2 and in bnsim, with the same spikes.
"""

import brian2
import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV, second

import bnsim

# %%
# In Brian2
# ---------
#
# Fifty given spike trains excite twenty cells.

generator = np.random.default_rng(1)
times, units = np.sort(generator.integers(10, 1990, 400)) * 0.1, generator.integers(0, 50, 400)
pairs = sorted({*zip(units.tolist(), (times * 10).round().astype(int).tolist(), strict=True)})
units, times = np.array([unit for unit, _ in pairs]), np.array([step for _, step in pairs]) * 0.1 * ms
weights = generator.uniform(0, 6, (50, 20)) * mV

brian2.prefs.codegen.target = "numpy"
brian2.defaultclock.dt = 0.1 * ms
source = brian2.SpikeGeneratorGroup(50, units, times)
cells = brian2.NeuronGroup(
    20,
    """dv/dt = (-65*mV - v + I) / (20*ms) : volt (unless refractory)
       dI/dt = -I / (5*ms) : volt""",
    threshold="v > -50*mV",
    reset="v = -65*mV",
    refractory=2 * ms,
    method="exact",
)
cells.v = -65 * mV
synapses = brian2.Synapses(source, cells, "w : volt", on_pre="I_post += w")
synapses.connect()
synapses.w = weights[np.asarray(synapses.i), np.asarray(synapses.j)]
monitor = brian2.SpikeMonitor(cells)
brian2.run(200 * ms)

# %%
# In bnsim
# --------
#
# A group becomes a population, its equations a model that has a name; a ``SpikeGeneratorGroup`` becomes the
# encoder ``SpikeTrains``, whose spikes are the stimulus of a run; monitors become what a run is asked to
# record.

cell = bnsim.LIF(tau_m=20 * ms, v_rest=-65 * mV, v_threshold=-50 * mV, v_reset=-65 * mV, refractory=2 * ms)
network = bnsim.Network(
    [bnsim.Population("source", 50, bnsim.SpikeTrains()), bnsim.Population("cells", 20, cell)],
    [bnsim.Projection("source", "cells", bnsim.ExponentialCurrent(tau=5 * ms), weights)],
)
simulator = network.compile(trial=200 * ms, dt=0.1 * ms)
state = simulator.initial_state(key=0)
stimulus = {"source": [(np.asarray(times / second), units)]}
_, recording = simulator.run(state, stimulus, record=[bnsim.Spikes("cells")])
spikes = recording.spike_times("cells")

# %%
# The same spikes
# ---------------

same = np.array_equal(spikes.unit, np.asarray(monitor.i)) and np.allclose(spikes.time, monitor.t / second, atol=1e-9)
print(f"{len(spikes)} spikes, {'all equal' if same else 'not equal'}")

figure, ax = plt.subplots(layout="constrained")
ax.plot(monitor.t / ms, monitor.i, "|", markersize=12, label="Brian2")
ax.plot(spikes.time * 1000, spikes.unit, ".", markersize=4, label="bnsim")
ax.set(xlabel="time (ms)", ylabel="cell", yticks=range(0, 20, 5))
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)

# %%
# What differs
# ------------
#
# - Any model of a text of your own is a class of ten lines: :doc:`04_own_neuron_and_rule`.
# - A run is a function: it changes nothing, and returns a new state. ``store`` and ``restore`` are not needed.
# - Spikes that would make the membrane potential of a refractory cell jump are discarded, which Brian2 lets
#   act: :doc:`../explanation/differences`.
# - ``Network.to_brian2()`` gives Brian2's objects of a network, to go on with in Brian2;
#   ``Network.to_brian2_script()`` a script that needs no bnsim: :doc:`../interchange`.
