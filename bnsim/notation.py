"""Texts in Brian2's notation, read one by one: what is wrong in them is told with attribute, line and remedy.

A class of the user's own states its equations and statements as text. Brian2 reads them when a network is built, as
parts of larger texts, and says what it met there. Here each text is read by itself, with the names of its author.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_CONSTANTS, DEFAULT_UNITS
from brian2.equations.equations import (
    DIFFERENTIAL_EQUATION,
    SUBEXPRESSION,
    SingleEquation,
    dimensions_and_type_from_string,
    parse_string_equations,
)
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.units import second
from brian2.units.fundamentalunits import DIMENSIONLESS, Dimension, DimensionMismatchError, Quantity, get_unit

from bnsim import checks
from bnsim.errors import InputError

RANDOM = frozenset({"rand", "randn", "poisson"})
"""Brian2's random functions, which do not depend on the key of a run."""

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

_BEGINS = re.compile(r"\s*(?:d\w+\s*/\s*dt\b|\w+\s*(?:=(?!=)|:))")
_FLAGS = ("unless refractory", "constant", "shared", "constant over dt", "summed", "event-driven", "clock-driven")
_ASSIGN = "write each as `name = value` or `name += value`"
_BRACES = ("input_unit", "conductance_unit", "weight_unit", "membrane")
_FORMS = (
    'write "dv/dt = ... : volt" for a differential equation, "x = ... : volt" for what is computed, "x : volt" for a '
    "variable"
)
_BASES = ("volt", "amp", "siemens", "farad", "second", "hertz", "ohm", "metre", "1", "boolean", "integer")


@dataclass(frozen=True)
class _Line:
    """A line, or the lines of one equation."""

    number: int
    text: str

    def culprit(self, owner: str, of: int) -> str:
        where = f"{owner}, line {self.number}" if of > 1 else owner
        return f"{where}: {self.text!r}"


def read_equations(culprit: str, text: str) -> dict[str, SingleEquation]:
    """Read equations.

    Parameters
    ----------
    culprit : str
        Class and attribute, for the message of an error.
    text : str
        Equations in Brian2's notation; a unit in braces, which is not filled in yet, is read as 1.

    Returns
    -------
    dict of str to SingleEquation
        Brian2's equations by variable.

    Raises
    ------
    InputError
        If a line cannot be read, lacks its unit, or has a flag that there is not.
    """
    for name in re.findall(r"\{(\w+)\}", text):
        checks.one_of(f"{culprit}: in braces", name, _BRACES)
    try:
        found = dict(parse_string_equations(_filled(text)))
    except Exception as error:
        raise _unreadable(culprit, text, error) from None
    for equation in found.values():
        for flag in equation.flags:
            if flag not in _FLAGS:
                near = difflib.get_close_matches(flag, _FLAGS, n=1)
                remedy = f"did you mean '({near[0]})'?" if near else f"there are {', '.join(_FLAGS)}"
                raise InputError(f"{culprit}: {equation.varname!r} has an unknown flag {flag!r}; {remedy}")
    return found


def read_expression(where: str, expression: str, remedy: str = "write an expression in Brian2's notation") -> ast.expr:
    """Read an expression.

    Parameters
    ----------
    where : str
        Class, attribute and text, for the message of an error.
    expression : str
        An expression in Brian2's notation; names in braces are names.
    remedy : str
        What a message advises.

    Returns
    -------
    ast.expr
        Its syntax tree.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        return ast.parse(_bare(expression.strip()), mode="eval").body
    except SyntaxError as error:
        assigns = re.search(r"(?<![=<>!])=(?!=)", expression)
        hint = "write == or > to compare" if assigns else remedy
        raise InputError(f"{where} cannot be read ({error.msg}); {hint}") from None


def check_equations(culprit: str, text: str, known: Mapping[str, Any]) -> None:
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

    Raises
    ------
    InputError
        If there is such an equation.
    """
    found = read_equations(culprit, text)
    names = {**COMMON, **known, **{name: _one(equation.dim) for name, equation in found.items()}}
    lines = _equation_lines(text)
    _refuse_circles(culprit, found)
    for name, equation in found.items():
        if equation.expr is None:
            continue
        line = next((line for line in lines if _declares(line.text, name)), _Line(1, equation.expr.code))
        where = line.culprit(culprit, len(lines))
        dimensions = _dimensions_of(where, equation.expr.code, names)
        is_rate = equation.type == DIFFERENTIAL_EQUATION
        expected = equation.dim / second.dim if is_rate else equation.dim
        if dimensions is not None and dimensions is not expected and equation.var_type == "float":
            left = f"d{name}/dt" if is_rate else name
            remedy = "correct its units"
            if is_rate and dimensions is equation.dim:
                remedy = "divide it by a time constant, such as (10*ms)"
            elif is_rate and dimensions * equation.dim is expected:
                remedy = f"multiply it by {_example(equation.dim)}, say"
            elif not is_rate:
                remedy = f'correct its units, or declare it ": {_in_equations(dimensions)}"'
            raise InputError(
                f"{where}: its right side has {unit_name(dimensions)}, {left} {unit_name(expected)}; {remedy}"
            )


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
    lines = list(_statements(culprit, text))
    for line in lines:
        where = line.culprit(culprit, len(lines))
        target, operator, value = _assignment(where, line.text)
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


def reason(error: BaseException) -> str:
    """Return the last message of an exception chain on one line, with the object concerned if Brian2 names one.

    Parameters
    ----------
    error : BaseException
        The exception at the head of the chain.

    Returns
    -------
    str
        The message.
    """
    named = re.search(r"object named '(\w+)'", str(error))
    while error.__cause__ is not None:
        error = error.__cause__
    message = error.msg if isinstance(error, SyntaxError) and error.msg else str(error)
    return " ".join(message.split()) + (f" (in {named.group(1)})" if named else "")


def _filled(text: str) -> str:
    return re.sub(r"\{\w+\}", "1", text)


def _bare(text: str) -> str:
    """A text whose names in braces, which a synapse's neurons fill in, are names."""
    return re.sub(r"\{(\w+)\}", r"\1", text)


def _one(dimensions: Dimension) -> Quantity:
    return Quantity(1.0, dim=dimensions)


def _dimensions(value: Any) -> Dimension:
    return getattr(value, "dim", DIMENSIONLESS)


def _example(dimensions: Dimension) -> str:
    return f"(1*{checks.unit_in_python(_one(dimensions))})"


def _in_equations(dimensions: Dimension) -> str:
    return "1" if dimensions.is_dimensionless else repr(get_unit(dimensions))


def _unreadable(culprit: str, text: str, error: Exception) -> InputError:
    """The error about the first equation that cannot be read."""
    lines, seen = _equation_lines(text), set[str]()
    for line in lines:
        where = line.culprit(culprit, len(lines))
        try:
            names = set(parse_string_equations(_filled(line.text)))
        except Exception as own:
            return InputError(f"{where} {_diagnosis(line.text, own)}")
        if names & seen:
            return InputError(f"{where}: {(names & seen).pop()!r} has an equation already; leave one out")
        seen |= names
    return InputError(f"{culprit}: Brian2 refuses it: {reason(error)}")


def _diagnosis(text: str, error: Exception) -> str:
    """What is wrong with an equation, and the remedy."""
    left, equals, right = (part.strip() for part in text.partition("="))
    head = left if equals else text.partition(":")[0].strip()
    expression, colon, unit = right.rpartition(":") if equals else text.rpartition(":")
    if not re.fullmatch(r"d\w+\s*/\s*dt|[^\W\d]\w*", head):
        return f"cannot be read; {_FORMS}"
    if not equals and "/" in head:
        return f"has no right side; write '{head} = ... : volt', say"
    if not colon or not unit.strip():
        return 'declares no unit; end it with ": volt", say, or ": 1" for a number without unit'
    unit = unit.partition("(")[0].strip() if not _is_unit(unit) else unit.strip()
    if not _is_unit(unit):
        return f"declares the unit {unit!r}; {_unit_remedy(unit)}"
    if re.search(r"\b(np|numpy|math)\.", expression):
        return "cannot be read; write exp(x), say, not np.exp(x)"
    if re.search(r"\bif\b", expression):
        return "cannot be read; write int(condition) * value, not value if condition"
    if "^" in expression:
        return "cannot be read; write ** for a power, not ^"
    try:
        ast.parse(_filled(expression.strip()), mode="eval")
    except SyntaxError as syntax:
        return f"cannot be read ({syntax.msg}); correct the expression"
    return f"cannot be read ({reason(error)}); {_FORMS}"


def _is_unit(unit: str) -> bool:
    try:
        dimensions_and_type_from_string(_filled(unit))
    except Exception:
        return False
    return True


def _unit_remedy(unit: str) -> str:
    if unit == "bool":
        return "write 'boolean'"
    if unit in DEFAULT_UNITS:
        return f"declare the base unit, ': {_in_equations(DEFAULT_UNITS[unit].dim)}'"
    near = difflib.get_close_matches(unit, _BASES, n=1)
    return f"did you mean {near[0]!r}?" if near else "declare a base unit, such as ': volt', or ': 1' for none"


def _equation_lines(text: str) -> list[_Line]:
    """Each equation, with the number of its first line; an equation goes on until its unit is declared."""
    found: list[_Line] = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.partition("#")[0].strip()
        if not bare:
            continue
        if found and ":" not in found[-1].text and not _BEGINS.match(bare):
            found[-1] = _Line(found[-1].number, f"{found[-1].text} {bare}")
        else:
            found.append(_Line(number, bare))
    return found


def _declares(text: str, name: str) -> bool:
    return re.match(rf"d{name}\s*/\s*dt\b|{name}\s*[=:]", text) is not None


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


def _statements(where: str, text: str) -> Iterator[_Line]:
    """Each statement, with the number of its first line; brackets join lines and semicolons part them, as in Python."""
    lines = [line.strip() for line in text.splitlines()]
    try:
        body = ast.parse(_bare("\n".join(lines))).body
    except SyntaxError as error:
        number = min(error.lineno or 1, len(lines))
        line = _Line(number, lines[number - 1].partition("#")[0].strip())
        problem = "is no assignment" if error.msg == "invalid syntax" else f"cannot be read ({error.msg})"
        raise InputError(f"{line.culprit(where, len(lines))} {problem}; {_ASSIGN}") from None
    for node in body:
        joined = " ".join(line.partition("#")[0].strip() for line in lines[node.lineno - 1 : node.end_lineno])
        parts = [part.strip() for part in joined.split(";") if part.strip()]
        same = [other for other in body if other.lineno == node.lineno]
        yield _Line(node.lineno, parts[same.index(node)] if len(parts) == len(same) else joined)


def _assignment(where: str, text: str) -> tuple[str, str, str]:
    (node,) = ast.parse(_bare(text)).body
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, "=", ast.unparse(value)
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            symbols: dict[type[ast.operator], str] = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/="}
            return name, symbols.get(type(op), "**="), ast.unparse(value)
    raise InputError(f"{where} is no assignment; {_ASSIGN}")


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
