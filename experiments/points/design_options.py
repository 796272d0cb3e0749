"""What the command line says of the settings that vary, as text: grids and ranges."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from bnsim.errors import InputError
from experiments.points.design import Range
from experiments.run.configuration import parse_settings

_RANGE = re.compile(r"\[?[-+.\de]+:[-+.\de]+(:log)?\]?")
"""Two numbers, as `parse_ranges` takes them."""


def parse_grid(assignments: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Parse `key=a,b,c` strings.

    Parameters
    ----------
    assignments
        The strings. Commas in brackets or quotes do not separate values.

    Returns
    -------
    dict of str to tuple
        Values of each key.

    Raises
    ------
    InputError
        For a string of another form, or a key that is given twice.
    """
    grid: dict[str, tuple[Any, ...]] = {}
    for key, text in _assigned("--grid", assignments, "key=a,b,c, e.g. siegert.mean=10,15,20"):
        parts = _split(text)
        if any(not part for part in parts):
            raise InputError(f"--grid {key}={text}: a value is missing between two commas or at an end; leave none out")
        if any(_RANGE.fullmatch(part) for part in parts):
            raise InputError(f"--grid {key}={text}: is a range; draw from it with --random {key}={text} --n 10")
        grid[key] = tuple(parse_settings([f"{key}={part}"])[key] for part in parts)
    return grid


def parse_ranges(option: str, assignments: Sequence[str]) -> dict[str, Range]:
    """Parse `key=low:high`, `key=low:high:log` and `key=[low:high]` strings.

    Parameters
    ----------
    option
        Name of the command's option, for messages.
    assignments
        The strings.

    Returns
    -------
    dict of str to Range
        Range of each key.

    Raises
    ------
    InputError
        For a string of another form, or a key that is given twice.
    """
    form = "key=low:high, e.g. siegert.mean=10.0:20.0"
    return {key: _range(f"{option} {key}={text}", text, form) for key, text in _assigned(option, assignments, form)}


def _assigned(option: str, assignments: Sequence[str], form: str) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for assignment in assignments:
        key, _, text = (part.strip() for part in assignment.partition("="))
        if not key or not text:
            raise InputError(f"{option} {assignment}: not of the form {form}")
        if key in found:
            raise InputError(f"{option} {key}: given twice; keep one")
        found[key] = text
    return list(found.items())


def _range(culprit: str, text: str, form: str) -> Range:
    listed = text.startswith("[") and text.endswith("]")
    limits, scale = (text[1:-1] if listed else text).split(":"), ""
    if len(limits) == 3:
        *limits, scale = limits
    if len(limits) != 2 or scale.strip() not in ("", "log"):
        raise InputError(f"{culprit}: not of the form {form}, or key=low:high:log")
    low, high = (_number(culprit, limit.strip()) for limit in limits)
    try:
        return Range(low, high, scale.strip() == "log", listed)
    except InputError as error:
        raise InputError(f"{culprit.partition('=')[0]}: {error}") from None


def _number(culprit: str, text: str) -> float:
    for kind in (int, float):
        try:
            value: float = kind(text)
        except ValueError:
            continue
        if math.isfinite(value):
            return value
    raise InputError(f"{culprit}: {text!r} is no finite number; give two numbers, low:high")


def _split(text: str) -> list[str]:
    """Split a text at its commas, but for those in brackets, round ones too, or quotes."""
    parts, depth, quote = [""], 0, ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        else:
            depth += (character in "[(") - (character in "])")
        if character == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
