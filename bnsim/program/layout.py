"""The bytes of a job and of its outcome: which arrays follow each other, of which type.

Both sides of a compiled network take the order from here: the Python that writes jobs and reads outcomes, and the
generated C++ that reads jobs and writes outcomes. The lengths of all arrays in bytes go before them, each as an int64.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bnsim.program.parts import Variable
from bnsim.program.whole import Program

Content = Literal[
    "header",
    "spikes",
    "sample",
    "coefficient",
    "series",
    "recipe",
    "recipe_values",
    "source",
    "target",
    "weight",
    "delay",
    "variable",
    "in_flight_unit",
    "in_flight_age",
    "keys",
    "correct",
    "drive",
    "raster_offsets",
    "raster_index",
    "signal",
    "counts",
    "spike_unit",
    "spike_step",
    "spike_end",
    "presentations",
    "steps",
    "seconds",
    "samples",
]

KEPT: frozenset[Content] = frozenset(
    {
        "coefficient",
        "series",
        "source",
        "target",
        "weight",
        "delay",
        "variable",
        "in_flight_unit",
        "in_flight_age",
        "recipe",
        "recipe_values",
    }
)
"""What a compiled network keeps from job to job: a job may leave such an array as it stands."""


@dataclass(frozen=True)
class Array:
    """Array that is part of a job or an outcome.

    Parameters
    ----------
    content : Content
        Kind of the array. In a job, `spikes` says which spikes of a population are recorded: nothing for none, 1 for
        all, 1 and their numbers for those of some units. `sample` says after how many steps a variable is sampled,
        followed by the numbers of the units where these are not all; nothing where it is not sampled. `recipe` and
        `recipe_values` are how synapses are drawn (see `bnsim.recipe`); nothing where these follow.
    owner : str
        The population or projection that it belongs to, "" for the whole network.
    part : str
        Which of the owner's arrays it is: a variable's symbol, a signal's name.
    dtype : str
        Type of its elements.
    """

    content: Content
    owner: str
    part: str
    dtype: str

    @property
    def name(self) -> str:
        """Its name in a `State`, where it is part of one."""
        return f"{self.owner}.{self.part}"


def job(program: Program) -> Iterator[Array]:
    """Iterate over the arrays of a job, in order.

    Parameters
    ----------
    program : Program
        The program that the job is for.

    Yields
    ------
    Array
        One array of the job.
    """
    yield Array("header", "", "header", "int64")
    for population in program.populations:
        yield Array("spikes", population.name, "spikes", "int32")
    for item in program.recordable:
        yield Array("sample", item.owner, item.symbol, "int32")
    for population in program.populations:
        for name in () if population.integration is None else population.integration.names:
            yield Array("coefficient", population.name, name, "float64")
        for series in population.series:
            yield Array("series", population.name, series.symbol, "float64")
    for projection in program.projections:
        if projection.drawable:
            yield Array("recipe", projection.name, "recipe", "int64")
            yield Array("recipe_values", projection.name, "recipe_values", "float64")
        yield Array("source", projection.name, "source", "int32")
        yield Array("target", projection.name, "target", "int32")
        yield Array("weight", projection.name, "w", "float64")
        if projection.delay != "none":
            yield Array("delay", projection.name, "delay", "float64")
    yield from variables(variable for variable in program.variables if variable.role != "weight")
    yield from in_flight(program)
    yield Array("keys", "", "keys", "int64")
    if program.reward is not None:
        yield Array("correct", "", "correct", "int64")
    for population in program.populations:
        if population.stimulus is not None and population.stimulus.form == "spikes":
            yield Array("raster_offsets", population.name, "offsets", "int64")
            yield Array("raster_index", population.name, "index", "int64")
        elif population.stimulus is not None:
            yield Array("drive", population.name, "drive", "float64")
    for signal in program.told:
        yield Array("signal", signal.projection, signal.name, "float64")


def outcome(program: Program, plastic: bool, continuous: bool) -> Iterator[Array]:
    """Iterate over the arrays of an outcome, in order.

    Parameters
    ----------
    program : Program
        The program that the outcome is of.
    plastic : bool
        Whether learning was on: nothing else changes what persists.
    continuous : bool
        Whether the run was continuous: everything carries over then.

    Yields
    ------
    Array
        One array of the outcome.
    """
    if plastic:
        yield from variables(program.persistent)
    if continuous:
        yield from variables(program.transient)
        yield from in_flight(program)
    for population in program.populations:
        yield Array("counts", population.name, "counts", "int32")
        yield Array("spike_unit", population.name, "unit", "int32")
        yield Array("spike_step", population.name, "step", "int64")
        yield Array("spike_end", population.name, "end", "int64")
    yield Array("presentations", "", "presentations", "int64")
    yield Array("steps", "", "steps", "int64")
    yield Array("seconds", "", "seconds", "float64")
    for item in program.recordable:
        yield Array("samples", item.owner, item.symbol, "float64")


def variables(items: Iterable[Variable]) -> Iterator[Array]:
    """Iterate over the arrays that hold some variables.

    Parameters
    ----------
    items : iterable of Variable
        Variables of a program.

    Yields
    ------
    Array
        The array of each.
    """
    for variable in items:
        yield Array("variable", variable.owner, variable.symbol, variable.dtype)


def in_flight(program: Program) -> Iterator[Array]:
    """Iterate over the arrays that hold the spikes in flight.

    Parameters
    ----------
    program : Program
        The program.

    Yields
    ------
    Array
        For each projection with delays, the unit that sent each spike, then for how many steps it has been in flight,
        0 for those of the last step; in the order in which they were sent.
    """
    for projection in program.projections:
        if projection.delay != "none":
            yield Array("in_flight_unit", projection.name, "in_flight_unit", "int32")
            yield Array("in_flight_age", projection.name, "in_flight_age", "int32")
