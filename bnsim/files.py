"""Files that are whole or not there, whatever interrupts the writer."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTIAL = ".partial"
"""How the names of files and folders end that are being written; they begin with a dot."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Let a file take the place of another in one step, when it is complete and on the disk.

    Parameters
    ----------
    path : pathlib.Path
        The file. One that exists stays as it is until the new one is complete, and where that fails.

    Yields
    ------
    pathlib.Path
        The name under which to write, in the same folder.
    """
    partial = path.with_name(f".{path.name}{PARTIAL}")
    try:
        yield partial
        flush(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def making(folder: Path) -> Iterator[Path]:
    """Let a folder appear in one step, when all that it holds is complete.

    Parameters
    ----------
    folder : pathlib.Path
        The folder, which does not exist or is empty. Those above it are made.

    Yields
    ------
    pathlib.Path
        The folder in which to write, beside it.
    """
    partial = folder.with_name(f".{folder.name}{PARTIAL}")
    shutil.rmtree(partial, ignore_errors=True)  # what a writer that was killed has left
    try:
        partial.mkdir(parents=True)
        yield partial
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def flush(path: Path) -> None:
    """Wait until a file is on the disk.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    """
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def clear(folder: Path) -> None:
    """Remove what writers that were killed have left in a folder, or in one below it.

    Parameters
    ----------
    folder : pathlib.Path
        A folder in which nobody writes.
    """
    for path in list(folder.rglob(f".*{PARTIAL}")):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
