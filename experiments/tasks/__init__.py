"""Tasks: the data on which networks are compared. To add one, write a file with `load(data_dir)` and name
it here."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.names import unknown_name

if TYPE_CHECKING:
    from experiments.tasks.dataset import Dataset


@dataclass(frozen=True)
class Task:
    """A named task: the module that loads it and one line about it."""

    module: str
    summary: str


TASKS = {
    "digits": Task("experiments.tasks.digits", "handwritten digits, 8 x 8 pixels, 1797 samples (the default)"),
    "mnist": Task("experiments.tasks.mnist", "handwritten digits, 28 x 28 pixels, 70,000 samples, fixed test set"),
    "breast-cancer": Task("experiments.tasks.breast_cancer", "30 features, malignant or benign, 569 samples"),
    "digits-parity": Task("experiments.tasks.digits_parity", "the images of digits, even or odd"),
}


def load_task(name: str, data_dir: Path | None = None) -> Dataset:
    """The data of a named task, or of an .npz file with X (n, ...) and y (n,) by its path.

    data_dir: where `mnist` finds its files. Errors: InputError for an unknown name or data that cannot be
    used.
    """
    if name in TASKS:
        return importlib.import_module(TASKS[name].module).load(data_dir)
    if name.endswith(".npz") or Path(name).is_file():
        from experiments.tasks import archive

        return archive.load(Path(name))
    raise unknown_name("task", name, [*TASKS, "or the path of an .npz file with X and y"])
