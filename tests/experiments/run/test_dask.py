"""Sweeps on Dask clusters: other processes, workers that are killed, a scheduler that is stopped and started again."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bnsim.errors import InputError, MachineError
from experiments.points.sweep import sweep
from experiments.run import dask_executor
from experiments.run.dask_executor import connected_to

from ..parabola import parabola, streams

COMPILER = """#!/bin/sh
# Brian2 asks compilers which flags they know, once on a machine: that compiles no network.
case " $* " in *" everything.cpp "*) echo compiled >> {log} ;; esac
exec c++ "$@"
"""
SLOWLY = {"parabola.seconds": 0.3}
PLACES = {"parabola.x": tuple(range(12))}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> str:
    pytest.importorskip("distributed")
    return parabola(tmp_path_factory.mktemp("study"))


class Cluster:
    """A scheduler and workers, each in a process of its own, started by Dask's commands."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.environments: dict[str, dict[str, str]] = {}

    def start(self, *names: str) -> None:
        """Start the scheduler, or a worker of another name."""
        for name in names:
            arguments = (
                ["scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--dashboard-address", ":0"]
                if name == "scheduler"
                else ["worker", self.address, "--nthreads", "1", "--no-dashboard", "--death-timeout", "60"]
            )
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                cwd=self.folder,
                env={
                    **os.environ,
                    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
                    **self.environments.get(name, {}),
                },
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Kill the scheduler, or a worker with its processes."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for name in list(self.processes):
            self.kill(name)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.end()


@contextmanager
def after_lines(out: Path, lines: int, action: object) -> Iterator[None]:
    """Do something as soon as so many points are finished."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            if sum(path.read_bytes().count(b"\n") for path in out.glob("*/finished.jsonl")) >= lines:
                action()  # type: ignore[operator]
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def expected(study: str, out: Path) -> bytes:
    """What the table of the sweep must hold, as this process finds it."""
    found = sweep(study, PLACES, seeds=1, out=out, settings=SLOWLY, make_executor=streams()[0])
    return (found.directory / "results.parquet").read_bytes()


@pytest.mark.slow
def test_points_fail_die_and_end_in_other_processes_as_in_this_one(study: str, tmp_path: Path) -> None:
    from distributed import LocalCluster

    grid = {"parabola.x": (-1, 0, 1, 2, 3)}
    here = sweep(study, grid, seeds=2, out=tmp_path / "here", make_executor=streams()[0])
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=logging.CRITICAL
    ) as cluster:
        make = connected_to(cluster.scheduler_address)
        there = sweep(study, grid, seeds=2, out=tmp_path / "there", make_executor=make)
        deadly = {"parabola.deaths": 1, "parabola.folder": str(tmp_path)}
        once = sweep(study, {"parabola.x": (1, 2)}, seeds=1, out=tmp_path / "once", settings=deadly, make_executor=make)
        deadly["parabola.deaths"] = 9
        often = sweep(study, {"parabola.x": (5,)}, seeds=1, out=tmp_path / "often", settings=deadly, make_executor=make)
    for name in ("results.parquet", "summary.parquet", "failed.jsonl"):
        assert (here.directory / name).read_bytes() == (there.directory / name).read_bytes()
    assert (there.counts["finished"], there.counts["failed"]) == (8, 2)
    assert (once.counts["finished"], once.counts["failed"]) == (2, 0)
    assert len((tmp_path / "deaths-5.0").read_text()) == 2  # tried once more
    (failure,) = often.failures
    assert failure.message.startswith("its worker process died (exit code 9); if memory ran out use fewer samples")


@pytest.mark.slow
def test_a_scheduler_that_is_stopped_and_started_again_loses_nothing(
    study: str, tmp_path: Path, cluster: Cluster
) -> None:
    def restart() -> None:
        cluster.end()
        cluster.start("scheduler", "one")

    cluster.start("scheduler", "one")
    out = tmp_path / "s"
    with after_lines(out, 3, restart):
        found = sweep(study, PLACES, seeds=1, out=out, settings=SLOWLY, make_executor=connected_to(cluster.address))
    assert found.counts["finished"] == 12
    assert (found.directory / "results.parquet").read_bytes() == expected(study, tmp_path / "here")


@pytest.mark.slow
def test_a_scheduler_that_is_gone_is_told_and_the_same_command_goes_on(
    study: str, tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_executor, "PATIENCE", 5.0)
    out = tmp_path / "s"
    make = connected_to(cluster.address)
    with pytest.raises(InputError) as refused:
        sweep(study, PLACES, seeds=1, out=out, settings=SLOWLY, make_executor=make)
    assert str(refused.value).startswith(f"--scheduler {cluster.address}: no Dask scheduler answers there (Timed out")
    monkeypatch.setattr(dask_executor, "PATIENCE", 30.0)
    cluster.start("scheduler", "one")
    with after_lines(out, 3, cluster.end), pytest.raises(MachineError) as caught:
        sweep(study, PLACES, seeds=1, out=out, settings=SLOWLY, make_executor=make)
    said = str(caught.value)
    assert said.startswith(f"--scheduler {cluster.address}: the connection to the Dask scheduler is lost, and it did")
    assert " of 12 points and seeds are kept; continue with `bnsim resume " in said
    assert "\n" not in said
    kept = next(out.glob("*/finished.jsonl")).read_bytes()
    cluster.start("scheduler", "one")
    found = sweep(study, PLACES, seeds=1, out=out, settings=SLOWLY, make_executor=make)
    assert (found.directory / "finished.jsonl").read_bytes().startswith(kept)
    assert (found.directory / "finished.jsonl").read_bytes().count(b"\n") == 12
    assert (found.directory / "results.parquet").read_bytes() == expected(study, tmp_path / "here")


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_nothing(study: str, tmp_path: Path, cluster: Cluster) -> None:
    cluster.start("scheduler", "one", "two")
    out = tmp_path / "s"
    with after_lines(out, 3, lambda: cluster.kill("one")):
        found = sweep(study, PLACES, seeds=1, out=out, settings=SLOWLY, make_executor=connected_to(cluster.address))
    assert (found.counts["finished"], found.counts["failed"]) == (12, 0)
    assert (found.directory / "results.parquet").read_bytes() == expected(study, tmp_path / "here")


@pytest.mark.slow
def test_machines_with_the_same_compiler_compile_a_network_once(tmp_path: Path, cluster: Cluster) -> None:
    log, program = tmp_path / "log", tmp_path / "compiler"
    program.write_text(COMPILER.format(log=log))
    program.chmod(0o700)
    for name in ("one", "two"):
        cluster.environments[name] = {"BNSIM_CACHE": str(tmp_path / name), "CXX": str(program)}

    def change() -> None:
        cluster.kill("one")
        cluster.start("two")

    cluster.start("scheduler", "one")
    out = tmp_path / "s"
    make = connected_to(cluster.address)
    with after_lines(out, 1, change):
        found = sweep("siegert", {"siegert.mean": (12.0,)}, preset="tiny", seeds=3, out=out, make_executor=make)
    assert found.counts["finished"] == 3
    assert log.read_text() == "compiled\n"
    binaries = [next((tmp_path / name).glob("*/main")) for name in ("one", "two")]
    assert binaries[0].parent.name == binaries[1].parent.name
    assert binaries[0].read_bytes() == binaries[1].read_bytes()
    here = sweep(
        "siegert", {"siegert.mean": (12.0,)}, preset="tiny", seeds=3, out=out / "h", make_executor=streams()[0]
    )
    for name in ("results.parquet", "summary.parquet"):
        assert (found.directory / name).read_bytes() == (here.directory / name).read_bytes()
    from distributed import Client

    with Client(cluster.address, set_as_default=False) as client:
        assert client.list_datasets() == ()  # nothing stays where others work, too
