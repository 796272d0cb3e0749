"""A temporary folder for this process and those that it starts, which is gone when they are.

Libraries leave files in the temporary folder when they are killed: logs, copies of scripts, a compiler's intermediate
files. Here they lie in a folder of the process's own. It is removed at the end, and, where the process was killed,
by the next one that begins: the lock beside the folder says whether its owner lives.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX, LOCK = "bnsim-", ".lock"


@contextmanager
def temporary_folder() -> Iterator[None]:
    """Let temporary files of this process and of its children lie in a folder that is removed at the end.

    Where there is no temporary folder that can be written to, nothing changes.
    """
    from filelock import FileLock  # takes a tenth of a second

    place = Path(tempfile.gettempdir())
    folder = place / f"{PREFIX}{uuid.uuid4().hex}"
    lock = FileLock(f"{folder}{LOCK}", mode=0o600)
    try:
        lock.acquire(timeout=0)
        folder.mkdir(mode=0o700)
    except OSError:
        yield
        return
    before, tempfile.tempdir = (tempfile.tempdir, os.environ.get("TMPDIR")), str(folder)
    os.environ["TMPDIR"] = str(folder)
    try:
        _clear(place)
        yield
    finally:
        tempfile.tempdir = before[0]
        if before[1] is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before[1]
        _remove(folder)
        lock.release()


def _clear(place: Path) -> None:
    """Remove the folders whose owners have been killed."""
    from filelock import FileLock, Timeout

    for path in place.glob(f"{PREFIX}*{LOCK}"):
        with suppress(Timeout, OSError):
            if path.is_symlink() or path.stat().st_uid != os.getuid():
                continue
            with FileLock(path, timeout=0, mode=0o600):
                _remove(path.with_name(path.name.removesuffix(LOCK)))


def _remove(folder: Path) -> None:
    """Remove a folder, and then its lock, which must be held."""
    shutil.rmtree(folder, ignore_errors=True)
    Path(f"{folder}{LOCK}").unlink(missing_ok=True)
