"""What a synapse model is: what a presynaptic spike does to the postsynaptic neuron."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from bnsim import checks
from bnsim.description import Description
from bnsim.errors import InputError
from bnsim.jumps import Jump

WeightKind = Literal["potential", "input", "conductance", "modulatory"]


@dataclass(frozen=True, repr=False)
class SynapseModel(Description, abstract=True):
    """A synapse model, written for one projection; the engine renames its variables for each.

    Class attributes
    ----------------
    equations: equations added to the postsynaptic neuron; `{input_unit}` and `{conductance_unit}` are filled in.
    current: the term added to the neuron's summed input `I`, or "" where there is none.
    jumps: what jumps at the arrival of a spike.
    on_pre: further statements at the arrival of a spike, after the jumps; `w` is the weight, `{membrane}` the neuron's
        membrane variable. Additions to a variable that stands still during the refractory period are discarded then;
        whatever else would change one is refused.
    weight: what a weight is: "potential" (a jump of the membrane), "input", "conductance" or "modulatory" (a number
        that rules alone use).
    """

    equations: ClassVar[str] = ""
    current: ClassVar[str] = ""
    jumps: ClassVar[tuple[Jump, ...]] = ()
    on_pre: ClassVar[str] = ""
    weight: ClassVar[WeightKind]
    STRUCTURE: ClassVar[tuple[str, ...]] = ("equations", "current", "jumps", "on_pre", "weight")

    def __post_init__(self) -> None:
        super().__post_init__()
        owner = type(self).__name__
        checks.one_of(f"{owner}.weight", getattr(self, "weight", None), get_args(WeightKind))
        if not isinstance(self.jumps, tuple) or not all(isinstance(jump, Jump) for jump in self.jumps):
            raise InputError(f"{owner}.jumps: {self.jumps!r}; give a tuple, such as (Jump('s'),)")
