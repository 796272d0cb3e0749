"""What runs jobs, whichever it is: the protocol of executors, and what a job gives back."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias, TypeVar

from bnsim.errors import BnsimError, MachineError, first_line, out_of_memory
from experiments.spec import Progress


class Job(Protocol):
    """A task for a worker: picklable, called with a progress callback."""

    @property
    def name(self) -> str:
        """Name for messages."""

    def __call__(self, progress: Progress) -> Any: ...


AnyJob = TypeVar("AnyJob", bound=Job)


@dataclass(frozen=True)
class Failure:
    """What a job of a stream returns that failed.

    Parameters
    ----------
    error
        Class of the error.
    message
        The error in one line.
    trace
        The worker's traceback; empty if its process died.
    """

    error: type[BnsimError]
    message: str
    trace: str = ""


class Executor(Protocol):
    """Runs jobs; used as a context manager.

    `Workers` is the implementation with processes of this machine, `experiments.run.dask_executor` one for clusters.
    """

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

    def stream(self, jobs: Iterable[AnyJob]) -> Iterator[tuple[AnyJob, Any]]:
        """Yield each job and its result, or its `Failure`, as soon as it ends.

        Parameters
        ----------
        jobs
            The jobs, of which one for each worker is taken at a time.

        Returns
        -------
        iterator of tuple
            The job, and its result or `Failure`.
        """


MakeExecutor: TypeAlias = Callable[[int], Executor]
"""Function that creates the executor for a number of workers, or jobs."""


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


def outcome_of(job: Job, progress: Progress) -> tuple[Any, ...]:
    """Carry out a job in this process.

    Parameters
    ----------
    job
        The job.
    progress
        Receives the units of work that are done, and their total.

    Returns
    -------
    tuple
        "finished" and the result, or "failed" and the parameters of a `Failure`.
    """
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
