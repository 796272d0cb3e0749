"""A temporary folder for this process and those that it starts, which is gone when they are.

Libraries leave files in the temporary folder when they are killed: logs, copies of scripts, a compiler's intermediate
files. Here they lie in a folder of the process's own. It is removed at the end, and, where the process was killed,
by the next one that begins: the lock beside the folder says whether its owner lives.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path

PREFIX, LOCK = "bnsim-", ".lock"


def use_temporary_folder() -> None:
    """Let temporary files of this process and of its children lie in a folder that is removed when the process ends.

    Call this before libraries are imported that remove files of their own at the end: the folder goes after these.
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
        return
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:
            _remove(folder)
            lock.release()

    atexit.register(remove)
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    _clear(place)


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
