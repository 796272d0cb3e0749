"""Base class of neuron models: Brian2 equations with units, a threshold, a reset, and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from brian2.units import ms, mV, nA, nS
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.cells import CellDescription
from bnsim.description import parameter
from bnsim.distributions import Distribution
from bnsim.errors import InputError
from bnsim.neuron_texts import Texts, check_texts, dimensions
from bnsim.notation import read_equations

InputUnit = Literal["volt", "amp"]

Method = Literal["exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"]
"""Two integration methods of this package's (`bnsim.program.integration`), and Brian2's for equations without noise, of
which "heun" is left out: there it is forward Euler."""


@dataclass(frozen=True, repr=False)
class NeuronModel(CellDescription, abstract=True):
    """A neuron model. Subclass it to write your own.

    The class attributes are text in Brian2's notation; every field declared with `bnsim.parameter` is a constant in
    them. Each such parameter but the refractory period may be one value for all cells, an array with one value for each
    cell of the population, or a distribution from which the cells' values are drawn with the initial state.

    Parameters
    ----------
    refractory : Quantity
        Absolute refractory period. During it, variables marked `(unless refractory)` are constant, and spikes that
        would make one of them or the membrane potential jump are discarded (as in NEST; plain Brian2 lets them act).
        It is counted as in Brian2, from the beginning of the step at whose end the spike is seen, and so ends one step
        earlier than in NEST: 2.1 ms here equal 2.0 ms there at a time step of 0.1 ms. A period that is no whole number
        of steps is rounded down, with a warning; one below a step is refused.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method; where a conductance enters, "exact" becomes "exponential_midpoint". A subclass sets another
        default: `method = "rk4"`.

    Attributes
    ----------
    equations : str
        Equations. `I` is the summed input (synapses and encoder) in `input_unit`. A variable whose line does not end in
        `(unless refractory)` goes on changing during the refractory period, in which the cell cannot fire.
    threshold : str
        Condition for a spike; "" for a unit that never fires.
    reset : str
        Statements at a spike.
    rearmed : str
        Condition under which a unit that has fired may fire again, besides the end of its refractory period; "" where
        there is none. A model whose potential stays above threshold for some steps counts one spike with it.
    membrane : str
        The variable that a delta synapse makes jump. Weights of a delta synapse have its unit: volt, as in all models
        of this package, or none, as for an angle. Conductances and gap junctions need a membrane in volt.
        A recording does not hold this attribute: `bnsim.plotting.membrane_potential` shows "v", or the only variable
        of which a trace was recorded, or the one that it is told.
    input_unit : {"volt", "amp"}
        Unit of the input; "volt" is the voltage that it would reach at rest.
    initial : dict of str to str
        Expression for each variable at the start; a variable that is not named starts at 0.
    persistent : tuple of str
        Variables that carry over from trial to trial (adaptive thresholds); frozen where learning is off.

    Raises
    ------
    InputError
        If an attribute is missing or not one of the options, a text cannot be read, its units do not fit, the equations
        do not allow the method, or a unit without a threshold has what belongs to spikes.

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
    rearmed: ClassVar[str] = ""
    membrane: ClassVar[str] = "v"
    input_unit: ClassVar[InputUnit] = "volt"
    initial: ClassVar[dict[str, str]] = {}
    persistent: ClassVar[tuple[str, ...]] = ()
    same_for_all: ClassVar[tuple[str, ...]] = ("refractory", "method")
    STRUCTURE: ClassVar[tuple[str, ...]] = (
        "equations",
        "threshold",
        "reset",
        "rearmed",
        "membrane",
        "input_unit",
        "initial",
        "persistent",
    )

    _: KW_ONLY
    refractory: Quantity = parameter(0 * ms, minimum=0)
    method: Method = "exact"

    @classmethod
    def _common(cls) -> str:
        types = vars(cls).get("__annotations__", {})
        if not cls.threshold or "ClassVar" in str(types.get("refractory", "")):
            return super()._common()
        return (
            f"{super()._common()} The refractory period is counted, as in Brian2, from the beginning of the step at "
            "whose end the spike is seen: it ends one step earlier than in NEST."
        )

    def __post_init__(self) -> None:
        super().__post_init__()
        name = type(self).__name__
        for attribute in ("equations", "threshold", "reset", "rearmed"):
            if not isinstance(getattr(type(self), attribute, None), str):
                raise InputError(
                    f"{name}.{attribute}: missing; give it as a class attribute, a string in Brian2's notation"
                )
        if not isinstance(self.initial, Mapping):
            raise InputError(f"{name}.initial: {self.initial!r}; give a dict, such as {{'v': '-70*mV'}}")
        checks.one_of(f"{name}.input_unit", self.input_unit, get_args(InputUnit))
        checks.one_of(f"{name}.method", self.method, get_args(Method))
        check_texts(
            Texts(
                name=name,
                equations=self.equations,
                threshold=self.threshold,
                reset=self.reset,
                rearmed=self.rearmed,
                membrane=self.membrane,
                input_unit=self.input_unit,
                method=self.method,
                initial=tuple(self.initial.items()),
                parameters=dimensions(self.parameters),
            )
        )
        for attribute in ("reset", "rearmed", "refractory") if not self.threshold else ():
            if getattr(self, attribute):
                raise InputError(f"{name}.{attribute}: without a threshold there are no spikes; leave it out")

    def numbers(self, name: str) -> Float64Array:
        """Return a parameter in SI units, for comparison with another one.

        Parameters
        ----------
        name : str
            Name of the parameter.

        Returns
        -------
        ndarray of float64
            A number, or one for each cell; NaN, which is neither above nor below anything, where it is drawn.
        """
        value = getattr(self, name)
        return np.asarray(np.nan if isinstance(value, Distribution) else value, dtype=np.float64)

    def require_below(self, lower: str, upper: str) -> None:
        """Refuse a parameter that is not below another one.

        Parameters
        ----------
        lower, upper : str
            Names of the two parameters.

        Raises
        ------
        InputError
            If the first is not below the second.
        """
        low, high = np.atleast_1d(*np.broadcast_arrays(self.numbers(lower), self.numbers(upper)))
        wrong = np.flatnonzero(low >= high)
        if wrong.size:
            first = int(wrong[0])
            dimensions = get_dimensions(getattr(self, lower))
            below, above = (checks.describe(Quantity(values[first], dim=dimensions)) for values in (low, high))
            cell = f" in cell {first}" if low.size > 1 else ""
            raise InputError(
                f"{type(self).__name__}.{lower}: {below} is not below {upper} = {above}{cell}; "
                f"lower {lower} or raise {upper}"
            )

    @property
    def ceiling(self) -> float:
        """Highest potential after a time step, in volt: that of the reset; infinite for a model with an upstroke."""
        if self.threshold != f"{self.membrane} > v_threshold" or not self.reset or "v_threshold" not in self.parameters:
            return float("inf")
        return float(self.numbers("v_threshold").max())

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
            of_membrane = read_equations(f"{type(self).__name__}.equations", self.equations)[self.membrane].dim
            return 1 * mV if of_membrane is mV.dim else Quantity(1.0, dim=of_membrane)
        if kind == "modulatory":
            return Quantity(1.0)
        if kind == "input":
            return 1 * mV if self.input_unit == "volt" else 1 * nA
        return Quantity(1.0) if self.input_unit == "volt" else 1 * nS

    def check_conductance(self, culprit: str, kind: str, weights: Any) -> None:
        """Refuse conductances in siemens where they are numbers, relative to the leak.

        Parameters
        ----------
        culprit : str
            What the weights were given as, for the message of an error.
        kind : {"potential", "input", "conductance", "modulatory"}
            What a weight is (see `SynapseModel`).
        weights : Quantity, Distribution or array
            The weights.

        Raises
        ------
        InputError
            If they are in siemens, and this model's input is in volt.
        """
        example = weights.bounds[0] if isinstance(weights, Distribution) else weights
        in_siemens = isinstance(example, Quantity) and example.dim is nS.dim
        if in_siemens and kind == "conductance" and self.input_unit == "volt":
            raise InputError(
                f"{culprit}: in siemens, but the input of {type(self).__name__} is in volt, and a conductance a "
                "number, relative to its leak; give a number, or a model that takes siemens, such as ConductanceLIF"
            )

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
