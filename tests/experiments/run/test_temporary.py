"""Temporary files lie in a folder of the process's own, and those of the dead are collected."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

from experiments.run.temporary import temporary_folder


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_files_lie_in_a_folder_that_is_gone_afterwards(place: Path) -> None:
    with temporary_folder():
        with tempfile.NamedTemporaryFile(delete=False) as file:
            pass
        assert Path(file.name).parent.parent == place
        assert Path(file.name).parent.stat().st_mode & 0o777 == 0o700
    assert list(place.iterdir()) == []
    assert tempfile.gettempdir() == str(place)


def test_folders_of_the_dead_are_removed_and_those_of_the_living_stay(place: Path) -> None:
    for name in ("bnsim-dead", "bnsim-living", "other"):
        (place / name).mkdir()
        (place / name / "file").touch()
    (place / "bnsim-dead.lock").touch()
    with FileLock(place / "bnsim-living.lock"), temporary_folder():
        assert {path.name for path in place.iterdir() if len(path.stem) < 20} == {
            *("bnsim-living", "bnsim-living.lock", "other")
        }
        assert (place / "bnsim-living" / "file").exists()


def test_where_nothing_can_be_written_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc")
    with temporary_folder():
        assert tempfile.gettempdir() == "/proc"
