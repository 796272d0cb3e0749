"""Base class of neuron models: Brian2 equations with units, a threshold, a reset, and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

from brian2.units import ms, mV, nA, nS
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.description import Description, parameter
from bnsim.errors import InputError

InputUnit = Literal["volt", "amp"]

Method = Literal["exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4", "heun"]
"""Two integration methods of this package's (`bnsim.program.integration`), and Brian2's for equations without noise."""


@dataclass(frozen=True, repr=False)
class NeuronModel(Description, abstract=True):
    """A spiking neuron model. Subclass it to write your own.

    The class attributes are text in Brian2's notation; every field declared with `bnsim.parameter` is a constant in
    them.

    Parameters
    ----------
    refractory : Quantity
        Absolute refractory period. During it, variables marked `(unless refractory)` are constant, and spikes that
        would make one of them or the membrane potential jump are discarded (as in NEST; plain Brian2 lets them act).

    Attributes
    ----------
    equations : str
        Equations. `I` is the summed input (synapses and encoder) in `input_unit`.
    threshold : str
        Condition for a spike.
    reset : str
        Statements at a spike.
    membrane : str
        The variable that a delta synapse makes jump and a plot of the membrane potential shows.
    input_unit : {"volt", "amp"}
        Unit of the input; "volt" is the voltage that it would reach at rest.
    initial : dict of str to str
        Expression for each variable at the start; a variable that is not named starts at 0.
    persistent : tuple of str
        Variables that carry over from trial to trial (adaptive thresholds); frozen where learning is off.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4", "heun"}
        Integration method; where a conductance enters, "exact" becomes "exponential_midpoint".

    Raises
    ------
    InputError
        If an attribute is missing or not one of the options.

    Examples
    --------
    ::

        @dataclass(frozen=True, repr=False)
        class Quadratic(bnsim.NeuronModel):
            tau: Quantity = bnsim.parameter(10 * ms)
            equations = "dv/dt = (v**2 / mV + I) / tau : volt (unless refractory)"
            threshold = "v > 30*mV"
            reset = "v = -30*mV"
            method = "euler"
    """

    equations: ClassVar[str]
    threshold: ClassVar[str]
    reset: ClassVar[str]
    membrane: ClassVar[str] = "v"
    input_unit: ClassVar[InputUnit] = "volt"
    initial: ClassVar[dict[str, str]] = {}
    persistent: ClassVar[tuple[str, ...]] = ()
    method: ClassVar[Method] = "exact"
    STRUCTURE: ClassVar[tuple[str, ...]] = (
        "equations",
        "threshold",
        "reset",
        "membrane",
        "input_unit",
        "initial",
        "persistent",
        "method",
    )

    refractory: Quantity = parameter(0 * ms, minimum=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        for attribute in ("equations", "threshold", "reset"):
            if not isinstance(getattr(type(self), attribute, None), str):
                raise InputError(
                    f"{type(self).__name__}.{attribute}: missing; "
                    "give it as a class attribute, a string in Brian2's notation"
                )
        checks.one_of(f"{type(self).__name__}.input_unit", self.input_unit, get_args(InputUnit))
        checks.one_of(f"{type(self).__name__}.method", self.method, get_args(Method))

    @property
    def rheobase(self) -> Quantity:
        """The constant input that just reaches threshold; encoders and classifiers scale their drive by it."""
        raise InputError(
            f"{type(self).__name__}.rheobase: not defined; add a property that returns the constant input at threshold"
        )

    def weight_unit(self, kind: str) -> Quantity:
        """Return the unit of the weights of synapses onto such neurons.

        Parameters
        ----------
        kind : {"potential", "input", "conductance", "modulatory"}
            What a weight is (see `SynapseModel`).

        Returns
        -------
        Quantity
            A quantity of that unit; 1.0 where weights have no unit.
        """
        if kind == "potential":
            return 1 * mV
        if kind == "modulatory":
            return Quantity(1.0)
        if kind == "input":
            return 1 * mV if self.input_unit == "volt" else 1 * nA
        return Quantity(1.0) if self.input_unit == "volt" else 1 * nS

    def constant(self, expression: str, constants: Mapping[str, Any] | None = None) -> Any:
        """Evaluate an expression in this model's parameters, such as an initial value.

        Parameters
        ----------
        expression : str
            The expression, in which parameters and Brian2's units may occur.
        constants : mapping of str to Quantity, optional
            Further names.

        Returns
        -------
        Quantity or float
            Its value.

        Raises
        ------
        InputError
            If the expression cannot be evaluated.
        """
        from brian2.core.namespace import DEFAULT_UNITS

        try:
            return eval(expression, {"__builtins__": {}}, {**DEFAULT_UNITS, **self.parameters, **(constants or {})})
        except Exception as error:
            raise InputError(
                f"{type(self).__name__}: cannot evaluate {expression!r} ({error}); use its parameters"
            ) from None
