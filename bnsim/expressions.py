"""Expressions of time that a drive is given: names and unit are checked before anything is compiled."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_CONSTANTS, DEFAULT_UNITS
from brian2.units import second
from brian2.units.fundamentalunits import Quantity, get_dimensions, get_unit

from bnsim import checks
from bnsim.dimensions import expression_dimensions, unit_name, units_of
from bnsim.errors import InputError
from bnsim.neurons import NeuronModel
from bnsim.notation import RANDOM, read_equations, read_expression

OF_TIME: dict[str, Any] = {"t": second, "dt": second, "i": 1, "N": 1, "t_in_timesteps": 1}


def check_expression(
    culprit: str, text: str, unit: Quantity, model: NeuronModel, constants: Mapping[str, Quantity]
) -> None:
    """Refuse an expression that cannot be read, holds an unknown name or has the wrong unit.

    Parameters
    ----------
    culprit : str
        What the expression was given as, for the message of an error.
    text : str
        The expression, of the time t and the index i of the cell.
    unit : Quantity
        A value with the expected unit.
    model : NeuronModel
        Model of the neurons, whose variables and parameters it may use.
    constants : mapping of str to Quantity
        Further names.

    Raises
    ------
    InputError
        If it is no such expression.
    """
    functions = {name: function for name, function in DEFAULT_FUNCTIONS.items() if name not in RANDOM}
    found = read_equations(f"{type(model).__name__}.equations", model.equations)
    own = units_of(found)
    of_model = {name: getattr(values, "bounds", (values,))[0] for name, values in model.parameters.items()}
    known = {**DEFAULT_UNITS, **DEFAULT_CONSTANTS, **functions, **OF_TIME, **own, **of_model, **constants}
    where = f"{culprit}: {text!r}"
    tree = read_expression(where, text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in RANDOM:
            raise InputError(f"{culprit}: {node.id!r} is random outside the run's key; give a drive of noise")
        if isinstance(node, ast.Name) and node.id not in {*known, "True", "False"}:
            raise InputError(
                f"{culprit}: unknown name {node.id!r} in {text!r}; write its value (t is the time, i the cell)"
            )
    dimensions = expression_dimensions(where, text, known)
    if dimensions is None or dimensions is get_dimensions(unit):
        return
    if dimensions.is_dimensionless:
        given = text.strip() if isinstance(tree, (ast.Constant, ast.Name, ast.Call)) else f"({text.strip()})"
        raise InputError(f"{where} has no unit; give '{given} * {checks.unit_in_python(unit)}'")
    raise InputError(
        f"{where} has {unit_name(dimensions)}, expected {get_unit(get_dimensions(unit))}; correct its units"
    )
