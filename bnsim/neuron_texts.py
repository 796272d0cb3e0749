"""Whether the texts of a neuron model can be read, and whether their units fit: told when a model is made."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER, SUBEXPRESSION, SingleEquation
from brian2.units import amp, volt
from brian2.units.fundamentalunits import Dimension, Quantity, get_dimensions

from bnsim.affine import NotAffine, affine
from bnsim.dimensions import OF_BRIAN2, check_condition, check_equations, check_statements, units_of
from bnsim.errors import InputError
from bnsim.notation import read_equations
from bnsim.rates_of_change import rates_of_change

_FLAGS = {
    DIFFERENTIAL_EQUATION: ("unless refractory",),
    SUBEXPRESSION: ("shared", "constant over dt"),
    PARAMETER: ("constant", "shared"),
}
_INPUT_UNITS = {"volt": volt.dim, "amp": amp.dim}


@dataclass(frozen=True)
class Texts:
    """What a neuron model states, as `bnsim.NeuronModel` describes it.

    Parameters
    ----------
    name : str
        Class of the model, for the message of an error.
    equations, threshold, reset, rearmed, membrane, input_unit, method : str
        Its texts.
    initial : tuple of (str, str)
        Expression for variables at the start.
    parameters : tuple of (str, Dimension)
        Dimensions of its parameters.

    Raises
    ------
    InputError
        If an initial value is no text.
    """

    name: str
    equations: str
    threshold: str
    reset: str
    rearmed: str
    membrane: str
    input_unit: str
    method: str
    initial: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, Dimension], ...]

    def __post_init__(self) -> None:
        for symbol, text in self.initial:
            if not isinstance(text, str):
                raise InputError(f"{self.name}.initial[{symbol!r}]: {text} is no text; write '{_as_text(text)}'")


def other_method(culprit: str) -> str:
    """Return the remedy for equations that a method of integration cannot integrate.

    Parameters
    ----------
    culprit : str
        The class of the model, and what else a message begins with.

    Returns
    -------
    str
        How to give another method.
    """
    name = culprit.partition(".")[0]
    return f'write method = "rk4" in the class, or give {name}(method="rk4")'


def dimensions(parameters: Mapping[str, Any]) -> tuple[tuple[str, Dimension], ...]:
    """Return the dimensions of parameters.

    Parameters
    ----------
    parameters : mapping of str to Quantity, array or Distribution
        Their values by name.

    Returns
    -------
    tuple of (str, Dimension)
        By name.
    """
    return tuple((name, get_dimensions(getattr(value, "bounds", (value,))[0])) for name, value in parameters.items())


@lru_cache(maxsize=256)  # models are made by the thousand, with other values and the same texts
def check_texts(texts: Texts) -> None:
    """Refuse a model whose equations, threshold, reset or initial values cannot be read, or mix units.

    Parameters
    ----------
    texts : Texts
        What the model states.

    Raises
    ------
    InputError
        If there is such a text, or the equations are not linear and are to be integrated exactly. Names that nothing
        declares are told of when a network is compiled, whose parts may declare them.
    """
    name, equations = texts.name, texts.equations
    found = read_equations(f"{name}.equations", equations)
    _check_declared(f"{name}.equations", found, dict(texts.parameters))
    given = {"I": _INPUT_UNITS[texts.input_unit], **dict(texts.parameters)}
    known = {symbol: Quantity(1.0, dim=dimensions) for symbol, dimensions in given.items()}
    _check_units(name, equations, texts.input_unit, known, [symbol for symbol, _ in texts.parameters])
    _check_membrane(name, found, texts.membrane)
    _refuse_nonlinear(name, found, texts.method)
    known |= units_of(found)
    for attribute, text in (("threshold", texts.threshold), ("rearmed", texts.rearmed)):
        if text:
            check_condition(f"{name}.{attribute}", text, known)
    check_statements(f"{name}.reset", texts.reset, known)
    for symbol, expression in texts.initial:
        _check_initial(f"{name}.initial[{symbol!r}]", expression)


def _check_declared(culprit: str, equations: Mapping[str, SingleEquation], parameters: Mapping[str, Any]) -> None:
    """Refuse names that mean something else already, and flags that neurons do not have."""
    for symbol, equation in equations.items():
        if symbol == "I":
            raise InputError(f"{culprit}: 'I' is the summed input, which is given; leave its line out, or rename it")
        if symbol in parameters:
            raise InputError(f"{culprit}: {symbol!r} is a parameter of the class already; leave one out")
        if symbol in OF_BRIAN2 or symbol.startswith("_"):
            raise InputError(f"{culprit}: {symbol!r} has a meaning of its own in equations; rename it")
        for flag in equation.flags:
            if flag not in _FLAGS[equation.type]:
                known = ", ".join(f"({other})" for other in _FLAGS[equation.type])
                raise InputError(f"{culprit}: the equation of {symbol!r} cannot be ({flag}); it can be {known}")


def _check_membrane(name: str, equations: Mapping[str, SingleEquation], membrane: str) -> None:
    if membrane in equations:
        return
    potentials = [symbol for symbol, equation in equations.items() if equation.dim is volt.dim] or list(equations)
    remedy = "write its equation, such as 'dv/dt = (I - v) / tau_m : volt'"
    if f"d{membrane}" in equations:
        remedy = f"write 'd{membrane}/dt = ...'"
    elif potentials:
        remedy = f"write membrane = {potentials[0]!r} in the class"
    raise InputError(f"{name}.membrane: the equations have no {membrane!r}; {remedy}")


def _check_initial(culprit: str, text: str) -> None:
    try:
        ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise InputError(
            f"{culprit}: {text!r} cannot be read ({error.msg}); write a value with its unit, such as '-70*mV'"
        ) from None


def _check_units(
    name: str, equations: str, input_unit: str, known: Mapping[str, Quantity], parameters: Collection[str]
) -> None:
    try:
        check_equations(f"{name}.equations", equations, known, parameters)
    except InputError:
        (other,) = {*_INPUT_UNITS} - {input_unit}
        try:
            check_equations(f"{name}.equations", equations, {**known, "I": Quantity(1.0, dim=_INPUT_UNITS[other])})
        except InputError:
            pass
        else:
            raise InputError(
                f"{name}.input_unit: I, the input, is in {input_unit}, and the equations take it in {other}; write "
                f"input_unit = {other!r} in the class"
            ) from None
        raise


def _refuse_nonlinear(name: str, equations: Mapping[str, SingleEquation], method: str) -> None:
    if method != "exact":
        return
    rates = rates_of_change(equations)
    for symbol, rate in rates.items():
        try:
            affine(rate, set(rates))
        except NotAffine:
            raise InputError(
                f"{name}.equations: the equation of {symbol!r} is not linear, so that the method 'exact' cannot "
                f"integrate it; {other_method(name)}"
            ) from None


def _as_text(value: Any) -> str:
    return " ".join(str(value).split()).replace(". ", "*").replace(" ", "*")
