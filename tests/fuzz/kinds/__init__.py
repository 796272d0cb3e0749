"""Each kind of thing that may be damaged: where whole ones come from, how they are damaged, and how they are used."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fuzz.kinds import compiled, exchange, library, points, runs, tasks
from tests.fuzz.kinds.kind import Kind

__all__ = ["Kind", "workshop"]


@contextmanager
def workshop(folder: Path, models: tuple[str, ...] = tuple(library.MODELS)) -> Iterator[list[Kind]]:
    """Make whole ones of each kind."""
    for name in ("library", "exchange", "tasks", "runs", "points", "cache", "here"):
        (folder / name).mkdir(parents=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield [
            *library.kinds(folder / "library", models),
            *exchange.kinds(folder / "exchange", folder / "library"),
            *tasks.kinds(folder / "tasks"),
            *runs.kinds(folder / "runs"),
            *points.kinds(folder / "points"),
            *compiled.kinds(folder / "cache"),
        ]
