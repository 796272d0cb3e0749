"""What a user asks for: enough to plan the same run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bnsim.errors import InputError
from experiments.names import DEFAULT_MODELS
from experiments.studies import refuse_unnamed

COMPARE = "compare"
"""In place of the name of a study: all studies of a preset."""

DEFAULT_TASK = "digits"


def names_of(models: Sequence[str]) -> tuple[str, ...]:
    """Return names of classifiers as a request holds them.

    Parameters
    ----------
    models
        A list of names.

    Returns
    -------
    tuple of str
        The names.

    Raises
    ------
    InputError
        If it is a single text, whose letters would be taken for names.
    """
    if isinstance(models, str):
        names = [name.strip() for name in models.split(",")]
        raise InputError(f"models: {models!r} is a text; give a list of names, {names!r}")
    return tuple(models)


@dataclass(frozen=True)
class Request:
    """The request of a user.

    Parameters
    ----------
    study
        Name of a study or classic experiment, path of its folder, or "compare".
    task
        Name of a task, or path of an archive. The task of a classic experiment is its name.
    models
        Names of classifiers.
    seeds
        Number of seeds.
    preset
        "quick", "full" or "tiny" (`bnsim list presets`).
    data_dir
        Folder of the task's files, if it has any.
    settings
        As `--set`: values by "section.key".
    """

    study: str
    task: str = DEFAULT_TASK
    models: tuple[str, ...] = DEFAULT_MODELS
    seeds: int = 5
    preset: str = "quick"
    data_dir: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the request as it is stored in plan.json.

        Returns
        -------
        dict of str to object
            Values that JSON can represent.
        """
        return {**vars(self), "data_dir": None if self.data_dir is None else str(self.data_dir)}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Request:
        """Restore a request from the result of `document`.

        Parameters
        ----------
        document
            The request as it is stored in plan.json.

        Returns
        -------
        Request
            The request.

        Raises
        ------
        InputError
            If it names the folder of a study that nobody has named in this process (`experiments.studies.find`).
        """
        refuse_unnamed(document["study"])
        settings = {key: untupled(value) for key, value in document["settings"].items()}
        data_dir = None if document["data_dir"] is None else Path(document["data_dir"])
        return cls(**{**document, "models": tuple(document["models"]), "data_dir": data_dir, "settings": settings})


def untupled(value: Any) -> Any:
    """Return a value that JSON has read as settings hold it: lists are tuples there.

    Parameters
    ----------
    value
        The value.

    Returns
    -------
    object
        The value, with tuples for lists.
    """
    return tuple(map(untupled, value)) if isinstance(value, (list, tuple)) else value
