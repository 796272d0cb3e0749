"""
Which spikes pair
=================

Which spikes pair: all of them, or nearest neighbours by one of three schemes.

One pair of spikes changes a weight alike in all schemes. For Poisson trains they differ: with all pairs the areas of
the window decide, and this one weakens at every rate; with nearest spikes the higher peak of potentiation wins at high
postsynaptic rates. Schemes after Morrison, Diesmann & Gerstner, Biological Cybernetics 98 (2008); that the
presynaptic-centered one changes sign at some rate, Izhikevich & Desai, Neural Computation 15 (2003).
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import ms

import bnsim

rates, presynaptic_rate = np.arange(5, 101, 5), 20  # Hz
synapses, steps, step = 50, 4000, 1 * ms
window = {"a_plus": 2e-3, "tau_plus": 14 * ms, "a_minus": 1.2e-3, "tau_minus": 34 * ms}

rules = {
    "all pairs": bnsim.PairSTDP(**window),
    "nearest, symmetric": bnsim.NearestSymmetricSTDP(mu_minus=0, **window),
    "nearest, presynaptic-centered": bnsim.NearestPresynapticSTDP(mu_minus=0, **window),
    "nearest, reduced symmetric": bnsim.NearestReducedSTDP(mu_minus=0, **window),
}
generator = np.random.default_rng(1)
each = np.repeat(rates, synapses)
presynaptic = [np.flatnonzero(generator.random(steps) < presynaptic_rate / 1000) * step for _ in each]
postsynaptic = [np.flatnonzero(generator.random(steps) < rate / 1000) * step for rate in each]
figure, ax = plt.subplots(figsize=(6.4, 4), layout="constrained")
ax.axhline(0, color="lightgray", linewidth=0.8)
for name, rule in rules.items():
    changes = bnsim.weight_change(rule, presynaptic, postsynaptic, dt=step, backend="numpy") / rule.w_max
    ax.plot(rates, 100 * changes.reshape(-1, synapses).mean(axis=1) / (steps / 1000), ".-", label=name)
ax.set(xlabel="Postsynaptic rate (Hz)", ylabel="Change (% of the largest weight, per second)")
ax.legend()
figure.savefig("nearest-spikes.png")
