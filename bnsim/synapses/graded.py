"""Graded synapse: it transmits a value in every step, without spikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bnsim.synapses.base import SynapseModel, WeightKind


@dataclass(frozen=True, repr=False)
class Graded(SynapseModel):
    """Graded synapse: in every step the membrane potential changes by the weight times the presynaptic value.

    Notes
    -----
    v += w x in each time step, where spikes of that step arrive; x is the value that a unit of `bnsim.GradedInput`
    holds. A refractory neuron discards it. There is no delay. A value that lasts for d steps acts d times.

    To transmit another variable, write a synapse with it: `each_step = "{membrane}_post += w * v_pre / mV"`.
    """

    each_step: ClassVar[str] = "{membrane}_post += w * drive_pre"
    weight: ClassVar[WeightKind] = "potential"
