"""Expressions that are affine in some variables, as text: what multiplies each variable, and what is left."""

from __future__ import annotations

import ast
from collections.abc import Collection

REST = ""
"""Stands for the part of an expression that no variable multiplies."""

Form = dict[str, str]
"""By variable the expression that multiplies it, and under `REST` what is left; parts that are zero are missing."""


class NotAffine(Exception):
    """An expression in which a variable is multiplied by a variable, or is an argument of a function."""


def affine(expression: str, variables: Collection[str]) -> Form:
    """Return an expression as a sum of variables with coefficients.

    Parameters
    ----------
    expression : str
        An expression in Brian2's notation.
    variables : collection of str
        Names of variables; any other name is part of a coefficient.

    Returns
    -------
    dict of str to str
        By variable its coefficient, and under `REST` the part without a variable.

    Raises
    ------
    NotAffine
        If the expression is not affine in the variables.
    """
    return _form(ast.parse(expression.strip(), mode="eval").body, variables)


def names_in(expression: str) -> set[str]:
    """Return all names in an expression.

    Parameters
    ----------
    expression : str
        An expression in Brian2's notation.

    Returns
    -------
    set of str
        Variables, constants, units and functions.
    """
    tree = ast.parse(expression.strip(), mode="eval")
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _form(node: ast.expr, variables: Collection[str]) -> Form:
    if not any(isinstance(part, ast.Name) and part.id in variables for part in ast.walk(node)):
        return {REST: ast.unparse(node)}
    match node:
        case ast.Name(id=name):
            return {name: "1"}
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _form(operand, variables)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return {name: f"-({part})" for name, part in _form(operand, variables).items()}
        case ast.BinOp(left=left, op=(ast.Add() | ast.Sub()) as operator, right=right):
            return _sum(_form(left, variables), _form(right, variables), "+" if isinstance(operator, ast.Add) else "-")
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_form(left, variables), _form(right, variables))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            divisor = _form(right, variables)
            if set(divisor) == {REST}:
                return {name: f"({part}) / ({divisor[REST]})" for name, part in _form(left, variables).items()}
    raise NotAffine(ast.unparse(node))


def _sum(left: Form, right: Form, sign: str) -> Form:
    total = dict(left)
    for name, part in right.items():
        if name in total:
            total[name] = f"{total[name]} {sign} ({part})"
        else:
            total[name] = part if sign == "+" else f"-({part})"
    return total


def _product(left: Form, right: Form) -> Form:
    for factor, other in ((left, right), (right, left)):
        if set(factor) == {REST}:
            return {name: _times(part, factor[REST]) for name, part in other.items()}
    raise NotAffine("a product of variables")


def _times(part: str, factor: str) -> str:
    return factor if part == "1" else f"({part}) * ({factor})"
