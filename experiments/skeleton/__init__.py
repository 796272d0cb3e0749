"""Working skeletons of what a user adds: `bnsim new` writes a study, classic, neuron, rule or task, and its test.

In the folder of this project's sources the files go where ARCHITECTURE.md says, and the one line that makes a name
known is added. Anywhere else they stand alone, for what the command line and scripts take from users.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined

from bnsim import public
from bnsim.errors import InputError, unknown_name
from bnsim.packages import ROOT
from experiments.classics import CLASSICS
from experiments.studies import KNOWN
from experiments.tasks import tasks

Kind = Literal["study", "classic", "neuron", "rule", "task"]

_ROOMS: Mapping[str, str] = {"neuron": "neurons", "rule": "plasticity"}
"""Room of `bnsim` in which the classes of a kind live."""

_FOLDERS: Mapping[str, str] = {"study": "studies", "classic": "classics"}
"""Room of `experiments` in which the folders of a kind lie."""


@dataclass(frozen=True)
class Skeleton:
    """What was written.

    Parameters
    ----------
    files
        The new files.
    changed
        The file with the new line; None where there is none.
    usage
        Command that uses them.
    test
        Command that tests them.
    """

    files: tuple[Path, ...]
    changed: Path | None
    usage: str
    test: str


@dataclass(frozen=True)
class _Names:
    """The names of a thing: as the command line, Python's modules and classes have it."""

    name: str
    module: str
    inside: bool


def write(kind: str, name: str, folder: Path) -> Skeleton:
    """Write a skeleton and its test.

    Parameters
    ----------
    kind
        "study", "classic", "neuron", "rule" or "task".
    name
        Its name: of a class for a neuron or a rule (`LeakyCell`), else in small letters with hyphens (`noise-floor`).
    folder
        Where to write.

    Returns
    -------
    Skeleton
        What was written.

    Raises
    ------
    InputError
        If there is no such kind, the name is none or exists already, or a file does.
    """
    if kind not in get_args(Kind):
        raise unknown_name("kind", kind, get_args(Kind))
    if not folder.is_dir():
        raise InputError(f"--folder {folder}: no such folder; make it, or give another one")
    inside = folder.resolve() == ROOT and (ROOT / "pyproject.toml").is_file()
    names = _Names(name, _module(kind, name), inside)
    _refuse_known(kind, names)
    texts = {path: _rendered(template, names) for path, template in _places(kind, names).items()}
    for path in texts:
        if (folder / path).exists():
            raise InputError(f"{folder / path}: exists already; choose another name or folder")
    _refuse_hiding(kind, names)
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("x", encoding="utf-8") as file:
            file.write(text)
    changed = _declared(kind, names, folder) if inside and kind in _ROOMS else None
    files = tuple(folder / path for path in texts)
    install = "" if find_spec("pytest") else "python -m pip install pytest && "
    return Skeleton(files, changed, _usage(kind, names), f"{install}python -m pytest {_tests(files)}")


def _module(kind: str, name: str) -> str:
    """Name of the module or package of a thing."""
    if kind in _ROOMS:
        if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
            raise InputError(f"{kind} {name!r}: no name of a class; give one such as LeakyCell")
        module = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    else:
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
            raise InputError(f"{kind} {name!r}: no name; give small letters, digits and hyphens, such as noise-floor")
        module = name.replace("-", "_")
    if keyword.iskeyword(module):
        raise InputError(f"{kind} {name!r}: {module} is a word of Python's own; choose another name")
    return module


def _refuse_known(kind: str, names: _Names) -> None:
    known: Mapping[str, Callable[[], Mapping[str, object]]] = {
        **dict.fromkeys(_FOLDERS, lambda: KNOWN),
        "task": tasks,
        "neuron": lambda: public("neurons"),
        "rule": lambda: public("plasticity"),
    }
    if names.name in known[kind]():
        raise InputError(f"{kind} {names.name!r}: exists already; choose another name")


def _refuse_hiding(kind: str, names: _Names) -> None:
    """Refuse a file that would hide a module from whatever runs in the same folder."""
    if not names.inside and (hidden := find_spec(names.module)) is not None and hidden.origin is not None:
        raise InputError(f"{kind} {names.name!r}: would hide the Python module {names.module}; choose another name")


def _places(kind: str, names: _Names) -> dict[Path, str]:
    """Template of each file."""
    module = names.module
    test = f"test_{module}.py"
    if kind in _FOLDERS:
        home = Path("experiments", _FOLDERS[kind], module) if names.inside else Path(module)
        tests = Path("tests/experiments", _FOLDERS[kind], module) if names.inside else Path()
        parts = {home / f"{part}.py": f"{kind}/{part}.py" for part in ("__init__", "measure", "figure")}
        package = {tests / "__init__.py": "empty.py"} if names.inside else {}
        return {**parts, **package, tests / test: f"{kind}/test.py"}
    home = Path("bnsim", _ROOMS[kind]) if kind in _ROOMS else Path("experiments/tasks")
    tests = Path("tests/bnsim" if kind in _ROOMS else "tests/experiments")
    if not names.inside:
        home = tests = Path()
    template = "task/archive.py" if kind == "task" and not names.inside else f"{kind}/model.py"
    return {home / f"{module}.py": template, tests / test: f"{kind}/test.py"}


def _rendered(template: str, names: _Names) -> str:
    loader = PackageLoader("experiments.skeleton")
    environment = Environment(  # Python is no HTML
        loader=loader, undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True, autoescape=False
    )
    last = max(classic.order for classic in CLASSICS.values())
    return environment.get_template(f"{template}.jinja").render(
        name=names.name, module=names.module, inside=names.inside, order=last + 10
    )


def _declared(kind: str, names: _Names, folder: Path) -> Path:
    """Add the line that makes a class known to its room, in the order of the others."""
    room = _ROOMS[kind]
    path = folder / "bnsim" / room / "__init__.py"
    start, lines = path.read_text(encoding="utf-8").split("\n\n", 1)
    line = f"from bnsim.{room}.{names.module} import {names.name} as {names.name}"
    ordered = sorted([*lines.splitlines(), line])
    path.write_text("\n".join([start, "", *ordered, ""]), encoding="utf-8")
    return path


def _usage(kind: str, names: _Names) -> str:
    if kind in _FOLDERS:
        return f"bnsim run {names.name if names.inside else f'./{names.module}'}"
    if kind == "task":
        archive = f"python {names.module}.py && bnsim compare --task {names.module}.npz"
        return f"bnsim compare --task {names.name}" if names.inside else archive
    return f'python -c "from {"bnsim" if names.inside else names.module} import {names.name}; print({names.name}())"'


def _tests(files: tuple[Path, ...]) -> Path:
    return next(path for path in files if path.name.startswith("test_"))
