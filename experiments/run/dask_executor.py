"""Run jobs on the workers of a Dask cluster (the extra `cluster`).

A Dask worker starts one process of its own for the jobs, the same as on one machine (`experiments.run.execute`), and
gives it one job at a time, whatever number of threads it has: jobs see the same environment everywhere. If that process
dies, the worker replaces it and tries the job once more. If the Dask worker itself dies, Dask gives what it was
assigned to others, as often as the scheduler's setting `distributed.scheduler.allowed-failures` says (3 times).

A network that a worker has compiled is kept by the scheduler, too; workers with the same compiler and processor take it
from there.

When the connection to the scheduler is lost, Dask cancels all that was under way, and tries to connect again for some
time. Jobs that were cancelled are then handed in anew; without a scheduler, the stream ends with a `MachineError`.
"""

from __future__ import annotations

import logging
import pickle
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from multiprocessing import current_process
from types import TracebackType
from typing import Any, Self

from bnsim.engine.cache import Compiled, exchanging
from bnsim.errors import BnsimError, InputError, MachineError, first_line
from experiments.run.execute import Workers
from experiments.run.executor import AnyJob, Failure, Job, Watcher
from experiments.spec import Progress

PATIENCE = 30.0
"""Seconds for which a scheduler is waited for, at the beginning and when the connection to it is lost."""

COUNTED_EVERY = 1.0
"""Seconds between two looks at how many workers there are."""

MOST_KEPT = 100
"""Compiled networks that the scheduler keeps at most, each of some 0.1 MB."""

_DIED = "its Dask worker died, {attempts} times; if memory ran out, give workers more or take smaller sizes"

_KEPT = "bnsim network "
"""With a fingerprint, the name under which a scheduler keeps a compiled network."""

_ONE_AT_A_TIME = threading.Lock()


def connected_to(address: str) -> Callable[[int], DaskExecutor]:
    """Return what creates executors on the workers of a scheduler that runs already.

    Parameters
    ----------
    address
        Address of the scheduler, such as tcp://host:8786.

    Returns
    -------
    callable
        Function of the number of jobs, which the number of workers does not depend on.

    Raises
    ------
    InputError
        If Dask is not installed.
    """
    require_dask("--scheduler")
    return lambda jobs: DaskExecutor(lambda stack: address, f"--scheduler {address}")


def require_dask(option: str) -> None:
    """Refuse an option that needs Dask where that is not installed.

    Parameters
    ----------
    option
        Name of the option.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        import distributed  # noqa: F401

        jobqueue()
    except ImportError as error:
        raise InputError(f"{option}: needs Dask ({first_line(error)}); pip install 'bnsim[cluster]'") from None


def jobqueue() -> Any:
    """Import dask-jobqueue, which takes Ctrl-C for itself when it is imported, and give Ctrl-C back.

    Returns
    -------
    module
        dask_jobqueue.

    Raises
    ------
    ImportError
        If it is not installed.
    """
    before = signal.getsignal(signal.SIGINT)
    try:
        return import_module("dask_jobqueue")
    finally:
        signal.signal(signal.SIGINT, before)


class DaskExecutor:
    """An `Executor` on a Dask cluster, used as a context manager.

    Parameters
    ----------
    open_cluster
        Function of a stack of contexts, which closes the cluster at the end where it should be; returns the cluster, or
        the address of its scheduler.
    culprit
        What asked for the cluster, for messages.
    """

    def __init__(self, open_cluster: Callable[[ExitStack], Any], culprit: str) -> None:
        self._open_cluster, self._culprit = open_cluster, culprit
        self._stack = ExitStack()
        self._counted, self._threads = 0.0, 1

    def __enter__(self) -> Self:
        from distributed import Client

        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it says, the errors below say in one line
        with self._stack:
            try:
                target = self._open_cluster(self._stack)
                self._client = self._stack.enter_context(Client(target, timeout=PATIENCE, set_as_default=False))
            except BnsimError:
                raise
            except (OSError, ValueError, TypeError, RuntimeError) as error:
                raise InputError(
                    f"{self._culprit}: no Dask scheduler answers there ({first_line(error)}); start one with "
                    "`dask scheduler`, or correct the address"
                ) from None
            self._stack.callback(self._forget)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError, TimeoutError):  # a cluster that is gone cannot be left in good order
            self._stack.close()

    def _forget(self) -> None:
        """Remove the compiled networks from the scheduler, which others may use too."""
        for name in self._client.list_datasets() if self._client.status == "running" else ():
            if name.startswith(_KEPT):
                self._client.unpublish_dataset(name)

    def run(self, jobs: Sequence[Job], watcher: Watcher) -> Iterator[tuple[int, Any]]:
        """Yield the index and the result of each job as soon as it ends; the first failure ends the iteration.

        Parameters
        ----------
        jobs
            The jobs.
        watcher
            Is told which jobs have ended; there is no progress within one.

        Returns
        -------
        iterator of tuple
            Index of the job in `jobs`, and its result.

        Raises
        ------
        BnsimError
            If a job fails, or the cluster.
        """
        for numbered, result in self.stream(_Numbered(index, job) for index, job in enumerate(jobs)):
            if isinstance(result, Failure):
                error = result.error(f"{numbered.name}: {result.message}")
                error.add_note(result.trace)
                raise error
            watcher.finished(numbered.index)
            yield numbered.index, result

    def stream(self, jobs: Iterable[AnyJob]) -> Iterator[tuple[AnyJob, Any]]:
        """Yield each job and its result, or its `Failure`, as soon as it ends, in no particular order.

        Parameters
        ----------
        jobs
            The jobs, of which one for each thread of a worker is taken at a time.

        Returns
        -------
        iterator of tuple
            The job, and its result or `Failure`.

        Raises
        ------
        MachineError
            If the scheduler is lost, or its workers cannot do any job.
        """
        source, again = iter(jobs), deque[AnyJob]()
        ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        held: dict[str, tuple[AnyJob, Any]] = {}
        try:
            while True:
                while len(held) < self._room():
                    job = again.popleft() if again else next(source, None)
                    if job is None:
                        break
                    future = self._client.submit(_carried_out, pickle.dumps(job), pure=False)
                    held[future.key] = job, future
                    future.add_done_callback(ended.put)
                if not held:
                    return
                with suppress(queue.Empty):
                    future = ended.get(timeout=COUNTED_EVERY)
                    job, _ = held.pop(future.key)
                    found = self._result(future)
                    if found is None:
                        again.append(job)
                    else:
                        yield job, found[0]
        finally:
            with suppress(Exception):  # the scheduler may be gone
                self._client.cancel([future for _, future in held.values()])

    def _room(self) -> int:
        """Return how many jobs the cluster takes at a time, at least one: a cluster without workers waits for some."""
        if time.monotonic() - self._counted > COUNTED_EVERY:
            self._counted = time.monotonic()
            with suppress(Exception):  # no scheduler at the moment: the number is what it was
                self._threads = sum(self._client.nthreads().values())
        return max(1, self._threads)

    def _result(self, future: Any) -> tuple[Any] | None:
        """Return the result or failure of a job that has ended; None if it was cancelled and must be done again."""
        from distributed.client import FutureCancelledError
        from distributed.scheduler import KilledWorker

        try:
            kind, *content = future.result()
        except KilledWorker as error:
            return (Failure(MachineError, _DIED.format(attempts=error.allowed_failures + 1)),)
        except FutureCancelledError:
            self._wait()
            return None
        except Exception as error:  # of Dask, or of a worker that cannot import what it is given
            raise MachineError(
                f"{self._culprit}: a worker cannot do any work ({type(error).__name__}: {first_line(error)}); install "
                "the same version of bnsim and its extras there"
            ) from error
        finally:
            future.release()
        return (Failure(*content) if kind == "failed" else content[0],)

    def _wait(self) -> None:
        """Wait until the scheduler answers again."""
        until = time.monotonic() + PATIENCE + 1
        while self._client.status != "running":
            if self._client.status == "closed" or time.monotonic() > until:
                raise MachineError(
                    f"{self._culprit}: the connection to the Dask scheduler is lost, and it did not answer for "
                    f"{PATIENCE:.0f} s; start it again"
                )
            time.sleep(0.1)
        self._counted = 0.0


@dataclass(frozen=True)
class _Numbered:
    """A job with its place among others."""

    index: int
    job: Job

    @property
    def name(self) -> str:
        return self.job.name

    def __call__(self, progress: Progress) -> Any:
        return self.job(progress)


@dataclass(frozen=True)
class _Scheduler:
    """The scheduler as the place where workers give each other what they have compiled."""

    address: str
    security: Any

    def get(self, fingerprint: str) -> Compiled | None:
        with suppress(Exception), self._asked() as client:  # without an answer, this machine compiles
            found: Compiled | None = client.get_dataset(_KEPT + fingerprint, default=None)
            return found
        return None

    def put(self, fingerprint: str, compiled: Compiled) -> None:
        with suppress(Exception), self._asked() as client:  # another may have been quicker, or the scheduler is gone
            if sum(name.startswith(_KEPT) for name in client.list_datasets()) < MOST_KEPT:
                client.publish_dataset(compiled, name=_KEPT + fingerprint)

    def _asked(self) -> Any:
        from distributed import Client

        return Client(self.address, security=self.security, timeout=PATIENCE, set_as_default=False)


@dataclass(frozen=True)
class _Exchanging:
    """A job, and the scheduler that its compiled networks come from and go to."""

    job: Job
    scheduler: _Scheduler

    @property
    def name(self) -> str:
        return self.job.name

    def __call__(self, progress: Progress) -> Any:
        with exchanging(self.scheduler):
            return self.job(progress)


def _carried_out(pickled: bytes) -> tuple[Any, ...]:
    """Carry out a job in the one process that a Dask worker keeps for that."""
    from distributed import get_worker

    job: Job = pickle.loads(pickled)
    worker = get_worker()
    with _ONE_AT_A_TIME:
        try:
            ((_, result),) = _own_process().stream(
                [_Exchanging(job, _Scheduler(worker.scheduler.address, worker.security))]
            )
        except BnsimError as error:
            result = Failure(type(error), str(error).removeprefix(f"{job.name}: "))
    failed = isinstance(result, Failure)
    return ("failed", result.error, result.message, result.trace) if failed else ("finished", result)


@cache
def _own_process() -> Workers:
    """Start the process, which ends with this one.

    Python allows a daemon, as Dask's workers are, no children, since nobody would end them: these end by themselves.
    """
    configuration = current_process()._config  # type: ignore[attr-defined]
    configuration["daemon"] = False
    return Workers(1).__enter__()
