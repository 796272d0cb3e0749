"""Workers: results as they end, failures in one line, nobody left behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bnsim.errors import InputError, MachineError
from experiments.run import executor
from experiments.run.execute import Workers
from experiments.run.progress import Silence
from experiments.spec import Progress


@dataclass(frozen=True)
class Echo:
    """Hands back its number and the process and the thread limit that it saw."""

    number: int

    @property
    def name(self) -> str:
        return f"echo {self.number}"

    def __call__(self, progress: Progress) -> tuple[int, int, str]:
        progress(1, 1)
        time.sleep(0.02)
        return self.number, os.getpid(), os.environ["OMP_NUM_THREADS"]


@dataclass(frozen=True)
class Failure:
    """Fails in a chosen way."""

    how: str
    name: str = "failing job"

    def __call__(self, progress: Progress) -> None:
        if self.how == "input":
            raise InputError("Dense.passes: got 0; give an integer of at least 1")
        if self.how == "exception":
            raise ZeroDivisionError("division by zero\nsecond line")
        os._exit(9)


class Record(Silence):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, ...]] = []

    def advanced(self, index: int, done: int, total: int) -> None:
        self.told.append((index, done, total))

    def finished(self, index: int) -> None:
        self.told.append((index,))


def test_results_come_as_they_end_from_two_processes_reused(monkeypatch: pytest.MonkeyPatch) -> None:
    watcher = Record()
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    with Workers(2) as workers:
        first = list(workers.run([Echo(number) for number in range(6)], watcher))
        second = list(workers.run([Echo(number) for number in range(2)], Silence()))
    assert sorted(place for place, _ in first) == list(range(6))
    assert all(number == place for place, (number, _, _) in first)
    assert len({process for _, (_, process, _) in first + second}) == 2
    assert {threads for _, (_, _, threads) in first} == {"1"}
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert sorted(entry for entry in watcher.told if len(entry) == 1) == [(index,) for index in range(6)]
    assert (0, 1, 1) in watcher.told


def test_a_worker_that_is_gone_already_is_reported_in_one_line() -> None:
    with Workers(1) as workers:
        process = workers._workers[0].process
        process.kill()
        process.join()
        with pytest.raises(MachineError) as caught:
            list(workers.run([Echo(1)], Silence()))
    assert str(caught.value).startswith("echo 1: its worker process died (exit code -9); if memory ran out use")
    assert "\n" not in str(caught.value)


def test_a_result_is_there_before_the_next_job_ends() -> None:
    with Workers(1) as workers:
        results = workers.run([Echo(0), Failure("input")], Silence())
        assert next(results)[1][0] == 0
        with pytest.raises(InputError):
            next(results)


@pytest.mark.slow
def test_a_stream_takes_an_iterator_returns_failures_and_replaces_workers_that_die() -> None:
    taken = 0

    def jobs() -> Iterator[Echo | Failure]:
        nonlocal taken
        for job in (Failure("input"), Failure("death"), Echo(1), Failure("exception"), Echo(2)):
            taken += 1
            yield job

    with Workers(1) as workers:
        first = workers._workers[0].process.pid
        stream = workers.stream(jobs())
        job, failure = next(stream)
        assert taken == 1  # one for each worker, and no more
        found = {job: failure, **dict(stream)}
        assert workers._workers[0].process.pid != first
    assert found[Failure("input")] == executor.Failure(
        InputError, "Dense.passes: got 0; give an integer of at least 1", found[Failure("input")].trace
    )
    assert "Traceback" in found[Failure("exception")].trace
    assert found[Failure("exception")].message.startswith("ZeroDivisionError: division by zero;")
    assert found[Failure("death")].message.startswith("its worker process died (exit code 9); if memory ran out")
    assert (found[Echo(1)][0], found[Echo(2)][0]) == (1, 2)


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        ("input", InputError, "failing job: Dense.passes: got 0; give an integer of at least 1"),
        (
            "exception",
            MachineError,
            "failing job: ZeroDivisionError: division by zero; --debug shows the traceback",
        ),
        ("death", MachineError, "failing job: its worker process died (exit code 9); if memory ran out"),
    ],
)
def test_a_failure_ends_the_run_in_one_line(how: str, error: type[Exception], message: str) -> None:
    with Workers(1) as workers:
        process = workers._workers[0].process
        with pytest.raises(error) as caught:
            list(workers.run([Failure(how), Echo(1)], Silence()))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert not process.is_alive()
