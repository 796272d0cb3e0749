"""Plain arrays in one .npz file, without pickle: the file format of states and recordings.

A long run writes a folder instead, whose arrays grow (see `bnsim.growing`).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import numpy as np

from bnsim import growing, npz
from bnsim.errors import InputError, unwritten
from bnsim.files import replacing
from bnsim.parts import in_parts

KIND = "bnsim"
"""Name of the array that says whose file it is: a `State`'s or a `Recording`'s. Older files have none."""
STREAMED = ("Recording", "State")
"""What the folder of a long run holds too."""
LEVEL = 1
"""Of compression. 6, NumPy's, takes five times as long for ten million spikes, and makes them a tenth smaller."""
_PIECES, _PIECE = 16, 2**14
"""Number and size in bytes of the pieces of an array on which compression is tried."""


def write(owner: str, path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays to an .npz file.

    Parameters
    ----------
    owner : str
        Class whose `save` this is, for the message of an error.
    path : str or pathlib.Path
        The file, in a folder that exists.
    arrays : mapping of str to ndarray
        What to write, by name.

    Raises
    ------
    MachineError
        If the file cannot be written; one that was there before is left as it was.

    Notes
    -----
    Each array is compressed, quickly rather than well, where that makes it a fifth smaller: spikes and connectivity
    are, weights drawn at random are not.
    """
    path = Path(path)
    try:
        with replacing(path) as partial, partial.open("wb") as file:
            _write(file, {KIND: np.array(owner), **arrays})
    except OSError as error:
        raise unwritten(f"{owner}.save", path, error) from None


def _write(file: IO[bytes], arrays: Mapping[str, np.ndarray]) -> None:
    """What NumPy's `savez_compressed` writes, which takes no level of compression and tries it on everything."""
    with zipfile.ZipFile(file, "w", compresslevel=LEVEL) as members:
        for name, array in arrays.items():
            if array.dtype.hasobject:
                raise TypeError(f"{name}: an array of objects cannot be read again without unpickling")
            rows = np.atleast_1d(array)
            members.compression = zipfile.ZIP_DEFLATED if _shrinks(rows) else zipfile.ZIP_STORED
            with members.open(f"{name}.npy", "w", force_zip64=True) as member:
                member.write(growing.header(array.dtype, array.shape))
                for (part,) in in_parts(rows):
                    member.write(part.tobytes())


def _shrinks(rows: np.ndarray) -> bool:
    """Whether compression is worth its time: whether pieces of the array become a fifth shorter and more."""
    length = max(1, _PIECE // max(1, rows[:1].nbytes))
    starts = range(0, len(rows), max(length, len(rows) // _PIECES))
    pieces = b"".join(rows[start : start + length].tobytes() for start in starts)
    return len(zlib.compress(pieces, LEVEL)) < 0.8 * len(pieces)


def read(owner: str, path: str | Path) -> dict[str, np.ndarray]:
    """Read the arrays of an .npz file, or map those of a folder; object arrays are never unpickled.

    Parameters
    ----------
    owner : str
        Class whose `load` this is, for the message of an error.
    path : str or pathlib.Path
        The file or folder.

    Returns
    -------
    dict of str to ndarray
        The arrays, by name.

    Raises
    ------
    InputError
        If the file is no such archive, another class has written it, or it is larger than the limit (see `bnsim.npz`).
    """
    arrays = _read(owner, path)
    kind = arrays.pop(KIND, np.array(owner))
    if kind.ndim or kind.dtype.kind != "U":
        raise foreign(owner, path, ValueError(f"array {KIND!r} is no name"))
    if kind != owner:
        raise InputError(f"{owner}.load: {path} holds a {kind}; use {kind}.load")
    return arrays


def _read(owner: str, path: str | Path) -> dict[str, np.ndarray]:
    try:
        if Path(path).is_dir():
            return growing.read(Path(path))
        return npz.read(Path(path))
    except InputError:
        raise
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise foreign(owner, path, error) from None


def foreign(owner: str, path: str | Path, error: Exception) -> InputError:
    """Return the error for a file that `owner.save` did not write.

    Parameters
    ----------
    owner : str
        Class whose `load` failed.
    path : str or pathlib.Path
        The file.
    error : Exception
        What went wrong; its first line becomes part of the message.

    Returns
    -------
    InputError
        To be raised by the caller.
    """
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    folder = " or the folder that a run was told to write to" if owner in STREAMED else ""
    return InputError(f"{owner}.load: cannot read {path} ({reason}); give a file written by {owner}.save{folder}")


def equal(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> bool:
    """Return whether two objects hold the same arrays.

    Parameters
    ----------
    one, other : mapping of str to ndarray
        The arrays of each, by name.

    Returns
    -------
    bool
        True where names, shapes, kinds of numbers and all values are equal. NaN equals NaN; the number of bytes of a
        number plays no part.
    """
    return one.keys() == other.keys() and all(_equal(array, other[name]) for name, array in one.items())


def _equal(one: np.ndarray, other: np.ndarray) -> bool:
    one, other = np.asarray(one), np.asarray(other)
    signs = ["i" if array.dtype.kind == "u" else array.dtype.kind for array in (one, other)]
    return signs[0] == signs[1] and np.array_equal(one, other, equal_nan=signs[0] == "f")
