"""Arrays of an .npz file, which may come from a stranger: sizes are compared with a limit before anything is read."""

from __future__ import annotations

import math
import os
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any

import numpy as np

from bnsim.errors import InputError

LIMIT = "BNSIM_MOST_BYTES"
"""Environment variable that sets the limit."""
MOST_BYTES = 2**30
"""Largest size of what is read from one file, where the environment variable says nothing."""

_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def check_size(path: Path, n_bytes: int) -> None:
    """Refuse a file whose content is larger than the limit.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    n_bytes : int
        Size of its content in memory.

    Raises
    ------
    InputError
        If it is larger, or the limit is no number.
    """
    given = os.environ.get(LIMIT, "")
    try:
        most = float(given) if given else MOST_BYTES
    except ValueError:
        raise InputError(f"{LIMIT}: {given!r} is no number; give bytes, such as 4e9") from None
    if n_bytes > most:
        raise InputError(
            f"{path}: holds {n_bytes / 1e9:,.3g} GB, more than the {most / 1e9:.3g} GB that are read; "
            f"if you trust it, set the environment variable {LIMIT}={n_bytes}"
        )


def names_in(path: Path) -> list[str]:
    """Return the names of the arrays in a file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    list of str
        Their names.

    Raises
    ------
    OSError, zipfile.BadZipFile
        If the file cannot be read, or is no .npz.
    """
    with zipfile.ZipFile(path) as archive:
        return [name.removesuffix(".npy") for name in archive.namelist()]


def read(path: Path, wanted: Collection[str] | None = None) -> dict[str, np.ndarray]:
    """Read arrays; nothing is unpickled.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    wanted : collection of str, optional
        Names of the arrays to read; all if not given.

    Returns
    -------
    dict of str to ndarray
        The arrays, by name.

    Raises
    ------
    InputError
        If they are larger than the limit.
    OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error
        If the file cannot be read, is damaged, is no .npz, or an array is one of Python's objects.
    """
    with zipfile.ZipFile(path) as archive:
        members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        if len(members) < len(archive.infolist()):
            raise ValueError("an array is in it twice")
        chosen = {name: info for name, info in members.items() if wanted is None or name in wanted}
        check_size(path, sum(info.file_size for info in chosen.values()))
        return {name: _array(archive, info) for name, info in chosen.items()}


def check_header(path: Path) -> None:
    """Refuse an .npy file whose header is damaged, or is of Python's objects or another size than the file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If the header is not that of such an array.
    """
    with path.open("rb") as file:
        shape, dtype = _header(file)
        begun = file.tell()
    _check_length(shape, dtype, path.stat().st_size - begun, shorter=True)


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    with archive.open(info) as file:
        shape, dtype = _header(file)
        begun = file.tell()
    _check_length(shape, dtype, info.file_size - begun)
    with archive.open(info) as file:
        array: np.ndarray = np.lib.format.read_array(file, allow_pickle=False)
        return array


def _check_length(shape: tuple[int, ...], dtype: np.dtype[Any], n_bytes: int, *, shorter: bool = False) -> None:
    """Refuse objects, and a header that claims another size; or a larger one, where there may be more in the file."""
    if dtype.hasobject:
        raise ValueError("Object arrays are never unpickled")
    claimed = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or (claimed > n_bytes if shorter else claimed != n_bytes):
        raise ValueError(f"an array of shape {shape} is not as long as its header says")


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(file)
    if version not in _HEADERS:
        raise ValueError(f"arrays of format {version} are not known")
    try:
        shape, _, dtype = _HEADERS[version](file)
    except Exception as error:  # a header is a Python literal, whose parsers have errors of many kinds
        raise ValueError(f"the header of an array is damaged ({type(error).__name__})") from None
    return shape, dtype
