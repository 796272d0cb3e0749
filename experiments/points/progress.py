"""Show how many of many short jobs are done: a bar on a terminal, otherwise a line now and then."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from experiments.terminal import Terminal

LINE_EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


class PointsProgress:
    """Shows progress on standard error; use it as a context manager.

    Parameters
    ----------
    total
        Number of jobs, 0 if nobody knows.
    what
        What they are called.
    kept
        Number of those that were finished earlier; they count as done.
    console
        Where to print; None for standard error.
    """

    def __init__(self, total: int, what: str, kept: int = 0, console: Console | None = None) -> None:
        self._total, self._what, self._kept = total, what, kept
        self._console = console or Terminal(errors=True)
        self._started = self._said = time.monotonic()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal or self._console.is_jupyter:
            columns = [TextColumn("{task.fields[text]}"), BarColumn(), TimeElapsedColumn()]
            if self._total:
                columns += [TextColumn("left"), TimeRemainingColumn()]
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task(
                "points", total=self._total or None, completed=self._kept, text=self._text(0, 0)
            )
        elif self._kept:
            self._console.print(f"{self._text(0, 0)} were finished before")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, done: int, failed: int) -> None:
        """Show how far the work is.

        Parameters
        ----------
        done
            Jobs that have ended by now.
        failed
            Those of them that failed.
        """
        now = time.monotonic()
        if self._bar is not None:
            self._bar.update(self._task, completed=self._kept + done, text=self._text(done, failed))
        elif now - self._said >= LINE_EVERY:
            self._said = now
            missing = self._total - self._kept - done
            left = (now - self._started) * missing / done if done and self._total else None
            self._console.print(self._text(done, failed) + (f", {left:.0f} s left" if left is not None else ""))

    def _text(self, done: int, failed: int) -> str:
        of = f"/{self._total}" if self._total else ""
        return f"{self._kept + done}{of} {self._what}" + (f", {failed} failed" if failed else "")
