"""Processes of compiled networks that stay between jobs: a job is sent only what its process does not hold already.

A process is lent to one thread at a time; where all of a network's are lent, another one is started. Idle ones are
kept, a few of them and as many as fit into a part of the memory, those that were used last.

What is said goes over a socket, whose closing ends the process: no process outlives its owner, however that one ends,
not even in the middle of a job. Arrays go through a file in memory (elsewhere than on Linux, one without a name in the
temporary folder) that both sides have open. They are written and read by one call of the system each, straight from
and to where they belong, which copies them no more often than memory mapped on both sides would, and a lack of room is
an error instead of a signal.
"""

from __future__ import annotations

import atexit
import errno
import os
import select
import socket
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, NoReturn

import numpy as np

from bnsim.engine.job import Reporter
from bnsim.engine.known import Known
from bnsim.memory import memory

MOST_IDLE = 8
"""Networks whose idle processes are kept: more than that are hardly used by turns."""
MEMORY_SHARE = 0.25
"""Part of the machine's memory that idle processes may take together."""
FILE_BYTES = 64 * 2**20
"""Size down to which the file of an idle process is cut."""
AS_IT_STANDS, FINISHED = -1, -1
"""In place of the length of an array; in place of a number of steps, before the lengths of the outcome's arrays."""
PATIENCE = 1.0
"""Seconds between two looks whether a process that says nothing lives, and in which one that has hung up must end."""
_NO_SIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)
"""Lets a socket that is closed be an error, also where SIGPIPE is not ignored."""
_AT_ONCE = 512
"""Arrays that one call of the system writes or reads; POSIX grants 16, Linux and macOS 1024."""


class Ended(Exception):
    """A process that ended in the middle of a job.

    Parameters
    ----------
    status : int
        Its exit status, below 0 for a signal.
    said : str
        What it wrote to standard error.
    """

    def __init__(self, status: int, said: str) -> None:
        super().__init__(status, said)
        self.status, self.said = status, said


class Gone(Exception):
    """A process that had ended before it was sent a job."""


class Refused(Exception):
    """Something that the system does not grant: the message names it, and the remedy."""


class Resident:
    """Process of a compiled network that carries out one job after another.

    Parameters
    ----------
    binary : Path
        The program; its folder is the process's.

    Attributes
    ----------
    binary : Path
        The program.
    held : Known
        The arrays that the process holds, by name.

    Raises
    ------
    Refused
        If it cannot be started.
    """

    def __init__(self, binary: Path) -> None:
        self.binary, self.held, self._used = binary, Known(), False
        with ExitStack() as opened:
            try:
                (self._arrays, self._remedy), (self._errors, _) = _unnamed_file(), _unnamed_file()
                opened.enter_context(self._arrays)
                opened.enter_context(self._errors)
                self._socket, theirs = map(opened.enter_context, socket.socketpair())
            except OSError as error:
                raise Refused(f"cannot open files for its arrays ({error}); close others, or free memory") from error
            try:
                self._process = subprocess.Popen(
                    [str(binary)], stdin=theirs.fileno(), stdout=self._arrays, stderr=self._errors, cwd=binary.parent
                )
            except OSError as error:
                remedy = "close other files" if error.errno in (errno.EMFILE, errno.ENFILE) else "clear the cache"
                raise Refused(f"cannot start {binary} ({error}); {remedy}") from error
            theirs.close()
            self._opened = opened.pop_all()
        self._file = self._arrays.fileno()
        self._news = select.poll()
        self._news.register(self._socket, select.POLLIN)
        self._most_bytes = 0

    @property
    def n_bytes(self) -> int:
        """Memory that it takes, as the system says; elsewhere than on Linux, four times its largest job or outcome."""
        try:
            pages = int(Path(f"/proc/{self.number}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return 4 * self._most_bytes
        return pages * os.sysconf("SC_PAGE_SIZE")

    @property
    def number(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def begin(self, arrays: Sequence[np.ndarray | None]) -> None:
        """Have a job carried out, of which `end` waits for the outcome.

        Parameters
        ----------
        arrays : sequence of (ndarray or None)
            The arrays of the job, contiguous; None for what is to stay as it stands.

        Raises
        ------
        Refused
            If there is no room for the arrays.
        Gone
            If the process had ended before.
        Ended
            If it ends without reading them.
        """
        sizes = np.array([AS_IT_STANDS if array is None else array.nbytes for array in arrays], np.int64)
        sent = [array for array in arrays if array is not None and array.nbytes]
        try:
            _transfer(os.writev, self._file, sent)
        except OSError as error:
            raise Refused(f"cannot write its input ({error}); {self._remedy}") from error
        try:
            self._socket.sendall(sizes, _NO_SIGNAL)
        except ConnectionError:
            self._refuse()
        self._most_bytes = max(self._most_bytes, int(np.maximum(sizes, 0).sum()))

    def end(self, dtypes: Sequence[np.dtype], report: Reporter | None) -> list[np.ndarray]:
        """Wait until the job is done.

        Parameters
        ----------
        dtypes : sequence of numpy.dtype
            Types of the arrays of the outcome.
        report : callable or None
            Is told now and then how many steps are done, where the job asks for that.

        Returns
        -------
        list of ndarray
            The arrays of the outcome, one-dimensional.

        Raises
        ------
        Gone
            If the process had ended before the job was sent.
        Ended
            If it ends without an outcome, or complains.
        """
        lengths = self._lengths(report, len(dtypes))
        self._used = True
        if os.fstat(self._errors.fileno()).st_size:
            self._process.kill()
            self._fail()
        found = [np.empty(n // kind.itemsize, kind) for n, kind in zip(lengths, dtypes, strict=True)]
        _transfer(os.readv, self._file, [array for array in found if array.nbytes])
        self._most_bytes = max(self._most_bytes, sum(lengths))
        return found

    def _lengths(self, report: Reporter | None, n_arrays: int) -> list[int]:
        """Wait for the outcome; return the lengths of its arrays in bytes."""
        said = bytearray()
        while True:
            while not self._news.poll(1e3 * PATIENCE):
                if not self.lives:
                    self._fail()
            try:
                more = self._socket.recv(2**16)
            except ConnectionError:
                self._refuse()
            if not more:
                self._fail()
            said += more
            numbers = np.frombuffer(bytes(said[: len(said) // 8 * 8]), np.int64)
            (ends,) = np.nonzero(numbers == FINISHED)
            steps = numbers[: ends[0]] if len(ends) else numbers
            if report is not None and len(steps):
                report(int(steps[-1]))
            del said[: 8 * len(steps)]
            if len(ends) and len(said) == 8 * (1 + n_arrays):
                return numbers[ends[0] + 1 :].tolist()

    def _refuse(self) -> NoReturn:
        """Raise the error of a process that has not read its job."""
        if self._used:
            raise Gone from None
        self._fail()

    def _fail(self) -> NoReturn:
        """Raise the error of a process that has ended, or is about to."""
        try:
            status = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._errors.seek(0)
        raise Ended(status, self._errors.read().decode(errors="replace").strip())

    def rest(self) -> None:
        """Give back memory that the next job may not need."""
        if os.fstat(self._file).st_size > FILE_BYTES:
            os.truncate(self._file, FILE_BYTES)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._opened.close()

    def disown(self) -> None:
        """Leave the process to the one that this one was forked from."""
        self._process.returncode = 0  # nobody waits for it here
        self._opened.close()


def _unnamed_file() -> tuple[IO[bytes], str]:
    """A new file that is gone when it is closed, and the remedy where it has no room."""
    if hasattr(os, "memfd_create"):
        with suppress(OSError):  # a sandbox may refuse it
            return os.fdopen(os.memfd_create("bnsim", os.MFD_CLOEXEC), "w+b", buffering=0), "free memory"
    remedy = f"free space in {tempfile.gettempdir()}, or name another folder in TMPDIR"
    return tempfile.TemporaryFile(buffering=0), remedy


def _transfer(call: Callable[[int, Sequence[memoryview]], int], file: int, arrays: Sequence[np.ndarray]) -> None:
    """Write or read arrays from the beginning of a file on."""
    os.lseek(file, 0, os.SEEK_SET)
    parts = [memoryview(array).cast("B") for array in arrays]
    while parts:
        n = call(file, parts[:_AT_ONCE])
        if not n:
            raise OSError("it ended too early")
        while parts and n >= len(parts[0]):
            n -= len(parts.pop(0))
        if n:
            parts[0] = parts[0][n:]


class _Pool:
    """The processes of this one.

    Attributes
    ----------
    lock : threading.RLock
        Held while processes are taken, given back and started, and while this process is forked.
    idle : list of Resident
        Those that wait for a job, longest unused first.
    all : set of Resident
        Those, and the ones that are lent, as long as somebody has them: one that nobody has any more ends.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.idle: list[Resident] = []
        self.all: weakref.WeakSet[Resident] = weakref.WeakSet()

    def take(self, binary: Path) -> Resident | None:
        """Take the process of a network that was used last, if there is an idle one that lives."""
        with self.lock:
            for resident in reversed([one for one in self.idle if one.binary == binary]):
                self.idle.remove(resident)
                if resident.lives:
                    return resident
                resident.close()
        return None

    def start(self, binary: Path) -> Resident:
        with self.lock:
            resident = Resident(binary)
            self.all.add(resident)
            return resident

    def give_back(self, resident: Resident) -> None:
        resident.rest()
        with self.lock:
            self.idle.append(resident)
            while self._too_many() or sum(one.n_bytes for one in self.idle) > MEMORY_SHARE * memory():
                self.idle.pop(0).close()

    def _too_many(self) -> bool:
        return len({one.binary for one in self.idle}) > MOST_IDLE


_pool = _Pool()


@contextmanager
def lent(binary: Path, make: Callable[[], Path]) -> Iterator[Resident]:
    """Lend a process of a compiled network.

    Parameters
    ----------
    binary : Path
        The program.
    make : callable
        Is called where no process waits; returns the program, which may have to be built again.

    Yields
    ------
    Resident
        An idle process, or a new one. It is kept if nothing is raised inside the context, and ended otherwise.

    Raises
    ------
    Refused
        If it cannot be started.
    """
    pool = _pool
    resident = pool.take(binary) or pool.start(make())
    try:
        yield resident
        pool.give_back(resident)
    except BaseException:
        resident.close()
        raise


def idle() -> list[int]:
    """Return which processes wait for a job.

    Returns
    -------
    list of int
        Their numbers, longest unused first.
    """
    with _pool.lock:
        return [resident.number for resident in _pool.idle]


def close_idle() -> None:
    """End all processes that wait for a job."""
    with _pool.lock:
        while _pool.idle:
            _pool.idle.pop().close()


def _forget() -> None:
    """Begin without processes, in a process that was forked: they are its parent's."""
    global _pool
    parents, _pool = _pool, _Pool()
    for resident in parents.all:
        resident.disown()


atexit.register(close_idle)
if hasattr(os, "register_at_fork"):  # where processes can be forked
    os.register_at_fork(
        before=lambda: _pool.lock.acquire(), after_in_parent=lambda: _pool.lock.release(), after_in_child=_forget
    )
