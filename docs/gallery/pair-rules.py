"""
Windows of the pair rules
=========================

Windows of the rules of spike pairs: by how much one pair changes a weight, by the time between its spikes.

Changes are in percent of the weight before the pair, of which each line is for one: that of the additive and of the
inhibitory rule is the same for all weights, and so the larger a share, the smaller the weight.
"""

import matplotlib.pyplot as plt
from brian2 import Hz, ms, mV, nS

import bnsim

weights = [0.25, 0.5, 0.75] * mV

rules = {
    "additive (PairSTDP)": (bnsim.PairSTDP(), weights),
    "multiplicative (SoftPairSTDP)": (bnsim.SoftPairSTDP(), weights),
    "mixed (WeightDependentSTDP)": (bnsim.WeightDependentSTDP(mu_plus=0, mu_minus=1), weights),
    "power law (PowerLawSTDP)": (bnsim.PowerLawSTDP(), [5, 20, 80] * mV),
    "inhibitory (VogelsSTDP)": (bnsim.VogelsSTDP(target_rate=5 * Hz), [1, 2, 4] * nS),
    "inhibitory, slower (VogelsSTDP)": (bnsim.VogelsSTDP(tau_stdp=40 * ms, target_rate=5 * Hz), [1, 2, 4] * nS),
}
figure, axes = plt.subplots(2, 3, figsize=(11, 6), layout="constrained")
for ax, (name, (rule, start)) in zip(axes.flat, rules.items(), strict=True):
    bnsim.plotting.plasticity_window(rule, start, ax=ax)
    ax.set_title(name)
    ax.label_outer()
figure.savefig("pair-rules.png")
