"""
A decision
==========

Two populations compete: with somewhat more input, one of them comes to fire and silences the other.

After Wang, Neuron 36 (2002): 1600 excitatory and 400 inhibitory neurons, all connected to all. Excitation lasts, for it
is mainly that of NMDA receptors, so that the populations sum up their evidence before one of them wins.
"""

import numpy as np
from brian2 import Hz, ms, mV, nS, pF, second

import bnsim

sizes = {"A": 240, "B": 240, "N": 1120, "I": 400}
share, strengthened, coherence = 0.15, 1.7, 0.128
weakened = 1 - share * (strengthened - 1) / (1 - share)
conductances = dict.fromkeys("ABN", (2.1, 0.05, 0.165, 1.3)) | {"I": (1.62, 0.04, 0.13, 1.0)}
membrane = {"e_leak": -70 * mV, "v_threshold": -50 * mV, "v_reset": -55 * mV}
evidence = {"A": 40 * (1 + coherence) * Hz, "B": 40 * (1 - coherence) * Hz}

excitatory = bnsim.ConductanceLIF(c_m=500 * pF, g_leak=25 * nS, refractory=2.1 * ms, **membrane)
inhibitory = bnsim.ConductanceLIF(c_m=200 * pF, g_leak=20 * nS, refractory=1.1 * ms, **membrane)
populations, projections = [], []
for target, size in sizes.items():
    outer, ampa, nmda, gaba = conductances[target]
    rates = np.where(np.arange(30) < 5, 2400, 2400 + float(evidence.get(target, 0 * Hz))) * Hz  # from 500 ms on
    drive = bnsim.PoissonDrive(bnsim.Binned(rates, 100 * ms), outer * nS, synapse=bnsim.AMPA())
    start = {"v": bnsim.Uniform(-55 * mV, -50 * mV)}
    cell = inhibitory if target == "I" else excitatory
    populations.append(bnsim.Population(target, size, cell, drive=drive, initial=start))
    parts = [("I", bnsim.GABAA(), gaba)]
    for source in "ABN":
        relative = (strengthened if source == target else weakened) if target in "AB" else 1.0
        parts += [(source, bnsim.AMPA(), relative * ampa), (source, bnsim.NMDA(), relative * nmda)]
    for source, synapse, weight in parts:
        name = f"{source}_to_{target}_{type(synapse).__name__}"
        projections.append(bnsim.Projection(source, target, synapse, weight * nS, delay=0.5 * ms, name=name))
simulator = bnsim.Network(populations, projections).compile(dt=0.1 * ms)
record = [bnsim.Spikes(name) for name in "AB"]
_, recording = simulator.run_for(simulator.initial_state(key=1), 2 * second, record=record)

axes = bnsim.plotting.raster(recording, sample=80, bin_width=50 * ms)
axes.figure.savefig("decision.png")
