"""What is said on standard error while jobs run."""

from __future__ import annotations

import io
import itertools
import re

import pytest
from rich.console import Console

from experiments.run.progress import ProgressDisplay, saying


@pytest.mark.parametrize(
    ("present", "line"),
    [(True, r"1/2 jobs: first, [\d,]+ presentations/s, \d+ s left"), (False, r"1/2 jobs: first, \d+ s left")],
)
def test_each_job_has_a_line_in_a_file(present: bool, line: str) -> None:
    """A rate of presentations is told only of jobs that present samples."""
    file = io.StringIO()
    with ProgressDisplay(["first", "second"], present, console=Console(file=file, soft_wrap=True)) as display:
        display.advanced(0, 50, 100)
        display.finished(0)
    (said,) = file.getvalue().splitlines()
    assert re.fullmatch(line, said)


@pytest.mark.parametrize("present", [True, False])
def test_a_terminal_has_a_bar(present: bool) -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=120, color_system=None)
    with ProgressDisplay(["first", "second"], present, console=console) as display:
        display.advanced(0, 50, 100)
        display.finished(0)
    assert "1/2 jobs" in file.getvalue()
    assert ("presentations/s" in file.getvalue()) is present


def test_jobs_that_were_finished_before_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what a training had seen before it was interrupted is neither rate nor time that is left."""
    monkeypatch.setattr("experiments.run.progress.time.monotonic", itertools.cycle([0.0, 10.0, 10.0]).__next__)
    file = io.StringIO()
    with ProgressDisplay(["first", "second"], kept=3, console=Console(file=file, soft_wrap=True)) as display:
        display.advanced(0, 900, 1000)
        display.advanced(0, 1000, 1000)
        display.finished(0)
    assert file.getvalue().splitlines() == [
        "3/5 jobs were finished before",
        "4/5 jobs: first, 10 presentations/s, 100 s left",
    ]


def test_nothing_is_said_of_the_time_left_while_nothing_was_done() -> None:
    """A training that was kept to its end is no measure of the others."""
    file = io.StringIO()
    with ProgressDisplay(["first", "second"], console=Console(file=file, soft_wrap=True)) as display:
        display.advanced(0, 1000, 1000)
        display.finished(0)
    assert file.getvalue() == "1/2 jobs: first, 0 presentations/s\n"


def test_a_bar_begins_with_what_was_finished_before() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=120, color_system=None)
    with ProgressDisplay(["first"], kept=3, console=console):
        pass
    assert "3/4 jobs" in file.getvalue()
    assert "75 %" in file.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_what_takes_its_time_is_said(terminal: bool) -> None:
    """On a terminal only while it lasts."""
    file = io.StringIO()
    with saying("drawing", Console(file=file, force_terminal=terminal, width=40, color_system=None)):
        pass
    assert "drawing" in file.getvalue()
    assert (file.getvalue() == "drawing\n") is not terminal
