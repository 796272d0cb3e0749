"""Whether the texts of a neuron model can be read, and whether their units fit: told when a model is made."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from brian2.equations.equations import SingleEquation
from brian2.units import amp, volt
from brian2.units.fundamentalunits import Dimension, Quantity, get_dimensions

from bnsim.affine import NotAffine, affine
from bnsim.errors import InputError
from bnsim.notation import check_condition, check_equations, check_statements, read_equations
from bnsim.rates_of_change import rates_of_change

if TYPE_CHECKING:
    from bnsim.neurons.base import NeuronModel

_INPUT_UNITS = {"volt": volt.dim, "amp": amp.dim}


def check_texts(model: NeuronModel) -> None:
    """Refuse a model whose equations, threshold, reset or initial values cannot be read, or mix units.

    Parameters
    ----------
    model : NeuronModel
        The model.

    Raises
    ------
    InputError
        If there is such a text, or the equations are not linear and are to be integrated exactly. Names that nothing
        declares are told of when a network is compiled, whose parts may declare them.
    """
    units = {name: get_dimensions(getattr(given, "bounds", (given,))[0]) for name, given in model.parameters.items()}
    for name, text in model.initial.items():
        if not isinstance(text, str):
            raise InputError(f"{type(model).__name__}.initial[{name!r}]: {text} is no text; write '{_as_text(text)}'")
    _check(
        type(model).__name__,
        model.equations,
        model.threshold,
        model.reset,
        model.rearmed,
        model.membrane,
        model.input_unit,
        tuple(model.initial.items()),
        model.method,
        tuple(units.items()),
    )


@lru_cache(maxsize=256)  # models are made by the thousand, with other values and the same texts
def _check(
    name: str,
    equations: str,
    threshold: str,
    reset: str,
    rearmed: str,
    membrane: str,
    input_unit: str,
    initial: tuple[tuple[str, str], ...],
    method: str,
    parameters: tuple[tuple[str, Dimension], ...],
) -> None:
    found = read_equations(f"{name}.equations", equations)
    given = {"I": _INPUT_UNITS[input_unit], **dict(parameters)}
    known = {symbol: Quantity(1.0, dim=dimensions) for symbol, dimensions in given.items()}
    _check_units(name, equations, input_unit, known)
    if membrane not in found:
        potentials = [symbol for symbol, equation in found.items() if equation.dim is volt.dim] or list(found)
        remedy = "write its equation, such as 'dv/dt = (I - v) / tau_m : volt'"
        if f"d{membrane}" in found:
            remedy = f"write 'd{membrane}/dt = ...'"
        elif potentials:
            remedy = f"write membrane = {potentials[0]!r} in the class"
        raise InputError(f"{name}.membrane: the equations have no {membrane!r}; {remedy}")
    _refuse_nonlinear(name, found, method)
    known |= {symbol: Quantity(1.0, dim=equation.dim) for symbol, equation in found.items()}
    for attribute, text in (("threshold", threshold), ("rearmed", rearmed)):
        if text:
            check_condition(f"{name}.{attribute}", text, known)
    check_statements(f"{name}.reset", reset, known)
    for symbol, text in initial:
        try:
            ast.parse(text.strip(), mode="eval")
        except SyntaxError as error:
            raise InputError(
                f"{name}.initial[{symbol!r}]: {text!r} cannot be read ({error.msg}); write a value with its unit, "
                "such as '-70*mV'"
            ) from None


def _check_units(name: str, equations: str, input_unit: str, known: Mapping[str, Quantity]) -> None:
    try:
        check_equations(f"{name}.equations", equations, known)
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
                f'integrate it; write method = "rk4" in the class, or give {name}(method="rk4")'
            ) from None


def _as_text(value: Any) -> str:
    return " ".join(str(value).split()).replace(". ", "*").replace(" ", "*")
