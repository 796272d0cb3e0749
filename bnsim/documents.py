"""What JSON and TOML files hold, held against a description of it; each fault is one line that names the entry."""

from __future__ import annotations

import json
import math
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

STRICT = ConfigDict(strict=True, allow_inf_nan=False)
"""How a `TypedDict` is read, as its `__pydantic_config__`: no text is a number, and every number is finite."""

_LONGEST = 80
"""Characters of a value that a message shows."""


def of_json(text: str) -> Any:
    """Read JSON, which has no NaN and no infinity, although Python reads them.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    object
        What it holds.

    Raises
    ------
    ValueError
        If it is no JSON, holds a number that is too large, or is nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text} is too large a number")
    return value


def checked(kind: Any, content: Any) -> Any:
    """Hold what a file holds against the description of it.

    Parameters
    ----------
    kind : type or tuple of str
        The description: a `TypedDict`, say, with `STRICT` as its configuration; or the names of the entries that an
        object must have, whatever they are.
    content : object
        What the file holds.

    Returns
    -------
    object
        The content, unchanged.

    Raises
    ------
    ValueError
        If it is not as described; the message names the first entry that is not.
    """
    if isinstance(kind, tuple):
        checked(dict[str, Any], content)
        for name in kind:
            if name not in content:
                raise ValueError(f"entry {name!r} is missing")
        return content
    try:
        _adapter(kind).validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        what = f"entry {place!r}" if place else "it"
        if first["type"] == "missing":
            raise ValueError(f"{what} is missing") from None
        message = first["msg"].removeprefix("Value error, ")
        given = repr(first["input"])
        given = given if len(given) <= _LONGEST else f"{given[:_LONGEST]}..."
        raise ValueError(f"{what} is {given}: {message[:1].lower()}{message[1:]}") from None
    return content


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
