"""One damaged thing and what became of it."""

from __future__ import annotations

import resource
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from bnsim.errors import InputError
from tests.fuzz.damage import EXECUTED

PATIENCE = 10
"""Seconds of work after which a case hangs."""
FINE = ("read", "refused")
"""Outcomes that are right: the damage does no harm, or it is told in one line."""


@dataclass(frozen=True)
class Outcome:
    """What became of a case.

    `what` is "read", "refused", "traceback", "unexpected", "hang" or "executed".
    """

    what: str
    about: str = ""
    megabytes: float = 0.0


class _Hang(BaseException):
    pass


@contextmanager
def _patience(seconds: int) -> Iterator[None]:
    """Interrupt what takes longer than so many seconds of work, or much longer on a machine with other work."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise _Hang

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    timers = {signal.ITIMER_PROF: (signal.SIGPROF, seconds), signal.ITIMER_REAL: (signal.SIGALRM, 6 * seconds)}
    before = {number: signal.signal(number, ring) for number, _ in timers.values()}
    for timer, (_, most) in timers.items():
        signal.setitimer(timer, most)
    try:
        yield
    finally:
        for timer in timers:
            signal.setitimer(timer, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _resident(what: str) -> float:
    """VmRSS or VmHWM in MB."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1e3
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _forget_peak() -> None:
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def attempt(use: Callable[[], None], patience: int = PATIENCE) -> Outcome:
    """Use something that may be damaged. `use` raises InputError where it is refused, in one line."""
    EXECUTED.clear()
    _forget_peak()
    before = _resident("VmRSS")
    try:
        with _patience(patience):
            use()
        what, about = "read", ""
    except InputError as error:
        what, about = "refused", str(error)
        if "\n" in about:
            what = "unexpected"
    except _Hang:
        what, about = "hang", traceback.format_exc(limit=-4)
    except Unexpected as error:
        what, about = "unexpected", str(error)
    except (Exception, SystemExit):
        what, about = "traceback", traceback.format_exc()
    if EXECUTED:
        what, about = "executed", ", ".join(EXECUTED)
    return Outcome(what, about, max(0.0, _resident("VmHWM") - before))


class Unexpected(Exception):
    """The command said something else than one line with a remedy."""
