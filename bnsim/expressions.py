"""Expressions of time that a drive is given: names and unit are checked before anything is compiled."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_CONSTANTS, DEFAULT_UNITS
from brian2.equations.equations import EquationError, Equations
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.units import second
from brian2.units.fundamentalunits import DimensionMismatchError, Quantity, get_dimensions, get_unit

from bnsim import checks
from bnsim.errors import InputError
from bnsim.neurons import NeuronModel
from bnsim.notation import RANDOM

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
    try:
        own = {name: Quantity(1.0, dim=dim) for name, dim in Equations(model.equations).dimensions.items()}
    except EquationError:  # which is told of when the network is compiled
        own = {}
    of_model = {name: getattr(values, "bounds", (values,))[0] for name, values in model.parameters.items()}
    known = {**DEFAULT_UNITS, **DEFAULT_CONSTANTS, **functions, **OF_TIME, **own, **of_model, **constants}
    try:
        tree = ast.parse(text.strip(), mode="eval")
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in RANDOM:
                raise InputError(f"{culprit}: {node.id!r} is random outside the run's key; give a drive of noise")
            if isinstance(node, ast.Name) and node.id not in {*known, "True", "False"}:
                raise InputError(
                    f"{culprit}: unknown name {node.id!r} in {text!r}; write its value (t is the time, i the cell)"
                )
        dimensions = parse_expression_dimensions(text.strip(), known)
    except InputError:
        raise
    except DimensionMismatchError as error:
        raise InputError(f"{culprit}: {text!r} mixes units ({error.desc.rstrip('.')}); correct it") from None
    except (SyntaxError, ValueError, TypeError, NotImplementedError, AttributeError, KeyError) as error:
        raise InputError(f"{culprit}: cannot read {text!r} ({error}); write it in Brian2's notation") from None
    if dimensions is not get_dimensions(unit):
        if dimensions.is_dimensionless:
            given = text.strip() if isinstance(tree.body, (ast.Constant, ast.Name, ast.Call)) else f"({text.strip()})"
            name = checks.unit_in_python(unit)
            raise InputError(f"{culprit}: {text!r} has no unit; give '{given} * {name}'")
        expected = get_unit(get_dimensions(unit))
        raise InputError(
            f"{culprit}: {text!r} has the unit {get_unit(dimensions)}, expected {expected}; correct its units"
        )
