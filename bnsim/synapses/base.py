"""Base class of synapse models: what a presynaptic spike does to the postsynaptic neuron."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from bnsim import checks
from bnsim.description import Description
from bnsim.dimensions import check_statements
from bnsim.errors import InputError
from bnsim.jumps import Jump
from bnsim.notation import read_equations

WeightKind = Literal["potential", "input", "conductance", "modulatory"]

SIGNED: frozenset[WeightKind] = frozenset({"potential", "input"})
"""Kinds of weights whose sign tells excitation from inhibition."""


@dataclass(frozen=True, repr=False)
class SynapseModel(Description, abstract=True):
    """A synapse model, written for one projection; the engine renames its variables for each.

    In a network the variable g of a projection `E_to_I` is the variable `E_to_I_g` of the postsynaptic population, for
    `bnsim.Trace("I", "E_to_I_g")` and `Population(initial=...)`. Projections onto one population whose synapses are
    equal share it under the name of the first one.

    Attributes
    ----------
    equations : str
        Equations added to the postsynaptic neuron; `{input_unit}` and `{conductance_unit}` are filled in.
    current : str
        The term added to the neuron's summed input `I`, "" where there is none.
    of_each : str
        Variables of each synapse, such as a gate, with equations marked `(event-driven)`; they start at 0. Jumps and
        `on_pre` may read them, and `on_pre` may change them.
    jumps : tuple of Jump
        Jumps of variables at the arrival of a spike.
    on_pre : str
        Further statements when a spike arrives, after the jumps. `w` is the weight, `{membrane}` the neuron's membrane
        variable. Additions to a variable that is constant during the refractory period are discarded then; any other
        change of such a variable is refused.
    each_step : str
        Statements in every step, where spikes arrive, for graded transmission: they may read variables of both neurons,
        as `name_pre` and `name_post`, and add to the postsynaptic one's.
    coupling : str
        For electrical synapses: the current of each synapse in every step, from the presynaptic into the postsynaptic
        neuron, an expression in `w`, `{membrane}_pre` and `{membrane}_post`, the membrane variables of the two
        neurons; the opposite current flows into the presynaptic neuron.
    weight : {"potential", "input", "conductance", "modulatory"}
        What a weight is: a jump of the membrane, an input, a conductance, or a number that rules alone use.

    Raises
    ------
    InputError
        If an attribute is missing or not one of the options, or a text cannot be read. Units of the texts depend on the
        neurons: `bnsim.Network.compile` checks them.

    Examples
    --------
    ::

        class Doubled(bnsim.SynapseModel):
            jumps = (bnsim.Jump("{membrane}", "2 * w"),)
            weight = "potential"
    """

    equations: ClassVar[str] = ""
    current: ClassVar[str] = ""
    of_each: ClassVar[str] = ""
    jumps: ClassVar[tuple[Jump, ...]] = ()
    on_pre: ClassVar[str] = ""
    each_step: ClassVar[str] = ""
    coupling: ClassVar[str] = ""
    weight: ClassVar[WeightKind]
    STRUCTURE: ClassVar[tuple[str, ...]] = (
        "equations",
        "current",
        "of_each",
        "jumps",
        "on_pre",
        "each_step",
        "coupling",
        "weight",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        owner = type(self).__name__
        checks.one_of(f"{owner}.weight", getattr(self, "weight", None), get_args(WeightKind))
        for attribute in ("equations", "of_each"):
            read_equations(f"{owner}.{attribute}", getattr(self, attribute))
        for attribute in ("on_pre", "each_step"):
            check_statements(f"{owner}.{attribute}", getattr(self, attribute), {})
        if not isinstance(self.jumps, tuple) or not all(isinstance(jump, Jump) for jump in self.jumps):
            raise InputError(f"{owner}.jumps: {self.jumps!r}; give a tuple, such as (Jump('s'),)")
