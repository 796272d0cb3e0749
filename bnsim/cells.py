"""Values that may differ from cell to cell of a population: parameters and initial values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import fill
from typing import Any, ClassVar

import numpy as np
from brian2.units.fundamentalunits import Dimension, Quantity, get_dimensions, get_unit

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.description import Description, declared_parameters
from bnsim.distributions import Distribution
from bnsim.errors import InputError
from bnsim.random_numbers import Numbers


@dataclass(frozen=True)
class CellValues:
    """Values for the cells of a population.

    Parameters
    ----------
    culprit : str
        What they were given as, for the message of an error.
    values : Quantity or Distribution
        One value for all cells, an array with one for each, or a distribution.
    minimum : float or None
        Smallest value allowed, in SI units; None if there is none.
    exclusive : bool
        Whether values must lie above `minimum` rather than at or above it.
    """

    culprit: str
    values: Any
    minimum: float | None = None
    exclusive: bool = False

    @property
    def unit(self) -> str:
        """Their SI unit by its name in Brian2's equations."""
        example = self.values.bounds[0] if isinstance(self.values, Distribution) else self.values
        return unit_in_equations(get_dimensions(example))

    def draw(self, size: int, numbers: Numbers) -> Float64Array:
        """Return one value for each cell.

        Parameters
        ----------
        size : int
            Number of cells.
        numbers : Numbers
            Random numbers of a distribution; cell k takes the number of row 0 and place k.

        Returns
        -------
        ndarray of float64, shape (size,)
            Values in SI units.

        Raises
        ------
        InputError
            If a value that was drawn is too small.
        """
        if not isinstance(self.values, Distribution):
            return np.broadcast_to(np.asarray(self.values, dtype=np.float64), (size,)).copy()
        drawn = self.values.draw(np.array([size]), numbers)
        least = drawn.min()
        if self.minimum is not None and (least < self.minimum or (self.exclusive and least == self.minimum)):
            raise InputError(
                f"{self.culprit}: {type(self.values).__name__} gave cell {int(np.argmin(drawn))} the value {least:g}, "
                "which is too small; give it a minimum"
            )
        return drawn


@dataclass(frozen=True, repr=False)
class CellDescription(Description, abstract=True):
    """A description whose parameters may differ from cell to cell: arrays and distributions, which are data.

    Attributes
    ----------
    same_for_all : tuple of str
        Parameters that must be single values.
    """

    same_for_all: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        summary, separator, details = (vars(cls).get("__doc__") or "").partition("\n\n")
        if not cls._abstract and separator and "Parameters\n" in details:
            paragraph = fill(cls._common(), 120, initial_indent="    ", subsequent_indent="    ")
            cls.__doc__ = f"{summary}\n\n{paragraph}\n\n{details}"

    @classmethod
    def _common(cls) -> str:
        """What holds for all classes of the family, which their docstrings say after the summary."""
        names = " and ".join(f"`{name}`" for name in cls.same_for_all)
        return (
            "A parameter may be one value for all cells, an array with one value for each cell of the population, or a "
            f"distribution from which they are drawn{f'; {names} are the same for all' if names else ''}."
        )

    def _check_parameter(self, name: str, example: Quantity | None, minimum: float | None, exclusive: bool) -> None:
        value, culprit = getattr(self, name), f"{type(self).__name__}.{name}"
        if not is_of_cells(value):
            super()._check_parameter(name, example, minimum, exclusive)
        elif name in self.same_for_all:
            raise InputError(f"{culprit}: the same for all cells; give a single value")
        else:
            check_cells(culprit, value, example, minimum, exclusive)

    @property
    def of_cells(self) -> dict[str, CellValues]:
        """Parameters that differ from cell to cell, by name."""
        return {
            name: CellValues(f"{type(self).__name__}.{name}", value, *self._bounds(name))
            for name, value in self.parameters.items()
            if is_of_cells(value)
        }

    def _bounds(self, name: str) -> tuple[float | None, bool]:
        bounds = declared_parameters(type(self))[name].metadata
        exclusive = bounds["above"] is not None
        return (bounds["above"] if exclusive else bounds["minimum"]), exclusive


def unit_in_equations(dimensions: Dimension) -> str:
    """Return the SI unit of some dimensions as Brian2's equations take it.

    Parameters
    ----------
    dimensions : Dimension
        The dimensions.

    Returns
    -------
    str
        Such as "volt", "metre ** 2", or "1".
    """
    if dimensions.is_dimensionless:
        return "1"
    # Brian2 calls the units of areas and volumes metre2 and metre3, which its equations refuse.
    return re.sub(r"\bmetre([23])\b", r"metre ** \1", repr(get_unit(dimensions)))


def is_of_cells(values: Any) -> bool:
    """Return whether values may differ from cell to cell.

    Parameters
    ----------
    values : object
        A number, array or distribution.

    Returns
    -------
    bool
        False for a single number.
    """
    return isinstance(values, Distribution) or (isinstance(values, np.ndarray) and values.ndim == 1)


def check_cells(
    culprit: str, values: Any, example: Quantity | None, minimum: float | None = None, exclusive: bool = False
) -> None:
    """Refuse values for cells with the wrong unit or out of range.

    Parameters
    ----------
    culprit : str
        What they were given as, for the message of an error.
    values : Quantity or Distribution
        An array with one value for each cell, or a distribution, of which only the unit is checked: what is drawn is
        looked at when it is drawn.
    example : Quantity or None
        A value with the expected unit; None where any unit will do.
    minimum : float or None
        Smallest value allowed, in SI units.
    exclusive : bool
        Whether values must lie above `minimum`.

    Raises
    ------
    InputError
        If the values do not fit.
    """
    if isinstance(values, Distribution):
        middle = Quantity(values.quantile(np.array([0.5]))[0], dim=get_dimensions(values.bounds[0]))
        checks.quantity(culprit, middle, example, minimum=None, exclusive=False)
        return
    if not len(values):
        raise InputError(f"{culprit}: an empty array; give one value for each cell")
    for value in (np.min(values), np.max(values), np.sum(values)):  # a sum is not finite where a value is not
        shown = Quantity(value, dim=get_dimensions(values))
        checks.quantity(culprit, shown, example, minimum=minimum, exclusive=exclusive)


def check_number(culprit: str, values: Any, size: int, remedy: str = "") -> None:
    """Refuse an array that does not have one value for each cell.

    Parameters
    ----------
    culprit : str
        What it was given as, for the message of an error.
    values : Quantity or Distribution
        The values.
    size : int
        Number of cells.
    remedy : str
        What else a message advises.

    Raises
    ------
    InputError
        If there are more or fewer values.
    """
    if is_of_cells(values) and not isinstance(values, Distribution) and len(values) != size:
        raise InputError(f"{culprit}: {len(values)} values for {size} cells; give one for each{remedy}")
