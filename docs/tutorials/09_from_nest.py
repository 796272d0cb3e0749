"""
Coming from NEST
================

The same network in NEST and in bnsim, with the same spikes.
"""

import matplotlib.pyplot as plt
import nest
import numpy as np
from brian2 import ms, mV, pA, pF

import bnsim

# %%
# In NEST
# -------
#
# Fifty given spike trains excite twenty cells by exponential currents.

generator = np.random.default_rng(1)
steps = [np.unique(generator.integers(1, 1990, 10)) for _ in range(50)]  # of 0.1 ms
weights = generator.uniform(0, 150, (50, 20))  # pA

nest.verbosity = nest.VerbosityLevel.ERROR
nest.ResetKernel()
nest.resolution = 0.1
source = nest.Create("spike_generator", 50)
for unit, own in zip(source, steps, strict=True):
    unit.spike_times = np.round(own * 0.1, 1)
cells = nest.Create(
    "iaf_psc_exp",
    20,
    {"C_m": 250.0, "tau_m": 20.0, "E_L": -65.0, "V_m": -65.0, "V_th": -50.0, "V_reset": -65.0, "t_ref": 2.0}
    | {"tau_syn_ex": 5.0},
)
nest.Connect(source, cells, "all_to_all", {"weight": weights.T, "delay": 1.0})
recorder = nest.Create("spike_recorder")
nest.Connect(cells, recorder)
nest.Simulate(200.0)
theirs = recorder.events

# %%
# In bnsim
# --------
#
# A model of NEST that holds both cell and synapse becomes two parts: the cell ``LIF``, and the synapse
# ``ExponentialCurrent`` on the projection. ``LIF`` has no capacitance. A current is given as the
# potential that it would reach, I τ / C, so a weight of 1 pA is one of 0.08 mV here.
#
# NEST counts the refractory period from the end of the step in which a cell fires, bnsim from its beginning:
# add one step.

cell = bnsim.LIF(tau_m=20 * ms, v_rest=-65 * mV, v_threshold=-50 * mV, v_reset=-65 * mV, refractory=2.1 * ms)
psp = 1 * pA * cell.tau_m / (250 * pF)
network = bnsim.Network(
    [bnsim.Population("source", 50, bnsim.SpikeTrains()), bnsim.Population("cells", 20, cell)],
    [bnsim.Projection("source", "cells", bnsim.ExponentialCurrent(tau=5 * ms), weights * psp, delay=1 * ms)],
)
simulator = network.compile(trial=200 * ms, dt=0.1 * ms)
units = np.repeat(np.arange(50), [len(own) for own in steps])
stimulus = {"source": [(np.concatenate(steps) * 1e-4, units)]}
_, recording = simulator.run(simulator.initial_state(key=0), stimulus, record=[bnsim.Spikes("cells")])
spikes = recording.spike_times("cells")

# %%
# The same spikes
# ---------------
#
# Both say at which step a cell fired: the numbers of steps are equal.

pairs = sorted(zip(np.rint(theirs["times"] / 0.1).astype(int), theirs["senders"] - cells.global_id[0], strict=True))
ours = sorted(zip(np.rint(spikes.time / 1e-4).astype(int), spikes.unit, strict=True))
print(f"{len(ours)} spikes, {'all equal' if ours == pairs else 'not equal'}")

figure, ax = plt.subplots(layout="constrained")
ax.plot(theirs["times"], theirs["senders"] - cells.global_id[0], "|", markersize=12, label="NEST")
ax.plot(spikes.time * 1000, spikes.unit, ".", markersize=4, label="bnsim")
ax.set(xlabel="time (ms)", ylabel="cell", yticks=range(0, 20, 5))
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)

# %%
# Names
# -----
#
# ===================================================== ==========================================================
# NEST                                                  bnsim
# ===================================================== ==========================================================
# ``iaf_psc_delta``                                     `LIF`, projections with `Delta`
# ``iaf_psc_exp``, ``iaf_psc_alpha``                    `LIF`, projections with `ExponentialCurrent`, `AlphaCurrent`
# ``iaf_cond_exp``                                      `ConductanceLIF` with `ExponentialConductance`
# ``aeif_cond_exp``                                     `AdaptiveExponentialLIF` with `ExponentialConductance`
# ``poisson_generator`` with a weight                   `PoissonDrive`
# ``noise_generator``                                   `WhiteNoise`
# ``parrot_neuron`` of a ``poisson_generator``          a population of `Poisson`
# ``spike_generator``                                   a population of `SpikeTrains`
# ``fixed_indegree``, ``pairwise_bernoulli``            `FixedInDegree`, `FixedProbability`
# ``stdp_synapse``                                      `PairSTDP` on the projection
# ``tsodyks2_synapse``                                  ``short_term=ShortTermPlasticity(...)`` on the projection
# ``spike_recorder``, ``multimeter``                    ``record=[Spikes("cells"), Trace("cells", "v")]``
# ``nest.Simulate(200)``                                ``simulator.run_for(state, 200 * ms)``
# ===================================================== ==========================================================
#
# What else differs, with the reasons: :doc:`../explanation/differences`.
