"""Equations and statements without what the engine adds: what is left says the same where learning is on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bnsim.errors import InputError
from bnsim.program import KEY_WORDS, Draw, PopulationProgram

_LEARNING = ("plastic", "plastic_pre", "plastic_post")
_COUNTERS = ("spike_count", "last_spike_step", "first_step", "plastic", *KEY_WORDS)


def equations(population: PopulationProgram) -> str:
    """Return the equations of a population that a reader needs.

    Parameters
    ----------
    population : PopulationProgram
        The population.

    Returns
    -------
    str
        Without counters, keys, random numbers and coefficients of the integration.
    """
    coefficients = () if population.integration is None else population.integration.names
    dropped = {*_COUNTERS, *coefficients, *(symbol for draw in population.draws for symbol in draw.symbols)}
    lines = [line for line in population.equations.splitlines() if line.strip() and _declares(line) not in dropped]
    return re.sub(r"\bint\(plastic\) \* ", "", "\n".join(line.strip() for line in lines))


def _declares(line: str) -> str:
    found = re.match(r"\s*(\w+)\s*:", line)
    return found.group(1) if found else ""


def statements(culprit: str, texts: Sequence[str], draws: Sequence[Draw] = ()) -> tuple[str, ...]:
    """Return statements and conditions in Brian2's own functions.

    Parameters
    ----------
    culprit : str
        Whose statements, for the message of an error.
    texts : sequence of str
        The statements.
    draws : sequence of Draw
        Random numbers, of which each may occur once.

    Returns
    -------
    tuple of str
        One statement a line.

    Raises
    ------
    InputError
        If a random number is used twice, or in a way that Brian2 has no function for.
    """
    plain, found = _Plain(draws), list[str]()
    for text in texts:
        tree = ast.parse("\n".join(line.strip() for line in text.splitlines()))
        tree.body = [node for node in tree.body if _written(node) not in ("spike_count", "last_spike_step")]
        found.append(ast.unparse(ast.fix_missing_locations(plain.visit(tree))))
    if len(set(plain.used)) < len(plain.used) or any("bnsim_" in text for text in found):
        raise InputError(
            f"to_brian2_script: {culprit} uses a random number in a way that Brian2 has no function for; use it once, "
            "by itself or as bnsim_normal_quantile(uniform) or bnsim_poisson_quantile(mean, uniform)"
        )
    return tuple(found)


def _written(node: ast.stmt) -> str:
    target = getattr(node, "target", None) or (node.targets[0] if isinstance(node, ast.Assign) else None)
    return target.id if isinstance(target, ast.Name) else ""


def constants(texts: Iterable[str], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return those constants that texts name.

    Parameters
    ----------
    texts : iterable of str
        Equations, conditions and statements.
    known : mapping of str to Quantity
        All constants.

    Returns
    -------
    dict of str to Quantity
        In their order.
    """
    text = "\n".join(texts).replace("(unless refractory)", "")
    named = set(re.findall(r"[A-Za-z_]\w*", text))
    return {name: value for name, value in known.items() if name in named}


class _Plain(ast.NodeTransformer):
    """What the engine's functions stand for."""

    def __init__(self, draws: Sequence[Draw]) -> None:
        self.draws, self.used = {draw.symbol: draw for draw in draws}, list[str]()

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in _LEARNING:
            return ast.Constant(True)
        if node.id not in self.draws:
            return node
        self.used.append(node.id)
        draw = self.draws[node.id]
        if draw.kind == "uniform":
            return _call("rand")
        of = self.visit(ast.parse(draw.of, mode="eval").body)
        return _call("poisson", of) if draw.kind == "poisson" else ast.Compare(_call("rand"), [ast.Lt()], [of])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name, arguments = getattr(node.func, "id", ""), node.args
        drawn = getattr(arguments[-1], "id", "") if arguments else ""
        uniform = drawn in self.draws and self.draws[drawn].kind == "uniform"
        if uniform and name in ("bnsim_normal_quantile", "bnsim_poisson_quantile"):
            self.used.append(drawn)
            means = [self.visit(argument) for argument in arguments[:-1]]
            return _call("poisson" if means else "randn", *means)
        arguments = node.args = [self.visit(argument) for argument in arguments]
        if name == "int" and _is(arguments[0], True):
            return ast.Constant(1)
        if name != "bnsim_select":
            return node
        condition, chosen, other = arguments
        if _is(condition, True):
            return chosen
        flag = _call("int", condition)
        return _sum(_product(flag, chosen), _product(ast.BinOp(ast.Constant(1), ast.Sub(), flag), other))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return node.right if isinstance(node.op, ast.Mult) and _is(node.left, 1) else node


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is type(value) and node.value == value


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name), list(arguments), [])


def _product(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.Mult(), right)


def _sum(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.Add(), right)
