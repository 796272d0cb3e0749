"""Jumps of variables at the arrival of a spike."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from bnsim.description import Description
from bnsim.errors import InputError

__all__ = ["Jump"]


@dataclass(frozen=True, repr=False)
class Jump(Description):
    """Jump of a postsynaptic variable at the arrival of a spike.

    A variable that is constant during the refractory period (the membrane potential, and those that the neuron model
    marks `(unless refractory)`) does not jump then: the spike is discarded, as in NEST.

    Parameters
    ----------
    variable : str
        A variable of the synapse model's equations or of the neuron model; "{membrane}" is the neuron's membrane
        variable.
    amount : str
        Size of the jump: an expression in the weight `w` and the synapse model's parameters and variables.
    """

    variable: str
    amount: str = "w"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.variable, str) or not self.variable.strip("{}").isidentifier():
            raise InputError(f"Jump.variable: {self.variable!r} is no name; give that of a variable or '{{membrane}}'")
        try:
            ast.parse(self.amount, mode="eval")
        except (SyntaxError, TypeError, ValueError):
            raise InputError(f"Jump.amount: cannot read {self.amount!r}; give an expression, such as 'w'") from None
