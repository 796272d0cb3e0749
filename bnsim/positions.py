"""Where the units of a population lie: data that the state holds, and that connectivity by distance reads."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from brian2.units import um
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.description import Description
from bnsim.errors import InputError
from bnsim.random_numbers import Numbers

__all__ = ["FreePositions", "Grid", "Positions", "RandomPositions", "Ring"]


@dataclass(frozen=True, repr=False)
class Positions(Description, abstract=True):
    """Positions of the units of a population. Subclass it to write your own.

    Notes
    -----
    Space may repeat itself after a period, one for each dimension. Distances are the shortest ones then, across the
    border where that is shorter, so that units lie on a ring or torus.
    """

    @abstractmethod
    def draw(self, size: int, numbers: Numbers) -> Float64Array:
        """Return the positions.

        Parameters
        ----------
        size : int
            Number of units.
        numbers : Numbers
            Random numbers.

        Returns
        -------
        ndarray of float64, shape (size, dimension)
            In metres.
        """

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """Number of dimensions of space."""

    @property
    def lengths(self) -> tuple[float, ...] | None:
        """Period of each dimension in metres; None where space has borders."""
        return None

    @property
    def number(self) -> int | None:
        """Number of positions; None where there are as many as units."""
        return None


@dataclass(frozen=True, repr=False)
class Grid(Positions):
    """Lay units out on a grid, with the same distance between neighbours in all dimensions.

    Parameters
    ----------
    shape : tuple of int
        Units along each dimension: (800,) for a line, (20, 20) for a square.
    spacing : Quantity
        Distance between neighbours.
    periodic : bool
        Whether the last unit of a row is a neighbour of its first: a row of n then repeats itself after n spacings.

    Raises
    ------
    InputError
        If the shape is no tuple of whole numbers, or the spacing no length above 0.

    Notes
    -----
    Positions begin at 0; the last dimension runs fastest.
    """

    shape: tuple[int, ...]
    spacing: Quantity
    periodic: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.shape, tuple) or not self.shape:
            raise InputError(f"Grid.shape: {self.shape!r}; give a tuple such as (20, 20)")
        for side in self.shape:
            checks.count("Grid.shape", side)
        checks.quantity("Grid.spacing", self.spacing, 50 * um, minimum=0, exclusive=True)

    def draw(self, size: int, numbers: Numbers) -> Float64Array:
        """Return the positions.

        Parameters
        ----------
        size : int
            Number of units.
        numbers : Numbers
            Not used.

        Returns
        -------
        ndarray of float64, shape (size, dimension)
            In metres.
        """
        index = np.indices(self.shape).reshape(len(self.shape), -1).T.astype(np.float64)
        return index * float(self.spacing)

    @property
    def dimensions(self) -> int:
        """Number of dimensions of space."""
        return len(self.shape)

    @property
    def lengths(self) -> tuple[float, ...] | None:
        """Period of each dimension in metres; None where space has borders."""
        return tuple(side * float(self.spacing) for side in self.shape) if self.periodic else None

    @property
    def number(self) -> int:
        """Number of positions."""
        return prod(self.shape)


@dataclass(frozen=True, repr=False)
class Ring(Positions):
    """Lay units out on a ring, in equal distances. Distances between units are measured along the ring.

    Parameters
    ----------
    circumference : Quantity
        Length of the ring.

    Raises
    ------
    InputError
        If it is no length above 0.

    Notes
    -----
    Unit k of n lies at k / n of the circumference, in one dimension that repeats itself.
    """

    circumference: Quantity

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.quantity("Ring.circumference", self.circumference, 50 * um, minimum=0, exclusive=True)

    def draw(self, size: int, numbers: Numbers) -> Float64Array:
        """Return the positions.

        Parameters
        ----------
        size : int
            Number of units.
        numbers : Numbers
            Not used.

        Returns
        -------
        ndarray of float64, shape (size, 1)
            In metres.
        """
        return (np.arange(size) * float(self.circumference) / size)[:, None]

    @property
    def dimensions(self) -> int:
        """Number of dimensions of space."""
        return 1

    @property
    def lengths(self) -> tuple[float, ...]:
        """The circumference in metres."""
        return (float(self.circumference),)


@dataclass(frozen=True, repr=False)
class RandomPositions(Positions):
    """Scatter units in a box, each independently and uniformly.

    Parameters
    ----------
    sides : Quantity, shape (dimension,)
        Length of the box along each dimension, such as (1, 1) * mm.
    periodic : bool
        Whether the box repeats itself in all directions.

    Raises
    ------
    InputError
        If the sides are no lengths above 0.

    Notes
    -----
    The numbers are those of the stream "<population>:positions" of the state's key: place d of row k is that of
    dimension d of unit k.
    """

    sides: Any
    periodic: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_lengths("RandomPositions.sides", self.sides, (1,), "(1, 1) * mm", above=True)

    def draw(self, size: int, numbers: Numbers) -> Float64Array:
        """Return the positions.

        Parameters
        ----------
        size : int
            Number of units.
        numbers : Numbers
            The random numbers.

        Returns
        -------
        ndarray of float64, shape (size, dimension)
            In metres.
        """
        return numbers.rows(np.arange(size), self.dimensions) * np.asarray(self.sides)

    @property
    def dimensions(self) -> int:
        """Number of dimensions of space."""
        return len(self.sides)

    @property
    def lengths(self) -> tuple[float, ...] | None:
        """Period of each dimension in metres; None where space has borders."""
        return tuple(np.asarray(self.sides, float).tolist()) if self.periodic else None


@dataclass(frozen=True, repr=False)
class FreePositions(Positions):
    """Lay units out as given, one by one. A population takes the array alone, where space has borders.

    Parameters
    ----------
    coordinates : Quantity, shape (unit, dimension)
        Position of each unit.
    period : Quantity, shape (dimension,), optional
        Length after which space repeats itself in each dimension. Default: space has borders.

    Raises
    ------
    InputError
        If they are no lengths, are not finite, or differ in their dimensions.
    """

    coordinates: Any
    period: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_lengths("FreePositions.coordinates", self.coordinates, (1, 1), "[[0, 0], [0, 1]] * mm", above=False)
        if self.period is not None:
            _check_lengths("FreePositions.period", self.period, (1,), "(1, 1) * mm", above=True)
            if len(self.period) != self.dimensions:
                raise InputError(
                    f"FreePositions.period: {len(self.period)} lengths, coordinates has {self.dimensions} dimensions; "
                    "give one for each"
                )

    def draw(self, size: int, numbers: Numbers) -> Float64Array:
        """Return the positions.

        Parameters
        ----------
        size : int
            Number of units.
        numbers : Numbers
            Not used.

        Returns
        -------
        ndarray of float64, shape (size, dimension)
            In metres.
        """
        return np.array(self.coordinates, dtype=np.float64)

    @property
    def dimensions(self) -> int:
        """Number of dimensions of space."""
        return int(np.shape(self.coordinates)[1])

    @property
    def lengths(self) -> tuple[float, ...] | None:
        """Period of each dimension in metres; None where space has borders."""
        return None if self.period is None else tuple(np.asarray(self.period, float).tolist())

    @property
    def number(self) -> int:
        """Number of positions."""
        return len(self.coordinates)


def _check_lengths(culprit: str, values: Any, least: tuple[int, ...], example: str, *, above: bool) -> None:
    """Refuse what is not an array of lengths with as many axes as `least`, and at least so many entries along them."""
    shape = np.shape(values)
    if len(shape) != len(least) or any(n < m for n, m in zip(shape, least, strict=True)):
        raise InputError(f"{culprit}: of shape {shape}; give an array of {len(least)} axes, such as {example}")
    for value in (np.min(values), np.max(values), np.sum(values)):  # NaN and infinities reach one of them
        shown = Quantity(value, dim=get_dimensions(values))
        checks.quantity(culprit, shown, 50 * um, minimum=0 if above else None, exclusive=above)
