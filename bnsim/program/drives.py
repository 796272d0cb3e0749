"""Drives of a population: variables, statements, random numbers and values in time bins, under names of their own."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from brian2.units.fundamentalunits import Quantity

from bnsim.cells import CellValues
from bnsim.drives import Binned, Drive
from bnsim.network import Population
from bnsim.neurons import NeuronModel
from bnsim.notation import read_equations
from bnsim.program.names import EVERYWHERE
from bnsim.program.parts import Draw, Series
from bnsim.program.statements import discard, fill, refuse_randomness, rename
from bnsim.program.units import check_drive


@dataclass(frozen=True)
class DriveParts:
    """A drive, under names of its own.

    Parameters
    ----------
    equations : tuple of str
        Variables added to the population, one a line.
    current : str
        The term added to the summed input, "" where there is none.
    at_start, arrivals : str
        Statements at the start of each step, and where spikes arrive.
    constants : mapping of str to Quantity
        Values of the names that are no variables.
    of_cells : mapping of str to CellValues
        Parameters that differ from cell to cell, by their variable.
    initial : mapping of str to str
        Expression for variables at the start, in those constants and parameters.
    draw : Draw or None
        Its random numbers.
    series : tuple of Series
        Its values in time bins.
    """

    equations: tuple[str, ...]
    current: str
    at_start: str
    arrivals: str
    constants: Mapping[str, Quantity]
    of_cells: Mapping[str, CellValues]
    initial: Mapping[str, str]
    draw: Draw | None
    series: tuple[Series, ...]


def declared_of_cells(values: Mapping[str, CellValues]) -> list[str]:
    """Return the declarations of the parameters that differ from cell to cell.

    Parameters
    ----------
    values : mapping of str to CellValues
        The parameters by name.

    Returns
    -------
    list of str
        One line each, in Brian2's notation.
    """
    return [f"{name} : {given.unit} (constant)" for name, given in values.items()]


def drives_of(population: Population, still: set[str], dt: float) -> tuple[DriveParts, ...]:
    """Return the drives of a population.

    Parameters
    ----------
    population : Population
        A population of neurons.
    still : set of str
        Variables that are constant during the refractory period.
    dt : float
        Time step in seconds.

    Returns
    -------
    tuple of DriveParts
        In the population's order.

    Raises
    ------
    InputError
        If a text cannot be read, or a time bin is no whole number of steps.
    """
    return tuple(_parts(population, number, drive, still, dt) for number, drive in enumerate(population.drives))


def _parts(population: Population, number: int, drive: Drive, still: set[str], dt: float) -> DriveParts:
    refuse_randomness(drive)
    model, prefix = population.model, f"drive{number}_"
    assert isinstance(model, NeuronModel)
    culprit = f"Population({population.name!r}).drive: {type(drive).__name__}"
    of_cells = drive.of_cells
    constants: dict[str, Any] = {name: value for name, value in drive.parameters.items() if name not in of_cells}
    lines, series = [fill(drive.equations, model), *declared_of_cells(of_cells)], []
    for name, unit in drive.courses.items():
        value, unit = getattr(drive, name), fill(unit, model)
        if isinstance(value, Binned):
            shared = value.n_units is None
            lines.append(f"{name} : {unit}{' (shared)' if shared else ''}")
            series.append(Series(f"{prefix}{name}", value.steps(f"{culprit}.{name}", dt), value.numbers))
        elif isinstance(value, str):
            lines.append(f"{name} = {value} : {unit}")
        elif name not in of_cells:
            constants[name] = value
    if drive.random:
        lines.append("uniform : 1")
    if drive.mean_count:
        lines += ["count : 1", "count_mean : 1"]
    text = "\n".join(line for line in lines if line)
    check_drive(culprit, drive, population, text)
    names = {name: f"{prefix}{name}" for name in (*read_equations(culprit, text), *constants)}
    conditions = dict.fromkeys(still, "not_refractory")
    arrivals = fill(rename(drive.arrivals, names), model)
    return DriveParts(
        equations=tuple(rename(text, names).splitlines()),
        current=fill(rename(drive.current, names), model),
        at_start=rename(drive.at_start, names),
        arrivals=discard(culprit, arrivals, conditions),
        constants={names[name]: value for name, value in constants.items()},
        of_cells={names[name]: values for name, values in of_cells.items()},
        initial={names[name]: rename(value, names) for name, value in drive.initial.items()},
        draw=_draw(f"{population.name}:drive{number}", drive, names, constants),
        series=tuple(series),
    )


def _draw(stream: str, drive: Drive, names: Mapping[str, str], constants: Iterable[str]) -> Draw | None:
    """Random numbers of a drive, whose variables and constants have other names in the program."""
    if drive.random:
        return Draw("uniform", stream, names["uniform"])
    if not drive.mean_count:
        return None
    courses = {name: getattr(drive, name) for name in drive.courses}
    steady = {*constants, *drive.of_cells, *EVERYWHERE} - {"t", "t_in_timesteps"}
    steady |= {name for name, value in courses.items() if isinstance(value, Binned)}
    steady |= {name for name, value in courses.items() if isinstance(value, str) and _named(value) <= steady}
    mean = rename(drive.mean_count, names)
    return Draw("poisson", stream, names["count"], mean, steady=_named(drive.mean_count) <= steady)


def _named(expression: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(expression.strip(), mode="eval")) if isinstance(node, ast.Name)}
