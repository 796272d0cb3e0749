"""The commands `sweep` and `fit`, and what `resume`, `show` and `draw` do with their folders."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.points import folder as points_folder

from .parabola import FAILURE, Streams, parabola
from .test_command_line import bnsim


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> str:
    return parabola(tmp_path_factory.mktemp("study"))


@pytest.fixture(autouse=True)
def in_this_process() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(points_folder, "Workers", Streams)
        yield


def test_a_sweep_from_the_command_line_is_shown_drawn_and_gone_on_with(study: str, tmp_path: Path) -> None:
    arguments = ("sweep", study, "--grid", "parabola.x=0,1", "--grid", "parabola.y=0,0.5", "--seeds", "2")
    done = bnsim(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "sweeps").iterdir()
    assert "4 points, 2 seeds: 8 of 8 finished" in done.stdout
    assert " 9.375 mm (" in done.stdout  # 9 + 0.25, and 0 and 0.25 for the seeds
    assert f"tables: sweeps/{folder.name}/summary.parquet" in done.stdout
    assert sorted(path.name for path in (folder / "figures").iterdir()) == ["height.png", "height.svg"]
    whole = bnsim("show", str(folder), "--all", cwd=tmp_path)
    assert whole.stderr == f"bnsim: error: --all: {folder} is a sweep or a fit, no run; leave --all out\n"
    shown = bnsim("show", str(folder), "--json", cwd=tmp_path)
    assert json.loads(shown.stdout) == {
        "directory": str(folder),
        "points": 4,
        "seeds": 2,
        "jobs": 8,
        "finished": 8,
        "failed": 0,
        "failures": [],
    }
    (folder / "figures" / "height.png").unlink()
    assert bnsim("draw", str(folder), cwd=tmp_path).stdout == f"tables and figures: {folder}\n"
    assert (folder / "figures" / "height.png").exists()
    again = bnsim("resume", str(folder), cwd=tmp_path)
    assert again.returncode == 0
    assert "8 of 8 finished" in again.stdout


@pytest.mark.slow
def test_failures_are_listed_and_the_exit_code_says_so(study: str, tmp_path: Path) -> None:
    done = bnsim("sweep", study, "--random", "parabola.x=-1.0:1.0", "--n", "4", "--seeds", "1", cwd=tmp_path)
    assert done.returncode == 1
    failed = [line for line in done.stdout.splitlines() if line.startswith("failed: point ")]
    assert failed
    assert all(line.endswith(f", seed 0: {FAILURE}") for line in failed)
    assert f"4 points, 1 seed: {4 - len(failed)} of 4 finished, {len(failed)} failed" in done.stdout


def test_where_all_points_fail_nothing_is_drawn_and_nothing_else_said(study: str, tmp_path: Path) -> None:
    done = bnsim("sweep", study, "--grid", "parabola.x=-1", "--seeds", "1", cwd=tmp_path)
    assert done.returncode == 1
    assert "1 points, 1 seed: 0 of 1 finished, 1 failed" in done.stdout
    assert done.stderr == ""


@pytest.mark.slow
def test_a_fit_from_the_command_line_is_shown(study: str, tmp_path: Path) -> None:
    arguments = ("fit", study, "--parameter", "parabola.x=0.0:3.0", "--target", "height=1±0.1", "--seeds", "1")
    arguments += ("--population", "5", "--set", "parabola.y=0.5")
    done = bnsim(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "fits").iterdir()
    assert "the objective is at most 0.0001" in done.stdout
    found = json.loads(bnsim("show", str(folder), "--json", cwd=tmp_path).stdout)
    # Within 0.001 of a height of 1, whose slope is 2 there.
    assert found["best"]["parabola.x"] == pytest.approx(2.0, abs=6e-4)
    assert bnsim("resume", str(folder), cwd=tmp_path).stdout == done.stdout.replace("fits/", f"{tmp_path}/fits/")
    refused = bnsim("draw", str(folder), cwd=tmp_path)
    assert refused.stderr == f"bnsim: error: {folder}: a fit has no figures; show it with `bnsim show {folder}`\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sweep", "siegert"), "sweep: nothing is varied; give --grid KEY=A,B,C or --random KEY=LOW:HIGH"),
        (("sweep", "sigert", "--grid", "siegert.mean=1"), "unknown study 'sigert'; did you mean 'siegert'?"),
        (
            ("sweep", "siegert", "--grid", "siegert.mean=1", "--workers", "2", "--scheduler", "tcp://a:1"),
            "--scheduler: --workers is given too, and both say where work is done; keep one",
        ),
        (
            ("sweep", "siegert", "--grid", "siegert.mean=1", "--slurm", "memory=2GB"),
            "--slurm jobs=: no number of jobs; give 1 to 10000, such as jobs=100",
        ),
        (
            ("sweep", "siegert", "--grid", "siegert.mean=1", "--slurm", "job=2"),
            "--slurm job=2: not of the form KEY=VALUE; give jobs=, memory=, walltime=, queue=, account=,",
        ),
        (
            ("sweep", "siegert", "--grid", "siegert.mean=1", "--slurm", "jobs=2,jobs=3"),
            "--slurm jobs: given twice; keep one",
        ),
        (("sweep", "siegert", "--grid", "siegert.mean=1", "--task", "mnist"), "--task: siegert is a classic"),
        (("fit", "siegert", "--target", "rate=1"), "fit: no parameter is fitted; give --parameter KEY=LOW:HIGH"),
        (
            ("fit", "siegert", "--parameter", "siegert.mean=1.0:2.0", "--target", "rat=1"),
            "unknown metric of siegert 'rat'; did you mean 'rate'?",
        ),
        (("resume", ".", "--retry-failed"), "--retry-failed: . is a run, no sweep or fit; leave it out"),
    ],
)
def test_bad_input_is_one_line_and_code_2(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    done = bnsim(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"bnsim: error: {message}")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_without_dask_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setitem(sys.modules, "dask_jobqueue", None)
    for option in (("--scheduler", "tcp://localhost:1"), ("--slurm", "jobs=3")):
        done = bnsim("sweep", "siegert", "--grid", "siegert.mean=1", *option, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith(f"bnsim: error: {option[0]}: needs Dask (")
        assert done.stderr.endswith("); pip install 'bnsim[cluster]'\n")
