"""Run independent jobs in worker processes, and return each result as soon as it is available.

A worker imports its libraries once and runs one job after another. Spiking and artificial models need different, slow
imports. Therefore workers with even numbers take jobs from the front of the queue and the others from its back: put the
two kinds at different ends. Workers are new processes ("spawn"), because TensorFlow does not survive a fork.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
import traceback
import warnings
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Protocol, Self

from bnsim.errors import BnsimError, MachineError, SlowBackendWarning, first_line, out_of_memory
from experiments.spec import Progress

WORKER_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
"""One thread for each process: two processes fill two cores, and sums are always computed in the same order."""

INTERRUPTED = 128 + signal.SIGTERM
"""Exit code of a worker that was asked to end and has kept its training."""

REPORT_INTERVAL = 0.1
"""Seconds between two progress messages of one job."""


class Job(Protocol):
    """A task for a worker: picklable, called with a progress callback."""

    @property
    def name(self) -> str:
        """Name for messages."""

    def __call__(self, progress: Progress) -> Any: ...


class Executor(Protocol):
    """Runs jobs; used as a context manager. `Workers` is the implementation with processes of this machine."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def run(self, jobs: Sequence[Job], watcher: Watcher) -> Iterator[tuple[int, Any]]:
        """Yield the index and the result of each job as soon as it ends.

        Parameters
        ----------
        jobs
            The jobs.
        watcher
            Receives the progress of the jobs.

        Returns
        -------
        iterator of tuple
            Index of the job in `jobs`, and its result.
        """


class Watcher(Protocol):
    """Receives the progress of jobs."""

    def advanced(self, index: int, done: int, total: int) -> None:
        """Report progress within a job.

        Parameters
        ----------
        index
            Index of the job, in the order given.
        done
            Units of work that are done.
        total
            Units of work of the job.
        """

    def finished(self, index: int) -> None:
        """Report the end of a job.

        Parameters
        ----------
        index
            Index of the job, in the order given.
        """


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    takes_front: bool
    job: int | None = None


class Workers:
    """Worker processes, used as a context manager; leaving the context ends all of them, for whatever reason.

    They serve several calls of `run`, so that libraries are imported only once.

    Parameters
    ----------
    count
        Number of processes.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        context = get_context("spawn")
        with _environment(WORKER_ENVIRONMENT):
            for number in range(self._count):
                pipe, remote = context.Pipe()
                process = context.Process(target=_work, args=(remote,), daemon=True)
                process.start()
                remote.close()
                self._workers.append(_Worker(process, pipe, takes_front=number % 2 == 0))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.process.terminate()
        try:
            for worker in self._workers:  # trainings that are kept are kept first, which takes a chunk of them
                worker.process.join()
        finally:  # a second Ctrl-C does not wait
            for worker in self._workers:
                worker.process.kill()
                worker.process.join()
                worker.pipe.close()
            self._workers = []

    def run(self, jobs: Sequence[Job], watcher: Watcher) -> Iterator[tuple[int, Any]]:
        """Yield the index and the result of each job as soon as it ends, in no particular order.

        The first job that fails ends the iteration. The worker's traceback is kept as a note. Leave the context after
        an error.

        Parameters
        ----------
        jobs
            The jobs.
        watcher
            Receives the progress of the jobs.

        Returns
        -------
        iterator of tuple
            Index of the job in `jobs`, and its result.

        Raises
        ------
        BnsimError
            If a job raises one: the same class, with the name of the job before the message.
        MachineError
            If a job raises any other exception, or its process dies.
        """
        pending = deque(range(len(jobs)))
        for worker in self._workers:
            _assign(worker, jobs, pending)
        while any(worker.job is not None for worker in self._workers):
            ready = wait([worker.pipe for worker in self._workers if worker.job is not None])
            for worker in self._workers:
                if worker.pipe in ready:
                    yield from _receive(worker, jobs, watcher)
                    if worker.job is None:
                        _assign(worker, jobs, pending)


def available_cores() -> int:
    """Return the number of cores that this process may use.

    Returns
    -------
    int
        At least 1.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for processes that start inside: NumPy reads the number of threads on import."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _assign(worker: _Worker, jobs: Sequence[Job], pending: deque[int]) -> None:
    if pending:
        worker.job = pending.popleft() if worker.takes_front else pending.pop()
        try:
            worker.pipe.send_bytes(pickle.dumps(jobs[worker.job]))
        except ConnectionError:
            raise _death(jobs[worker.job].name, worker) from None


def _receive(worker: _Worker, jobs: Sequence[Job], watcher: Watcher) -> Iterator[tuple[int, Any]]:
    """Yield the result that a worker sent, if it has finished its job."""
    assert worker.job is not None
    name = jobs[worker.job].name
    try:
        kind, *content = worker.pipe.recv()
    except (EOFError, ConnectionError):
        raise _death(name, worker) from None
    if kind == "advanced":
        watcher.advanced(worker.job, *content)
    elif kind == "failed":
        raise _failure(name, *content)
    else:
        done, worker.job = worker.job, None
        watcher.finished(done)
        yield done, content[0]


def _death(name: str, worker: _Worker) -> MachineError:
    worker.process.join()
    return MachineError(
        f"{name}: its worker process died (exit code {worker.process.exitcode}); if memory ran out use "
        "fewer samples, and in a script call bnsim below `if __name__ == '__main__':`"
    )


def _failure(name: str, error_class: type[BnsimError], message: str, trace: str) -> BnsimError:
    error = error_class(f"{name}: {message}")
    error.add_note(trace)
    return error


def _end_with_parent() -> None:
    """End this process when its parent has: whether by itself or killed, it cannot take a result any more."""
    parent = parent_process()
    assert parent is not None

    def follow() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _work(pipe: Connection) -> None:
    """Run a worker: receive a job, report progress, return the result, until the parent ends."""
    # Ctrl-C reaches the whole group; the parent tells its workers when to end, and compiled networks inherit this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    warnings.simplefilter("ignore", SlowBackendWarning)  # the command line has shown this warning already
    with suppress(EOFError, ConnectionError):  # the parent has ended
        while True:
            job = pickle.loads(pipe.recv_bytes())
            try:
                outcome = _outcome(job, _reporter(pipe))
            except KeyboardInterrupt:  # asked to end, a training that is kept has done so
                os._exit(INTERRUPTED)
            pipe.send(outcome)


def _outcome(job: Job, progress: Progress) -> tuple[Any, ...]:
    try:
        return "finished", job(progress)
    except BnsimError as error:
        return "failed", type(error), str(error), traceback.format_exc()
    except ConnectionError:
        raise  # of the progress, which nobody receives any more
    except MemoryError as error:
        return "failed", MachineError, str(out_of_memory(error)), traceback.format_exc()
    except Exception as error:
        message = f"{type(error).__name__}: {first_line(error)}; --debug shows the traceback"
        return "failed", MachineError, message, traceback.format_exc()


def _reporter(pipe: Connection) -> Progress:
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done >= total or now - last >= REPORT_INTERVAL:
            last = now
            pipe.send(("advanced", done, total))

    return report
