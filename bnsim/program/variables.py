"""Variables of a program: which carry over, which are reset and to what value; and the signals of rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER, SUBEXPRESSION, SingleEquation
from brian2.units.fundamentalunits import Quantity, get_unit

from bnsim import checks
from bnsim.cells import unit_in_equations
from bnsim.neurons import NeuronModel
from bnsim.notation import read_equations
from bnsim.program import short_term
from bnsim.program.links import Link
from bnsim.program.neurons import ENGINE, Cells
from bnsim.program.parts import Computed, Place, Role, Signal, Variable
from bnsim.program.whole import PopulationProgram, ProjectionProgram

NEVER = -1e4
"""Seconds: time of the last spike of a neuron that never fired, as in Brian2."""

_DTYPES = {"float": "float64", "integer": "int32", "boolean": "bool"}
_SHARED_SIGNALS = ("shared", "reward")


def si_unit(equation: SingleEquation) -> str:
    """Return the SI unit of a variable.

    Parameters
    ----------
    equation : SingleEquation
        Brian2's equation of the variable.

    Returns
    -------
    str
        The unit, "" where it has none.
    """
    return "" if equation.dim.is_dimensionless else str(get_unit(equation.dim))


def of_population(cells: Cells, program: PopulationProgram) -> Iterator[Variable]:
    """Iterate over the variables of a population, except for the engine's and those that a run gives as signals.

    Parameters
    ----------
    cells : Cells
        The population with its projections.
    program : PopulationProgram
        The same population, lowered.

    Yields
    ------
    Variable
        One variable.

    Raises
    ------
    InputError
        If an initial value cannot be evaluated or has the wrong unit.
    """
    told = {signal.symbol for link in cells.incoming for signal in signals(link) if not signal.shared}
    coefficients = () if program.integration is None else program.integration.names
    model = cells.population.model
    for symbol, equation in _stored(read_equations(f"Population({program.name!r})", program.equations)):
        if symbol in ENGINE or symbol in told or symbol in coefficients or symbol in program.held_by_engine:
            continue
        role: Role = "transient"
        initial = 0.0
        if isinstance(model, NeuronModel):
            role = "persistent" if symbol in model.persistent else "transient"
            if symbol in cells.of_cells:
                role = "parameter"
            elif symbol not in program.starts:
                initial = _initial(cells, model, program, symbol, equation)
        yield _variable(program.name, "population", symbol, equation, role, initial)
    if program.refractory:
        name = program.name
        yield Variable(name, "population", "not_refractory", "transient", "bool", "", 1.0)
        yield Variable(name, "population", "lastspike", "transient", "float64", "s", NEVER)


def of_projection(link: Link, program: ProjectionProgram) -> Iterator[Variable]:
    """Iterate over the variables of a projection's synapses, except for signals.

    Parameters
    ----------
    link : Link
        The projection with its populations.
    program : ProjectionProgram
        The same projection, lowered.

    Yields
    ------
    Variable
        One variable; the weight is among them only where a rule changes it.
    """
    told = {signal.symbol for signal in signals(link) if signal.shared}
    found = read_equations(f"Projection({program.name!r})", program.equations)
    for symbol, equation in _stored(found):
        if symbol != "w" and symbol not in told:
            kept = link.rule is not None and symbol in link.rule.persistent
            role: Role = "persistent" if kept else "transient"
            yield _variable(program.name, "projection", symbol, equation, role, short_term.initial(link, symbol))
        elif symbol == "w" and link.rule is not None:
            yield _variable(program.name, "projection", "w", equation, "weight", 0.0)
    if any("event-driven" in equation.flags for equation in found.values()):
        yield Variable(program.name, "projection", "lastupdate", "transient", "float64", "s", 0.0)


def in_order(variables: Iterable[Variable]) -> tuple[Variable, ...]:
    """Sort variables by role: those that carry over from trial to trial first.

    Parameters
    ----------
    variables : iterable of Variable
        The variables of a network.

    Returns
    -------
    tuple of Variable
        The same variables; those of one role keep their order.
    """
    roles: tuple[Role, ...] = ("parameter", "persistent", "weight", "transient")
    return tuple(sorted(variables, key=lambda variable: roles.index(variable.role)))


def computed(name: str, equations: str) -> tuple[Computed, ...]:
    """Return the variables of a population that are computed whenever they are looked at.

    Parameters
    ----------
    name : str
        Name of the population.
    equations : str
        Its equations.

    Returns
    -------
    tuple of Computed
        In alphabetical order.
    """
    return tuple(
        Computed(symbol, si_unit(equation), unit_in_equations(equation.dim))
        for symbol, equation in sorted(read_equations(f"Population({name!r})", equations).items())
        if equation.type == SUBEXPRESSION and equation.var_type == "float"
    )


def signals(link: Link) -> Iterator[Signal]:
    """Iterate over the signals that the projection's rule is given in each trial.

    Parameters
    ----------
    link : Link
        The projection; without a rule there are none.

    Yields
    ------
    Signal
        One signal.

    Raises
    ------
    InputError
        If the rule names a variable that the postsynaptic neuron does not have.
    """
    rule = link.rule
    if rule is None:
        return
    for name, kind in rule.signals.items():
        default = rule.signal_defaults.get(name)
        if kind in _SHARED_SIGNALS:
            yield Signal(link.name, name, "projection", link.name, name, 1, default, kind != "reward")
        else:
            target = link.target
            checks.one_of(f"{type(rule).__name__}.signals: variable of the postsynaptic neuron", name, link.names)
            symbol, agreeing = link.names[name], name in rule.agreeing
            yield Signal(link.name, name, "population", target.name, symbol, target.size, default, True, agreeing)


def _stored(equations: Mapping[str, SingleEquation]) -> list[tuple[str, SingleEquation]]:
    """Variables that hold a value, by name: what is computed whenever it is looked at does not."""
    return sorted(item for item in equations.items() if item[1].type in (DIFFERENTIAL_EQUATION, PARAMETER))


def _variable(owner: str, place: Place, symbol: str, equation: SingleEquation, role: Role, initial: float) -> Variable:
    return Variable(owner, place, symbol, role, _DTYPES[equation.var_type], si_unit(equation), initial)


def _initial(
    cells: Cells, model: NeuronModel, program: PopulationProgram, symbol: str, equation: SingleEquation
) -> float:
    expressions = cells.initial
    if symbol not in expressions:
        return 0.0
    expression = expressions[symbol]
    value, unit = model.constant(expression, program.constants), Quantity(1.0, dim=equation.dim)
    checks.quantity(
        f"{type(model).__name__}.initial[{symbol!r}] = {expression}", value, unit, minimum=None, exclusive=False
    )
    return float(np.asarray(value))
