"""A network whose parameters are data, so that other values need no compiler."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim.cells import CellDescription
from bnsim.network import Network, Population
from bnsim.neurons import NeuronModel

Described = TypeVar("Described", bound=CellDescription)


def as_data(network: Network) -> Network:
    """Return the same network with an array instead of each single value that a cell or drive takes as one.

    Single values are compiled in, arrays are data (`bnsim.cells`). Both give the same spikes to the last bit.

    Parameters
    ----------
    network
        A network.

    Returns
    -------
    Network
        What is compiled for it is what is compiled for other values.
    """
    return replace(network, populations=[_population(population) for population in network.populations])


def _population(population: Population) -> Population:
    if not isinstance(population.model, NeuronModel):
        return population
    drives = tuple(_arrays(drive, population.size, drive.courses) for drive in population.drives)
    return replace(population, model=_arrays(population.model, population.size), drive=drives)


def _arrays(described: Described, size: int, courses: Iterable[str] = ()) -> Described:
    own = {item.name for item in fields(described) if item.init}
    names = [name for name in (*described.parameters, *courses) if name in own and name not in described.same_for_all]
    values: dict[str, Any] = {name: getattr(described, name) for name in names}
    single = {name: value for name, value in values.items() if isinstance(value, (int, float, Quantity))}
    return replace(described, **{name: _each(v, size) for name, v in single.items() if np.ndim(v) == 0})


def _each(value: Any, size: int) -> Any:
    return Quantity(np.full(size, float(np.asarray(value))), dim=get_dimensions(value))
