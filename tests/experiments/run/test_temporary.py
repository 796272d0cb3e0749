"""Temporary files lie in a folder of the process's own, and those of the dead are collected."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

CODE = """
import atexit, os, sys, tempfile
from pathlib import Path
from experiments.run.temporary import use_temporary_folder

use_temporary_folder()
folder = Path(tempfile.gettempdir())
(folder / "file").touch()
print(folder, os.environ.get("TMPDIR"), oct(folder.stat().st_mode & 0o777), *sorted(os.listdir(folder.parent)))
atexit.register(lambda: print("last:", (folder / "file").exists()))
"""


def said(place: Path) -> list[str]:
    """What a process says of its folder, after which it has ended."""
    command = [sys.executable, "-W", "ignore", "-c", CODE]
    return subprocess.run(
        command, env={**os.environ, "TMPDIR": str(place)}, capture_output=True, text=True, check=True
    ).stdout.split()


def test_files_lie_in_a_folder_that_goes_after_what_others_do_at_the_end(tmp_path: Path) -> None:
    folder, variable, mode, *_, last, there = said(tmp_path)
    assert Path(folder).parent == tmp_path
    assert (variable, mode, last, there) == (folder, "0o700", "last:", "True")
    assert list(tmp_path.iterdir()) == []


def test_folders_of_the_dead_are_removed_and_those_of_the_living_stay(tmp_path: Path) -> None:
    for name in ("bnsim-dead", "bnsim-living", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    (tmp_path / "bnsim-dead.lock").touch()
    with FileLock(tmp_path / "bnsim-living.lock"):
        said(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"bnsim-living", "bnsim-living.lock", "other"}
    assert (tmp_path / "bnsim-living" / "file").exists()
