"""An interruption that waits until the work at hand is done."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from bnsim.printable import printable

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interruption:
    """Whether someone wants the work to end.

    Attributes
    ----------
    requested : bool
        Whether a signal has come.
    """

    def __init__(self) -> None:
        self.requested = False


def say(note: str) -> None:
    """Print what an interruption has left: Brian2's excepthook leaves a KeyboardInterrupt without a word.

    Parameters
    ----------
    note : str
        What is kept, and how to go on. A worker process prints nothing, since its parent does.
    """
    if multiprocessing.parent_process() is None:
        print(f"\n{printable(note)}", file=sys.stderr)


@contextmanager
def deferred() -> Iterator[Interruption]:
    """Let Ctrl-C, or another request to end, wait for the work at hand; the same once more does what it does outside.

    Yields
    ------
    Interruption
        Look at `requested` where the work can be ended, and raise KeyboardInterrupt there. What ends otherwise is
        interrupted at its end.

    Notes
    -----
    Different signals are one request: Ctrl-C reaches a whole group, whose parent then asks its children to end. Those
    that the process ignores stay ignored. Python hands signals to the main thread only: in other threads this
    does nothing.
    """
    found = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield found
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    # A handler that was not set from Python is None, and could not be set again.
    before = {number: handler for number, handler in before.items() if handler not in (signal.SIG_IGN, None)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    taken: set[int] = set()

    def take(number: int, frame: FrameType | None) -> None:
        if number in taken:
            restore()
            signal.raise_signal(number)
        taken.add(number)
        if found.requested:
            return
        found.requested = True
        say("interrupted: the work at hand is finished and kept; once more stops at once")

    for number in before:
        signal.signal(number, take)
    try:
        yield found
    except KeyboardInterrupt:
        taken.clear()
        raise
    finally:
        restore()
        for number in taken:  # nobody has taken notice
            signal.raise_signal(number)
