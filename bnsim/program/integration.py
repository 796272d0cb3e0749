"""Integration of a population's equations over one time step: exact where they are linear, of second order where a
conductance makes the membrane's coefficients change.

Linear equations with constant coefficients are solved by the matrix exponential (see `bnsim.program.linear`).

Where conductances multiply the membrane potential, everything that is linear is propagated in the same way, and the
membrane by the exponential midpoint rule: dv/dt = a v + b with a and b taken at the middle of the step, where the
conductances are known exactly. It needs one exponential function a neuron and step, as the exponential Euler method
does, and its error is of the order dt^2 instead of dt. Where dv/dt is no linear function of v, as with a conductance
that magnesium blocks, it is linearised at the start of the step (the exponential Rosenbrock-Euler method), which is of
the same order. Where such variables depend on each other, as a membrane and the gates of its channels do, an
exponential Euler step of half the length predicts their values at the middle of the step.

What stands still while a neuron is refractory does so for all variables that depend on it.

References
----------
S. Rotter and M. Diesmann, Biological Cybernetics 81:381-402 (1999), for exact integration; M. Hochbruck and A.
Ostermann, Acta Numerica 19:209-286 (2010), for exponential integrators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_UNITS
from brian2.equations.equations import SingleEquation
from brian2.parsing.sympytools import str_to_sympy, sympy_to_str
from brian2.units.fundamentalunits import Quantity

from bnsim.affine import REST, NotAffine, affine, names_in
from bnsim.arrays import Float64Array
from bnsim.errors import InputError
from bnsim.neuron_texts import other_method
from bnsim.program.linear import System, linear_part, part_for, propagators
from bnsim.rates_of_change import rates_of_change, renamed, standing

PREFIX = "propagator_"
"""How the names of the variables begin that hold the coefficients of an integration."""

_SLOPE = "_slope"
"""Stands for the slope in the text of a rate that is given by it."""

Coefficients = Callable[[bool, Mapping[str, Float64Array]], dict[str, Float64Array]]


@dataclass(frozen=True)
class Integration:
    """One step of a population's equations.

    Parameters
    ----------
    code : str
        Statements in Brian2's notation.
    names : tuple of str
        Variables of the population that hold the coefficients in the statements.
    of_cells : bool
        Whether the coefficients differ from cell to cell.
    values : callable
        Function of whether learning is on, and of the parameters that differ from cell to cell, that returns the
        coefficients by name, in SI units: arrays of one number, or of one for each cell. They are data.
    """

    code: str
    names: tuple[str, ...]
    of_cells: bool
    values: Coefficients = field(compare=False)


def exact(
    culprit: str,
    equations: Mapping[str, SingleEquation],
    constants: Mapping[str, Any],
    dt: float,
    of_cells: frozenset[str] = frozenset(),
) -> Integration:
    """Return the exact solution of linear equations.

    Parameters
    ----------
    culprit : str
        What the equations were given as, for the message of an error.
    equations : mapping of str to SingleEquation
        All equations of a population, by variable.
    constants : mapping of str to Quantity
        Values of the names that are no variables.
    dt : float
        Time step in seconds.
    of_cells : frozenset of str
        Names of the parameters that differ from cell to cell.

    Returns
    -------
    Integration
        The step.

    Raises
    ------
    InputError
        If the equations are not linear, or a coefficient is not constant.
    """
    rates = rates_of_change(equations)
    system = linear_part(rates, {*constants, *of_cells}, standing(equations))
    nonlinear = sorted(set(rates) - set(system.unknowns))
    if nonlinear:
        raise InputError(
            f"{culprit}: the equation of {nonlinear[0]!r} is not linear with constant coefficients, so it cannot be "
            f"integrated exactly; {other_method(culprit)}"
        )
    lines, systems = _propagation(system, "_next_")
    return _integration([*lines, *_writes(system.unknowns)], systems, constants, dt, bool(of_cells))


def exponential_midpoint(
    culprit: str,
    equations: Mapping[str, SingleEquation],
    constants: Mapping[str, Any],
    dt: float,
    of_cells: frozenset[str] = frozenset(),
) -> Integration:
    """Return the exponential midpoint rule, for equations that may be linear or not.

    Parameters
    ----------
    culprit : str
        What the equations were given as, for the message of an error.
    equations : mapping of str to SingleEquation
        All equations of a population, by variable.
    constants : mapping of str to Quantity
        Values of the names that are no variables.
    dt : float
        Time step in seconds.
    of_cells : frozenset of str
        Names of the parameters that differ from cell to cell.

    Returns
    -------
    Integration
        The step.

    Raises
    ------
    InputError
        If an equation that is not linear with constant coefficients cannot be differentiated.
    """
    rates, still = rates_of_change(equations), standing(equations)
    linear = linear_part(rates, {*constants, *of_cells}, still)
    others = [name for name in sorted(rates) if name not in linear.unknowns]
    used = {name: names_in(rates[name]) & set(rates) - {name} for name in others}
    middle = set[str]().union(*used.values())
    half_lines, half_systems = _propagation(part_for(linear, middle & set(linear.unknowns)), "_half_", "half_", 0.5)
    lines, predicted = list[str](), list[str]()
    for name in others:
        slope, rest = _linearised(rates[name], name)
        if not slope:
            raise InputError(
                f"{culprit}: the equation of {name!r} is not linear and has no derivative, so the exponential midpoint "
                f"rule cannot integrate it; {other_method(culprit)}"
            )
        halves = {other: f"_half_{other}" for other in used[name]}
        lines += _curve("_next_", name, renamed(slope, halves), renamed(rest, halves), "dt")
        if name in middle:
            predicted += _curve("_half_", name, slope, rest, "(0.5 * dt)", stands=name in still)
    full_lines, full_systems = _propagation(linear, "_next_")
    code = [*half_lines, *predicted, *lines, *full_lines, *_writes((*linear.unknowns, *others))]
    return _integration(code, {**full_systems, **half_systems}, constants, dt, bool(of_cells))


def _curve(end: str, name: str, slope: str, rest: str, length: str, *, stands: bool = False) -> list[str]:
    """Statements for a variable at the end of a step of dx/dt = slope x + rest, with constant slope and rest."""
    rate = f"{end}rate_{name}"
    reached = f"{name} + ({renamed(rest, {_SLOPE: rate})}) * {length} * exprel({rate} * {length})"
    return [f"{rate} = {slope}", f"{end}{name} = {_unless_refractory(reached, name) if stands else reached}"]


def _unless_refractory(moving: str, standing: str) -> str:
    return f"bnsim_select(not_refractory, {moving}, {standing})"


def _writes(names: Iterable[str]) -> list[str]:
    return [f"{name} = _next_{name}" for name in names]


def _linearised(rate: str, name: str) -> tuple[str, str]:
    """The derivative of a rate by its own variable, "" where there is none, and the rate itself, given that."""
    try:
        form = affine(rate, {name})
        return form.get(name, "0"), f"{form.get(REST, '0')} + {_SLOPE} * {name}"
    except NotAffine:
        slope = str_to_sympy(rate).diff(sympy.Symbol(name, real=True))
        return "" if slope.has(sympy.Derivative, sympy.Subs) else sympy_to_str(slope), rate


_Systems = Mapping[str, tuple[float, System]]
"""By what the names of their coefficients begin with: over what share of a step, and the equations."""


def _propagation(system: System, end: str, kind: str = "", share: float = 1.0) -> tuple[list[str], _Systems]:
    """Statements for the unknowns at the end of a share of a step, and the systems whose coefficients they need."""
    lines, systems = list[str](), {kind: (share, system)} if system.unknowns else {}
    for name in system.unknowns:
        moving = _combination(system, kind, name)
        if system.waits(name):
            systems[f"still_{kind}"] = share, system.refractory
            moving = _unless_refractory(moving, _combination(system.refractory, f"still_{kind}", name))
        elif end == "_half_" and name in system.still:
            moving = _unless_refractory(moving, name)
        lines.append(f"{end}{name} = {moving}")
    return lines, systems


def _combination(system: System, kind: str, name: str) -> str:
    terms = []
    for column in system.reached[name]:
        coefficient, factor = f"{PREFIX}{kind}{name}_{column}", system.inputs.get(column, column)
        terms.append(coefficient if factor == "1" else f"{coefficient} * ({factor})")
    return " + ".join(terms)


def _integration(
    lines: Iterable[str], systems: _Systems, constants: Mapping[str, Any], dt: float, of_cells: bool
) -> Integration:
    names = [
        f"{PREFIX}{kind}{name}_{column}"
        for kind, (_, system) in systems.items()
        for name, columns in system.reached.items()
        for column in columns
    ]
    return Integration("\n".join(lines), tuple(names), of_cells, _values(systems, constants, dt))


def _values(systems: _Systems, constants: Mapping[str, Any], dt: float) -> Coefficients:
    space = {**DEFAULT_UNITS, **{name: function.pyfunc for name, function in DEFAULT_FUNCTIONS.items()}}
    space = {name: np.asarray(value) if isinstance(value, Quantity) else value for name, value in space.items()}
    space |= {name: np.asarray(value, dtype=np.float64) for name, value in constants.items()}

    def values(plastic: bool, cells: Mapping[str, Float64Array]) -> dict[str, Float64Array]:
        def evaluate(text: str) -> Float64Array:
            found = eval(text, {"__builtins__": {}}, {**space, **cells, "plastic": plastic})
            return np.asarray(found, dtype=np.float64)

        coefficients: dict[str, Float64Array] = {}
        for kind, (share, system) in systems.items():
            propagator = propagators(system.matrix(evaluate), share * dt)
            for name, columns in system.reached.items():
                for column in columns:
                    row, place = system.columns.index(name), system.columns.index(column)
                    coefficients[f"{PREFIX}{kind}{name}_{column}"] = np.atleast_1d(propagator[..., row, place])
        return coefficients

    return values
