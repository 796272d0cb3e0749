"""Modulatory synapse: it carries a signal to the postsynaptic neuron without changing its membrane potential."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bnsim.synapses.base import SynapseModel, WeightKind


@dataclass(frozen=True, repr=False)
class Modulatory(SynapseModel):
    """Modulatory synapse: a spike does nothing to the membrane.

    Notes
    -----
    Only a plasticity rule uses it: `bnsim.ErrorFeedback` sends errors along it. w has no unit; there is no delay.
    """

    weight: ClassVar[WeightKind] = "modulatory"
