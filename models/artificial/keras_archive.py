"""A .keras file, which may come from a stranger: what it holds is looked at before Keras sees any of it.

Such a file is a zip archive of a configuration (JSON) and weights (HDF5). Nothing in it is executed: the configuration
is read as JSON, and weights are arrays of plain numbers that lie in the file itself, of known size.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from bnsim import hdf5, npz
from bnsim.errors import InputError, first_line, refuse_path

CONFIGURATION, WEIGHTS = "config.json", "model.weights.h5"
LONGEST = 2**24
"""Bytes of a configuration at most: that of a thousand layers takes less than one of its 16 MB."""
MOST_OBJECTS = 100_000
"""Groups and arrays in a file of weights at most."""
SAVE_AGAIN = "save the model again with model.save('model.keras') of Keras 3"
_UNREADABLE = (
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    KeyError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


@contextmanager
def opened(path: Path) -> Iterator[tuple[dict[str, Any], Path, int]]:
    """Open a .keras file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Yields
    ------
    configuration : dict
        What its JSON holds, unchecked.
    weights : pathlib.Path
        A copy of its weights, checked, which is gone at the end of the context.
    n_values : int
        Numbers that the weights hold.

    Raises
    ------
    InputError
        If the file is missing, damaged, no such archive, or larger than the limit (`bnsim.npz`), or its weights are not
        plain arrays that it holds itself.
    """
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / WEIGHTS
        configuration = _extracted(path, weights)
        yield configuration, weights, _n_values(path, weights)


def _extracted(path: Path, weights: Path) -> dict[str, Any]:
    """The configuration; the weights are copied to a file of their own."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(path, archive)
            text = archive.read(members[CONFIGURATION])
            with archive.open(members[WEIGHTS]) as held, weights.open("wb") as copy:
                shutil.copyfileobj(held, copy)
    except InputError:
        raise
    except _UNREADABLE as error:
        refuse_path(error)
        if isinstance(error, FileNotFoundError):
            raise InputError(f"{path}: no such file; give the path of a .keras file") from None
        if isinstance(error, IsADirectoryError):
            raise InputError(f"{path}: a folder; give the path of a .keras file") from None
        if path.suffix in (".h5", ".hdf5"):
            remedy = "load it with keras.models.load_model and save it as model.keras"
            raise InputError(f"{path}: a file of Keras 2, or no .keras file; {remedy}") from None
        raise InputError(f"{path}: damaged, or no .keras file ({first_line(error)}); {SAVE_AGAIN}") from None
    try:
        configuration = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(f"{path}: {CONFIGURATION} is no JSON; {SAVE_AGAIN}") from None
    if not isinstance(configuration, dict):
        raise InputError(f"{path}: {CONFIGURATION} describes no model; {SAVE_AGAIN}")
    return configuration


def _members(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The two members that are read, once their sizes are known to be within the limits."""
    infos = [info for info in archive.infolist() if info.filename in (CONFIGURATION, WEIGHTS)]
    members = {info.filename: info for info in infos}
    if len(infos) != 2 or len(members) != 2:
        held = sorted({info.filename for info in infos})
        raise InputError(
            f"{path}: needs {CONFIGURATION} and {WEIGHTS} once each, and has {held or 'neither'}; {SAVE_AGAIN}"
        )
    if members[CONFIGURATION].file_size > LONGEST:
        size = members[CONFIGURATION].file_size
        raise InputError(f"{path}: {CONFIGURATION} of {size / 1e6:,.0f} MB is no model's; {SAVE_AGAIN}")
    npz.check_size(path, members[WEIGHTS].file_size)
    return members


def _n_values(path: Path, weights: Path) -> int:
    """How many numbers a file of weights holds, once it is known that it holds nothing else."""
    try:
        with hdf5.open_hdf5(weights) as file:
            arrays = list(_arrays(path, file))
            npz.check_size(path, sum(array.nbytes for array in arrays))
            for array in arrays:
                _check_array(path, array)
            return sum(array.size for array in arrays if not array.name.startswith("/optimizer/"))
    except InputError:
        raise
    except Exception as error:  # of a damaged file h5py raises errors of many kinds
        raise InputError(f"{path}: its weights are damaged ({first_line(error)}); {SAVE_AGAIN}") from None


def _arrays(path: Path, file: h5py.File) -> Iterator[h5py.Dataset]:
    """All arrays of a file; what lies elsewhere, or is entered twice, is refused."""
    waiting: list[h5py.Group] = [file["/"]]
    seen: set[int] = set()
    while waiting:
        group = waiting.pop()
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise _foreign(path, f"{group.name}/{name}", "a link to another place")
            member = group[name]
            address = h5py.h5o.get_info(member.id).addr
            if address in seen or len(seen) >= MOST_OBJECTS:
                raise _foreign(path, member.name, "entered twice, or one of too many")
            seen.add(address)
            if isinstance(member, h5py.Group):
                waiting.append(member)
            elif isinstance(member, h5py.Dataset):
                yield member
            else:
                raise _foreign(path, member.name, "no array")


def _check_array(path: Path, array: h5py.Dataset) -> None:
    if array.dtype.kind not in "biuf":
        raise _foreign(path, array.name, f"of type {array.dtype}, no numbers")
    if not hdf5.lies_here(array):
        raise _foreign(path, array.name, "an array that lies in another file")
    npz.check_size(path, hdf5.n_bytes(array))


def _foreign(path: Path, name: str, what: str) -> InputError:
    return InputError(f"{path}: its weights hold {name!r}, {what}; {SAVE_AGAIN}")
