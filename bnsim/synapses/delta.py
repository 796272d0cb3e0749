"""Delta synapse: the membrane potential jumps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bnsim.jumps import Jump
from bnsim.synapses.base import SynapseModel, WeightKind


@dataclass(frozen=True, repr=False)
class Delta(SynapseModel):
    """Delta synapse: the membrane potential jumps.

    Notes
    -----
    v += w at the arrival of a spike; w in the unit of the neuron's membrane variable, volt or none, and negative for an
    inhibitory synapse. A spike that arrives while the postsynaptic neuron is refractory is discarded.
    """

    jumps: ClassVar[tuple[Jump, ...]] = (Jump("{membrane}"),)
    weight: ClassVar[WeightKind] = "potential"
