"""Work that stands still between two reports."""

from __future__ import annotations

import gc
import threading
import time

import pytest

from experiments.lab.pacing import Paced, Report


def counted(report: Report) -> str:
    for number in range(3):
        report(number)
    return "done"


def ends(name: str) -> bool:
    """Whether the threads of paced works are gone, soon."""
    end = time.monotonic() + 5
    while any(thread.name == name for thread in threading.enumerate()) and time.monotonic() < end:
        time.sleep(0.01)
    return not any(thread.name == name for thread in threading.enumerate())


def test_each_advance_is_one_report() -> None:
    work = Paced(counted)
    seen = []
    while not work.finished:
        work.advance()
        seen.append((work.last, work.result))
    assert seen == [(0, None), (1, None), (2, None), (2, "done")]
    work.advance()
    assert work.result == "done"


def test_nothing_goes_on_by_itself() -> None:
    reached = []

    def work(report: Report) -> None:
        report(1)
        reached.append(True)

    paced = Paced(work)
    paced.advance()
    time.sleep(0.05)
    assert not reached
    paced.advance()
    assert reached


def test_what_it_raises_is_raised_again() -> None:
    def fail(report: Report) -> None:
        raise ValueError("no images")

    work = Paced(fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="no images"):
            work.advance()


@pytest.mark.parametrize("begun", [False, True])
def test_who_leaves_ends_it(begun: bool) -> None:
    work = Paced(counted)
    if begun:
        work.advance()
    work.leave()
    work.advance()
    assert work.finished
    assert work.result is None
    assert ends("lab-paced")


def test_what_is_forgotten_ends() -> None:
    work = Paced(counted)
    work.advance()
    del work
    gc.collect()
    assert ends("lab-paced")
