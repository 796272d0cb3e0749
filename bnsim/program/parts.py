"""Parts of a program: frozen records of names, units, equations, statements and numbers, with everything resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from brian2.units.fundamentalunits import Quantity

from bnsim.arrays import Float64Array
from bnsim.connectivity import Edges
from bnsim.encoding.base import Drive, DriveForm
from bnsim.protocol import Repetition, Reward
from bnsim.timing import Timing

Place = Literal["population", "projection"]
"""Where a variable lives: one value a neuron, or one value a synapse."""

Role = Literal["persistent", "weight", "transient", "time"]
"""What becomes of a variable when a trial ends. persistent, weight: it carries over. transient: it is set back to its
initial value, or carries over in a continuous run. time: as transient, but counted from the start of the next trial."""

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
    role : {"persistent", "weight", "transient", "time"}
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
class Draw:
    """Random numbers, one for each unit and step.

    Parameters
    ----------
    stream : str
        Name of the stream that they come from.
    sparse : bool
        Whether the numbers of units without drive are never used.
    """

    stream: str
    sparse: bool


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

    form: DriveForm
    encode: Callable[[Any, int, Timing], Drive] = field(compare=False)


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
        Integration method.
    constants : mapping of str to Quantity
        Value of every name in the texts that is not a variable.
    decays : str
        Statements at the start of each step.
    arrivals : str
        Statements of the units that spike, executed before any synapse.
    learns : bool
        Whether the population has a flag `plastic` that says whether learning is on.
    draw : Draw or None
        Random numbers of an encoder, None where there are none.
    stimulus : Stimulus or None
        Stimulus of the population, None where it takes none.
    """

    name: str
    size: int
    equations: str
    threshold: str
    reset: str
    refractory: str
    method: str
    constants: Mapping[str, Quantity]
    decays: str
    arrivals: str
    learns: bool
    draw: Draw | None
    stimulus: Stimulus | None


@dataclass(frozen=True)
class Data:
    """How the arrays of a projection are drawn: they are data, so that no compiled network depends on them.

    Parameters
    ----------
    edges : callable
        Function of a generator that returns the edges.
    weights : callable
        Function of the edges and a generator that returns the weights in SI units, one a synapse.
    delays : callable
        The same for delays in seconds; a shared delay is an array of one number.
    longest_delay : float
        Longest delay in seconds.
    """

    edges: Callable[[np.random.Generator], Edges]
    weights: Callable[[Edges, np.random.Generator], Float64Array]
    delays: Callable[[Edges, np.random.Generator], Float64Array]
    longest_delay: float


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
    equations : str
        Equations of each synapse in Brian2's notation.
    on_pre, on_post : str
        Statements at the arrival of a presynaptic spike and at a postsynaptic spike, "" where there are none.
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
    equations: str
    on_pre: str
    on_post: str
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
class Traced:
    """Variable that may be recorded in each step.

    Parameters
    ----------
    population : str
        Name of the population.
    symbol : str
        Name of the variable in the population's equations.
    unit : str
        SI unit, "" where it has none.
    """

    population: str
    symbol: str
    unit: str


@dataclass(frozen=True)
class Program:
    """Network on a time grid with every name, unit, equation and statement resolved: all that a back end reads.

    Parameters
    ----------
    timing : Timing
        The time grid.
    continuous : bool
        Whether trials follow each other without a break.
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
    traces : tuple of Traced
        Variables that may be recorded.
    repetition : Repetition or None
        Whether a trial is presented again to a network that stays silent.
    reward : Reward or None
        Whose decision is rewarded.
    """

    timing: Timing
    continuous: bool
    populations: tuple[PopulationProgram, ...]
    projections: tuple[ProjectionProgram, ...]
    variables: tuple[Variable, ...]
    signals: tuple[Signal, ...]
    trial_end: tuple[TrialEnd, ...]
    traces: tuple[Traced, ...]
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

    @property
    def carried(self) -> tuple[Variable, ...]:
        """Variables that a run is given and returns."""
        return tuple(v for v in self.variables if self.continuous or v.role in ("persistent", "weight"))

    @property
    def transient(self) -> tuple[Variable, ...]:
        """Variables that are reset in each trial, and carry over in a continuous run only."""
        return tuple(v for v in self.variables if v.role in ("transient", "time"))

    @property
    def times(self) -> tuple[Variable, ...]:
        """Variables that hold a time."""
        return tuple(v for v in self.variables if v.role == "time")

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
