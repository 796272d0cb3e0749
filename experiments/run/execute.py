"""Run independent jobs in worker processes, and return each result as soon as it is available.

A worker imports its libraries once and runs one job after another. Spiking and artificial models need different, slow
imports. Therefore workers with even numbers take jobs from the front of the queue and the others from its back: put the
two kinds at different ends. Workers are new processes ("spawn"), because TensorFlow does not survive a fork.

Jobs run in one of two ways. `run` takes a list, reports progress, and ends at the first failure. `stream` takes an
iterator of any length, returns a failure as a value, and replaces workers that die.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Generic, Self

from bnsim.errors import BnsimError, InputError, MachineError, SlowBackendWarning
from experiments.output import complain
from experiments.run.executor import AnyJob, Failure, Job, Watcher, outcome_of
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

PATIENCE = 0.3
"""Seconds that a worker that was asked to end may take before anything is said about it."""

REPORT_INTERVAL = 0.1
"""Seconds between two progress messages of one job."""

ATTEMPTS = 2
"""How often a job of a stream is tried whose worker dies."""

MOST_STILLBORN = 3
"""How many workers may die one after the other before they take their first job: more are no accident."""


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    takes_front: bool
    job: int | None = None
    ready: bool = False


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
        for number in range(self._count):
            self._workers.append(_started(takes_front=number % 2 == 0))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.process.terminate()
        try:
            for worker in self._workers:  # trainings that are kept are kept first, which takes a chunk of them
                worker.process.join(PATIENCE)
            if kind is KeyboardInterrupt and any(worker.process.is_alive() for worker in self._workers):
                complain("interrupted: trainings finish the presentations at hand; once more stops at once")
            for worker in self._workers:
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

    def stream(self, jobs: Iterable[AnyJob]) -> Iterator[tuple[AnyJob, Any]]:
        """Yield each job and its result, or its `Failure`, as soon as it ends, in no particular order.

        A worker that dies is replaced, and its job is tried once more.

        Parameters
        ----------
        jobs
            The jobs, of which one for each worker is taken at a time.

        Returns
        -------
        iterator of tuple
            The job, and its result or `Failure`.

        Raises
        ------
        MachineError
            If workers die before they take a job.
        """
        yield from _Stream(self._workers, iter(jobs)).outcomes()


@dataclass
class _Stream(Generic[AnyJob]):
    """Jobs on their way through workers: those that each holds, and how often each has been tried."""

    workers: list[_Worker]
    jobs: Iterator[AnyJob]
    held: dict[int, tuple[AnyJob, int]] = field(default_factory=dict)
    again: list[tuple[AnyJob, int]] = field(default_factory=list)
    stillborn: int = 0

    def outcomes(self) -> Iterator[tuple[AnyJob, Any]]:
        """Yield each job with its result or `Failure`."""
        for place in range(len(self.workers)):
            self._assign(place)
        while self.held:
            ready = wait([self.workers[place].pipe for place in self.held])
            for place in [place for place in self.held if self.workers[place].pipe in ready]:
                try:
                    kind, *content = self.workers[place].pipe.recv()
                except (EOFError, ConnectionError):
                    yield from self._replace(place)
                    self._assign(place)
                    continue
                if kind == "ready":
                    self.workers[place].ready, self.stillborn = True, 0
                elif kind != "advanced":
                    job, _ = self.held.pop(place)
                    yield job, Failure(*content) if kind == "failed" else content[0]
                    self._assign(place)

    def _assign(self, place: int) -> None:
        entry = self.again.pop() if self.again else next(((job, 1) for job in self.jobs), None)
        if entry is not None:
            self.held[place] = entry
            with suppress(ConnectionError):  # the worker is dead, as its pipe will tell
                self.workers[place].pipe.send_bytes(pickle.dumps(entry[0]))

    def _replace(self, place: int) -> Iterator[tuple[AnyJob, Failure]]:
        """Start a worker in place of one that died; yield its job if it has been tried often enough."""
        worker, (job, attempt) = self.workers[place], self.held.pop(place)
        death = _death(job.name, worker)
        worker.pipe.close()
        self.workers[place] = _started(worker.takes_front)
        self.stillborn = 0 if worker.ready else self.stillborn + 1
        if self.stillborn > MOST_STILLBORN:
            raise death
        if worker.ready and attempt == ATTEMPTS:
            yield job, Failure(MachineError, str(death).removeprefix(f"{job.name}: "))
        else:
            self.again.append((job, attempt + 1 if worker.ready else attempt))


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


def check_workers(workers: int | None) -> None:
    """Refuse a number of workers that is none.

    Parameters
    ----------
    workers
        The number; None for one for each core.

    Raises
    ------
    InputError
        If it is less than 1.
    """
    if workers is not None and workers < 1:
        raise InputError(f"--workers: got {workers}; give at least 1")


def number_of_workers(workers: int | None, jobs: int) -> int:
    """Return how many workers are started.

    Parameters
    ----------
    workers
        Largest number; None for one for each core.
    jobs
        Number of jobs, for which no more are needed.

    Returns
    -------
    int
        At least 1.
    """
    return max(1, min(workers or available_cores(), jobs))


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


def _started(takes_front: bool) -> _Worker:
    context = get_context("spawn")
    with _environment(WORKER_ENVIRONMENT):
        pipe, remote = context.Pipe()
        process = context.Process(target=_work, args=(remote,), daemon=True)
        process.start()
        remote.close()
    return _Worker(process, pipe, takes_front)


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
    if kind == "ready":
        worker.ready = True
    elif kind == "advanced":
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


def _leave_to_parent(number: int, frame: object) -> None:
    """Do nothing: Ctrl-C reaches the whole group, and the parent tells its workers to end. (A function, since Brian2's
    own handler calls the one before it.)"""


def _work(pipe: Connection) -> None:
    """Run a worker: receive a job, report progress, return the result, until the parent ends."""
    signal.signal(signal.SIGINT, _leave_to_parent)
    _end_with_parent()
    warnings.simplefilter("ignore", SlowBackendWarning)  # the command line has shown this warning already
    with suppress(EOFError, ConnectionError):  # the parent has ended
        pipe.send(("ready",))
        while True:
            job = pickle.loads(pipe.recv_bytes())
            try:
                outcome = outcome_of(job, _reporter(pipe))
            except KeyboardInterrupt:  # asked to end, a training that is kept has done so
                os._exit(INTERRUPTED)
            pipe.send(outcome)


def _reporter(pipe: Connection) -> Progress:
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done >= total or now - last >= REPORT_INTERVAL:
            last = now
            pipe.send(("advanced", done, total))

    return report
