"""What to write where values of an option were separated by blanks, which makes each an argument of its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any


def joined(error: Any, arguments: Sequence[str]) -> str:
    """Return what to write in place of arguments that nobody expected.

    Parameters
    ----------
    error
        The error of Click.
    arguments
        The arguments of the command.

    Returns
    -------
    str
        Such as "--models dense,rate"; "" if they follow no option that takes several values.
    """
    said = error.format_message().rstrip(".")
    for option in () if error.ctx is None or "unexpected extra argument" not in said else error.ctx.command.params:
        metavar = option.metavar or ""
        if not (getattr(option, "multiple", False) or "," in metavar):
            continue
        for place in (place for place, text in enumerate(arguments) if text.partition("=")[0] in option.opts):
            name, _, value = arguments[place].partition("=")
            rest = arguments[place + 1 :]
            value, rest = (value, rest) if value else (next(iter(rest), ""), rest[1:])
            strays = list(takewhile(lambda text: not text.startswith("--"), rest))
            extra = next((strays[n:] for n in range(len(strays)) if said.endswith(f"({' '.join(strays[n:])})")), None)
            if extra:
                return _written(name, [value, *extra], repeated="=" in metavar)
    return ""


def _written(option: str, parts: Sequence[str], repeated: bool) -> str:
    """Write values of an option; each that is an assignment stands behind an option of its own."""
    values = [""]
    for part in parts:
        if repeated and values[-1] and "=" in part:
            values.append("")
        values[-1] = ",".join(text for text in (values[-1], part.strip(",")) if text)
    return " ".join(f"{option} {value}" for value in values)
