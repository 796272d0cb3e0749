"""A package of another origin that hides one of this project's is named, with the remedy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bnsim.errors import ForeignPackageError, InputError
from bnsim.packages import ROOT, require_own


def python(folder: Path, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, which it searches for packages first."""
    search = os.pathsep.join(str(each) for each in (path, ROOT) if each is not None)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
    )


def package(folder: Path, name: str) -> Path:
    """A package of the user's own."""
    made = folder / name
    made.mkdir()
    (made / "__init__.py").write_text("mine = True\n", encoding="utf-8")
    return made


@pytest.mark.parametrize("name", ["models", "experiments"])
def test_the_command_names_a_package_of_the_users_own(name: str, tmp_path: Path) -> None:
    made = package(tmp_path, name)
    answer = python(tmp_path, "-m", "bnsim", "--help")
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr == (
        f"bnsim: error: import {name}: {made} hides bnsim's package of that name; "
        "rename it, or run from another folder\n"
    )


def test_the_import_names_it_too(tmp_path: Path) -> None:
    made = package(tmp_path, "models")
    answer = python(tmp_path, "-c", "import experiments")
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1] == (
        f"bnsim.errors.ForeignPackageError: import models: {made} hides bnsim's package of that name; "
        "rename it, or run from another folder"
    )
    assert issubclass(ForeignPackageError, InputError)
    assert issubclass(ForeignPackageError, ImportError)


def test_a_single_file_hides_as_well(tmp_path: Path) -> None:
    (tmp_path / "models.py").touch()
    assert f"{tmp_path / 'models.py'} hides" in python(tmp_path, "-m", "bnsim", "--help").stderr


def test_an_installed_distribution_is_named(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    made = package(site, "models")
    about = site / "model_zoo-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: model-zoo\nVersion: 1.0\n", encoding="utf-8")
    (about / "RECORD").write_text("models/__init__.py,,\n", encoding="utf-8")
    assert python(tmp_path, "-m", "bnsim", "--help", path=site).stderr == (
        f"bnsim: error: import models: {made}, of the installed model-zoo, hides bnsim's package of that name; "
        "uninstall model-zoo, or install bnsim into an environment of its own\n"
    )


def test_what_hides_nothing_is_let_be(tmp_path: Path) -> None:
    """A folder without `__init__.py` hides nothing, and the simulator alone needs no other package."""
    (tmp_path / "models").mkdir()
    assert python(tmp_path, "-m", "bnsim", "--help").returncode == 0
    package(tmp_path, "experiments")
    assert python(tmp_path, "-c", "import bnsim").returncode == 0


def test_a_package_that_is_nowhere_is_named() -> None:
    require_own("models", "experiments")
    with pytest.raises(ForeignPackageError) as caught:
        require_own("no_such_package")
    assert str(caught.value) == f"import no_such_package: not found beside {ROOT / 'bnsim'}; install bnsim again"
