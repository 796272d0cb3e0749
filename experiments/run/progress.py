"""Show the progress of a run's jobs on standard error: a bar on a terminal, otherwise one plain line for each job."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from experiments.terminal import Terminal


class ProgressDisplay:
    """A `Watcher` (see `experiments.run.executor`) that shows the progress of jobs; use it as a context manager.

    Parameters
    ----------
    names
        Names of the jobs, in their order.
    present
        Whether their units of work are presentations, whose rate is shown.
    kept
        Number of further jobs that were finished earlier; they count as done.
    console
        Where to print; None for standard error.
    """

    def __init__(
        self, names: Sequence[str], present: bool = True, kept: int = 0, console: Console | None = None
    ) -> None:
        self._names = names
        self._present = present
        self._kept = kept
        self._console = console or Terminal(errors=True)
        self._fractions = [0.0] * len(names)
        self._presented = [0] * len(names)
        self._begun: dict[int, tuple[float, int]] = {}
        self._n_finished = 0
        self._started = time.monotonic()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal or self._console.is_jupyter:
            self._bar = Progress(
                TextColumn("{task.fields[jobs]}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f} %{task.fields[rate]}"),
                TimeElapsedColumn(),
                TextColumn("left"),
                TimeRemainingColumn(),
                console=self._console,
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task("jobs", total=self._total, completed=self._kept, jobs=self._jobs(), rate="")
        elif self._kept:
            self._console.print(f"{self._jobs()} were finished before", markup=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def advanced(self, index: int, done: int, total: int) -> None:
        """Show progress within a job.

        Parameters
        ----------
        index
            Index of the job.
        done
            Units of work that are done.
        total
            Units of work of the job.
        """
        self._fractions[index] = done / total if total else 0.0
        self._presented[index] = done
        if self._present:  # the first report of a training says where it begins: anew, or where it was interrupted
            self._begun.setdefault(index, (self._fractions[index], done))
        self._refresh()

    def finished(self, index: int) -> None:
        """Show the end of a job.

        Parameters
        ----------
        index
            Index of the job.
        """
        self._fractions[index] = 1.0
        self._n_finished += 1
        if self._bar is None:
            self._console.print(f"{self._jobs()}: {self._names[index]}{self._rate(', ')}{self._left()}", markup=False)
        self._refresh()

    def _refresh(self) -> None:
        if self._bar is not None:
            done = self._kept + sum(self._fractions)
            self._bar.update(self._task, completed=done, jobs=self._jobs(), rate=self._rate("  "))

    @property
    def _total(self) -> int:
        return self._kept + len(self._names)

    def _jobs(self) -> str:
        return f"{self._kept + self._n_finished}/{self._total} jobs"

    def _left(self) -> str:
        """What the missing work takes, by what was done so far; nothing where all of that was done before."""
        gained = sum(self._fractions) - sum(fraction for fraction, _ in self._begun.values())
        missing = len(self._names) - sum(self._fractions)
        elapsed = time.monotonic() - self._started
        return f", {elapsed * missing / gained:.0f} s left" if gained > 0 else ""

    def _rate(self, separator: str) -> str:
        presented = sum(self._presented) - sum(done for _, done in self._begun.values())
        rate = max(presented, 0) / max(time.monotonic() - self._started, 1e-9)
        return f"{separator}{rate:,.0f} presentations/s" if self._present else ""


@contextmanager
def saying(what: str, console: Console | None = None) -> Iterator[None]:
    """Say what is being done while it takes its time: beside a moving sign on a terminal, otherwise on a line.

    Parameters
    ----------
    what
        What is being done.
    console
        Where to print; None for standard error.
    """
    console = console or Terminal(errors=True)
    if console.is_terminal or console.is_jupyter:
        with console.status(what):
            yield
    else:
        console.print(what, markup=False)
        yield


class Silence:
    """A `Watcher` (see `experiments.run.executor`) that shows nothing."""

    def advanced(self, index: int, done: int, total: int) -> None:
        """Ignore progress within a job.

        Parameters
        ----------
        index
            Index of the job.
        done
            Units of work that are done.
        total
            Units of work of the job.
        """

    def finished(self, index: int) -> None:
        """Ignore the end of a job.

        Parameters
        ----------
        index
            Index of the job.
        """
