"""A file to which finished work is appended: one JSON object a line, each with a checksum.

A line counts when it is whole: a process that is killed while it writes one leaves a piece without an end, which the
next one removes. Nothing that was written before is ever touched, so a kill loses no finished line. Lines are written
by one process at a time, which holds the lock of the folder; any number may read meanwhile. The file is flushed to the
disk once a second, and at the end: a machine that loses power loses the work of that second.
"""

from __future__ import annotations

import json
import os
import time
import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from bnsim.errors import InputError, MachineError, refuse_path

T = TypeVar("T")

FLUSHED_EVERY = 1.0
"""Seconds between two flushes to the disk."""

LONGEST = 100_000_000
"""Largest length of a line in bytes; more is no work of this project."""

_MARK = b', "crc32": '


class Ledger:
    """The file.

    Parameters
    ----------
    path
        Path of the file, which may be missing: nothing is finished then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None
        self._flushed = 0.0

    def entries(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Iterate over all whole lines, oldest first. One that is damaged is left out with a warning.

        Yields
        ------
        tuple of int and dict
            Place in the file, for `at`, and what the line holds.

        Raises
        ------
        InputError
            If the file cannot be read.
        """
        if not self.path.is_file():
            return
        with self._reading() as file:
            place = 0
            for number, line in enumerate(iter(lambda: file.readline(LONGEST), b""), 1):
                if line.endswith(b"\n"):
                    entry = _checked(line)
                    if entry is None:
                        warnings.warn(
                            f"{self.path}: line {number} is damaged; what it held counts as not done", stacklevel=2
                        )
                    else:
                        yield place, entry
                place += len(line)

    def at(self, place: int) -> dict[str, Any]:
        """Read one line.

        Parameters
        ----------
        place
            Its place, from `entries` or `append`.

        Returns
        -------
        dict
            What it holds.

        Raises
        ------
        InputError
            If it is damaged.
        """
        with self._reading() as file:
            return self._read(file, place)

    def several(self, places: Iterable[tuple[T, int]]) -> Iterator[tuple[T, dict[str, Any]]]:
        """Read lines in any order.

        Parameters
        ----------
        places
            Anything that stands for a line, and its place.

        Yields
        ------
        tuple
            What stands for the next line, and what the line holds.

        Raises
        ------
        InputError
            If a line is damaged.
        """
        with self._reading() as file:
            for tag, place in places:
                yield tag, self._read(file, place)

    def _read(self, file: BinaryIO, place: int) -> dict[str, Any]:
        file.seek(place)
        entry = _checked(file.readline(LONGEST))
        if entry is None:
            raise InputError(f"{self.path}: damaged at byte {place}; repeat the command to do again what it held")
        return entry

    @contextmanager
    def _reading(self) -> Iterator[BinaryIO]:
        try:
            with self.path.open("rb") as file:
                yield file
        except OSError as error:
            refuse_path(error)
            raise InputError(f"{self.path}: cannot be read ({error.strerror}); repair it or begin anew") from None

    @contextmanager
    def appending(self) -> Iterator[None]:
        """Allow `append` inside, after a piece of a line that an interrupted writer has left is removed.

        Raises
        ------
        MachineError
            If the file cannot be written.
        """
        with self._writing():
            self._file = self.path.open("a+b", buffering=0)
            _cut(self._file)
        try:
            yield
        finally:
            with self._writing(), self._file as file:
                self._file = None
                os.fsync(file.fileno())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            refuse_path(error)
            raise self._unwritten(error) from error

    def append(self, entry: Mapping[str, Any]) -> int:
        """Write a line.

        Parameters
        ----------
        entry
            What it holds: values that JSON can represent.

        Returns
        -------
        int
            Its place, for `at`.

        Raises
        ------
        MachineError
            If it cannot be written; the file then ends with the line before.
        """
        assert self._file is not None
        text = json.dumps(entry, ensure_ascii=False, allow_nan=False).encode()[:-1]
        line = text + _MARK + str(zlib.crc32(text)).encode() + b"}\n"
        place = self._file.seek(0, os.SEEK_END)
        try:
            while line:
                line = line[self._file.write(line) :]
            if time.monotonic() - self._flushed > FLUSHED_EVERY:
                os.fsync(self._file.fileno())
                self._flushed = time.monotonic()
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(place)
            raise self._unwritten(error) from error
        return place

    def _unwritten(self, error: OSError) -> MachineError:
        return MachineError(
            f"{self.path}: cannot be written ({error.strerror}); free some space or make it writable, then repeat the "
            "command: what is finished is kept"
        )


def _checked(line: bytes) -> dict[str, Any] | None:
    """Return what a line holds; None if it is damaged."""
    text, mark, checksum = line.rstrip().rpartition(_MARK)
    if not mark or checksum != str(zlib.crc32(text)).encode() + b"}":
        return None
    try:
        entry = json.loads(text + b"}")
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _cut(file: BinaryIO) -> None:
    """Remove what follows the last end of a line."""
    end = file.seek(0, os.SEEK_END)
    kept = end
    while kept > 0:
        start = max(0, kept - 65536)
        file.seek(start)
        found = file.read(kept - start).rfind(b"\n")
        if found >= 0:
            kept = start + found + 1
            break
        kept = start
    if kept < end:
        file.truncate(kept)
