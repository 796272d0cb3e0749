"""What is said on standard error while jobs run."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from experiments.run.progress import ProgressDisplay


@pytest.mark.parametrize(
    ("present", "line"),
    [(True, r"1/2 jobs: first, [\d,]+ presentations/s, \d+ s left"), (False, r"1/2 jobs: first, \d+ s left")],
)
def test_each_job_has_a_line_in_a_file(present: bool, line: str) -> None:
    """A rate of presentations is told only of jobs that present samples."""
    file = io.StringIO()
    with ProgressDisplay(["first", "second"], present, Console(file=file, soft_wrap=True)) as display:
        display.advanced(0, 50, 100)
        display.finished(0)
    (said,) = file.getvalue().splitlines()
    assert re.fullmatch(line, said)


@pytest.mark.parametrize("present", [True, False])
def test_a_terminal_has_a_bar(present: bool) -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=120, color_system=None)
    with ProgressDisplay(["first", "second"], present, console) as display:
        display.advanced(0, 50, 100)
        display.finished(0)
    assert "1/2 jobs" in file.getvalue()
    assert ("presentations/s" in file.getvalue()) is present
