"""One small run of everything, as `bnsim compare` makes it, for all tests of figures and sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from experiments.run_directory import Run, read_run
from tests.browser import Browser, executable

from .here import run_here

SETTINGS: dict[str, Any] = {
    "models.receptive-field.n_filters": 100,
    "models.receptive-field.duration": 20.0,
    "models.receptive-field.learning_rate": 0.005,
    "models.receptive-field.passes": 3,
    "models.receptive-dense.passes": 5,
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Call the tests of `full_run` slow, and begin with them, so that one worker makes it while others go on."""
    for item in items:
        if "full_run" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: "full_run" not in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def full_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Run:
    """All studies of a pair of twins with one seed, made once for all workers of the suite."""
    base = tmp_path_factory.getbasetemp()
    folder: Path = (base if worker_id == "master" else base.parent) / "full"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            run_here("compare", ("receptive-field", "receptive-dense"), SETTINGS, folder, preset="tiny", pictures=True)
    (directory,) = folder.iterdir()
    return read_run(directory)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = executable()
    if program is None:
        pytest.skip("no Chromium on this machine; install the package chromium to see pages in a browser")
    started = Browser(program, tmp_path_factory.mktemp("browser"))
    yield started
    started.close()
