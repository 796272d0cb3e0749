"""What is said on standard error while points are measured."""

from __future__ import annotations

import io
import itertools

import pytest
from rich.console import Console

from experiments.points.progress import PointsProgress


def test_what_was_finished_before_counts_and_takes_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.points.progress.time.monotonic", itertools.cycle([0.0, 20.0]).__next__)
    file = io.StringIO()
    with PointsProgress(10, "points", kept=4, console=Console(file=file, soft_wrap=True)) as progress:
        progress.show(2, 1)
    assert file.getvalue().splitlines() == [
        "4/10 points were finished before",
        "6/10 points, 1 failed, 40 s left",
    ]


def test_a_bar_begins_with_what_was_finished_before() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=120, color_system=None)
    with PointsProgress(10, "points", kept=4, console=console) as progress:
        progress.show(2, 0)
    assert "4/10 points" in file.getvalue()
    assert "6/10 points" in file.getvalue()
