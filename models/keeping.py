"""The state of an unfinished training in a folder, from which the same training goes on after an interruption."""

from __future__ import annotations

import hashlib
import math
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from filelock import FileLock, Timeout
from numpy.typing import NDArray

from bnsim.errors import InputError, MachineError, refuse_path
from bnsim.files import clear
from bnsim.printable import printable
from models import storage

PERIOD = "BNSIM_KEEP_EVERY"
"""Environment variable that sets the least time between two states."""
SECONDS = 30.0
"""That time in s, where the environment variable says nothing."""
STATES = 2
"""States that are kept: should one be damaged, the training goes on from the one before."""
WORTH = 1.0
"""Seconds from which on the end of a training is kept: to write it takes about a hundredth of that."""
FINISHED = "finished"


@runtime_checkable
class Observer(Protocol):
    """What looks at a model at checkpoints, and can write down what it has found.

    A training that is kept (`Classifier.fit`) needs one as `at_checkpoint`: what a function has found is lost when the
    process ends.
    """

    def __call__(self, model: Any, samples_seen: int) -> None:
        """Look at the model.

        Parameters
        ----------
        model : Classifier
            The model, which is not changed.
        samples_seen : int
            Presentations so far.
        """

    def notes(self) -> Mapping[str, NDArray[Any]]:
        """Return all that was found and later looks depend on.

        Returns
        -------
        mapping of str to ndarray
            Arrays by name.
        """

    def take_notes(self, notes: Mapping[str, NDArray[Any]]) -> None:
        """Become what the notes were written by.

        Parameters
        ----------
        notes : mapping of str to ndarray
            What `notes` has returned.
        """


@dataclass(frozen=True)
class TrainingState:
    """A training at some moment.

    Parameters
    ----------
    position : int
        Presentations so far.
    seconds : float
        How long they took.
    is_finished : bool
        Whether this is its end.
    header : mapping of str to object
        What JSON holds of the classifier.
    arrays : mapping of str to ndarray
        All else.
    """

    position: int
    seconds: float
    is_finished: bool
    header: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


class Keeper:
    """Keeps the states of one training in a folder; see `keeping`.

    Parameters
    ----------
    culprit : str
        What the messages of errors begin with.
    folder : pathlib.Path
        The folder.
    class_name : str
        Class of the classifier.
    identify : callable
        Returns the checksum of all that the training depends on. It takes a while where there are many samples, and is
        called when the first state is read or written.
    every : float
        Least time in s between two states.

    Attributes
    ----------
    folder : pathlib.Path
        The folder.
    """

    def __init__(self, culprit: str, folder: Path, class_name: str, identify: Callable[[], str], every: float) -> None:
        self._culprit, self.folder, self._class = culprit, folder, class_name
        self._identify, self._every = cache(identify), every
        self._last = time.monotonic()

    def latest(self) -> TrainingState | None:
        """Read the last state that is whole.

        Returns
        -------
        TrainingState or None
            The state; None if there is none.

        Raises
        ------
        InputError
            If the folder holds another training.

        Warns
        -----
        UserWarning
            If a state is damaged; the one before is used.
        """
        for path in reversed(self._paths()):
            name, _, checksum = path.stem.partition("-")
            try:
                if _checksum(path) != checksum:
                    raise InputError(f"{path}: damaged")
                with storage.reading(path, self._class) as (header, arrays):
                    kept, position = header.pop("identity"), int(header.pop("position"))
                    seconds = float(header.pop("seconds"))
            except (InputError, OSError):
                what = f"{self._culprit}: {printable(str(path))} is damaged"
                warnings.warn(f"{what}; the state before it, or the start, is where the training goes on", stacklevel=2)
                continue
            if kept != self._identify():
                raise InputError(
                    f"{self._culprit}: {self.folder} holds a training with other samples, parameters or checkpoints; "
                    "give another folder, or remove this one"
                )
            return TrainingState(position, seconds, name == FINISHED, header, arrays)
        return None

    @property
    def is_due(self) -> bool:
        """Whether the last state is old enough for another one."""
        return time.monotonic() - self._last >= self._every

    def keep(self, state: TrainingState) -> None:
        """Write a state; older ones than the one before are removed then.

        Parameters
        ----------
        state : TrainingState
            The state.

        Raises
        ------
        MachineError
            If the disk fails.
        """
        if state.is_finished and time.monotonic() - self._last < min(WORTH, self._every):
            return
        header = {**state.header, "identity": self._identify(), "position": state.position, "seconds": state.seconds}
        written = self.folder / "state.npz"
        storage.write(written, header, state.arrays)
        name = FINISHED if state.is_finished else f"{state.position:012}"
        try:
            written.replace(self.folder / f"{name}-{_checksum(written)}.npz")
            for old in self._paths()[: -1 if state.is_finished else -STATES]:
                old.unlink()
        except OSError as error:
            raise MachineError(f"{self.folder}: cannot be written ({error.strerror}); choose another place") from error
        self._last = time.monotonic()

    def _paths(self) -> list[Path]:
        """States in the order in which they were written."""
        return sorted(self.folder.glob("*-*.npz"))


@contextmanager
def keeping(culprit: str, folder: Path, class_name: str, identify: Callable[[], str], every: float) -> Iterator[Keeper]:
    """Let a training be kept in a folder, which no other process uses meanwhile.

    Parameters
    ----------
    culprit : str
        What the messages of errors begin with.
    folder : pathlib.Path
        The folder; it is made where there is none.
    class_name : str
        Class of the classifier.
    identify : callable
        Returns the checksum of all that the training depends on.
    every : float
        Least time in s between two states.

    Yields
    ------
    Keeper
        Reads and writes the states.

    Raises
    ------
    InputError
        If another process trains there.
    MachineError
        If the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"{culprit}: another process carries out the training in {folder}; wait until it ends"
        ) from None
    except OSError as error:
        refuse_path(error)
        raise MachineError(f"{culprit}: {folder} cannot be made ({error.strerror}); choose another place") from error
    try:
        clear(folder)
        yield Keeper(culprit, folder, class_name, identify, every)
    finally:
        lock.release()


def usual_period() -> float:
    """Return the least time between two states, where a call does not say it.

    Returns
    -------
    float
        In s.

    Raises
    ------
    InputError
        If the environment variable is no such number.
    """
    given = os.environ.get(PERIOD, "")
    try:
        seconds = float(given) if given else SECONDS
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise InputError(f"{PERIOD}: {given!r} is no time; give seconds, such as 30")
    return seconds


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=8)).hexdigest()
