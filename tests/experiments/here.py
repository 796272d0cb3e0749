"""Studies carried out in this process: worker processes would import TensorFlow and Brian2 anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from matplotlib.figure import Figure

from experiments.report import page
from experiments.run.carry_out import carry_out
from experiments.run.executor import Job, Watcher
from experiments.run.request import Request
from experiments.run_directory import Run


class Here:
    """Stands for `experiments.run.execute.Workers`."""

    def __init__(self, count: int) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def run(self, jobs: Sequence[Job], watcher: Watcher) -> Iterator[tuple[int, Any]]:
        for place, job in enumerate(jobs):
            yield place, job(lambda done, total: None)


@contextmanager
def empty_pictures() -> Iterator[None]:
    """Draw figures and pages as ever, but leave their files of pictures empty, which take most of a report's time."""

    def touch(figure: Figure, *paths: Path, dpi: int = 0) -> None:
        for path in paths:
            path.touch()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "save", touch)
        yield


def run_here(
    study: str,
    models: Sequence[str],
    settings: Mapping[str, Any],
    out: Path,
    seeds: int = 1,
    task: str = "digits",
    preset: str = "quick",
    pictures: bool = False,
) -> Run:
    """As `run_study`, in this process, with the files of its pictures only where they are asked for."""
    request = Request(study, task, tuple(models), seeds, preset, settings=settings)
    with nullcontext() if pictures else empty_pictures():
        return carry_out(request, out, make_executor=Here)
