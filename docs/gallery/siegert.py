"""
Firing rate in response to noise
================================

Firing rate of leaky integrate-and-fire neurons in response to white noise: it depends on the time step.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms, mV, second
from scipy.integrate import quad
from scipy.special import erfcx

import bnsim

tau, threshold, reset, refractory, mean, sigma = 20, 20, 10, 2, 15, 5  # in ms and mV


def simulated(dt):
    cell = bnsim.LIF(
        tau_m=tau * ms,
        v_rest=0 * mV,
        v_threshold=threshold * mV,
        v_reset=reset * mV,
        refractory=(refractory + dt) * ms,
    )
    noise = bnsim.WhiteNoise(sigma=sigma * mV, tau=tau * ms, mean=mean * mV)
    simulator = bnsim.Network([bnsim.Population("cells", 2000, cell, drive=noise)]).compile(dt=dt * ms)
    state, _ = simulator.run_for(simulator.initial_state(key=1), 0.3 * second)
    _, recording = simulator.run_for(state, 2 * second)
    return bnsim.measures.rates(recording, "cells").mean()


def theory(dt):
    raised = threshold + 0.5826 * sigma * np.sqrt(dt / tau)  # between grid points, no neuron crosses it
    integral, _ = quad(lambda x: erfcx(-x), (reset - mean) / sigma, (raised - mean) / sigma)
    return 1000 / (refractory + tau * np.sqrt(np.pi) * integral)


steps, curve = [0.5, 0.2, 0.1], np.linspace(0, 0.5, 50)
plt.plot(curve, [theory(dt) for dt in curve], color="black", label="theory")
plt.plot(steps, [simulated(dt) for dt in steps], "o", label="simulated")
plt.gca().set(xlabel="time step (ms)", ylabel="firing rate (Hz)")
plt.legend()
plt.savefig("siegert.png")
