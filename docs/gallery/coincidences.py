"""
Coincidences
============

A cell receives a current that varies at random, and others receive the same current and noise besides: how many spikes
do they share, beyond chance?

The coincidence factor (Kistler, Gerstner and van Hemmen 1997) is 1 for the same spikes and 0 for chance. The classic
experiment `receptor` holds models against a recorded neuron with it.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV, second

import bnsim

copies, strengths = 20, np.linspace(0, 4, 9)
current = 16 + 6 * np.convolve(np.random.default_rng(1).normal(size=2000), np.ones(8) / np.sqrt(8), mode="same")

cell = bnsim.LIF(tau_m=10 * ms, v_rest=0 * mV, v_threshold=15 * mV, v_reset=0 * mV, refractory=3 * ms)
drives = [bnsim.Current(bnsim.Binned(current * mV, 2 * ms)), bnsim.WhiteNoise(np.repeat(strengths, copies) * mV)]
cells = bnsim.Population("cells", copies * len(strengths), cell, drive=drives)
simulator = bnsim.Network([cells]).compile(dt=0.1 * ms)
_, recording = simulator.run_for(simulator.initial_state(key=1), 4 * second, record=[bnsim.Spikes("cells")])

alone = recording.spike_times("cells").trains(0)[0]
figure, (raster, factors) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
bnsim.plotting.raster(recording, window=(1.0, 1.5), ax=raster)
for precision in (1, 2, 4):
    found = bnsim.measures.coincidence_factor(recording, reference=alone, precision=precision * ms)
    factors.plot(strengths, found.reshape(-1, copies).mean(axis=1), "o-", label=f"within {precision} ms")
factors.set(xlabel="Noise (mV)", ylabel="Coincidence factor", ylim=(0, 1.05))
factors.legend()
figure.savefig("coincidences.png")
