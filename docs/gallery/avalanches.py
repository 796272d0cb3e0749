"""
A branching ratio from few cells
================================

The branching ratio of a network, from all of its cells and from some: regressions over one step, and over many.

After Wilting & Priesemann, Nature Communications 9 (2018). A spike reaches other cells after 4 ms. A cell fires if it
meets another spike there, or one of the background, which fires with half the branching ratio in each time step; two
synapses onto each cell then make this ratio exact.
"""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Hz, ms, mV
from scipy.optimize import curve_fit

import bnsim

ratio, cells, generations, step = 0.98, 4000, 20_000, 4 * ms
lags = np.arange(1, 101)
unit = 22026 * mV  # exp(10) times the threshold: what is left of it after a step equals the threshold


@dataclass(frozen=True, repr=False)
class Cell(bnsim.NeuronModel):
    """It fires if the spikes of a step add up to its threshold, and has forgotten them a step later."""

    equations = "dv/dt = -v / (0.4*ms) : volt"
    threshold = "v > 1*mV"
    reset = ""


external = bnsim.PoissonDrive(2.5 * (1 - ratio) * Hz, 2 * unit)
network = bnsim.Network(
    [
        bnsim.Population("background", cells, bnsim.Poisson(1 / step)),
        bnsim.Population("cells", cells, Cell(), drive=external),
    ],
    [
        bnsim.Projection("background", "cells", bnsim.Delta(), 0.7 * unit, bnsim.OneToOne()),
        bnsim.Projection("cells", "cells", bnsim.Delta(), 0.6 * unit, bnsim.FixedInDegree(2, multapses=False)),
    ],
)
simulator = network.compile(dt=step)
state, recording = simulator.run_for(
    simulator.initial_state(key=1), generations * step, np.full(cells, ratio / 2), record=[bnsim.Spikes("cells")]
)
spikes = recording.spike_times("cells")

figure, (slopes, estimates) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
for observed in (4000, 400, 40):
    times = np.rint(spikes.time[spikes.unit < observed] / float(step)).astype(int)
    activity = np.bincount(times, minlength=generations)[500:]  # the first two seconds are left out
    found = np.array([np.polyfit(activity[:-lag], activity[lag:], 1)[0] for lag in lags])
    (b, m), _ = curve_fit(lambda k, b, m: b * m**k, lags, found, p0=(found[0], 0.9))
    slopes.plot(lags, found, ".", label=f"{observed} cells")
    slopes.plot(lags, b * m**lags, color="gray", linewidth=1)
    estimates.plot(observed, found[0], "vC3", observed, m, "oC0")
slopes.set(xlabel="generations", ylabel="slope of the regression", yscale="log", ylim=(1e-2, 1.2))
slopes.legend()
estimates.axhline(ratio, color="gray", linestyle=":")
estimates.set(xlabel="observed cells", ylabel="branching ratio", xscale="log", ylim=(0, 1.1))
estimates.legend(estimates.lines[:2], ["over one generation", "over many"])
figure.savefig("avalanches.png")
