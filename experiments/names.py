"""Names: which models take part where none are named, and the error for a name that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from bnsim.errors import InputError

DEFAULT_MODELS = ("receptive-field", "three-factor", "receptive-dense", "dense")
"""Two pairs of twins. They stand here because the command line must not wait for what `experiments.run.configuration`
imports."""


def unknown_name(what: str, name: str, known: Iterable[str]) -> InputError:
    """The error for an unknown `what` called `name`: lists what exists and guesses what was meant."""
    options = list(known)
    close = difflib.get_close_matches(name, options, n=1)
    guess = f"did you mean {close[0]!r}? " if close else ""
    return InputError(f"unknown {what} {name!r}; {guess}choose from {', '.join(options)}")
