"""Texts that the command prints: all go through here or `experiments.terminal`, so that none of them is obeyed.

A standard output that cannot be written is a failed machine. That standard error cannot be written is no failure, since
nobody can be told.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from bnsim.errors import MachineError
from bnsim.printable import one_line, printable

READER_IS_GONE = 1
"""Exit code where whatever read the output has ended, as that of Rich."""


def prepare() -> None:
    """Let standard output write characters that its encoding lacks as escapes, as standard error does."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Print a text on standard output.

    Parameters
    ----------
    text
        The text, of any number of lines.

    Raises
    ------
    MachineError
        If it cannot be written.
    """
    with writing_output():
        print(printable(text, keep="\n"), flush=True)


def settle() -> None:
    """Write what is left to be written on standard output.

    Raises
    ------
    MachineError
        If it cannot be written.
    """
    with writing_output():
        if sys.stdout is not None:
            sys.stdout.flush()


def complain(text: str) -> None:
    """Print a message on standard error.

    Parameters
    ----------
    text
        The message; it is shown on one line.
    """
    detail(f"bnsim: {one_line(text)}")


def detail(text: str) -> None:
    """Print a text on standard error.

    Parameters
    ----------
    text
        The text, of any number of lines.
    """
    with writing_errors():
        print(printable(text, keep="\n"), file=sys.stderr, flush=True)


@contextmanager
def writing_output() -> Iterator[None]:
    """Turn a failure to write to standard output into a MachineError; end silently where its reader has gone.

    Raises
    ------
    MachineError
        If an OSError occurs inside the context.
    """
    try:
        yield
    except OSError as error:
        _discard(sys.stdout)
        if isinstance(error, BrokenPipeError):
            raise SystemExit(READER_IS_GONE) from None
        raise MachineError(f"standard output: {error.strerror}; free some space or send it elsewhere") from error


@contextmanager
def writing_errors() -> Iterator[None]:
    """Go on where standard error cannot be written."""
    try:
        yield
    except OSError:
        _discard(sys.stderr)


def _discard(stream: TextIO) -> None:
    """Write the rest of a stream nowhere: what its buffer still holds would fail again when Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
