"""Statements and equations as text: which variables they declare, what they are renamed to, what gates their writes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from bnsim.description import Description
from bnsim.errors import InputError
from bnsim.neurons import NeuronModel
from bnsim.notation import read_equations

FORBIDDEN = ("xi", "rand", "randn", "poisson", "rand_range")
_STATEMENT = re.compile(r"^\s*(\w+)\s*(\*\*|//|[-+*/%])?=(?!=)\s*(.+?)\s*$")


def declared(description: Description, attribute: str) -> list[str]:
    """Return the names of the variables that a description's equations declare.

    Parameters
    ----------
    description : Description
        A neuron model, synapse model or plasticity rule.
    attribute : str
        Name of the attribute that holds the equations.

    Returns
    -------
    list of str
        The names.

    Raises
    ------
    InputError
        If Brian2 cannot read the equations.
    """
    return list(read_equations(f"{type(description).__name__}.{attribute}", getattr(description, attribute)))


def rename(text: str, names: Mapping[str, str]) -> str:
    """Replace whole identifiers; `name_pre`, `name_post` and `dname/dt` are renamed with `name`.

    Parameters
    ----------
    text : str
        Equations or statements.
    names : mapping of str to str
        New name by old name.

    Returns
    -------
    str
        The text under the new names.
    """
    for old, new in names.items():
        text = re.sub(rf"\b{old}(_pre|_post)?\b", rf"{new}\1", text)
        text = re.sub(rf"\bd{old}(\s*/\s*dt)\b", rf"d{new}\1", text)
    return text


def gate(culprit: str, statements: str, persistent: Iterable[str], condition: str) -> str:
    """Return statements in which a write to a persistent variable has no effect where a condition is false.

    Parameters
    ----------
    culprit : str
        What the statements were given as, for the message of an error.
    statements : str
        Assignments, separated by line breaks or semicolons.
    persistent : iterable of str
        Names of the variables.
    condition : str
        Condition in Brian2's notation.

    Returns
    -------
    str
        The statements without comments, one a line.

    Raises
    ------
    InputError
        If a line is not an assignment, since it could write such a variable unnoticed.
    """
    lines, kept = [], set(persistent)
    for line in re.sub(r"#.*", "", statements).replace(";", "\n").splitlines():
        match = _STATEMENT.match(line)
        if match is None and line.strip():
            raise InputError(
                f"{culprit}: {line.strip()!r} is no assignment; write each as `name = value` or `name += value`, "
                "on one line"
            )
        if match and match.group(1) in kept:
            name, operator, value = match.groups()
            new = value if operator is None else f"{name} {operator} ({value})"
            line = f"{name} = bnsim_select({condition}, {new}, {name})"
        lines.append(line)
    return "\n".join(lines)


def assignments(culprit: str, statements: str) -> list[tuple[str, ast.Assign | ast.AugAssign]]:
    """Return the assignments of a block of statements, each with the variable that it writes.

    Parameters
    ----------
    culprit : str
        What the statements were given as, for the message of an error.
    statements : str
        The statements.

    Returns
    -------
    list of (str, ast.Assign or ast.AugAssign)
        Variable and syntax tree of each assignment.

    Raises
    ------
    InputError
        If a line is not an assignment to a variable.
    """
    found: list[tuple[str, ast.Assign | ast.AugAssign]] = []
    for node, line in _lines(culprit, statements):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        match node, targets:
            case ((ast.Assign() | ast.AugAssign()), [ast.Name(id=name)]):
                found.append((name, node))
            case _:
                raise _unreadable(culprit, line)
    return found


def refuse_persistent(culprit: str, name: str, owner: NeuronModel) -> None:
    """Refuse a write to a variable of neurons that persists: only the neuron model knows whether learning is on.

    Parameters
    ----------
    culprit : str
        What the statements were given as, for the message of an error.
    name : str
        The variable that is written.
    owner : NeuronModel
        The neuron model that it may be one of.

    Raises
    ------
    InputError
        If it persists there.
    """
    if name in owner.persistent:
        raise InputError(
            f"{culprit}: writes {name!r} of {type(owner).__name__}, which is persistent; let the neuron model change it"
        )


def discard(culprit: str, statements: str, conditions: Mapping[str, str]) -> str:
    """Return statements in which additions to some variables take effect only where the variable's condition is true.

    Parameters
    ----------
    culprit : str
        What the statements were given as, for the message of an error.
    statements : str
        Assignments.
    conditions : mapping of str to str
        Condition by variable.

    Returns
    -------
    str
        The statements; the same text where it writes none of the variables.

    Raises
    ------
    InputError
        If a variable is changed in another way than by an addition, which cannot be left out.
    """
    written = assignments(culprit, statements)
    if not any(name in conditions for name, _ in written):
        return statements
    lines = []
    for name, node in written:
        line = ast.unparse(node)
        if name in conditions:
            sign, amount = _addition(name, node)
            if not amount:
                raise InputError(
                    f"{culprit}: {line!r} cannot be left out during the refractory period; "
                    f"write it as an addition, `{name} += amount`"
                )
            factor = amount if amount.isidentifier() else f"({amount})"
            line = f"{name} {sign}= {factor} * int({conditions[name]})"
        lines.append(line)
    return "\n".join(lines)


def _addition(name: str, node: ast.Assign | ast.AugAssign) -> tuple[str, str]:
    """Sign and amount of an addition to a variable; no amount where the assignment is none."""
    if isinstance(node, ast.AugAssign):
        sign = {ast.Add: "+", ast.Sub: "-"}.get(type(node.op), "")
        return sign, ast.unparse(node.value) if sign else ""
    terms = list(_terms(node.value, "+"))
    own = [index for index, (sign, term) in enumerate(terms) if sign == "+" and ast.unparse(term) == name]
    if not own or len(terms) < 2:
        return "", ""
    others = terms[: own[0]] + terms[own[0] + 1 :]
    return "+", " ".join(f"{sign} ({ast.unparse(term)})" for sign, term in others).removeprefix("+ ")


def _terms(node: ast.expr, sign: str) -> Iterator[tuple[str, ast.expr]]:
    """The terms of a sum, each with its sign."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        yield from _terms(node.left, sign)
        opposite = {"+": "-", "-": "+"}[sign]
        yield from _terms(node.right, sign if isinstance(node.op, ast.Add) else opposite)
    else:
        yield sign, node


def _lines(culprit: str, statements: str) -> Iterator[tuple[ast.stmt, str]]:
    """Every statement as Python reads it, for Brian2's statements are Python's; and its text."""
    text = "\n".join(line.strip() for line in statements.splitlines())
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise _unreadable(culprit, (error.text or text).strip()) from None
    for node in body:
        yield node, ast.unparse(node)


def _unreadable(culprit: str, line: str) -> InputError:
    return InputError(f"{culprit}: {line!r} is no assignment; write each as `name = value` or `name += value`")


def fill(text: str, model: NeuronModel) -> str:
    """Fill in the placeholders of a synapse model for a neuron model.

    Parameters
    ----------
    text : str
        Equations or statements with `{input_unit}`, `{conductance_unit}` and `{membrane}`.
    model : NeuronModel
        The postsynaptic neuron's model.

    Returns
    -------
    str
        The text without placeholders.
    """
    conductance = "1" if model.input_unit == "volt" else "siemens"
    return (
        text.replace("{input_unit}", model.input_unit)
        .replace("{conductance_unit}", conductance)
        .replace("{membrane}", model.membrane)
    )


def refuse_randomness(description: Description) -> None:
    """Refuse a description that draws Brian2's own random numbers, which do not depend on the run's key.

    Parameters
    ----------
    description : Description
        A neuron model, encoder, synapse model or plasticity rule.

    Raises
    ------
    InputError
        If one of its texts calls a random function.
    """
    for attribute in description.STRUCTURE:
        value = getattr(description, attribute)
        found = re.search(rf"\b({'|'.join(FORBIDDEN)})\b", value) if isinstance(value, str) else None
        if found:
            raise InputError(
                f"{type(description).__name__}.{attribute}: {found.group(1)!r} is random outside the run's key; "
                "use an encoder for noise"
            )
