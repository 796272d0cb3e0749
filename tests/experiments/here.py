"""Studies carried out in this process: worker processes would import TensorFlow and Brian2 anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from experiments import run_study
from experiments.run import comparison
from experiments.run.execute import Job, Watcher
from experiments.run_directory import Run


class _Here:
    """Stands for `experiments.run.execute.Workers`."""

    def __init__(self, count: int) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def run(self, jobs: Sequence[Job], watcher: Watcher) -> list[Any]:
        return [job(lambda done, total: None) for job in jobs]


@contextmanager
def here() -> Iterator[pytest.MonkeyPatch]:
    """Within it, all jobs of a run are done in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison, "Workers", _Here)
        yield patch


def run_here(
    study: str, models: Sequence[str], settings: dict[str, Any], out: Path, seeds: int = 1, task: str = "digits"
) -> Run:
    """As `run_study`."""
    with here():
        return run_study(study, task, models=models, settings=settings, seeds=seeds, out=out)
