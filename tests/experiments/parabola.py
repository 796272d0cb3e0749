"""A study whose numbers have a closed form and whose points take no time, for tests of sweeps and fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from bnsim.errors import MachineError
from experiments.run.executor import AnyJob, Failure, outcome_of

from .here import Here

INIT = '''"""How high is a parabola?

Measured without an instrument.
"""

from experiments.spec import Metric, Options, Study


class Config(Options):
    """Options of the study."""

    x: float
    y: float
    seconds: float
    deaths: int
    folder: str
    levels: tuple[int, ...]


_CONFIG = Config(x=0.0, y=0.0, seconds=0.0, deaths=0, folder="", levels=(1, 2))
STUDY = Study(
    __name__,
    __doc__,
    title="Parabola",
    subjects={"parabola": "ANN"},
    metrics=(
        Metric("height", "mm", "Height", "Height of the parabola.", better="less", primary=True, bounds=(None, None)),
        Metric("part", "", "Part", "Height of a level.", facts={"level": int, "side": str}),
    ),
    presets={"quick": _CONFIG, "full": _CONFIG, "tiny": _CONFIG},
)
'''
FAILURE = "ValueError: no parabola below 0, in parabola/measure.py line 22"
MEASURE = '''"""Computes."""

import os
import time
from pathlib import Path

from experiments.spec import Outcome

from . import STUDY


def run(config, subject, progress):
    """Compute; die as often as told, and fail below 0."""
    time.sleep(config.seconds)
    if config.deaths:
        with open(Path(config.folder) / f"deaths-{config.x}", "a+") as file:
            file.write("x")
            file.flush()
            if file.tell() <= config.deaths:
                os._exit(9)
    if config.x < 0:
        raise ValueError("no parabola below 0")
    height = (config.x - 3) ** 2 + (config.y - 0.5) ** 2 + 0.25 * subject.seed
    parts = [STUDY["part"](height * level, level=level, side="left") for level in config.levels]
    return Outcome(1, 0, (STUDY["height"](height), *parts))
'''
FIGURE = '''"""Nothing."""

PLATES = ()


def draw(run):
    """Return no figure."""
    return {}


def sentences(run):
    """Say nothing."""
    return []
'''


def parabola(folder: Path) -> str:
    """The path of the study, written into a folder."""
    place = folder / "parabola"
    place.mkdir()
    for name, text in (("__init__", INIT), ("measure", MEASURE), ("figure", FIGURE)):
        (place / f"{name}.py").write_text(text)
    return str(place)


class Streams(Here):
    """Carries out jobs in this process, in an order of its own; can be told to stop after some."""

    def __init__(self, count: int, last_first: bool = False, stop_after: int | None = None) -> None:
        super().__init__(count)
        self.last_first, self.stop_after = last_first, stop_after
        self.done: list[str] = []

    def stream(self, jobs: Iterable[AnyJob]) -> Iterator[tuple[AnyJob, Any]]:
        for job in reversed(list(jobs)) if self.last_first else jobs:
            if self.stop_after is not None and len(self.done) >= self.stop_after:
                raise MachineError("the power is gone")
            kind, *content = outcome_of(job, lambda done, total: None)
            self.done.append(job.name)
            yield job, Failure(*content) if kind == "failed" else content[0]


def streams(**how: Any) -> tuple[Callable[[int], Streams], list[Streams]]:
    """What makes executors of this process, and those that it has made."""
    made: list[Streams] = []

    def make(count: int) -> Streams:
        made.append(Streams(count, **how))
        return made[-1]

    return make, made
