"""Show the progress of a run's jobs on standard error: a bar on a terminal, otherwise one plain line for each job."""

from __future__ import annotations

import time
from collections.abc import Sequence
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
    console
        Where to print; None for standard error.
    """

    def __init__(self, names: Sequence[str], present: bool = True, console: Console | None = None) -> None:
        self._names = names
        self._present = present
        self._console = console or Terminal(errors=True)
        self._fractions = [0.0] * len(names)
        self._presented = [0] * len(names)
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
            self._task = self._bar.add_task("jobs", total=len(self._names), jobs=self._jobs(), rate="")
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
            elapsed = time.monotonic() - self._started
            left = elapsed * (len(self._names) / max(sum(self._fractions), 1e-9) - 1)
            self._console.print(
                f"{self._jobs()}: {self._names[index]}{self._rate(', ')}, {left:.0f} s left", markup=False
            )
        self._refresh()

    def _refresh(self) -> None:
        if self._bar is not None:
            self._bar.update(self._task, completed=sum(self._fractions), jobs=self._jobs(), rate=self._rate("  "))

    def _jobs(self) -> str:
        return f"{self._n_finished}/{len(self._names)} jobs"

    def _rate(self, separator: str) -> str:
        rate = sum(self._presented) / max(time.monotonic() - self._started, 1e-9)
        return f"{separator}{rate:,.0f} presentations/s" if self._present else ""


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
