"""Plain arrays in one .npz file, without pickle: the file format of states and recordings.

A long run writes a folder instead, whose arrays grow (see `bnsim.growing`).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bnsim import growing, npz
from bnsim.errors import InputError, MachineError, refuse_path
from bnsim.files import replacing

KIND = "bnsim"
"""Name of the array that says whose file it is: a `State`'s or a `Recording`'s. Older files have none."""
STREAMED = ("Recording", "State")
"""What the folder of a long run holds too."""


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
    """
    path = Path(path)
    try:
        with replacing(path) as partial, partial.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **{KIND: np.array(owner)}, **arrays)
    except OSError as error:
        refuse_path(error)
        raise MachineError(
            f"{owner}.save: cannot write {path} ({error.strerror}); give a folder that exists and has room"
        ) from None


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
