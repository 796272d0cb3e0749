"""Parts of a program: frozen records of names, units, equations, statements and numbers, with everything resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bnsim.arrays import Float64Array
from bnsim.connectivity import Edges
from bnsim.drives.encoder import Encoded, EncodedForm
from bnsim.limits import Limits
from bnsim.random_numbers import Numbers
from bnsim.recipe import Recipe
from bnsim.timing import Timing

Place = Literal["population", "projection"]
"""Where a variable lives: one value a neuron, or one value a synapse."""

Role = Literal["parameter", "persistent", "weight", "transient"]
"""What becomes of a variable when a trial ends. parameter: it never changes. persistent, weight: it carries over.
transient: it is set back to what the state holds. In a continuous run all of them carry over."""

KEY_WORDS = ("trial_key_high", "trial_key_low")
"""Variables of a population that draws random numbers: the two words of the trial's key."""

DelayKind = Literal["none", "shared", "each"]

DrawKind = Literal["uniform", "poisson", "chance"]
"""What is drawn. uniform: numbers in (0, 1). poisson: whole numbers with a Poisson distribution. chance: whether
something happens, true or false."""


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
    kind : {"uniform", "poisson", "chance"}
        What they are (see `DrawKind`). All are made from uniform numbers of the stream: those of "poisson" are its
        quantiles there, and "chance" is true where the number lies below the probability.
    stream : str
        Name of the stream that they come from.
    symbol : str
        Variable of the population that holds them.
    of : str
        Mean of "poisson", an expression in Brian2's notation; variable that holds the probabilities of "chance".
    sparse : bool
        Whether the numbers of units without drive are never used.
    steady : bool
        Whether the mean changes with values in time bins at most, so that it need not be computed in every step.
    """

    kind: DrawKind
    stream: str
    symbol: str
    of: str = ""
    sparse: bool = False
    steady: bool = False

    @property
    def mean(self) -> str:
        """Variable of the population that holds the means, "" where there are none."""
        return f"{self.symbol}_mean" if self.kind == "poisson" else ""

    @property
    def symbols(self) -> tuple[str, ...]:
        """All variables of the population that are there for these numbers."""
        return (self.symbol, self.mean) if self.mean else (self.symbol,)


@dataclass(frozen=True)
class Received:
    """What reaches a population in a step through a projection in which spikes are counted.

    Each spike adds a synapse's weight to a sum, which is multiplied by a factor and added to a variable after all
    spikes. Where all weights are one number, the sum counts ones and the factor is that number; otherwise the factor is
    1.

    Parameters
    ----------
    projection : str
        Name of the projection.
    variable : str
        Variable of the population that changes.
    condition : str
        Variable of the population that says whether it changes; "" where it always does.
    symbol : str
        Variable of the population that holds the sum; 0 between steps.
    factor : str
        Variable that holds the factor.
    unit : str
        Name of the sum's unit in equations.
    """

    projection: str
    variable: str
    condition: str
    symbol: str
    factor: str
    unit: str


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
        The same for delays in seconds; a shared delay is an array of one number, which needs no edges.
    longest_delay : float
        Longest delay in seconds.
    drawn_limits, limits : Limits
        Within which the weights must lie when they are drawn, and in any state.
    recipe : callable
        Function of the key that returns how the synapses are drawn, so that a compiled program can do it; None where
        only these functions can.
    dale : bool
        Whether the weights must have one sign, which is that of the source's other projections with this mark.
    """

    edges: Callable[[Float64Array | None, Float64Array | None, Numbers], Edges]
    weights: Callable[[Edges, Numbers], Float64Array]
    delays: Callable[[Edges | None, Numbers], Float64Array]
    longest_delay: float
    drawn_limits: Limits
    limits: Limits
    recipe: Callable[[int], Recipe | None]
    dale: bool


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
    agreeing : bool
        Whether it must equal those of the same name that reach the same population.
    """

    projection: str
    name: str
    place: Place
    owner: str
    symbol: str
    size: int
    default: float | None
    given: bool
    agreeing: bool = False

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
