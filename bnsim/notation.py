"""Texts in Brian2's notation, read one by one: what cannot be read is told with attribute, line and remedy.

A class of the user's own states its equations and statements as text. Brian2 reads them when a network is built, as
parts of larger texts, and says what it met there. Here each text is read by itself, with the names of its author.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from brian2.core.namespace import DEFAULT_UNITS
from brian2.equations.equations import SingleEquation, dimensions_and_type_from_string, parse_string_equations
from brian2.units.fundamentalunits import Dimension, get_unit

from bnsim import checks
from bnsim.errors import InputError

RANDOM = frozenset({"rand", "randn", "poisson"})
"""Brian2's random functions, which do not depend on the key of a run."""

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
class Line:
    """A statement, or an equation on one line or several.

    Parameters
    ----------
    number : int
        Of its first line in the text, from 1.
    text : str
        What it says, without comments.
    """

    number: int
    text: str

    def culprit(self, owner: str, of: int) -> str:
        """Return where it stands, for the message of an error.

        Parameters
        ----------
        owner : str
            Class and attribute.
        of : int
            Number of lines in the text.

        Returns
        -------
        str
            Such as "Mine.equations, line 2: 'x : 1'".
        """
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


def statement_lines(where: str, text: str) -> Iterator[Line]:
    """Iterate over the statements of a text; brackets join lines and semicolons part them, as in Python.

    Parameters
    ----------
    where : str
        Class and attribute, for the message of an error.
    text : str
        Assignments in Brian2's notation.

    Yields
    ------
    Line
        Each statement.

    Raises
    ------
    InputError
        If one cannot be read.
    """
    lines = [line.strip() for line in text.splitlines()]
    try:
        body = ast.parse(_bare("\n".join(lines))).body
    except SyntaxError as error:
        number = min(error.lineno or 1, len(lines))
        line = Line(number, lines[number - 1].partition("#")[0].strip())
        problem = "is no assignment" if error.msg == "invalid syntax" else f"cannot be read ({error.msg})"
        raise InputError(f"{line.culprit(where, len(lines))} {problem}; {_ASSIGN}") from None
    for node in body:
        joined = " ".join(line.partition("#")[0].strip() for line in lines[node.lineno - 1 : node.end_lineno])
        parts = [part.strip() for part in joined.split(";") if part.strip()]
        same = [other for other in body if other.lineno == node.lineno]
        yield Line(node.lineno, parts[same.index(node)] if len(parts) == len(same) else joined)


def assignment(where: str, text: str) -> tuple[str, str, str]:
    """Return the parts of an assignment.

    Parameters
    ----------
    where : str
        Class, attribute, line and text, for the message of an error.
    text : str
        A statement.

    Returns
    -------
    target, operator, value : str
        Such as "x", "+=" and "w * y".

    Raises
    ------
    InputError
        If it is no assignment to a name.
    """
    (node,) = ast.parse(_bare(text)).body
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, "=", ast.unparse(value)
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            symbols: dict[type[ast.operator], str] = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/="}
            return name, symbols.get(type(op), "**="), ast.unparse(value)
    raise InputError(f"{where} is no assignment; {_ASSIGN}")


def equation_lines(text: str) -> list[Line]:
    """Return the equations of a text; each goes on until its unit is declared.

    Parameters
    ----------
    text : str
        Equations in Brian2's notation.

    Returns
    -------
    list of Line
        The equations.
    """
    found: list[Line] = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.partition("#")[0].strip()
        if not bare:
            continue
        if found and ":" not in found[-1].text and not _BEGINS.match(bare):
            found[-1] = Line(found[-1].number, f"{found[-1].text} {bare}")
        else:
            found.append(Line(number, bare))
    return found


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


def unit_in_equations(dimensions: Dimension) -> str:
    """Return the unit of some dimensions as equations declare it.

    Parameters
    ----------
    dimensions : Dimension
        The dimensions.

    Returns
    -------
    str
        Such as "volt", or "1" for none.
    """
    return "1" if dimensions.is_dimensionless else repr(get_unit(dimensions))


def _filled(text: str) -> str:
    return re.sub(r"\{\w+\}", "1", text)


def _bare(text: str) -> str:
    """A text whose names in braces, which a synapse's neurons fill in, are names."""
    return re.sub(r"\{(\w+)\}", r"\1", text)


def _unreadable(culprit: str, text: str, error: Exception) -> InputError:
    """The error about the first equation that cannot be read."""
    lines, seen = equation_lines(text), set[str]()
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
        return f"declare the base unit, ': {unit_in_equations(DEFAULT_UNITS[unit].dim)}'"
    near = difflib.get_close_matches(unit, _BASES, n=1)
    return f"did you mean {near[0]!r}?" if near else "declare a base unit, such as ': volt', or ': 1' for none"
