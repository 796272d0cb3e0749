"""What a program is made of: frozen records of names, units, texts and numbers, in which nothing is left to resolve."""

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
    """One array of the simulation.

    owner: name of the population or projection. symbol: its name in the owner's equations. unit: SI unit, "" where it
    has none. initial: value at the start, in that unit.
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

    stream: name of the stream that they come from. sparse: those of units without drive are never looked at.
    """

    stream: str
    sparse: bool


@dataclass(frozen=True)
class Stimulus:
    """What a population is given in each trial. encode: from the stimulus of a run to what the engine is handed."""

    form: DriveForm
    encode: Callable[[Any, int, Timing], Drive] = field(compare=False)


@dataclass(frozen=True)
class PopulationProgram:
    """A population, ready for Brian2.

    refractory: condition for being refractory, "" where there is no such period. constants: value of every name in
    the texts that is no variable. decays: statements at the start of each step. arrivals: statements of the units
    that spike, before any synapse. learns: whether a flag `plastic` says that learning is on.
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
    """What of a projection is data, so that no compiled network depends on it: how its arrays are drawn.

    edges: from a generator. weights, delays: SI values, from the edges and a generator; a shared delay is one number.
    longest_delay: in seconds.
    """

    edges: Callable[[np.random.Generator], Edges]
    weights: Callable[[Edges, np.random.Generator], Float64Array]
    delays: Callable[[Edges, np.random.Generator], Float64Array]
    longest_delay: float


@dataclass(frozen=True)
class ProjectionProgram:
    """A projection, ready for Brian2. on_pre, on_post: statements at a spike's arrival, "" where there are none."""

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
        """The directions in which spikes reach the synapses."""
        sides: tuple[tuple[Literal["pre", "post"], str], ...] = (("pre", self.on_pre), ("post", self.on_post))
        return tuple(side for side, statements in sides if statements)


@dataclass(frozen=True)
class TrialEnd:
    """Statements in a trial's last step, where learning is on. name: of the object that carries them out."""

    name: str
    place: Place
    owner: str
    statements: str


@dataclass(frozen=True)
class Signal:
    """A number that a rule is told in each trial: one for the whole projection, or one a postsynaptic neuron.

    default: value where a run gives none, None where it must. given: by the run; False: by the network's reward.
    place, owner, symbol: the variable that holds it. size: numbers a trial.
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
    """A variable that may be recorded in each step, with its SI unit."""

    population: str
    symbol: str
    unit: str


@dataclass(frozen=True)
class Program:
    """A network on a time grid, every name, unit, equation and statement resolved: all that a back end reads.

    variables: those that a run sets, checks or hands over, in the order in which it does. trial_end: in turn.
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
        """The population of that name."""
        return next(population for population in self.populations if population.name == name)

    def projection(self, name: str) -> ProjectionProgram:
        """The projection of that name."""
        return next(projection for projection in self.projections if projection.name == name)

    def length(self, variable: Variable, state: Mapping[str, np.ndarray]) -> int:
        """How many values a variable has, in the wiring of a state."""
        if variable.place == "population":
            return self.population(variable.owner).size
        return len(state[f"{variable.owner}.source"])

    @property
    def carried(self) -> tuple[Variable, ...]:
        """Variables that a run is given and returns."""
        return tuple(v for v in self.variables if self.continuous or v.role in ("persistent", "weight"))

    @property
    def transient(self) -> tuple[Variable, ...]:
        """Variables that start anew in each trial, or carry over in a continuous run alone."""
        return tuple(v for v in self.variables if v.role in ("transient", "time"))

    @property
    def times(self) -> tuple[Variable, ...]:
        """Variables that hold a time."""
        return tuple(v for v in self.variables if v.role == "time")

    @property
    def told(self) -> tuple[Signal, ...]:
        """The signals that a run gives."""
        return tuple(signal for signal in self.signals if signal.given)

    @property
    def rewarded(self) -> tuple[Signal, ...]:
        """The signals by which the network's reward is told."""
        return tuple(signal for signal in self.signals if not signal.given)

    @property
    def pathways(self) -> Iterator[tuple[ProjectionProgram, Literal["pre", "post"]]]:
        """Every direction in which spikes reach synapses, in the network's order."""
        for projection in self.projections:
            for side in projection.pathways:
                yield projection, side
