"""Sweeps in worker processes and from the command line: deaths of workers, of the command, and an empty cache."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.points.sweep import sweep

from ...ends import Place
from ..parabola import parabola, streams

PLACES = {"parabola.x": tuple(range(10))}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> str:
    return parabola(tmp_path_factory.mktemp("study"))


@pytest.mark.slow
def test_the_number_of_workers_changes_no_bit_and_a_point_that_kills_them_is_tried_twice(
    study: str, tmp_path: Path
) -> None:
    grid = {"parabola.x": (-1, 0, 1, 2)}
    here = sweep(study, grid, seeds=2, out=tmp_path / "here", make_executor=streams()[0])
    there = sweep(study, grid, seeds=2, out=tmp_path / "there", workers=2)
    for name in ("results.parquet", "summary.parquet", "failed.jsonl"):
        assert (here.directory / name).read_bytes() == (there.directory / name).read_bytes()
    deadly = {"parabola.deaths": 1, "parabola.folder": str(tmp_path)}
    once = sweep(study, {"parabola.x": (1,)}, seeds=1, out=tmp_path / "once", settings=deadly, workers=1)
    assert (once.counts["finished"], once.counts["failed"]) == (1, 0)
    deadly["parabola.deaths"] = 9
    often = sweep(study, {"parabola.x": (4, 5)}, seeds=1, out=tmp_path / "often", settings=deadly, workers=2)
    assert [failure.message.partition(";")[0] for failure in often.failures] == [
        "its worker process died (exit code 9)"
    ] * 2
    assert len((tmp_path / "deaths-4.0").read_text()) == 2


def lines(folder: Path) -> int:
    """How many points of the only sweep of a folder are finished."""
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("sweeps/*/finished.jsonl"))


@pytest.mark.slow
@pytest.mark.parametrize("which", [signal.SIGKILL, signal.SIGTERM])
def test_a_sweep_that_is_ended_keeps_what_is_finished_and_the_same_command_goes_on(
    study: str, tmp_path: Path, which: signal.Signals
) -> None:
    arguments = ("sweep", study, "--grid", "parabola.x=0,1,2,3,4,5,6,7,8,9", "--seeds", "1", "--workers", "2")
    arguments += ("--set", "parabola.seconds=0.3")
    place = Place.new(tmp_path / "place")
    process = place.start(*arguments)
    while lines(place.folder) < 3 and process.poll() is None:
        time.sleep(0.05)
    others = [number for number in place.processes() if number != process.pid]
    assert others
    os.kill(others[0], signal.SIGKILL)  # a worker, or the keeper of its semaphores
    while lines(place.folder) < 5 and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(which)
    said, _ = process.communicate()
    until = time.monotonic() + 10
    while place.processes() and time.monotonic() < until:
        time.sleep(0.05)
    assert not place.processes()
    (folder,) = (place.folder / "sweeps").iterdir()
    assert not (folder / "sweep.json").exists()
    kept = (folder / "finished.jsonl").read_bytes()
    kept = kept[: kept.rfind(b"\n") + 1]
    if which is signal.SIGTERM:
        assert process.returncode == 130
        assert (
            f"of 10 points and seeds are kept; continue with `bnsim resume sweeps/{folder.name} --study {study}`"
            in said
        )
    done = place.start(*arguments)
    said, _ = done.communicate()
    assert done.returncode == 0, said
    assert (folder / "finished.jsonl").read_bytes().startswith(kept)
    assert lines(place.folder) == 10
    here = sweep(
        *(study, PLACES), seeds=1, out=tmp_path, settings={"parabola.seconds": 0.3}, make_executor=streams()[0]
    )
    assert (folder / "results.parquet").read_bytes() == (here.directory / "results.parquet").read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == [
        *("failed.jsonl", "figures", "finished.jsonl", "plan.json", "points.jsonl", "results.parquet"),
        *("summary.parquet", "sweep.json"),
    ]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("c++") is None, reason="no C++ compiler")
def test_two_workers_with_an_empty_cache_compile_a_network_once(tmp_path: Path) -> None:
    log, wrapper = tmp_path / "compiled", tmp_path / "compiler"
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> {shlex.quote(str(log))}\nexec c++ "$@"\n')
    wrapper.chmod(0o700)
    environment = {**os.environ, "CXX": str(wrapper), "BNSIM_CACHE": str(tmp_path / "cache")}
    arguments = ["sweep", "siegert", "--preset", "tiny", "--seeds", "4", "--workers", "2", "--json"]
    arguments += ["--grid", "siegert.mean=14"]
    done = subprocess.run(
        [sys.executable, "-m", "bnsim", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["finished"] == 4
    assert sum(" -o main" in line for line in log.read_text().splitlines()) == 1


@pytest.mark.slow
def test_a_study_of_classifiers_is_swept_over_the_parameters_of_models(tmp_path: Path) -> None:
    settings = {"accuracy.max_train": 100, "models.rate-dense.hidden": (5,)}
    found = sweep(
        "accuracy",
        {"models.rate-dense.passes": (1, 3)},
        seeds=1,
        models=("rate-dense",),
        out=tmp_path,
        settings=settings,
        workers=1,
    )
    rows = found.results.query("metric == 'test_accuracy'")
    assert list(rows["models.rate-dense.passes"]) == [1, 3]
    assert rows["value"].between(0, 1).all()
