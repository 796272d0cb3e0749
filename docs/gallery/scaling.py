"""
Time against synapses
=====================

The time that 0.2 s of a network take, with more and more synapses on each of 2000 neurons.

Neurons and their outer spikes cost the same in all of these networks, so the time is flat at first. Once synaptic
events are most of it, it grows with their number.
"""

import time

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Hz, ms, mV

import bnsim

neurons, duration = 2000, 200 * ms
inputs = np.array([10, 30, 100, 300, 1000])
cell = bnsim.LIF(tau_m=20 * ms, v_rest=0 * mV, v_threshold=20 * mV, v_reset=10 * mV, refractory=2.1 * ms)
drive = bnsim.PoissonDrive(20_000 * Hz, 0.1 * mV)

seconds, events = [], []
for degree in inputs:
    population = bnsim.Population("cells", neurons, cell, drive=drive, initial={"v": bnsim.Uniform(10 * mV, 20 * mV)})
    recurrent = bnsim.Projection(
        "cells", "cells", bnsim.Delta(), -20 * mV / degree, bnsim.FixedInDegree(int(degree)), delay=1.5 * ms
    )
    simulator = bnsim.Network([population], [recurrent]).compile()
    state = simulator.initial_state(key=1)
    simulator.run_for(state, 0.1 * ms)
    started = time.perf_counter()
    _, recording = simulator.run_for(state, duration)
    seconds.append(time.perf_counter() - started)
    events.append(recording.counts["cells"].sum() * degree)

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
left.semilogx(neurons * inputs, seconds, "o-")
left.set(xlabel="synapses", ylabel="seconds for 0.2 s", ylim=(0, None))
right.semilogx(neurons * inputs, 1e9 * np.array(seconds) / np.array(events), "o-C3")
right.set(xlabel="synapses", ylabel="ns for each synaptic event", yscale="log")
figure.savefig("scaling.png")
