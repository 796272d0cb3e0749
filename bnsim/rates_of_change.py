"""Rates of change: the right-hand sides of a population's differential equations, as texts."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from brian2.equations.equations import DIFFERENTIAL_EQUATION, SUBEXPRESSION, SingleEquation

from bnsim.affine import names_in


def rates_of_change(equations: Mapping[str, SingleEquation]) -> dict[str, str]:
    """Return the right-hand side of each differential equation, with everything computed put in.

    Parameters
    ----------
    equations : mapping of str to SingleEquation
        Brian2's equations by variable.

    Returns
    -------
    dict of str to str
        An expression by variable.
    """
    computed = {
        name: f"({equation.expr.code})" for name, equation in equations.items() if equation.type == SUBEXPRESSION
    }
    rates = {}
    for name, equation in equations.items():
        if equation.type == DIFFERENTIAL_EQUATION:
            text = equation.expr.code
            while used := names_in(text) & set(computed):
                text = renamed(text, {other: computed[other] for other in used})
            rates[name] = text
    return rates


def standing(equations: Mapping[str, SingleEquation]) -> frozenset[str]:
    """Return the variables that stand still while a neuron is refractory.

    Parameters
    ----------
    equations : mapping of str to SingleEquation
        Brian2's equations by variable.

    Returns
    -------
    frozenset of str
        Their names.
    """
    return frozenset(name for name, equation in equations.items() if "unless refractory" in equation.flags)


class _Rename(ast.NodeTransformer):
    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        text = self._texts.get(node.id)
        return node if text is None else ast.parse(text, mode="eval").body


def renamed(text: str, texts: Mapping[str, str]) -> str:
    """Return an expression with texts in the place of names.

    Parameters
    ----------
    text : str
        An expression in Brian2's notation.
    texts : mapping of str to str
        What stands for which name.

    Returns
    -------
    str
        The expression.
    """
    return ast.unparse(_Rename(texts).visit(ast.parse(text.strip(), mode="eval")))
