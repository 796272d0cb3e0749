"""Tasks: the data on which networks are compared.

A task is one file in this folder that defines `TASK`, a `Task`. Another package offers one by an entry point of the
group `bnsim.tasks` whose name is the task's and that refers to such an object. Loading the data may import what it
needs; the file itself must not, because listing the tasks imports all files.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bnsim.errors import InputError, unknown_name
from experiments.tasks.source import Source, file_of

if TYPE_CHECKING:
    from experiments.tasks.dataset import Dataset

GROUP = "bnsim.tasks"
OWN = (
    "or the path of an .npz file with X and y, of a text (book.txt), or of a table and its column of classes "
    "(table.csv:kind)"
)
"""What else is a task than those that have a name."""


@dataclass(frozen=True)
class Task:
    """A named data set.

    Parameters
    ----------
    name
        What `--task` calls it.
    summary
        One line about it, for `bnsim list tasks`.
    load
        Return the `Dataset`, given the folder of the data files, or None where the user named none.
    """

    name: str
    summary: str
    load: Callable[[Path | None], Dataset]


@cache
def tasks() -> Mapping[str, Task]:
    """Return all tasks by name: those of this folder, then those of other installed packages.

    Raises
    ------
    InputError
        If two tasks have the same name.
    """
    found: dict[str, Task] = {}
    for origin, task in [*_in_this_folder(), *_of_other_packages()]:
        if task.name in found:
            raise InputError(f"task {task.name!r} of {origin} has the name of another task; rename or uninstall it")
        found[task.name] = task
    return found


def load_task(name: str, data_dir: Path | None = None) -> Dataset:
    """Load the data of a named task or of a file.

    Parameters
    ----------
    name
        Name of a task; path of an .npz file with X (n, ...) and y (n,), and lengths (n,) of sequences; path of a text
        (.txt); or path of a table of comma-separated (.csv) or tab-separated (.tsv) values and the name of its column
        of classes, such as "table.csv:kind".
    data_dir
        Folder of the data files, for tasks that read some.

    Returns
    -------
    Dataset
        All samples, unscaled.

    Raises
    ------
    InputError
        If there is no such task, or if its data cannot be used.
    """
    known = tasks()
    if name in known:
        return known[name].load(data_dir)
    file = file_of(name) or (Source(Path(name)) if Path(name).is_file() else None)
    if file is None:
        raise unknown_name("task", name, [*known, OWN])
    if file.is_table:
        from experiments.tasks import table

        return replace(table.load(file), of_file=True)
    if file.is_text:
        from experiments.tasks import text

        return replace(text.load(file.path), of_file=True)
    from experiments.tasks import archive

    return replace(archive.load(file.path), of_file=True)


def _in_this_folder() -> list[tuple[str, Task]]:
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return [(module.__name__, module.TASK) for module in modules if hasattr(module, "TASK")]


def _of_other_packages() -> list[tuple[str, Task]]:
    return [(f"package {_package(entry)}", _entered(entry)) for entry in entry_points(group=GROUP)]


def _entered(entry: EntryPoint) -> Task:
    """The task of an entry point. A package that is broken must not take the other tasks with it."""
    try:
        task = entry.load()
        reason = f"{entry.value} is no Task" if not isinstance(task, Task) else ""
        if not reason and task.name != entry.name:
            reason = f"{entry.value} calls itself {task.name!r}"
    except Exception as error:  # whatever importing a foreign package may raise
        reason = f"{type(error).__name__}: {error}"
    if not reason:
        return task

    def refuse(data_dir: Path | None) -> NoReturn:
        raise InputError(
            f"task {entry.name!r} of package {_package(entry)}: cannot be loaded ({reason}); repair or uninstall it"
        )

    return Task(entry.name, f"cannot be loaded: {reason}", refuse)


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "unknown"
