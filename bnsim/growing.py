"""Arrays that grow on disk: a folder of plain .npy files, and a list that says how much of each counts.

NumPy alone can read them: `np.load(folder / "spikes/E/time.npy", mmap_mode="r")`. The list, `contents.json`, is
replaced in one step when all arrays have grown, so that whatever interrupts the writer, the folder holds what it held
before. It has the checksum of each array. The list before the last one is kept, with the arrays that have been replaced
since, so that damage to the last piece costs that piece.
"""

from __future__ import annotations

import io
import json
import shutil
import warnings
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from bnsim import npz
from bnsim.documents import STRICT, checked, of_json
from bnsim.files import flush, replacing
from bnsim.parts import in_parts

CONTENTS, BEFORE = "contents.json", "contents-before.json"
FORMAT = 2
"""Version of the format, which a reader checks."""
MOST_TEXT = 100_000_000
"""Largest size in bytes of the list that is read."""


def _within(file: str) -> str:
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or "\0" in file:
        raise ValueError("a file outside the folder")
    return file


class _Array(TypedDict):
    """Where an array is, and how much of it counts."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    file: Annotated[str, AfterValidator(_within)]
    shape: list[Annotated[int, Field(ge=0, lt=2**63)]]
    checksum: Annotated[int, Field(ge=0, lt=2**32)]
    """CRC-32 of the numbers that count."""


class _Contents(TypedDict):
    """`contents.json`."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    format: Literal[2]
    facts: dict[str, int | float]
    notes: dict[str, str]
    arrays: dict[str, _Array]


class GrowingArrays:
    """Writer of a folder of arrays.

    Parameters
    ----------
    folder : pathlib.Path
        The folder; it is made where there is none. What it holds is continued.

    Raises
    ------
    OSError
        If the folder cannot be made or read.
    ValueError
        If it holds something else, or is damaged.

    Attributes
    ----------
    folder : pathlib.Path
        The folder.
    notes : dict of str to str
        Texts that the list has besides, as of the last `commit`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._files: dict[str, dict[str, Any]] = {}
        self._changed: set[Path] = set()
        self._kept: set[str] = set()
        self.notes: dict[str, str] = {}
        if is_begun(folder):
            name, found = _sound(folder, thorough=True)
            self._files, self.notes = found["arrays"], found["notes"]
            self._kept = {entry["file"] for entry in self._files.values()}
            if name == BEFORE:  # which stays, until there is another
                (folder / CONTENTS).unlink(missing_ok=True)

    def append(self, name: str, rows: np.ndarray) -> None:
        """Add rows to an array, or begin one with them.

        Parameters
        ----------
        name : str
            Name of the array.
        rows : ndarray, shape (row, ...)
            The rows.
        """
        entry = self._files.get(name, {"shape": [0], "checksum": 0})
        before, data = entry["shape"][0], np.ascontiguousarray(rows)
        shape = (before + len(rows), *rows.shape[1:])
        checksum = zlib.crc32(data.data, entry["checksum"])
        self._files[name] = {"file": f"{name}.npy", "shape": list(shape), "checksum": checksum}
        path = self.folder / f"{name}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        begin = header(rows.dtype, shape)
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.seek(len(begin) + before * rows.itemsize * int(np.prod(rows.shape[1:])))
            file.truncate()  # what an interrupted writer may have left
            file.write(data.data)
            file.seek(0)
            file.write(begin)
        self._changed.add(path)

    def put(self, name: str, array: np.ndarray, version: int) -> None:
        """Write an array as a whole; the one that it replaces stays until the `commit` after the next.

        Parameters
        ----------
        name : str
            Name of the array.
        array : ndarray
            The array.
        version : int
            Number that this array's file is told from that of the one before by.
        """
        path = self.folder / f"{name}-{version}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, array, allow_pickle=False)
        self._changed.add(path)
        file = f"{name}-{version}.npy"
        self._files[name] = {"file": file, "shape": list(array.shape), "checksum": _checksum(array)}

    def commit(self, facts: Mapping[str, float], notes: Mapping[str, str]) -> None:
        """Let all that was written count.

        Parameters
        ----------
        facts : mapping of str to int or float
            What else the list says, by name.
        notes : mapping of str to str
            Texts that the list has besides.
        """
        self.notes = dict(notes)
        written = {"format": FORMAT, "facts": dict(facts), "notes": self.notes, "arrays": self._files}
        for changed in self._changed:
            flush(changed)
        self._changed.clear()
        if (self.folder / CONTENTS).exists():
            with replacing(self.folder / BEFORE) as partial:
                shutil.copyfile(self.folder / CONTENTS, partial)
        with replacing(self.folder / CONTENTS) as partial:
            partial.write_text(json.dumps(written, indent=1), encoding="utf-8")
        current = {entry["file"] for entry in self._files.values()}
        for name in self._files:
            for path in self.folder.glob(f"{name}-*.npy"):  # what `put` has replaced
                if path.relative_to(self.folder).as_posix() not in current | self._kept:
                    path.unlink()
        self._kept = current


def header(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Return the header of a .npy file, which is as long whatever the number of rows.

    Parameters
    ----------
    dtype : numpy.dtype
        Kind of the numbers, which follow in C order.
    shape : tuple of int
        Of the array.

    Returns
    -------
    bytes
        The header.
    """
    file = io.BytesIO()
    described = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, described)
    return file.getvalue()


def is_begun(folder: Path) -> bool:
    """Return whether a folder holds arrays, damaged or not.

    Parameters
    ----------
    folder : pathlib.Path
        The folder, which may be missing.

    Returns
    -------
    bool
        Whether there is a list.
    """
    return any((folder / name).exists() for name in (CONTENTS, BEFORE))


def read(folder: Path) -> dict[str, np.ndarray]:
    """Read a folder of arrays without loading them.

    Parameters
    ----------
    folder : pathlib.Path
        The folder.

    Returns
    -------
    dict of str to ndarray
        The arrays, mapped into memory, and the facts, by name.

    Raises
    ------
    OSError
        If a file is missing.
    ValueError
        If the folder holds something else.
    """
    _, contents = _sound(folder, thorough=False)
    arrays = {name: np.array(value) for name, value in contents["facts"].items()}
    return arrays | {name: _mapped(folder, entry) for name, entry in contents["arrays"].items()}


def _sound(folder: Path, thorough: bool) -> tuple[str, dict[str, Any]]:
    """Name and content of the last list that tells the truth.

    thorough: whether arrays that grow are compared with their checksums too, for which they are read.
    """
    try:
        return CONTENTS, _compared(folder, CONTENTS, thorough)
    except (OSError, ValueError) as error:
        try:
            before = _compared(folder, BEFORE, thorough)
        except (OSError, ValueError):
            raise error from None
        warnings.warn(f"{folder}: damaged ({error}); what it held one piece before is used", stacklevel=2)
        return BEFORE, before


def _compared(folder: Path, name: str, thorough: bool) -> dict[str, Any]:
    contents = _contents(folder, name)
    for array, entry in contents["arrays"].items():
        found = _mapped(folder, entry)
        grows = entry["file"] == f"{array}.npy"
        if (thorough or not grows) and _checksum(found) != entry["checksum"]:
            raise ValueError(f"{entry['file']} has another checksum")
    return contents


def _mapped(folder: Path, entry: Mapping[str, Any]) -> np.ndarray:
    npz.check_header(folder / entry["file"])
    array = np.load(folder / entry["file"], mmap_mode="r", allow_pickle=False)
    counted = array[: entry["shape"][0]] if entry["shape"] and array.ndim else array
    if list(counted.shape) != entry["shape"]:
        raise ValueError(f"{entry['file']} is cut short")
    return counted


def _checksum(array: np.ndarray) -> int:
    found = 0
    for (part,) in in_parts(np.atleast_1d(array)):
        found = zlib.crc32(np.ascontiguousarray(part).data, found)
    return found


def _contents(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    if path.stat().st_size > MOST_TEXT:
        raise ValueError(f"{name} is larger than any that bnsim writes")
    contents = of_json(path.read_text(encoding="utf-8"))
    if isinstance(contents, dict) and contents.get("format") != FORMAT:
        raise ValueError(f"{name} is not of format {FORMAT}")
    found: dict[str, Any] = checked(_Contents, contents)
    return found
