"""Arrays that grow on disk: a folder of plain .npy files, and a list that says how much of each counts.

NumPy alone can read them: `np.load(folder / "spikes/E/time.npy", mmap_mode="r")`. The list, `contents.json`, is
replaced in one step when all arrays have grown, so that whatever interrupts the writer, the folder holds what it held
before.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from bnsim import npz
from bnsim.documents import STRICT, checked, of_json
from bnsim.files import flush, replacing

CONTENTS = "contents.json"
FORMAT = 1
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


class _Contents(TypedDict):
    """`contents.json`."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    format: Literal[1]
    facts: dict[str, int | float]
    arrays: dict[str, _Array]


class GrowingArrays:
    """Writer of a folder of arrays.

    Parameters
    ----------
    folder : pathlib.Path
        The folder; it is made where there is none. What it holds is continued.

    Attributes
    ----------
    folder : pathlib.Path
        The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._files: dict[str, dict[str, Any]] = {}
        self._changed: set[Path] = set()
        if (folder / CONTENTS).exists():
            self._files = _contents(folder)["arrays"]

    def append(self, name: str, rows: np.ndarray) -> None:
        """Add rows to an array, or begin one with them.

        Parameters
        ----------
        name : str
            Name of the array.
        rows : ndarray, shape (row, ...)
            The rows.
        """
        before = self._files[name]["shape"][0] if name in self._files else 0
        shape = (before + len(rows), *rows.shape[1:])
        self._files[name] = {"file": f"{name}.npy", "shape": list(shape)}
        path = self.folder / f"{name}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        header = _header(rows.dtype, shape)
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.seek(len(header) + before * rows.itemsize * int(np.prod(rows.shape[1:])))
            file.truncate()  # what an interrupted writer may have left
            file.write(np.ascontiguousarray(rows).data)
            file.seek(0)
            file.write(header)
        self._changed.add(path)

    def put(self, name: str, array: np.ndarray, version: int) -> None:
        """Write an array as a whole; the one that it replaces stays until `commit`.

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
        self._files[name] = {"file": f"{name}-{version}.npy", "shape": list(array.shape)}

    def commit(self, facts: Mapping[str, float]) -> None:
        """Let all that was written count.

        Parameters
        ----------
        facts : mapping of str to int or float
            What else the list says, by name.
        """
        written = {"format": FORMAT, "facts": dict(facts), "arrays": self._files}
        for changed in self._changed:
            flush(changed)
        self._changed.clear()
        with replacing(self.folder / CONTENTS) as partial:
            partial.write_text(json.dumps(written, indent=1), encoding="utf-8")
        for name, entry in self._files.items():
            current = self.folder / entry["file"]
            for old in set(self.folder.glob(f"{name}-*.npy")) - {current}:  # what `put` has replaced
                old.unlink()


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
    contents = _contents(folder)
    arrays = {name: np.array(value) for name, value in contents["facts"].items()}
    for name, entry in contents["arrays"].items():
        npz.check_header(folder / entry["file"])
        array = np.load(folder / entry["file"], mmap_mode="r", allow_pickle=False)
        arrays[name] = array[: entry["shape"][0]] if entry["shape"] else array
        if list(arrays[name].shape) != entry["shape"]:
            raise ValueError(f"{entry['file']} is cut short")
    return arrays


def _contents(folder: Path) -> dict[str, Any]:
    path = folder / CONTENTS
    if path.stat().st_size > MOST_TEXT:
        raise ValueError(f"{CONTENTS} is larger than any that bnsim writes")
    contents = of_json(path.read_text(encoding="utf-8"))
    if isinstance(contents, dict) and contents.get("format") != FORMAT:
        raise ValueError(f"{CONTENTS} is not of format {FORMAT}")
    found: dict[str, Any] = checked(_Contents, contents)
    return found


def _header(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Header of a .npy file, which is as long whatever the number of rows."""
    file = io.BytesIO()
    described = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, described)
    return file.getvalue()
