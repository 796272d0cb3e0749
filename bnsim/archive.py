"""Plain arrays in one .npz file, without pickle: how states and recordings are kept."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bnsim.errors import InputError, MachineError


def write(owner: str, path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write the arrays. Errors: MachineError where that cannot be done; no part of the file is left."""
    path = Path(path)
    try:
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise MachineError(
            f"{owner}.save: cannot write {path} ({error.strerror}); give a folder that exists and has room"
        ) from None


def read(owner: str, path: str | Path) -> dict[str, np.ndarray]:
    """Read them back; object arrays are never unpickled. Errors: InputError for a file that is no such archive."""
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
        if not all(isinstance(array, np.ndarray) for array in arrays.values()):
            raise ValueError("it holds other things than arrays")
        return arrays
    except (
        OSError,
        ValueError,
        TypeError,
        AttributeError,
        EOFError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise foreign(owner, path, error) from None


def foreign(owner: str, path: str | Path, error: Exception) -> InputError:
    """The error for a file that `owner.save` did not write."""
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return InputError(f"{owner}.load: cannot read {path} ({reason}); give a file written by {owner}.save")
