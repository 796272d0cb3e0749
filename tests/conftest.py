"""What all tests share: one cache of compiled networks, and an ear on Brian2's own log."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

for library in ("OMP", "OPENBLAS", "MKL"):
    # As in the worker processes of a run, and before NumPy is imported: each of pytest-xdist's processes has a core.
    os.environ[f"{library}_NUM_THREADS"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Build the site first: it takes minutes in one process, and at the end the others would wait for it."""
    items.sort(key=lambda item: not {"site", "pages"} & set(getattr(item, "fixturenames", ())))


def pytest_collection_finish() -> None:
    """Take what is imported by now out of garbage collection, since each run of Brian2 begins with one.

    Among the objects of TensorFlow it takes a third of a second, which was an eighth of the suite's time.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def build_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cache of compiled networks of all tests, of the processes that run them and of those that they start."""
    with pytest.MonkeyPatch.context() as patch:
        if "BNSIM_CACHE" not in os.environ:
            base = tmp_path_factory.getbasetemp()
            # A process of pytest-xdist has its own folder in the one of the run.
            shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
            patch.setenv("BNSIM_CACHE", str(shared / "networks"))
        yield Path(os.environ["BNSIM_CACHE"])


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def brian2_says_nothing() -> Iterator[None]:
    """Fail on Brian2's warnings: they go through its own logger, where pytest does not see them."""
    listener = _Listener()
    logger = logging.getLogger("brian2")
    logger.addHandler(listener)
    yield
    logger.removeHandler(listener)
    assert not listener.heard, "\n".join(listener.heard)
