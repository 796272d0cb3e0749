"""A task by its name and checksum: what travels to a worker instead of the samples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bnsim.errors import InputError
from experiments.tasks import load_task
from experiments.tasks.dataset import Dataset


@dataclass(frozen=True)
class TaskReference:
    """A task that a process loads when it first needs it, and then keeps.

    Parameters
    ----------
    task
        Name of the task, or the absolute path of an archive.
    data_dir
        Folder of its files, where the task has any.
    checksum
        `Dataset.checksum` of the data that the run was planned with.
    """

    task: str
    data_dir: Path | None
    checksum: str

    def load(self) -> Dataset:
        """Return the data.

        Raises
        ------
        InputError
            If they cannot be loaded, or are others than those that the run was planned with.
        """
        return _loaded(self)


@lru_cache(maxsize=2)
def _loaded(reference: TaskReference) -> Dataset:
    dataset = load_task(reference.task, reference.data_dir)
    if dataset.checksum != reference.checksum:
        raise InputError(f"{reference.task}: its data have changed since the run was planned; begin a new run")
    return dataset
