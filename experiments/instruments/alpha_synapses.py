"""An alpha-shaped synaptic current, and a neuron that it may reach along several projections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms
from brian2.units.fundamentalunits import Quantity

import bnsim


@dataclass(frozen=True, repr=False)
class AlphaCurrent(bnsim.SynapseModel):
    """Alpha current synapse: the input rises after a spike and decays.

    Equations: tau dr/dt = -r, r += w at the arrival of a spike, tau ds/dt = r - s, I += s. One spike alone gives
    s = w (t / tau) exp(-t / tau), which peaks at w / e after tau.

    tau: synaptic time constant. w in the neuron's input unit, negative for an inhibitory synapse.
    """

    tau: Quantity = bnsim.parameter(0.325 * ms)

    equations: ClassVar[str] = "dr/dt = -r / tau : {input_unit}\nds/dt = (r - s) / tau : {input_unit}"
    current: ClassVar[str] = "s"
    jumps = (bnsim.Jump("r"),)
    weight = "input"


@dataclass(frozen=True, repr=False)
class SteppedLIF(bnsim.LIF):
    """A `bnsim.LIF` integrated by the Runge-Kutta method of fourth order.

    The exact solution with two alpha currents takes ten seconds of algebra in every process; at steps of a third of the
    synaptic time constant this one is off by less than a thousandth.
    """

    method = "rk4"
