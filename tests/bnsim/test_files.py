"""Files that are whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bnsim.files import PARTIAL, clear, making, replacing


def test_a_file_takes_the_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with replacing(path) as partial:
        partial.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def interrupted() -> None:
        with replacing(path) as partial:
            partial.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_the_dead_have_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "below" / ".drawing.partial").mkdir(parents=True)
    (tmp_path / "below" / ".drawing.partial" / "picture").touch()
    for name in (".file.partial", "file.partial", ".file"):
        (tmp_path / name).touch()
    clear(tmp_path)
    assert {path.name for path in tmp_path.rglob("*")} == {"below", "file.partial", ".file"}


def test_a_folder_appears_when_it_is_complete(tmp_path: Path) -> None:
    folder, partial = tmp_path / "above" / "made", tmp_path / "above" / f".made{PARTIAL}"
    partial.mkdir(parents=True)
    (partial / "left by one that was killed").touch()
    with making(folder) as place:
        (place / "a").touch()
        assert not folder.exists()
    assert [path.name for path in folder.iterdir()] == ["a"]
    with pytest.raises(OSError, match="not empty"), making(folder):
        pass

    def interrupted() -> None:
        with making(tmp_path / "other") as place:
            (place / "a").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "above", "made"]
