"""What a synapse model is: what a presynaptic spike does to the postsynaptic neuron."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bnsim.description import Description


@dataclass(frozen=True, repr=False)
class SynapseModel(Description):
    """A synapse model, written for one projection; the engine renames its variables for each.

    Class attributes
    ----------------
    equations: equations added to the postsynaptic neuron; `{input_unit}` and `{conductance_unit}` are filled in.
    current: the term added to the neuron's summed input `I`, or "" where there is none.
    on_pre: statements at the arrival of a spike; `w` is the weight, `{membrane}` the neuron's membrane variable.
    weight: what a weight is: "potential" (a jump of the membrane), "input", "conductance" or "modulatory" (a number
        that rules alone use).
    """

    equations: ClassVar[str] = ""
    current: ClassVar[str] = ""
    on_pre: ClassVar[str]
    weight: ClassVar[str]
    STRUCTURE: ClassVar[tuple[str, ...]] = ("equations", "current", "on_pre", "weight")
