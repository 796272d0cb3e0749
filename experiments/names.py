"""Errors for names that do not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from bnsim.errors import InputError


def unknown_name(what: str, name: str, known: Iterable[str]) -> InputError:
    """The error for an unknown `what` called `name`: lists what exists and guesses what was meant."""
    options = list(known)
    close = difflib.get_close_matches(name, options, n=1)
    guess = f"did you mean {close[0]!r}? " if close else ""
    return InputError(f"unknown {what} {name!r}; {guess}choose from {', '.join(options)}")
