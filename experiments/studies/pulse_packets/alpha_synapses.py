"""A synapse with an alpha-shaped current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms
from brian2.units.fundamentalunits import Quantity

import bnsim


@dataclass(frozen=True, repr=False)
class AlphaCurrent(bnsim.SynapseModel):
    """Synapse whose current rises and decays as an alpha function after each spike.

    tau dr/dt = -r, with r += w at the arrival of a spike; tau ds/dt = r - s; I += s. A single spike gives
    s = w (t / tau) exp(-t / tau), which peaks at w / e after tau. The weight w is in the neuron's input unit; it is
    negative for an inhibitory synapse.

    Parameters
    ----------
    tau
        Synaptic time constant.
    """

    tau: Quantity = bnsim.parameter(0.325 * ms)

    equations: ClassVar[str] = "dr/dt = -r / tau : {input_unit}\nds/dt = (r - s) / tau : {input_unit}"
    current: ClassVar[str] = "s"
    jumps = (bnsim.Jump("r"),)
    weight = "input"
