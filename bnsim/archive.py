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
from bnsim.errors import InputError, MachineError, of_path
from bnsim.files import replacing


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
            np.savez_compressed(file, allow_pickle=False, **arrays)
    except OSError as error:
        if (refused := of_path(error)) is not None:
            raise refused from None
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
        If the file is no such archive, or larger than the limit (see `bnsim.npz`).
    """
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
    return InputError(f"{owner}.load: cannot read {path} ({reason}); give a file written by {owner}.save")
