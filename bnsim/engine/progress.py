"""Progress of a long run: biological time, how much of it is done, and how it compares with real time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from bnsim.engine.job import Reporter


@contextmanager
def progress_of(steps: int, dt: float, *, shown: bool) -> Iterator[Reporter | None]:
    """Show a bar while a run goes on.

    Parameters
    ----------
    steps : int
        Length of the run in steps.
    dt : float
        Time step in seconds.
    shown : bool
        Whether there is a bar at all.

    Yields
    ------
    callable or None
        What the back end tells how many steps are done; None without a bar.
    """
    if not shown:
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    text = TextColumn("{task.fields[simulated]:.4g} of {task.fields[whole]:.4g} s simulated ({task.fields[speed]})")
    with Progress(text, BarColumn(), TimeElapsedColumn(), "elapsed,", TimeRemainingColumn(), "left") as bar:
        started = time.perf_counter()
        task = bar.add_task("", total=steps, simulated=0.0, whole=steps * dt, speed="starting")

        def report(done: int) -> None:
            ratio = done * dt / max(time.perf_counter() - started, 1e-9)
            bar.update(task, completed=done, simulated=done * dt, speed=f"{ratio:.3g} x real time")

        yield report
        report(steps)
