"""
A neuron and a rule of one's own
================================

Write a neuron model and a rule of plasticity as text with units, and use them like any other.
"""

from dataclasses import dataclass
from typing import ClassVar

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Hz, ms, mV
from brian2.units.fundamentalunits import Quantity

import bnsim

# %%
# A neuron
# --------
#
# The attributes are text in Brian2's notation. ``I`` is the sum of all input, in volt unless ``input_unit``
# says otherwise. A field that is declared by ``bnsim.parameter`` is a constant in the text, with a unit that is
# checked; it may be an array, one value a cell. Linear equations are integrated exactly; others need a line
# ``method = "rk4"``, or ``Tired(method="rk4")``. During the refractory period, ``refractory=2.1*ms`` say, a cell cannot
# fire; a variable marked ``(unless refractory)`` stands still, any other goes on changing. This cell's threshold rises
# with each of its spikes.


@dataclass(frozen=True, repr=False)
class Tired(bnsim.NeuronModel):
    """Leaky integrate-and-fire neuron whose threshold rises by `step` at a spike and falls back with `tau_theta`."""

    tau_m: Quantity = bnsim.parameter(20 * ms)
    tau_theta: Quantity = bnsim.parameter(100 * ms)
    step: Quantity = bnsim.parameter(2 * mV, minimum=0)

    equations = """dv/dt = (I - v) / tau_m : volt (unless refractory)
                   dtheta/dt = -theta / tau_theta : volt"""
    threshold = "v > 10*mV + theta"
    reset = "v = 0*mV; theta += step"


cells = bnsim.Population("cells", 2, Tired(step=np.array([0, 2]) * mV), encoder=bnsim.ConstantCurrent(gain=1 * mV))
simulator = bnsim.Network([cells]).compile(dt=0.1 * ms)
record = [bnsim.Spikes("cells"), bnsim.Trace("cells", "v"), bnsim.Trace("cells", "theta")]
_, recording = simulator.run_for(simulator.initial_state(key=1), 300 * ms, np.full(2, 20.0), record=record)

figure, axes = plt.subplots(2, sharex=True, layout="constrained")
for unit, (ax, title) in enumerate(zip(axes, ["threshold fixed", "threshold rises"], strict=True)):
    bnsim.plotting.membrane_potential(recording, "cells", unit, ax=ax)
    ax.set_title(title)
    ax.label_outer()

# %%
# The first cell fires with the interval of the closed solution, tau ln(I / (I - threshold)) = 20 ms ln 2 = 13.9
# ms; the second slows down. Intervals in ms:

trains = recording.spike_times("cells")
for unit in (0, 1):
    print(np.diff(trains.time[trains.unit == unit])[:8].round(4) * 1000)

# %%
# A wrong unit is an error in one line that says where:

try:
    Tired(tau_m=20 * mV)
except bnsim.InputError as error:
    print(error)

# %%
# A rule
# ------
#
# A trace decays exponentially, and a statement says what a spike does to it. This rule is presynaptic only in
# what weakens: each arrival lowers the weight by a fixed amount, and a postsynaptic spike raises it by the
# trace of arrivals.


@dataclass(frozen=True, repr=False)
class Toll(bnsim.PlasticityRule):
    """Each presynaptic spike costs `toll` of the largest weight; a postsynaptic spike pays `gain` times the trace."""

    tau: Quantity = bnsim.parameter(20 * ms)
    gain: float = bnsim.parameter(0.02, minimum=0)
    toll: float = bnsim.parameter(0.01, minimum=0)
    w_max: Quantity = bnsim.parameter(1 * mV, above=0, any_unit=True)

    presynaptic_traces: ClassVar = {"x": ("tau", "x += 1")}
    on_pre = "w = clip(w - toll * w_max, 0 * w_max, w_max)"
    on_post = "w = clip(w + gain * w_max * x, 0 * w_max, w_max)"

    @property
    def weight_bounds(self):
        return 0.0, float(self.w_max)

    @property
    def weight_scale(self):
        return "w_max"


lags = np.array([-20, -10, 10, 20, 40])
pre, post = np.maximum(-lags, 0) * ms, np.maximum(lags, 0) * ms
change = bnsim.weight_change(Toll(), pre[:, None], post[:, None], 0.5 * mV) / mV
expected = 0.02 * np.exp(-lags / 20) * (lags > 0) - 0.01
print(np.allclose(change, expected, rtol=0, atol=1e-9))

# %%
# Both in one network
# -------------------

network = bnsim.Network(
    [bnsim.Population("input", 50, bnsim.Poisson(20 * Hz)), bnsim.Population("cells", 10, Tired())],
    [bnsim.Projection("input", "cells", bnsim.Delta(), 0.8 * mV, plasticity=Toll())],
)
simulator = network.compile(dt=0.5 * ms)
state, recording = simulator.run_for(simulator.initial_state(key=1), 2000 * ms, np.ones(50))
rate, weight = bnsim.measures.rates(recording, "cells").mean(), state.weights("input_to_cells", mV).mean()
print(f"{rate:.1f} Hz, weights {weight:.2f} mV")
