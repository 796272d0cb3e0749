"""Workers as jobs of SLURM: the script that sbatch is given, and a sweep with commands that stand for SLURM's."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from bnsim.errors import InputError
from experiments.points.sweep import sweep
from experiments.run.dask_executor import require_dask
from experiments.run.slurm import SlurmJobs

from ..parabola import parabola, streams

pytest.importorskip("distributed")  # dask-jobqueue would take Ctrl-C for itself here


@pytest.mark.slow
def test_the_script_asks_for_what_was_asked_for() -> None:
    jobs = SlurmJobs.parse(
        ["jobs=100,memory=2GB, walltime=04:00:00,queue=long", "account=me", "extra=--constraint=avx2"]
    )
    assert jobs == SlurmJobs(100, "2GB", "04:00:00", "long", "me", ("--constraint=avx2",))
    header, command = jobs.job_script().split("\n\n", 1)[1].split("\n\n")
    assert header.splitlines() == [
        *("#SBATCH -J bnsim", "#SBATCH -p long", "#SBATCH -A me", "#SBATCH -n 1", "#SBATCH --cpus-per-task=1"),
        *("#SBATCH --mem=2G", "#SBATCH -t 04:00:00", "#SBATCH --constraint=avx2"),
    ]
    assert command.startswith(f"{sys.executable} -m distributed.cli.dask_worker tcp://")
    # Nine tenths of four hours, and a twentieth by which workers differ.
    assert re.search(r"--nthreads 1 --memory-limit 1.86GiB .*--lifetime 12960s --lifetime-stagger 720s", command)
    assert "--lifetime" not in SlurmJobs(1).job_script()


@pytest.mark.slow
def test_another_cluster_on_the_same_machine_is_no_trouble() -> None:
    with socket.create_server(("", 8787)) if free(8787) else nullcontext():
        assert SlurmJobs(1).job_script()  # a warning is an error here


def free(port: int) -> bool:
    with socket.socket() as tried:
        tried.settimeout(1)
        return tried.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("walltime=soon", "--slurm: walltime=soon is no time; give memory=2GB and walltime=04:00:00"),
        ("walltime=1:2:3:4", "--slurm: walltime=1:2:3:4 is no time; give memory=2GB and walltime=04:00:00"),
        ("memory=much", "--slurm: Could not interpret 'much' as a byte unit; give memory=2GB and walltime=04:00:00"),
    ],
)
def test_values_that_slurm_does_not_take_are_refused(given: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        SlurmJobs.parse([f"jobs=2,{given}"]).job_script()
    assert str(caught.value) == message


def test_without_slurm_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError) as caught:
        SlurmJobs(2).ready()
    assert str(caught.value) == "--slurm: there is no command sbatch here; run this on a login node of the cluster"


SBATCH = """#!/bin/sh
echo "$1" >> {log}
script=$(cat "$1")  # the file is gone when this ends
setsid sh -c "$script" > /dev/null 2>&1 &
echo "Submitted batch job $!"
"""
SCANCEL = """#!/bin/sh
for job in "$@"; do kill -9 -- "-$job"; done
"""


@pytest.mark.slow
def test_a_sweep_runs_on_jobs_that_are_submitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, folder = tmp_path / "submitted", tmp_path / "bin"
    folder.mkdir()
    for name, text in (("sbatch", SBATCH.format(log=log)), ("scancel", SCANCEL)):
        (folder / name).write_text(text)
        (folder / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    study = parabola(tmp_path)
    jobs = SlurmJobs.parse(["jobs=2,memory=1GB,walltime=01:00:00"])
    jobs.ready()
    grid = {"parabola.x": (0, 1, 2, 3)}
    here = sweep(study, grid, seeds=1, out=tmp_path / "here", make_executor=streams()[0])
    there = sweep(study, grid, seeds=1, out=tmp_path / "there", make_executor=jobs.executor)
    assert (here.directory / "results.parquet").read_bytes() == (there.directory / "results.parquet").read_bytes()
    assert len(log.read_text().splitlines()) == 2
    until = time.monotonic() + 10
    while (left := workers(str(folder))) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left


def workers(mark: str) -> list[str]:
    """Processes of workers that live, with a text in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (path / "environ").read_text() and "dask_worker" in (path / "cmdline").read_text():
                found.append(path.name)
        except (OSError, UnicodeDecodeError):
            continue  # it has ended, or is another user's
    return found


def test_ctrl_c_stays_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT)
    for name in [name for name in sys.modules if name.partition(".")[0] == "dask_jobqueue"]:
        monkeypatch.delitem(sys.modules, name)
    require_dask("--slurm")
    assert "dask_jobqueue" in sys.modules
    assert signal.getsignal(signal.SIGINT) is before
