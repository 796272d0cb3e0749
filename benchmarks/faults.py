"""Runs and sweeps on machines that fail in other ways than by being ended: what is left, and whether it goes on.

    python benchmarks/faults.py

Disks of several sizes that fill up (a tmpfs, which needs root), one that is read-only, a cache of compiled networks
that vanishes, files from the future as after a clock was set back, and two sweeps that share an empty cache. Each ends
with one line or goes on; once the fault is mended, `bnsim resume` or the same command must give the numbers of a run
without a fault, and what is not finished must not look so. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from tests.ends import ARGUMENTS, Place, numbers

SWEEP = (
    "sweep",
    "siegert",
    "--preset",
    "tiny",
    "--seeds",
    "2",
    "--grid",
    "siegert.mean=12,14,16,18",
    "--name",
    "means",
)
NEEDED = ("summary.json", "results.parquet")


def said_in_one_line(process: subprocess.Popen[str], codes: tuple[int, ...]) -> str:
    """Wait for a command; return what is wrong with how it ends."""
    said, _ = process.communicate()
    lines = [line for line in said.splitlines() if line.startswith("bnsim: error:")]
    if process.returncode not in codes or "Traceback" in said or "unexpected" in said:
        return f"exit code {process.returncode}: {said.strip().splitlines()[-1:]}"
    return "" if process.returncode == 0 or len(lines) == 1 else f"said {lines}"


def goes_on(place: Place, whole: pd.DataFrame) -> str:
    """Go on with a run, or begin it; return what is wrong with the result."""
    run = place.run
    begun = run is not None and (run / "plan.json").exists()
    if begun and (run / "summary.json").exists() and not numbers(run).equals(whole):
        return "it looked finished"
    wrong = said_in_one_line(place.start(*(("resume", str(run)) if begun else ARGUMENTS)), (0,))
    if wrong:
        return f"does not go on: {wrong}"
    runs = [run for run in (place.folder / "runs").iterdir() if all((run / name).exists() for name in NEEDED)]
    return "" if runs and numbers(runs[-1]).equals(whole) else "other numbers"


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """A small disk; what is yielded changes its options."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=True)
    try:
        yield lambda options: subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True) and None
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def full_disk(folder: Path, size: str, whole: pd.DataFrame) -> str:
    with disk(folder, size) as remount:
        place = Place.new(folder)
        wrong = said_in_one_line(place.start(*ARGUMENTS), (0, 1))
        remount("size=500M")
        return wrong or goes_on(place, whole)


def read_only(folder: Path, whole: pd.DataFrame) -> str:
    """A disk that is read-only when an interrupted run is to go on, or another to begin."""
    with disk(folder, "500M") as remount:
        place = Place.new(folder)
        process = interrupted(place)
        wrong = [said_in_one_line(process, (130,))]
        remount("ro")
        wrong.append(said_in_one_line(place.start("resume", str(place.run)), (1, 2)))
        wrong.append(said_in_one_line(place.start(*ARGUMENTS), (1, 2)))
        remount("rw")
        return ", ".join(filter(None, wrong)) or goes_on(place, whole)


def interrupted(place: Place) -> subprocess.Popen[str]:
    """A run that has been asked to end in the middle of a training."""
    process = place.start(*ARGUMENTS)
    while not list(place.folder.glob("runs/*/fitted/receptive-field*/0*.npz")):
        time.sleep(0.02)
    process.terminate()
    return process


def vanishing_cache(folder: Path, whole: pd.DataFrame) -> str:
    """A cache that is removed while the spiking network is trained."""
    place = Place.new(folder)
    process = place.start(*ARGUMENTS)
    while not list(folder.glob("runs/*/fitted/receptive-field*/0*.npz")):
        time.sleep(0.02)
    shutil.rmtree(folder / "cache")
    wrong = said_in_one_line(process, (0,))
    return wrong or ("" if place.run is not None and numbers(place.run).equals(whole) else "other numbers")


def clock_set_back(folder: Path, whole: pd.DataFrame) -> str:
    """An interrupted run all of whose files, and those of its cache, are from tomorrow."""
    place = Place.new(folder)
    wrong = said_in_one_line(interrupted(place), (130,))
    for path in folder.rglob("*"):
        os.utime(path, (time.time() + 86_400,) * 2)
    return wrong or goes_on(place, whole)


def two_sweeps(folder: Path, whole: pd.DataFrame) -> str:
    """Two sweeps at once, and a third on the directory of the first."""
    place = Place.new(folder)
    other = (*SWEEP[:-1], "others")
    processes = [place.start(*SWEEP), place.start(*other)]
    wrong = [said_in_one_line(process, (0,)) for process in processes]
    first, second = (pd.read_parquet(folder / "sweeps" / name / "results.parquet") for name in ("means", "others"))
    same = first.drop(columns="run", errors="ignore").equals(second.drop(columns="run", errors="ignore"))
    return ", ".join(filter(None, [*wrong, "" if same else "the two differ"]))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Place.new(Path(folder) / "whole")
        said, _ = (process := place.start(*ARGUMENTS)).communicate()
        assert process.returncode == 0, said
        assert place.run is not None
        whole = numbers(place.run)
        trials: dict[str, Callable[[Path], str]] = {
            f"a disk of {size}": lambda path, size=size: full_disk(path, size, whole)
            for size in ("100k", "300k", "400k", "500k", "700k")
        }
        trials |= {
            name: lambda path, trial=trial: trial(path, whole)
            for name, trial in {
                "a disk that is read-only": read_only,
                "a cache that vanishes": vanishing_cache,
                "a clock that was set back": clock_set_back,
                "two sweeps on one cache": two_sweeps,
            }.items()
        }
        for number, (name, trial) in enumerate(trials.items()):
            print(f"{name}: {trial(Path(folder) / str(number)) or 'survived'}", flush=True)


if __name__ == "__main__":
    main()
