"""Units of texts in Brian2's notation: what does not fit together is told with attribute, line and remedy."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from typing import Any

from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_CONSTANTS, DEFAULT_UNITS
from brian2.equations.equations import DIFFERENTIAL_EQUATION, SUBEXPRESSION, SingleEquation
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.units import second
from brian2.units.fundamentalunits import DIMENSIONLESS, Dimension, DimensionMismatchError, Quantity, get_unit

from bnsim import checks
from bnsim.errors import InputError
from bnsim.notation import (
    RANDOM,
    Line,
    assignment,
    equation_lines,
    read_equations,
    read_expression,
    reason,
    statement_lines,
    unit_in_equations,
)

COMMON: dict[str, Any] = {
    **DEFAULT_CONSTANTS,
    **DEFAULT_UNITS,
    **{name: function for name, function in DEFAULT_FUNCTIONS.items() if name not in RANDOM},
    "t": second,
    "dt": second,
    "lastspike": second,
    **dict.fromkeys(("i", "j", "N", "t_in_timesteps", "not_refractory", "spike_count", "inf"), 1),
}
"""What every text may name, with its unit."""

OF_BRIAN2 = frozenset(COMMON) - {"lastspike", "not_refractory", "spike_count"}
"""Names that no variable can have, besides the engine's own."""


def check_equations(culprit: str, text: str, known: Mapping[str, Any], parameters: Collection[str] = ()) -> None:
    """Refuse equations whose units do not fit, or that are computed from themselves.

    Parameters
    ----------
    culprit : str
        Class and attribute, for the message of an error.
    text : str
        Equations without braces.
    known : mapping of str to Quantity
        Names beyond those that the equations declare, with a value of their unit. An expression with any other name is
        not looked at: what declares it is not known here.
    parameters : collection of str
        Those of them whose unit may have been forgotten.

    Raises
    ------
    InputError
        If there is such an equation.
    """
    found = read_equations(culprit, text)
    names = {**COMMON, **known, **units_of(found)}
    lines = equation_lines(text)
    _refuse_circles(culprit, found)
    for name, equation in found.items():
        if equation.expr is None:
            continue
        line = next((line for line in lines if _declares(line.text, name)), Line(1, equation.expr.code))
        where = line.culprit(culprit, len(lines))
        is_rate = equation.type == DIFFERENTIAL_EQUATION
        expected = equation.dim / second.dim if is_rate else equation.dim
        try:
            dimensions = _dimensions_of(where, equation.expr.code, names)
        except InputError as error:
            if forgotten := _forgotten(equation.expr.code, expected, names, parameters):
                raise InputError(f"{str(error).rpartition('; ')[0]}; {forgotten}") from None
            raise
        if dimensions is not None and dimensions is not expected and equation.var_type == "float":
            left = f"d{name}/dt" if is_rate else name
            remedy = "correct its units"
            if forgotten := _forgotten(equation.expr.code, expected, names, parameters):
                remedy = forgotten
            elif is_rate and dimensions is equation.dim:
                remedy = "divide it by a time constant, such as (10*ms)"
            elif is_rate and dimensions * equation.dim is expected:
                remedy = f"multiply it by {_example(equation.dim)}, say"
            elif not is_rate:
                remedy = f'correct its units, or declare it ": {unit_in_equations(dimensions)}"'
            raise InputError(
                f"{where}: its right side has {unit_name(dimensions)}, {left} {unit_name(expected)}; {remedy}"
            )


def units_of(equations: Mapping[str, SingleEquation]) -> dict[str, Quantity]:
    """Return the variables of equations with values of their units.

    Parameters
    ----------
    equations : mapping of str to SingleEquation
        As `bnsim.notation.read_equations` gives them.

    Returns
    -------
    dict of str to Quantity
        1 in the base unit of each.
    """
    return {name: _one(equation.dim) for name, equation in equations.items()}


def check_condition(culprit: str, text: str, known: Mapping[str, Any]) -> None:
    """Refuse what is no condition, or compares different units.

    Parameters
    ----------
    culprit : str
        Class and attribute, for the message of an error.
    text : str
        A condition, such as "v > v_threshold".
    known : mapping of str to Quantity
        Names with a value of their unit; a condition with any other name is only read.

    Raises
    ------
    InputError
        If it is none.
    """
    where = f"{culprit}: {text!r}"
    tree = read_expression(where, text, "write a condition, such as 'v > 10*mV'")
    names = {**COMMON, **known}
    _dimensions_of(where, text, names)
    call = isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id not in {"int", "clip", "exp"}
    is_condition = isinstance(tree, (ast.Compare, ast.BoolOp)) or call
    is_condition |= isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not)
    is_condition |= isinstance(tree, ast.Constant) and isinstance(tree.value, bool)
    if not is_condition and not (isinstance(tree, ast.Name) and tree.id not in {*known, "i", "N", "t", "dt"}):
        raise InputError(f"{where} is no condition; compare it with a value, as in 'v > 10*mV'")


def check_statements(culprit: str, text: str, known: Mapping[str, Any]) -> None:
    """Refuse statements that cannot be read, or whose units do not fit.

    Parameters
    ----------
    culprit : str
        Class and attribute, for the message of an error.
    text : str
        Assignments, separated by line breaks or semicolons.
    known : mapping of str to Quantity
        Names with a value of their unit; a statement with any other name is only read.

    Raises
    ------
    InputError
        If there is such a statement.
    """
    names, writable = {**COMMON, **known}, {*known}
    lines = list(statement_lines(culprit, text))
    for line in lines:
        where = line.culprit(culprit, len(lines))
        target, operator, value = assignment(where, line.text)
        found = _dimensions_of(where, value, names)
        if found is None or target not in writable:
            if operator == "=" and found is not None:
                names[target] = _one(found)  # a variable of these statements alone
            continue
        left = _dimensions(names[target])
        if operator in ("*=", "/=", "**="):
            if not found.is_dimensionless:
                raise InputError(
                    f"{where}: {value!r} has {unit_name(found)}, and must have none; divide it by its unit"
                )
        elif left is not found:
            remedy = "correct its units"
            if found.is_dimensionless:
                given = value if re.fullmatch(r"[\w.]+", value) else f"({value})"
                remedy = f"write '{target} {operator} {given}*{checks.unit_in_python(_one(left))}'"
            raise InputError(f"{where}: {value!r} has {unit_name(found)}, {target} {unit_name(left)}; {remedy}")


def expression_dimensions(where: str, expression: str, known: Mapping[str, Any]) -> Dimension | None:
    """Return the dimensions of an expression that may also name what every text may.

    Parameters
    ----------
    where : str
        Class, attribute, line and text, for the message of an error.
    expression : str
        An expression in Brian2's notation.
    known : mapping of str to Quantity
        Names with a value of their unit.

    Returns
    -------
    Dimension or None
        Its dimensions; None where it holds a name that is not known.

    Raises
    ------
    InputError
        If it cannot be read, or its parts have units that do not go together.
    """
    return _dimensions_of(where, expression, {**COMMON, **known})


def unit_name(dimensions: Dimension) -> str:
    """Return the unit of some dimensions in words of a message.

    Parameters
    ----------
    dimensions : Dimension
        The dimensions.

    Returns
    -------
    str
        Such as "no unit", "the unit V" or "the unit V/s".
    """
    if dimensions.is_dimensionless:
        return "no unit"
    for name, factor in (("", None), ("/s", second), ("*s", second**-1), ("^2", "square")):
        base = dimensions
        if isinstance(factor, Quantity):
            base = dimensions * factor.dim
        elif factor:
            base = dimensions**0.5
        text = "1" if base.is_dimensionless else str(get_unit(base))
        if not re.search(r"[\s^*/]", text) and (text != "1" or name == "/s"):
            return f"the unit {text}{name}"
    return f"the unit {get_unit(dimensions)}"


def _dimensions_of(where: str, expression: str, known: Mapping[str, Any]) -> Dimension | None:
    """The dimensions of an expression, None where it holds a name that is not known."""
    tree = read_expression(where, expression)
    if any(isinstance(node, ast.Name) and node.id not in {*known, "True", "False"} for node in ast.walk(tree)):
        return None
    try:
        return parse_expression_dimensions(ast.unparse(tree), known)
    except DimensionMismatchError as error:
        _refuse_mixed(where, tree, known)
        raise InputError(f"{where}: {reason(error).rstrip('.')}; correct its units") from None
    except (SyntaxError, ValueError, TypeError, NotImplementedError, AttributeError, KeyError) as error:
        _refuse_mixed(where, tree, known)
        if "is not constant" in str(error):  # an exponent, whose value is not known here
            return None
        raise InputError(f"{where}: {reason(error).rstrip('.')}; write an expression in Brian2's notation") from None


def _forgotten(
    expression: str, expected: Dimension, known: Mapping[str, Any], parameters: Collection[str]
) -> str | None:
    """What to say where a single parameter without unit, given a usual one, would make the units fit."""
    used = {node.id for node in ast.walk(ast.parse(expression.strip(), mode="eval")) if isinstance(node, ast.Name)}
    for name in parameters:
        if name not in used or not _dimensions(known[name]).is_dimensionless:
            continue
        for unit in checks.USUAL:
            try:
                found = parse_expression_dimensions(expression.strip(), {**known, name: unit})
            except Exception:  # the units do not fit either
                continue
            if found is expected:
                return f"{name} has no unit: give it one, such as {checks.unit_in_python(unit)}"
    return None


def _one(dimensions: Dimension) -> Quantity:
    return Quantity(1.0, dim=dimensions)


def _dimensions(value: Any) -> Dimension:
    return getattr(value, "dim", DIMENSIONLESS)


def _example(dimensions: Dimension) -> str:
    return f"(1*{checks.unit_in_python(_one(dimensions))})"


def _refuse_circles(culprit: str, equations: Mapping[str, SingleEquation]) -> None:
    """Nothing can be computed from itself."""
    used = {
        name: {node.id for node in ast.walk(ast.parse(equation.expr.code.strip())) if isinstance(node, ast.Name)}
        for name, equation in equations.items()
        if equation.type == SUBEXPRESSION
    }
    for name in used:
        reached = set(used[name])
        for _ in used:
            reached |= {far for near in reached & set(used) for far in used[near]}
        if name in reached:
            raise InputError(
                f"{culprit}: {name!r} is computed from itself; give it a differential equation, or compute it from "
                "others"
            )


def _refuse_mixed(where: str, tree: ast.expr, known: Mapping[str, Any]) -> None:
    """Refuse the innermost sum, comparison, call or power whose parts have units that do not go together."""
    for node in reversed(list(ast.walk(tree))):
        try:
            _refuse_node(where, node, known)
        except InputError:
            raise
        except Exception:  # a part without dimensions of its own; the whole is what is told of
            continue


def _refuse_node(where: str, node: ast.AST, known: Mapping[str, Any]) -> None:
    match node:
        case ast.BinOp(left=left, op=(ast.Add() | ast.Sub() | ast.Mod()), right=right):
            _refuse_pair(where, "adds" if isinstance(node.op, ast.Add) else "subtracts", left, right, known)
        case ast.Compare(left=left, comparators=[right, *_]):
            _refuse_pair(where, "compares", left, right, known)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            _refuse_arguments(where, name, arguments, known)
        case ast.BinOp(op=ast.Pow(), right=right) if not _of(right, known).is_dimensionless:
            raise InputError(f"{where}: the exponent {ast.unparse(right)!r} has a unit; divide it by its unit")


def _refuse_pair(where: str, what: str, left: ast.expr, right: ast.expr, known: Mapping[str, Any]) -> None:
    one, other = _of(left, known), _of(right, known)
    if one is other:
        return
    remedy = "give both the same unit"
    for side, dimensions, wanted in ((left, one, other), (right, other, one)):
        if isinstance(side, ast.Constant) and dimensions.is_dimensionless:
            remedy = f"write {ast.unparse(side)}*{checks.unit_in_python(_one(wanted))}, say"
    verb = {"adds": "to", "subtracts": "from", "compares": "with"}[what]
    first, second_ = (right, left) if what == "subtracts" else (left, right)
    raise InputError(
        f"{where}: {what} {ast.unparse(first)!r} ({unit_name(_of(first, known))}) {verb} {ast.unparse(second_)!r} "
        f"({unit_name(_of(second_, known))}); {remedy}"
    )


def _refuse_arguments(where: str, name: str, arguments: list[ast.expr], known: Mapping[str, Any]) -> None:
    function: Any = known.get(name)
    if getattr(function, "_arg_units", None) is None:
        return
    for argument, unit in zip(arguments, function._arg_units, strict=False):
        found = _of(argument, known)
        if isinstance(unit, str):
            _refuse_pair(where, "compares", argument, arguments[function._arg_names.index(unit)], known)
        elif unit is not None and not isinstance(unit, type) and _dimensions(unit) is not found:
            raise InputError(
                f"{where}: the argument of {name}, {ast.unparse(argument)!r}, has {unit_name(found)}, and must have "
                f"{unit_name(_dimensions(unit))}; divide it by a value with that unit"
            )


def _of(node: ast.expr, known: Mapping[str, Any]) -> Dimension:
    return parse_expression_dimensions(ast.unparse(node), known)


def _declares(text: str, name: str) -> bool:
    return re.match(rf"d{name}\s*/\s*dt\b|{name}\s*[=:]", text) is not None
