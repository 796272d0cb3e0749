"""Work that tells how far it is, carried out from one report to the next when it is asked to."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")
Report = Callable[[Any], None]
"""Called by the work; it returns when the work is to go on."""


class _Left(Exception):
    """Nobody wants the work any more."""


class _Channel(Generic[Result]):
    """What the two threads share. It does not know the `Paced` that they serve, which may thus be forgotten."""

    def __init__(self, work: Callable[[Report], Result]) -> None:
        self.go, self.halted = threading.Semaphore(0), threading.Semaphore(0)
        self.left, self.ended = False, False
        self.last: Any = None
        self.result: Result | None = None
        self.error: BaseException | None = None
        self._work = work

    def carry_out(self) -> None:
        try:
            self._wait()
            self.result = self._work(self._report)
        except _Left:
            pass
        except BaseException as error:  # raised again where someone waits for it
            self.error = error
        self.ended = True
        self.halted.release()

    def leave(self) -> None:
        self.left = True
        self.go.release()

    def _report(self, last: Any) -> None:
        self.last = last
        self.halted.release()
        self._wait()

    def _wait(self) -> None:
        self.go.acquire()
        if self.left:
            raise _Left


class Paced(Generic[Result]):
    """Work in a thread of its own that stands still between two pieces, so that many such works take turns.

    Parameters
    ----------
    work
        Is given a function, calls it with a report now and then, and returns a result.

    Attributes
    ----------
    last
        The last report, None before the first.
    result
        What the work has returned, None before its end.
    finished
        Whether it has come to its end.
    """

    def __init__(self, work: Callable[[Report], Result]) -> None:
        self._channel = _Channel(work)
        self._turn = threading.Lock()
        self._thread = threading.Thread(target=self._channel.carry_out, name="lab-paced", daemon=True)
        self._leave = weakref.finalize(self, self._channel.leave)

    @property
    def last(self) -> Any:
        return self._channel.last

    @property
    def result(self) -> Result | None:
        return self._channel.result

    @property
    def finished(self) -> bool:
        return self._channel.ended

    def advance(self) -> None:
        """Carry out the work until its next report, or its end; nothing where it has ended.

        Raises
        ------
        BaseException
            What the work has raised, each time.
        """
        with self._turn:
            if not self.finished:
                if not self._thread.ident:
                    self._thread.start()
                self._channel.go.release()
                self._channel.halted.acquire()
            if self._channel.error is not None:
                raise self._channel.error

    def leave(self) -> None:
        """End the work at its next report: nobody wants it any more."""
        self._leave()
