"""
Three-factor rules
==================

Three-factor rules: two neurons learn whose of two noisy patterns is shown, told the answer or only right or wrong.

Both rules learn at the end of each trial: `ErrorModulated` from the error of each neuron, `RewardModulatedSTDP` from
whether the network's answer was right.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Hz, ms, mV

import bnsim

trials, keys, block = 600, range(5), 50
cell = bnsim.LIF(tau_m=20 * ms, v_rest=0 * mV, v_threshold=10 * mV, v_reset=0 * mV)

shown = np.random.default_rng(1).integers(2, size=trials)
patterns = np.array([np.arange(40) < 24, np.arange(40) >= 16])[shown].astype(float)  # 8 inputs belong to both
told = {"input_to_output.target": np.eye(2)[shown]}
rewarded = {"reward.correct": shown}

figure, ax = plt.subplots(figsize=(5, 3.4), layout="constrained")
for rule, signals in (
    (bnsim.ErrorModulated(learning_rate=3e-3), told),
    (bnsim.RewardModulatedSTDP(learning_rate=3e-3), rewarded),
):
    network = bnsim.Network(
        [bnsim.Population("input", 40, bnsim.Poisson(max_rate=50 * Hz)), bnsim.Population("output", 2, cell)],
        [
            bnsim.Projection("input", "output", bnsim.Delta(), bnsim.Uniform(0 * mV, 2 * mV), plasticity=rule),
            bnsim.Projection("output", "output", bnsim.Delta(), -10 * mV, name="inhibition"),
        ],
        reward=bnsim.Reward("output") if signals is rewarded else None,
    )
    simulator = network.compile(trial=100 * ms, dt=1 * ms)
    runs = [simulator.run(simulator.initial_state(key), patterns, key, signals=signals)[1] for key in keys]
    differences = np.array([np.diff(run.counts["output"])[:, 0] for run in runs])
    right = np.where(shown == 1, differences > 0, differences < 0).reshape(len(keys), -1, block).mean(axis=2) * 100
    ax.errorbar(
        np.arange(block, trials + 1, block),
        right.mean(axis=0),
        right.std(axis=0, ddof=1) / len(keys) ** 0.5,
        marker="o",
        label=type(rule).__name__,
    )
ax.axhline(50, color="0.7", linestyle=":")
ax.set(xlabel="trials", ylabel="right answers (%)", ylim=(40, 102), title="Mean and standard error of 5 networks")
ax.legend(loc="lower right")
figure.savefig("three-factor.png")
