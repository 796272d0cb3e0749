"""An interruption that waits until the work at hand is done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

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


@contextmanager
def deferred() -> Iterator[Interruption]:
    """Let the first Ctrl-C, or request to end, wait for the work at hand; the second does what it would do outside.

    Yields
    ------
    Interruption
        Look at `requested` where the work can be ended, and raise KeyboardInterrupt there.

    Notes
    -----
    Signals that the process ignores stay ignored. Python hands signals to the main thread only: in other threads this
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

    def take(number: int, frame: FrameType | None) -> None:
        if found.requested:
            restore()
            signal.raise_signal(number)
        found.requested = True

    for number in before:
        signal.signal(number, take)
    try:
        yield found
    finally:
        restore()
