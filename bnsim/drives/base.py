"""Base class of drives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from brian2.core.namespace import DEFAULT_UNITS
from brian2.units import mV, nA
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.cells import CellDescription, CellValues, check_cells, check_number, is_of_cells
from bnsim.dimensions import check_statements, expression_dimensions
from bnsim.distributions import Distribution
from bnsim.drives.binned import Binned
from bnsim.errors import InputError
from bnsim.expressions import check_expression
from bnsim.neurons import NeuronModel
from bnsim.notation import read_equations

Course = Quantity | Distribution | str | Binned
"""A quantity that may depend on time: a constant, or one for each cell; an expression of t, the time, and i, the index
of the cell, in Brian2's notation; or values in bins."""


@dataclass(frozen=True, repr=False)
class Drive(CellDescription, abstract=True):
    """What acts on every neuron of a population from outside: noise, currents, spikes of other brain areas.

    The class attributes are text in Brian2's notation, written for one drive; the engine renames the variables for
    each. Every field declared with `bnsim.parameter` is a constant in them, and may be one value for all cells, an
    array with one value for each cell of the population, or a distribution from which they are drawn with the initial
    state. A stimulus that a run is given goes to an encoder instead.

    In a network the variable x of a population's first drive is its variable `drive0_x`, that of the second `drive1_x`,
    for `bnsim.Trace("cells", "drive0_x")` and `Population(initial=...)`.

    Attributes
    ----------
    equations : str
        Variables added to the neurons; `{input_unit}` is filled in.
    current : str
        The term added to the summed input `I`, "" where there is none.
    at_start : str
        Statements at the start of every step, before the neurons are integrated.
    arrivals : str
        Statements in every step where spikes arrive, after thresholds and resets. `{membrane}` is the membrane
        potential. Additions to a variable that is constant during the refractory period are discarded then.
    initial : dict of str to str
        Expression for variables at the start; others start at 0.
    random : bool
        Whether there is a random number for each neuron and step: `uniform`, in (0, 1). bnsim_normal_quantile(uniform)
        is standard normal.
    mean_count : str
        Mean of another one, `count`, a whole number with a Poisson distribution: an expression without unit; "" where
        there is no such number.
    courses : dict of str to str
        Unit of the fields that may depend on time (see `Course`); `{input_unit}` is filled in.
    in_input_units : tuple of str
        Fields that must have the unit of the neurons' input.

    Raises
    ------
    InputError
        If a text cannot be read, or there is both `uniform` and `count`.
    """

    equations: ClassVar[str] = ""
    current: ClassVar[str] = ""
    at_start: ClassVar[str] = ""
    arrivals: ClassVar[str] = ""
    initial: ClassVar[dict[str, str]] = {}
    random: ClassVar[bool] = False
    mean_count: ClassVar[str] = ""
    courses: ClassVar[dict[str, str]] = {}
    in_input_units: ClassVar[tuple[str, ...]] = ()
    STRUCTURE: ClassVar[tuple[str, ...]] = (
        "equations",
        "current",
        "at_start",
        "arrivals",
        "initial",
        "random",
        "mean_count",
        "courses",
        "in_input_units",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        owner = type(self).__name__
        read_equations(f"{owner}.equations", self.equations)
        for attribute in ("at_start", "arrivals"):
            check_statements(f"{owner}.{attribute}", getattr(self, attribute), {})
        if self.mean_count:
            expression_dimensions(f"{owner}.mean_count", self.mean_count, {})
        if self.mean_count and self.random:
            raise InputError(
                f"{owner}.mean_count: there is one random number for each neuron and step; leave random out"
            )

    def check(self, culprit: str, model: NeuronModel, size: int) -> None:
        """Refuse a drive that does not fit a population.

        Parameters
        ----------
        culprit : str
            What the drive was given as, for the message of an error.
        model : NeuronModel
            Model of the neurons.
        size : int
            Number of neurons.

        Raises
        ------
        InputError
            If a value has the wrong unit, or there are values for another number of neurons.
        """
        example = 1 * mV if model.input_unit == "volt" else 1 * nA
        for name in self.in_input_units:
            value = getattr(self, name)
            if is_of_cells(value):
                check_cells(f"{culprit}.{name}", value, example)
            elif not isinstance(value, str):
                shown = value.example if isinstance(value, Binned) else value
                checks.quantity(f"{culprit}.{name}", shown, example, minimum=None, exclusive=False)
        for name, given in self.of_cells.items():
            remedy = "; for values in time bins give bnsim.Binned(values, width)" if name in self.courses else ""
            check_number(f"{culprit}.{name}", given.values, size, remedy)
        for name, unit in self.courses.items():
            value = getattr(self, name)
            if isinstance(value, str):
                expected = DEFAULT_UNITS[unit.replace("{input_unit}", model.input_unit)]
                check_expression(f"{culprit}.{name}", value, expected, model, self.parameters)
            if isinstance(value, Binned) and value.n_units not in (None, size):
                raise InputError(
                    f"{culprit}.{name}: values for {value.n_units} units of a population of {size}; give one each, or "
                    "one for all"
                )

    @property
    def of_cells(self) -> dict[str, CellValues]:
        """Parameters that differ from cell to cell, by name."""
        courses = {name: getattr(self, name) for name in self.courses}
        named = {name: f"{type(self).__name__}.{name}" for name in courses}
        given = {n: CellValues(named[n], value, *self._bounds(n)) for n, value in courses.items() if is_of_cells(value)}
        return {**super().of_cells, **given}

    def _bounds(self, name: str) -> tuple[float | None, bool]:
        return (None, False) if name in self.courses else super()._bounds(name)


def check_course(culprit: str, value: Any, example: Quantity | None, *, minimum: float | None = None) -> None:
    """Refuse a quantity that may depend on time and has the wrong form, unit or range.

    Parameters
    ----------
    culprit : str
        What the value was given as, for the message of an error.
    value : Quantity, Distribution, str or Binned
        The value.
    example : Quantity or None
        A value with the expected unit; None where any unit will do.
    minimum : float, optional
        Smallest value allowed, in SI units; that of an expression is not known.

    Raises
    ------
    InputError
        If the value does not fit.
    """
    if isinstance(value, str):
        if not value.strip():
            raise InputError(f"{culprit}: an empty expression; write one of t, or give a quantity")
        return
    if isinstance(value, Binned):
        checks.quantity(f"{culprit}: values", value.example, example, minimum=None, exclusive=False)
        if minimum is not None and value.numbers.min() < minimum:
            raise InputError(f"{culprit}: holds values below {minimum:g}; raise them")
        return
    if is_of_cells(value):
        check_cells(culprit, value, example, minimum)
        return
    if np.ndim(value) > 0:
        raise InputError(
            f"{culprit}: an array of shape {np.shape(value)}; give one value a cell, or bnsim.Binned(values, width)"
        )
    checks.quantity(culprit, value, example, minimum=minimum, exclusive=False)
