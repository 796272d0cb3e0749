"""Runs of the lab: piece by piece, so that they are seen while they go on, take turns, and can be stopped."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from bnsim.errors import InputError, MachineError
from bnsim.files import making
from experiments.lab.views import Shown

if TYPE_CHECKING:
    from experiments.lab.setting import Setting


class Run(ABC):
    """A run of a setting.

    Parameters
    ----------
    setting
        The setting.

    Attributes
    ----------
    setting
        The setting.
    result
        The file that holds most of what `write` writes.
    """

    result: ClassVar[str]

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    @property
    @abstractmethod
    def done(self) -> float:
        """Which share of the run is done, from 0 to 1."""

    @property
    @abstractmethod
    def finished(self) -> bool:
        """Whether the run has reached its end."""

    @property
    @abstractmethod
    def said(self) -> str:
        """How far it is, or what came out, in words."""

    @property
    def axis(self) -> float | None:
        """Where the time axis of the plots ends, in ms; None where it is always the same."""
        return None

    @abstractmethod
    def prepare(self) -> None:
        """Do what comes before the first piece.

        Raises
        ------
        InputError
            If the values do not fit each other.
        MachineError
            If the compiler or the disk fails.
        """

    @abstractmethod
    def advance(self) -> list[Shown | None]:
        """Carry out the next piece.

        Returns
        -------
        list of Shown or None
            What each plot shows from now on, None for what it shows already.

        Raises
        ------
        InputError
            If the values do not fit each other.
        MachineError
            If it fails.
        """

    def close(self) -> None:  # noqa: B027
        """Leave a run that is not wanted any more; what it holds can still be saved. Nothing, unless overridden."""

    def save(self, out: Path) -> Path:
        """Write what came out, the setting and the script into a new folder.

        Parameters
        ----------
        out
            Folder in which the new one is made.

        Returns
        -------
        Path
            The new folder, with setting.json, script.py and what came out.

        Raises
        ------
        InputError
            If there is nothing to be saved yet.
        MachineError
            If it cannot be written; nothing is left then.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        return self.write(out / f"{stamp}-lab-{self.setting.experiment.name}")

    def write(self, folder: Path) -> Path:
        """Write as `save` does, into a folder of this name.

        Parameters
        ----------
        folder
            A folder that does not exist.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        InputError
            If it exists, or there is nothing to be saved yet.
        MachineError
            If it cannot be written; nothing is left then.
        """
        if folder.exists():
            raise InputError(f"{folder}: exists already; give a new folder")
        self._check_worth_keeping()
        setting = self.setting
        facts: dict[str, Any] = {"experiment": setting.experiment.name, "values": dict(setting.values)}
        facts["seed"] = setting.key
        try:
            with making(folder) as partial:
                facts |= self._write(partial)
                (partial / "setting.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
                (partial / "script.py").write_text(setting.script(), encoding="utf-8")
        except OSError as error:
            raise MachineError(f"{folder}: cannot be written ({error.strerror}); give a folder with room") from error
        return folder

    @abstractmethod
    def _check_worth_keeping(self) -> None:
        """Raise an InputError if there is nothing to be saved yet."""

    @abstractmethod
    def _write(self, folder: Path) -> dict[str, Any]:
        """Write what came out, and return further facts of the setting."""
