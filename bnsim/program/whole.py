"""A program: populations and projections with everything resolved, and how what they hold is told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from brian2.units.fundamentalunits import Quantity

from bnsim.arrays import Float64Array
from bnsim.program.integration import Integration
from bnsim.program.parts import (
    Computed,
    Data,
    DelayKind,
    Draw,
    Received,
    Recordable,
    Series,
    Signal,
    Start,
    Stimulus,
    TrialEnd,
    Variable,
)
from bnsim.protocol import Repetition, Reward
from bnsim.random_numbers import Numbers
from bnsim.recipe import MANY


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
    each_step : str
        Statements of rules in each step, once potentials are known and before any spike of the step acts.
    learns : bool
        Whether the population has a flag `plastic` that says whether learning is on.
    at_start : str
        Statements of drives at the start of each step, after random numbers are drawn.
    from_outside : str
        Statements of drives where spikes arrive.
    received : tuple of Received
        What spikes that are counted change, in the order of the projections.
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
    each_step: str
    learns: bool
    at_start: str
    from_outside: str
    received: tuple[Received, ...]
    draws: tuple[Draw, ...]
    series: tuple[Series, ...]
    stimulus: Stimulus | None
    starts: Mapping[str, Start] = field(compare=False)
    positions: Callable[[Numbers], Float64Array] | None = field(default=None, compare=False)

    @property
    def receives(self) -> str:
        """Statements that apply what is received in a step, after all synapses."""
        lines = []
        for variable in dict.fromkeys(item.variable for item in self.received):
            own = [item for item in self.received if item.variable == variable]
            total = " + ".join(f"{item.symbol} * {item.factor}" for item in own)
            lines.append(f"{variable} += ({total})" + (f" * int({own[0].condition})" if own[0].condition else ""))
            lines += [f"{item.symbol} = 0 * {item.unit}" for item in own]
        return "\n".join(lines)

    @property
    def held_by_engine(self) -> set[str]:
        """Variables that hold random numbers, values in time bins and what is received: no state needs them."""
        received = {name for item in self.received for name in (item.symbol, item.factor)}
        drawn = {symbol for draw in self.draws for symbol in draw.symbols}
        return drawn | {series.symbol for series in self.series} | received


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
    graded : str
        Statements of each synapse in every step, where spikes arrive, "" where there are none.
    each_step : str
        Statements of each synapse at the end of every step, "" where there are none.
    fixed : bool
        Whether a synapse holds nothing but its weight, which nothing changes.
    counted : bool
        Whether a target counts the spikes of a step (see `Received`).
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
    graded: str
    each_step: str
    fixed: bool
    counted: bool
    delay: DelayKind
    constants: Mapping[str, Quantity]
    data: Data = field(compare=False)

    @property
    def drawable(self) -> bool:
        """Whether a compiled network can draw the synapses itself."""
        return self.fixed and self.n_source * self.n_target >= MANY

    @property
    def near(self) -> bool:
        """Whether the number of a target fits into two bytes."""
        return self.n_target <= 2**16

    @property
    def pathways(self) -> tuple[Literal["pre", "post"], ...]:
        """Directions from which spikes reach the synapses."""
        sides: tuple[tuple[Literal["pre", "post"], str], ...] = (("pre", self.on_pre), ("post", self.on_post))
        return tuple(side for side, statements in sides if statements)


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
