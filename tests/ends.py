"""Runs that are ended by signals: what is left of them, and whether they can be gone on with."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

MARK = "BNSIM_KILLS"
"""Variable of the environment by which all processes of one command are found."""
PATIENCE = 10.0
"""Seconds after which a process that is still there counts as left."""
ARGUMENTS = (
    *("run", "accuracy", "--models", "receptive-field,dense", "--seeds", "2"),
    *("--set", "models.receptive-field.n_filters=30", "--set", "models.receptive-field.duration=5"),
    *(
        "--set",
        "models.receptive-field.passes=3",
        "--set",
        "models.dense.passes=60",
        "--set",
        "models.dense.hidden=[20]",
    ),
)
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
TARGETS = ("command", "worker", "group")


@dataclass(frozen=True)
class Place:
    """Folders of one run, and the environment of its commands."""

    folder: Path
    mark: str

    @classmethod
    def new(cls, folder: Path) -> Place:
        """Make the folders."""
        for name in ("temporary", "cache"):
            (folder / name).mkdir(parents=True)
        return cls(folder, uuid.uuid4().hex)

    @property
    def environment(self) -> Mapping[str, str]:
        places = {"TMPDIR": str(self.folder / "temporary"), "BNSIM_CACHE": str(self.folder / "cache")}
        return {**os.environ, **places, MARK: self.mark, "BNSIM_KEEP_EVERY": "0.2"}  # states of trainings of a second

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command `bnsim` in this place, as the leader of a group."""
        return subprocess.Popen(
            [sys.executable, "-m", "bnsim", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def processes(self) -> list[int]:
        """Processes of this place that live, by number."""
        wanted = f"{MARK}={self.mark}".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (path / "environ").read_bytes().split(b"\0") and " Z " not in (path / "stat").read_text():
                    found.append(int(path.name))
            except OSError:
                continue  # it has ended, or is another user's
        return found

    @property
    def run(self) -> Path | None:
        """The folder of the run, where there is one."""
        return next((self.folder / "runs").glob("*"), None)

    def left(self) -> set[str]:
        """Files and folders that a run that was not ended does not leave."""
        found = {str(path.relative_to(self.folder)) for path in (self.folder / "temporary").iterdir()}
        found |= {path.name for path in (self.folder / "cache").glob("building-*")}
        run = self.run
        return found | (
            {path.name for path in run.glob(".*")} | {"parts", "fitted"} & {path.name for path in run.iterdir()}
            if run
            else set()
        )


def numbers(run: Path) -> pd.DataFrame:
    """What a run has measured, without times."""
    found = pd.read_parquet(run / "results.parquet")
    return found[~found["metric"].str.contains(r"_seconds$|_per_second$")].reset_index(drop=True)


def end(place: Place, process: subprocess.Popen[str], which: signal.Signals, target: str, chance: random.Random) -> str:
    """Send a signal and wait; return what is wrong afterwards."""
    others = [number for number in place.processes() if number != process.pid]
    if target == "group":
        os.killpg(process.pid, which)
    else:
        os.kill(chance.choice(others) if target == "worker" and others else process.pid, which)
    said, _ = process.communicate()
    until = time.monotonic() + PATIENCE
    while (alive := place.processes()) and time.monotonic() < until:
        time.sleep(0.05)
    for number in alive:
        os.kill(number, signal.SIGKILL)
    wrong = [f"{len(alive)} processes left"] if alive else []
    if "Traceback" in said or "unexpected" in said:
        wrong.append(f"said {said.strip().splitlines()[-1]!r}")
    return ", ".join(wrong)


def finished(place: Place) -> str:
    """Go on with the run, or begin it anew; return what is wrong."""
    run = place.run
    resumable = run is not None and (run / "plan.json").exists()
    done = place.start(*(("resume", str(run)) if resumable else ARGUMENTS))
    said, _ = done.communicate()
    return "" if done.returncode == 0 else f"could not be gone on with: {said.strip().splitlines()[-1]}"


def trial(
    folder: Path, whole: pd.DataFrame, which: signal.Signals, target: str, after: float, chance: random.Random
) -> str:
    """End one run after so many seconds; return what is wrong with what it has left, and with what goes on with it."""
    place = Place.new(folder)
    process = place.start(*ARGUMENTS)
    time.sleep(after)
    wrong = [end(place, process, which, target, chance), finished(place)]
    runs = [run for run in (folder / "runs").iterdir() if (run / "results.parquet").exists()]
    if not any(wrong):
        if left := place.left():
            wrong.append(f"left {sorted(left)}")
        if not runs or not numbers(runs[-1]).equals(whole):
            wrong.append("other numbers")
    return ", ".join(filter(None, wrong))
