"""What is built to be installed: the same bytes each time, all that the project needs and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bnsim", "models", "experiments")


def build(folder: Path) -> tuple[Path, Path]:
    """The wheel and the sdist."""
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(tmp_path_factory.mktemp("dist"))


def sources() -> set[str]:
    """All files of the packages, as they lie in the repository."""
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*"))
    return {str(path.relative_to(ROOT)) for path in paths if path.is_file() and "__pycache__" not in path.parts}


@pytest.mark.slow
def test_the_wheel_holds_the_packages_and_who_made_them(files: tuple[Path, Path]) -> None:
    names = set(zipfile.ZipFile(files[0]).namelist())
    about = {name.partition(".dist-info/")[2] for name in names if ".dist-info/" in name}
    assert about == {
        *("METADATA", "RECORD", "WHEEL", "entry_points.txt"),
        *("licenses/LICENSE", "extra_metadata/CITATION.cff"),
    }
    assert {name for name in names if ".dist-info/" not in name} == sources()
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    assert {"bnsim/engine/templates/synapses.cpp", "experiments/report/templates/report.html.jinja"} <= names


@pytest.mark.slow
def test_the_sdist_holds_the_repository_and_nothing_of_the_working_folder(files: tuple[Path, Path]) -> None:
    with tarfile.open(files[1]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert sources() <= names
    assert {"tests/test_wheel.py", "docs/article.md", "LICENSE", "CITATION.cff", "README.md"} <= names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {
        *(*PACKAGES, "tests", "benchmarks", "docs", "requirements", ".ci", ".gitignore", "PKG-INFO", "pyproject.toml"),
        *("ARCHITECTURE.md", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "README.md"),
    }


@pytest.mark.slow
def test_two_builds_are_equal(files: tuple[Path, Path], tmp_path: Path) -> None:
    for first, second in zip(files, build(tmp_path), strict=True):
        assert first.name == second.name
        assert first.read_bytes() == second.read_bytes()


@pytest.mark.slow
def test_an_index_can_say_what_it_is(files: tuple[Path, Path]) -> None:
    archive = zipfile.ZipFile(files[0])
    (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
    said = message_from_bytes(archive.read(name))
    assert said["License-Expression"] == "MIT"
    assert said["Description-Content-Type"] == "text/markdown"
    classifiers = said.get_all("Classifier") or []
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13)} <= set(classifiers)
    assert "cluster" in (said.get_all("Provides-Extra") or [])


@pytest.mark.slow
def test_what_is_unpacked_runs_without_the_repository(files: tuple[Path, Path], tmp_path: Path) -> None:
    place, empty = tmp_path / "place", tmp_path / "empty"
    empty.mkdir()
    zipfile.ZipFile(files[0]).extractall(place)
    command = [sys.executable, "-m", "bnsim", "run", "siegert", "--preset", "tiny", "--seeds", "1"]
    done = subprocess.run(
        command, cwd=empty, env={**os.environ, "PYTHONPATH": str(place)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(list(empty.glob("runs/*-siegert/report.html"))) == 1
