"""What a run records: spikes, traces of variables, weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bnsim.arrays import Int32Array
from bnsim.errors import InputError

__all__ = ["Spikes", "Trace", "Weights"]


class Request:
    """Base of what a run may be asked to record: `Spikes`, `Trace`, `Weights`."""


@dataclass(frozen=True)
class Spikes(Request):
    """Record the spike times of a population.

    Parameters
    ----------
    population : str
        Name of the population.
    units : sequence of int, optional
        The units whose spikes are recorded, of which alone measures and pictures then are. Default: all.

    Raises
    ------
    InputError
        If the units are not different whole numbers.
    """

    population: str
    units: Sequence[int] | None = None

    def __post_init__(self) -> None:
        _check_name("Spikes.population", self.population)
        object.__setattr__(self, "units", _indices("Spikes.units", self.units))


@dataclass(frozen=True)
class Trace(Request):
    """Record samples of a variable of a population.

    Parameters
    ----------
    population : str
        Name of the population.
    variable : str
        Name of the variable, such as "v", or of one that is computed, such as "I", the summed input. Those of synapses
        begin with the name of the projection ("E_to_I_g", a conductance), those of drives with "drive0", "drive1".
    units : sequence of int, optional
        The units that are recorded. Default: all.
    every : Quantity, optional
        Time between two samples, a whole number of time steps. Default: every time step.

    Raises
    ------
    InputError
        If the units are not different whole numbers.

    Notes
    -----
    A sample is the value at the start of a time step. The samples of a trial are those of its steps 0, k, 2 k, ...;
    those of a continuous run are those of the steps whose number since the state's beginning is a multiple of k.
    """

    population: str
    variable: str
    units: Sequence[int] | None = None
    every: Any = None

    def __post_init__(self) -> None:
        _check_name("Trace.population", self.population)
        _check_name("Trace.variable", self.variable)
        object.__setattr__(self, "units", _indices("Trace.units", self.units))


@dataclass(frozen=True)
class Weights(Request):
    """Record samples of the weights of a projection.

    Parameters
    ----------
    projection : str
        Name of the projection, such as "input_to_cells".
    every : Quantity
        Time between two samples, a whole number of time steps. The moments are those of `Trace`.
    synapses : sequence of int, optional
        The synapses, by their places in `<projection>.source` and `.target` of the state; all, if none are named. In a
        recording they are the `units` of the samples.

    Raises
    ------
    InputError
        If the synapses are not different whole numbers.
    """

    projection: str
    every: Any
    synapses: Sequence[int] | None = None

    def __post_init__(self) -> None:
        _check_name("Weights.projection", self.projection)
        object.__setattr__(self, "synapses", _indices("Weights.synapses", self.synapses))


def _check_name(culprit: str, name: object) -> None:
    if not isinstance(name, str):
        raise InputError(f"{culprit}: {name!r} is no name; give text")


def _indices(culprit: str, units: Any) -> tuple[int, ...] | None:
    if units is None:
        return None
    numbers = np.atleast_1d(np.asarray(units))
    if (
        numbers.ndim != 1
        or not numbers.size
        or numbers.dtype.kind not in "iu"
        or len(np.unique(numbers)) < numbers.size
    ):
        raise InputError(f"{culprit}: {units!r}; give different whole numbers, such as [0, 1]")
    return tuple(int(number) for number in numbers)


def as_index(units: Sequence[int] | None) -> Int32Array | None:
    """Return units as an array.

    Parameters
    ----------
    units : sequence of int or None
        The units.

    Returns
    -------
    ndarray of int32 or None
        The same; None for all.
    """
    return None if units is None else np.array(units, dtype=np.int32)
