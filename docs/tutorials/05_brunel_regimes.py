"""
Brunel's network and its regimes
================================

Two numbers decide in which state a sparse network of excitatory and inhibitory neurons is: the strength of inhibition
g, and the rate of the outer input relative to that which reaches the threshold, eta (Brunel 2000, Journal of
Computational Neuroscience 8, figure 8).
"""

import matplotlib.pyplot as plt
from brian2 import Hz, ms, mV, second

import bnsim

regimes = {"SR": (3, 2, 0.3), "SI-fast": (6, 4, 0.3), "AI": (5, 2, 0.3), "SI-slow": (4.5, 0.9, 1.5)}
cell = bnsim.LIF(tau_m=20 * ms, v_rest=0 * mV, v_threshold=20 * mV, v_reset=10 * mV, refractory=2.1 * ms)

# %%
# The paper has 12,500 neurons with 1000 excitatory inputs. Here are 2,500 with as many inputs, so that mean and
# variance of the input are the paper's, and only the share of inputs that two neurons have in common is larger.


def simulated(g, eta, duration):
    drive = bnsim.PoissonDrive(eta * 10_000 * Hz, 0.1 * mV)
    start = {"v": bnsim.Uniform(10 * mV, 20 * mV)}
    network = bnsim.Network(
        [bnsim.Population(name, size, cell, drive=drive, initial=start) for name, size in [("E", 2000), ("I", 500)]],
        [
            bnsim.Projection(source, target, bnsim.Delta(), weight * mV, bnsim.FixedInDegree(degree), delay=1.5 * ms)
            for source, weight, degree in [("E", 0.1, 1000), ("I", -0.1 * g, 250)]
            for target in "EI"
        ],
    )
    simulator = network.compile(dt=0.1 * ms)
    state, _ = simulator.run_for(simulator.initial_state(key=1), 0.2 * second)
    _, recording = simulator.run_for(state, duration * second, record=[bnsim.Spikes("E"), bnsim.Spikes("I")])
    return recording


# %%
# Cells of SI-slow fire rarely, so that their intervals need a longer run: the third number is its length in
# seconds. The strength of inhibition is a weight, which is data. The rate of the outer input is a constant of
# the drive: three values, three compilations. Times count from the beginning of the state: what is recorded here
# begins at 0.2 s.
#
# Two numbers tell the regimes apart. The coefficient of variation of the intervals is 0 for a clock and 1 for a Poisson
# process. Synchrony is Golomb and Rinzel's measure of the spikes in bins: 1 for equal trains, and about 1 / sqrt(N)
# for N independent ones, which is its chance level; :func:`bnsim.measures.synchrony` also says within what interval
# trains lie whose spikes were shifted against each other.

figure, axes = plt.subplots(2, 2, figsize=(10, 7), layout="constrained")
for ax, (name, (g, eta, duration)) in zip(axes.flat, regimes.items(), strict=True):
    recording = simulated(g, eta, duration)
    bnsim.plotting.raster(recording, window=(0.2, 0.3), sample=60, ax=ax)
    ax.set_title(f"{name}: g = {g}, eta = {eta}")
    rate = bnsim.measures.rates(recording, "E").mean()
    variation = bnsim.measures.coefficient_of_variation(recording, "E")
    print(f"{name}: {rate:.1f} Hz, coefficient of variation {variation[variation == variation].mean():.2f}")
    for width in (2, 5):
        print(f"    synchrony in bins of {width} ms: {bnsim.measures.synchrony(recording, 'E', bin_width=width * ms)}")

# %%
# SR is synchronous and regular: its intervals do not vary, and its synchrony is the largest. SI-fast and SI-slow are
# synchronous and irregular. Bins of 5 ms come near the period of the fast oscillation and average much of it out: in
# SI-fast, synchrony falls from bins of 2 ms to those of 5 ms, as in SR. Where what the neurons share is slower, it
# rises, most in SI-slow.
#
# AI is asynchronous and irregular in the paper's network. Here it has the least synchrony in bins of 2 ms, but much
# more than chance, and the raster shows it: two neurons have half of their excitatory inputs in common, where the
# paper's have a tenth, and inputs in common make spikes coincide. What the full network must reproduce is in the
# :doc:`reference <../reference/generated/classics/brunel>`, and what was measured in :doc:`/results`:
#
# .. code-block:: console
#
#    $ bnsim run brunel --preset full --seeds 1
