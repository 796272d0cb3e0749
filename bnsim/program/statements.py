"""Statements and equations as text: which variables they declare, what they are renamed to, what gates their writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from brian2.equations.equations import SingleEquation, parse_string_equations

from bnsim.description import Description
from bnsim.errors import InputError
from bnsim.neurons import NeuronModel

FORBIDDEN = ("xi", "rand", "randn", "poisson", "rand_range")
_STATEMENT = re.compile(r"^\s*(\w+)\s*(\*\*|//|[-+*/%])?=(?!=)\s*(.+?)\s*$")


def parsed(culprit: str, equations: str) -> dict[str, SingleEquation]:
    """The equations by the variable that each declares; units that are yet to be filled in are taken as 1.

    Raises
    ------
    InputError
        If they cannot be read.
    """
    try:
        return dict(parse_string_equations(re.sub(r"\{\w+\}", "1", equations)))
    except Exception as error:
        raise InputError(f"{culprit}: Brian2 refuses it: {brian2_reason(error)}") from error


def brian2_reason(error: BaseException) -> str:
    """The last link of an exception chain, on one line, and the object in question where Brian2 names one."""
    named = re.search(r"object named '(\w+)'", str(error))
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split()) + (f" (in {named.group(1)})" if named else "")


def declared(description: Description, attribute: str) -> list[str]:
    """Names of the variables that a description's block of equations declares."""
    return list(parsed(f"{type(description).__name__}.{attribute}", getattr(description, attribute)))


def rename(text: str, names: Mapping[str, str]) -> str:
    """Replace whole identifiers; `name_pre`, `name_post` and `dname/dt` follow their name."""
    for old, new in names.items():
        text = re.sub(rf"\b{old}(_pre|_post)?\b", rf"{new}\1", text)
        text = re.sub(rf"\bd{old}(\s*/\s*dt)\b", rf"d{new}\1", text)
    return text


def gate(statements: str, persistent: Iterable[str], condition: str) -> str:
    """Statements in which every write to a persistent variable is undone where `condition` is false.

    Raises
    ------
    InputError
        If a line is no assignment, and could therefore hide one.
    """
    lines, kept = [], set(persistent)
    for line in re.sub(r"#.*", "", statements).replace(";", "\n").splitlines():
        match = _STATEMENT.match(line)
        if match is None and line.strip():
            raise InputError(
                f"statement {line.strip()!r}: not an assignment; write each as `name = value` or `name += value`"
            )
        if match and match.group(1) in kept:
            name, operator, value = match.groups()
            new = value if operator is None else f"{name} {operator} ({value})"
            line = f"{name} = bnsim_select({condition}, {new}, {name})"
        lines.append(line)
    return "\n".join(lines)


def fill(text: str, model: NeuronModel) -> str:
    """What a synapse model leaves open, as the neuron model has it."""
    conductance = "1" if model.input_unit == "volt" else "siemens"
    return (
        text.replace("{input_unit}", model.input_unit)
        .replace("{conductance_unit}", conductance)
        .replace("{membrane}", model.membrane)
    )


def refuse_randomness(description: Description) -> None:
    """Brian2's own random numbers do not depend on the run's key."""
    for attribute in description.STRUCTURE:
        value = getattr(description, attribute)
        found = re.search(rf"\b({'|'.join(FORBIDDEN)})\b", value) if isinstance(value, str) else None
        if found:
            raise InputError(
                f"{type(description).__name__}.{attribute}: {found.group(1)!r} is random outside the run's key; "
                "use an encoder for noise"
            )
