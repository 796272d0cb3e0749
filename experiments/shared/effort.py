"""What a computation takes of the machine: processor time and memory, of this process and of those that it started."""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import threading
import time
from pathlib import Path
from types import TracebackType


def processor_seconds() -> float:
    """Return the processor time of this process and of its children, those that have ended and those that live.

    Returns
    -------
    float
        In s. Outside Linux, children that live are not counted.
    """
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in usage) + sum(map(_of_living, _children()))


class MostMemory:
    """The most memory that this process and its children hold at once, while a `with` block runs.

    Children that run the same program as this process are left out. It is looked at every 5 ms, and at the block's end.
    `bytes` is what was held beyond what there was at the beginning; None where the system does not tell (outside
    Linux).
    """

    def __init__(self) -> None:
        self.bytes: int | None = None
        self._before = self._most = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MostMemory:
        self._before = self._most = _held()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
        self._look()
        if self._before:
            self.bytes = self._most - self._before

    def _watch(self) -> None:
        while not self._ended.wait(0.005):
            self._look()

    def _look(self) -> None:
        self._most = max(self._most, _held())


def _children() -> list[int]:
    """Return the numbers of the processes that this one has started and that live."""
    found: list[int] = []
    for path in Path("/proc/self/task").glob("*/children"):  # None outside Linux.
        with contextlib.suppress(OSError):  # A thread that has just ended.
            found += map(int, path.read_text().split())
    return found


def _of_living(process: int) -> float:
    """Return the processor time of a process in s, 0 if it has just ended."""
    if sys.platform != "linux":
        return 0.0
    try:
        return time.clock_gettime((~process << 3) | 2)  # The clock's number, as Linux makes it of a process's.
    except OSError:
        return 0.0


def _held() -> int:
    """Return the resident bytes of this process and of its children of other programs, 0 where none is told."""
    pages, program = 0, Path(sys.executable).resolve()
    for process in ("self", *_children()):
        try:
            # A child that is still this program shares our memory, and is about to become another.
            if process == "self" or Path(f"/proc/{process}/exe").readlink() != program:
                pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
        except (OSError, IndexError):  # It has just ended.
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")
