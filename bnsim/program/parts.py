"""Parts of a program: frozen records of names, units, equations, statements and numbers, with everything resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from brian2.units.fundamentalunits import Quantity

from bnsim.arrays import Float64Array
from bnsim.connectivity import Edges
from bnsim.drives.encoder import Encoded, EncodedForm
from bnsim.limits import Limits
from bnsim.program.integration import Integration
from bnsim.protocol import Repetition, Reward
from bnsim.random_numbers import Numbers
from bnsim.timing import Timing

Place = Literal["population", "projection"]
"""Where a variable lives: one value a neuron, or one value a synapse."""

Role = Literal["parameter", "persistent", "weight", "transient"]
"""What becomes of a variable when a trial ends. parameter: it never changes. persistent, weight: it carries over.
transient: it is set back to what the state holds. In a continuous run all of them carry over."""

KEY_WORDS = ("trial_key_high", "trial_key_low")
"""Variables of a population that draws random numbers: the two words of the trial's key."""

DelayKind = Literal["none", "shared", "each"]


@dataclass(frozen=True)
class Variable:
    """Array of the simulation.

    Parameters
    ----------
    owner : str
        Name of the population or projection.
    place : {"population", "projection"}
        Whether it has one value a neuron or one value a synapse.
    symbol : str
        Its name in the owner's equations.
    role : {"parameter", "persistent", "weight", "transient"}
        What becomes of it when a trial ends (see `Role`).
    dtype : str
        Type of its elements.
    unit : str
        SI unit, "" where it has none.
    initial : float
        Value at the start, in that unit.
    """

    owner: str
    place: Place
    symbol: str
    role: Role
    dtype: str
    unit: str
    initial: float

    @property
    def name(self) -> str:
        """Its name in a `State`, such as "cells.theta"."""
        return f"{self.owner}.{self.symbol}"


@dataclass(frozen=True)
class Computed:
    """Variable of a population that is computed whenever it is looked at, such as the summed input.

    Parameters
    ----------
    symbol : str
        Its name in the population's equations.
    unit : str
        SI unit, "" where it has none.
    unit_name : str
        The unit by its name in equations, "1" where it has none.
    """

    symbol: str
    unit: str
    unit_name: str

    @property
    def observed(self) -> str:
        """Name of the variable into which its values are copied where a run records them."""
        return f"observed_{self.symbol}"


@dataclass(frozen=True)
class Draw:
    """Random numbers, one for each unit and step.

    Parameters
    ----------
    stream : str
        Name of the stream that they come from.
    sparse : bool
        Whether the numbers of units without drive are never used.
    symbol : str
        Variable of the population that holds them.
    """

    stream: str
    sparse: bool
    symbol: str


@dataclass(frozen=True)
class Series:
    """Values in time bins, of a drive.

    Parameters
    ----------
    symbol : str
        Variable of the population that holds the present ones.
    every : int
        Length of a bin in steps.
    values : ndarray of float64, shape (bin,) or (bin, unit)
        In SI units; they are data. After the last bin they are 0.
    """

    symbol: str
    every: int = field(compare=False)
    values: Float64Array = field(compare=False)


@dataclass(frozen=True)
class Stimulus:
    """Stimulus that a population is given in each trial.

    Parameters
    ----------
    form : {"values", "spikes"}
        Whether the drive is an array (trial, unit) or a `SpikeRaster`.
    encode : callable
        Function of the stimulus of a run, the number of units and the time grid that returns the drive.
    """

    form: EncodedForm
    encode: Callable[[Any, int, Timing], Encoded] = field(compare=False)


Start = Callable[[Numbers, Mapping[str, Float64Array]], Float64Array]


@dataclass(frozen=True)
class PopulationProgram:
    """Population, ready for Brian2.

    Parameters
    ----------
    name : str
        Name of the population.
    size : int
        Number of units.
    equations : str
        Equations in Brian2's notation.
    threshold : str
        Condition for a spike, "False" where there is none.
    reset : str
        Statements at a spike.
    refractory : str
        Condition for being refractory, "" where there is no such period.
    method : str
        Brian2's integration method; "" where `integration` takes its place.
    integration : Integration or None
        One time step of the equations, where that is not left to Brian2.
    constants : mapping of str to Quantity
        Value of every name in the texts that is not a variable.
    computed : tuple of Computed
        Variables that are computed whenever they are looked at.
    decays : str
        Statements at the start of each step.
    arrivals : str
        Statements of the units that spike, executed before any synapse.
    learns : bool
        Whether the population has a flag `plastic` that says whether learning is on.
    at_start : str
        Statements of drives at the start of each step, after random numbers are drawn.
    from_outside : str
        Statements of drives where spikes arrive.
    draws : tuple of Draw
        Random numbers of an encoder or of drives.
    series : tuple of Series
        Values of drives in time bins.
    stimulus : Stimulus or None
        Stimulus of the population, None where it takes none.
    starts : mapping of str to callable
        By variable or parameter, a function of random numbers and the parameters that differ from cell to cell, which
        returns its values at the start; others start at the variable's initial value. They are data.
    positions : callable or None
        Function of random numbers that returns the positions of the units in metres; None where they have none. Data.
    """

    name: str
    size: int
    equations: str
    threshold: str
    reset: str
    refractory: str
    method: str
    integration: Integration | None
    constants: Mapping[str, Quantity]
    computed: tuple[Computed, ...]
    decays: str
    arrivals: str
    learns: bool
    at_start: str
    from_outside: str
    draws: tuple[Draw, ...]
    series: tuple[Series, ...]
    stimulus: Stimulus | None
    starts: Mapping[str, Start] = field(compare=False)
    positions: Callable[[Numbers], Float64Array] | None = field(default=None, compare=False)

    @property
    def held_by_engine(self) -> set[str]:
        """Variables that hold random numbers and values in time bins: no state needs them."""
        return {draw.symbol for draw in self.draws} | {series.symbol for series in self.series}


@dataclass(frozen=True)
class Data:
    """How the arrays of a projection are drawn: they are data, so that no compiled network depends on them.

    Parameters
    ----------
    edges : callable
        Function of the positions of source and target, None where they have none, and of random numbers, which returns
        the edges.
    weights : callable
        Function of the edges and random numbers that returns the weights in SI units, one a synapse.
    delays : callable
        The same for delays in seconds; a shared delay is an array of one number.
    longest_delay : float
        Longest delay in seconds.
    drawn_limits, limits : Limits
        Within which the weights must lie when they are drawn, and in any state.
    dale : bool
        Whether the weights must have one sign, which is that of the source's other projections with this mark.
    """

    edges: Callable[[Float64Array | None, Float64Array | None, Numbers], Edges]
    weights: Callable[[Edges, Numbers], Float64Array]
    delays: Callable[[Edges, Numbers], Float64Array]
    longest_delay: float
    drawn_limits: Limits
    limits: Limits
    dale: bool


@dataclass(frozen=True)
class ProjectionProgram:
    """Projection, ready for Brian2.

    Parameters
    ----------
    name : str
        Name of the projection.
    source, target : str
        Names of the presynaptic and the postsynaptic population.
    n_source, n_target : int
        Sizes of the populations.
    weight_unit : str
        SI unit of the weights, "" where they have none.
    equations : str
        Equations of each synapse in Brian2's notation.
    on_pre, on_post : str
        Statements at the arrival of a presynaptic spike and at a postsynaptic spike, "" where there are none.
    each_step : str
        Statements of each synapse at the end of every step, "" where there are none.
    delay : {"none", "shared", "each"}
        Whether synapses have no delay, one for all, or one each.
    constants : mapping of str to Quantity
        Value of every name in the texts that is not a variable.
    data : Data
        How edges, weights and delays are drawn.
    """

    name: str
    source: str
    target: str
    n_source: int
    n_target: int
    weight_unit: str
    equations: str
    on_pre: str
    on_post: str
    each_step: str
    delay: DelayKind
    constants: Mapping[str, Quantity]
    data: Data = field(compare=False)

    @property
    def pathways(self) -> tuple[Literal["pre", "post"], ...]:
        """Directions from which spikes reach the synapses."""
        sides: tuple[tuple[Literal["pre", "post"], str], ...] = (("pre", self.on_pre), ("post", self.on_post))
        return tuple(side for side, statements in sides if statements)


@dataclass(frozen=True)
class TrialEnd:
    """Statements in the last step of a trial, executed where learning is on.

    Parameters
    ----------
    name : str
        Name of the Brian2 object that executes them.
    place : {"population", "projection"}
        Whether they are executed for each neuron or for each synapse.
    owner : str
        Name of the population or projection.
    statements : str
        Statements in Brian2's notation.
    """

    name: str
    place: Place
    owner: str
    statements: str


@dataclass(frozen=True)
class Signal:
    """Number that a rule is given in each trial: one for the whole projection, or one for each postsynaptic neuron.

    Parameters
    ----------
    projection : str
        Name of the projection.
    name : str
        Name of the signal in the rule.
    place : {"population", "projection"}
        Where the variable that holds it is.
    owner : str
        Name of the population or projection that has this variable.
    symbol : str
        Name of this variable in the owner's equations.
    size : int
        Numbers a trial.
    default : float or None
        Value where a run gives none; None where it must give one.
    given : bool
        Whether the run gives it; False where the network's reward does.
    """

    projection: str
    name: str
    place: Place
    owner: str
    symbol: str
    size: int
    default: float | None
    given: bool

    @property
    def shared(self) -> bool:
        """Whether it is one number for the whole projection."""
        return self.place == "projection"


@dataclass(frozen=True)
class Recordable:
    """Variable of which a run may record samples.

    Parameters
    ----------
    owner : str
        Name of the population or projection.
    place : {"population", "projection"}
        Whether it has one value a neuron or one value a synapse.
    symbol : str
        Its name in the owner's equations.
    dtype : str
        Type of its elements.
    unit : str
        SI unit, "" where it has none.
    computed : bool
        Whether it is computed whenever it is looked at; False where it is stored.
    """

    owner: str
    place: Place
    symbol: str
    dtype: str
    unit: str
    computed: bool = False


@dataclass(frozen=True)
class Program:
    """Network with a time step, every name, unit, equation and statement resolved: all that a back end reads.

    Parameters
    ----------
    dt : float
        Time step in seconds.
    populations : tuple of PopulationProgram
        In the network's order.
    projections : tuple of ProjectionProgram
        In the network's order.
    variables : tuple of Variable
        Variables that a run sets, checks or returns, in the order in which it does.
    signals : tuple of Signal
        Signals of all rules.
    trial_end : tuple of TrialEnd
        Statements at the end of a trial, in order of execution.
    repetition : Repetition or None
        Whether a trial is presented again to a network that stays silent.
    reward : Reward or None
        Whose decision is rewarded.
    """

    dt: float
    populations: tuple[PopulationProgram, ...]
    projections: tuple[ProjectionProgram, ...]
    variables: tuple[Variable, ...]
    signals: tuple[Signal, ...]
    trial_end: tuple[TrialEnd, ...]
    repetition: Repetition | None
    reward: Reward | None

    def population(self, name: str) -> PopulationProgram:
        """Return a population by its name.

        Parameters
        ----------
        name : str
            Name of one of the populations.

        Returns
        -------
        PopulationProgram
            The population.
        """
        return next(population for population in self.populations if population.name == name)

    def projection(self, name: str) -> ProjectionProgram:
        """Return a projection by its name.

        Parameters
        ----------
        name : str
            Name of one of the projections.

        Returns
        -------
        ProjectionProgram
            The projection.
        """
        return next(projection for projection in self.projections if projection.name == name)

    def length(self, variable: Variable, state: Mapping[str, np.ndarray]) -> int:
        """Return how many values a variable has with the connectivity of a state.

        Parameters
        ----------
        variable : Variable
            One of the program's variables.
        state : mapping of str to ndarray
            Arrays of a state by name.

        Returns
        -------
        int
            Number of neurons or synapses.
        """
        if variable.place == "population":
            return self.population(variable.owner).size
        return len(state[f"{variable.owner}.source"])

    def coefficients(self, plastic: bool, state: Mapping[str, np.ndarray]) -> dict[tuple[str, str], Float64Array]:
        """Return the coefficients of the integration of all populations.

        Parameters
        ----------
        plastic : bool
            Whether learning is on.
        state : mapping of str to ndarray
            Arrays of a state by name: parameters may differ from cell to cell.

        Returns
        -------
        dict of (str, str) to ndarray of float64, shape (1,) or (unit,)
            By population and name, in SI units.
        """
        found = {}
        for population in self.populations:
            if population.integration is not None:
                cells = {v.symbol: state[v.name] for v in self.parameters if v.owner == population.name}
                for name, values in population.integration.values(plastic, cells).items():
                    found[population.name, name] = (
                        np.repeat(values, population.size // len(values))
                        if (population.integration.of_cells)
                        else values
                    )
        return found

    @property
    def persistent(self) -> tuple[Variable, ...]:
        """Variables that carry over from trial to trial; the weights of projections with a rule are among them."""
        return tuple(v for v in self.variables if v.role in ("persistent", "weight"))

    @property
    def parameters(self) -> tuple[Variable, ...]:
        """Parameters that differ from cell to cell."""
        return tuple(v for v in self.variables if v.role == "parameter")

    @property
    def transient(self) -> tuple[Variable, ...]:
        """Variables that start anew in each trial, and carry over in a continuous run only."""
        return tuple(v for v in self.variables if v.role == "transient")

    @property
    def recordable(self) -> tuple[Recordable, ...]:
        """Variables of which a run may record samples: those of neurons, and the weights."""
        found = [
            Recordable(v.owner, "population", v.symbol, v.dtype, v.unit)
            for v in self.variables
            if v.place == "population"
        ]
        found += [
            Recordable(population.name, "population", item.symbol, "float64", item.unit, computed=True)
            for population in self.populations
            for item in population.computed
        ]
        weights = (
            Recordable(projection.name, "projection", "w", "float64", projection.weight_unit)
            for projection in self.projections
        )
        return (*found, *weights)

    @property
    def told(self) -> tuple[Signal, ...]:
        """Signals that a run gives."""
        return tuple(signal for signal in self.signals if signal.given)

    @property
    def rewarded(self) -> tuple[Signal, ...]:
        """Signals that carry the network's reward."""
        return tuple(signal for signal in self.signals if not signal.given)

    @property
    def pathways(self) -> Iterator[tuple[ProjectionProgram, Literal["pre", "post"]]]:
        """Every direction in which spikes reach synapses, in the network's order."""
        for projection in self.projections:
            for side in projection.pathways:
                yield projection, side
