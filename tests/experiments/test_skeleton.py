"""Skeletons of what a user adds: they work as written, outside this project and inside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from bnsim.errors import InputError
from bnsim.packages import ROOT
from experiments.skeleton import write

NEW = (
    *(("neuron", "LeakyCell"), ("rule", "FirstRule"), ("task", "two-clouds")),
    *(("study", "count-weights"), ("classic", "first-rate")),
)
NEW_COMMANDS = """
import sys
from experiments.command_line import main

for arguments in {new}:
    sys.argv = ["bnsim", "new", *arguments]
    try:
        main()
    except SystemExit as left:
        assert left.code == 0, arguments
"""
"""`bnsim new` for each, in one process."""
QUIET = ("-W", "ignore", "-p", "no:cacheprovider")


def said(folder: Path, *arguments: str, path: Path = ROOT) -> str:
    """What Python says in a folder, for which it must not fail."""
    environment = {**os.environ, "PYTHONPATH": str(path), "MYPYPATH": str(path)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("kind", "name", "files", "usage"),
    [
        ("neuron", "LeakyCell", ["leaky_cell.py", "test_leaky_cell.py"], "from leaky_cell import LeakyCell"),
        ("rule", "MySTDP2", ["my_stdp2.py", "test_my_stdp2.py"], "from my_stdp2 import MySTDP2"),
        ("task", "two-clouds", ["test_two_clouds.py", "two_clouds.py"], "bnsim compare --task two_clouds.npz"),
        ("study", "noise-floor", ["noise_floor", "test_noise_floor.py"], "bnsim run ./noise_floor"),
        ("classic", "first-rate", ["first_rate", "test_first_rate.py"], "bnsim run ./first_rate"),
    ],
)
def test_files_stand_in_the_folder_with_what_uses_them(
    kind: str, name: str, files: list[str], usage: str, tmp_path: Path
) -> None:
    written = write(kind, name, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == files
    assert all(path.is_file() for path in written.files)
    assert written.changed is None
    assert usage in written.usage
    assert written.test == f"python -m pytest {tmp_path / next(name for name in files if name.startswith('test_'))}"
    (test,) = (path for path in written.files if path.name.startswith("test_"))
    assert "\n\nRewrite this for " in test.read_text()
    with pytest.raises(InputError, match=r"\.py: exists already; choose another name or folder$"):
        write(kind, name, tmp_path)


def test_pytest_is_installed_first_where_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_spec
    monkeypatch.setattr("experiments.skeleton.find_spec", lambda name: None if name == "pytest" else found(name))
    test = write("neuron", "LeakyCell", tmp_path).test
    assert test == f"python -m pip install pytest && python -m pytest {tmp_path / 'test_leaky_cell.py'}"


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("neurn", "Cell", "unknown kind 'neurn'; did you mean 'neuron'?"),
        ("neuron", "leaky_cell", "neuron 'leaky_cell': no name of a class; give one such as LeakyCell"),
        ("rule", "../Rule", "rule '../Rule': no name of a class; give one such as LeakyCell"),
        ("study", "NoiseFloor", "study 'NoiseFloor': no name; give small letters, digits and hyphens, such as noise-"),
        ("study", "2nd", "study '2nd': no name; give small letters"),
        ("task", "", "task '': no name; give small letters"),
        ("task", "class", "task 'class': class is a word of Python's own; choose another name"),
        ("neuron", "Lambda", "neuron 'Lambda': lambda is a word of Python's own; choose another name"),
        ("neuron", "LIF", "neuron 'LIF': exists already; choose another name"),
        ("rule", "PairSTDP", "rule 'PairSTDP': exists already; choose another name"),
        ("classic", "siegert", "classic 'siegert': exists already; choose another name"),
        ("task", "digits", "task 'digits': exists already; choose another name"),
        ("study", "models", "study 'models': would hide the Python module models; choose another name"),
        ("task", "random", "task 'random': would hide the Python module random; choose another name"),
    ],
)
def test_what_is_no_name_or_exists_is_refused(kind: str, name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write(kind, name, tmp_path)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: no such folder; make it, or give another one"):
        write("task", "clouds", tmp_path / "nowhere")


@pytest.mark.slow
def test_they_work_in_a_folder_of_the_users_own(tmp_path: Path) -> None:
    for kind, name in NEW:
        write(kind, name, tmp_path)
    config = str(ROOT / "pyproject.toml")
    said(tmp_path, "-m", "ruff", "check", "--no-cache", "--config", config, ".")
    said(tmp_path, "-m", "ruff", "format", "--no-cache", "--check", "--config", config, ".")
    sources = ["leaky_cell.py", "first_rule.py", "two_clouds.py", "count_weights", "first_rate"]
    # What mypy has found out about this project, .ci/run leaves there.
    said(tmp_path, "-m", "mypy", "--config-file", config, "--cache-dir", str(ROOT / ".mypy_cache"), *sources)
    assert "8 passed" in said(tmp_path, "-m", "pytest", *QUIET, "-q")


@pytest.mark.slow
def test_they_work_where_this_project_has_its_own(tmp_path: Path) -> None:
    """A file or a folder each, a line for a class, and nothing else."""
    for part in ("bnsim", "models", "experiments", "tests"):
        shutil.copytree(ROOT / part, tmp_path / part)  # with what Python has compiled, which takes long
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    files = (path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".pyc")
    before = {path: path.read_bytes() for path in files}
    said(tmp_path, "-c", NEW_COMMANDS.format(new=NEW), path=tmp_path)
    rooms = [tmp_path / "bnsim" / room / "__init__.py" for room in ("neurons", "plasticity")]
    for path, content in before.items():
        lines = set(path.read_bytes().splitlines()) - set(content.splitlines())
        assert len(lines) == (path in rooms), path
    new = [path for path in tmp_path.rglob("*.py") if path not in before]
    assert len(new) == 16
    files = [str(path.relative_to(tmp_path)) for path in new]
    said(tmp_path, "-m", "ruff", "check", "--no-cache", *files, *map(str, rooms), path=tmp_path)
    said(tmp_path, "-m", "ruff", "format", "--no-cache", "--check", *files, *map(str, rooms), path=tmp_path)
    assert "LeakyCell" in said(tmp_path, "-m", "bnsim", "list", "neurons", path=tmp_path)
    every = [f"tests/experiments/{room}" for room in ("studies/test_every_study.py", "classics/test_every_classic.py")]
    said(tmp_path, "-m", "pytest", *QUIET, "-q", "-n", "0", *every, "-k", "count-weights or first-rate", path=tmp_path)
