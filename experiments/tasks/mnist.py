"""`mnist`: 70,000 handwritten digits of 28 x 28 pixels (LeCun, Cortes & Burges).

Read from the four published IDX files, gzipped or not, in `--data-dir` or the folder that the environment
variable BNSIM_DATA names; without either, downloaded by Keras. In each case the MD5 of the uncompressed
IDX bytes is checked. The 10,000 test images are fixed; the last 10,000 training images are the validation
set.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bnsim.errors import InputError, refuse_path
from experiments.tasks import Task
from experiments.tasks.dataset import Dataset

MOST_BYTES = 100_000_000
"""What is read of a file at most: more than the largest, unpacked, has."""
CHECKSUMS = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
"""MD5 of each uncompressed file."""


def load(data_dir: Path | None) -> Dataset:
    """Load the pixels 0..255, to be divided by 255.

    Parameters
    ----------
    data_dir
        Folder of the four IDX files; None for that of BNSIM_DATA or, without it, a download.

    Returns
    -------
    Dataset
        All 70,000 images, the 60,000 training images first.

    Raises
    ------
    InputError
        If folder or file is missing, or a file is damaged or has a wrong checksum.
    MachineError
        If the download fails.
    """
    if data_dir is None and os.environ.get("BNSIM_DATA"):
        data_dir = Path(os.environ["BNSIM_DATA"])
    files = _download() if data_dir is None else _read_folder(data_dir)
    for name, content in files.items():
        _check(name, content, data_dir)
    train_X, train_y, test_X, test_y = (_array(content) for content in files.values())
    return Dataset(
        "mnist",
        X=np.concatenate([train_X, test_X]).reshape(70_000, 784),
        y=np.concatenate([train_y, test_y]).astype(np.int64),
        classes=tuple("0123456789"),
        image_shape=(28, 28),
        scaling=255.0,
        n_train=60_000,
        n_validation=10_000,
    )


def _read_folder(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        raise InputError(f"{folder}: no such data folder; give the folder of the MNIST IDX files as --data-dir")
    return {name: _read_file(folder, name) for name in CHECKSUMS}


def _read_file(folder: Path, name: str) -> bytes:
    plain, packed = folder / name, folder / f"{name}.gz"
    path = plain if plain.is_file() else packed
    if not path.is_file():
        raise InputError(f"{folder}: {name}.gz is missing; put the four MNIST IDX files there")
    try:
        with gzip.open(path) if path is packed else path.open("rb") as file:
            return file.read(MOST_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        refuse_path(error)
        raise InputError(f"{path}: damaged or truncated ({error}); fetch it again") from None


def _check(name: str, content: bytes, folder: Path | None) -> None:
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != CHECKSUMS[name]:
        origin = f"{folder / name}" if folder else f"{name} from Keras' download"
        raise InputError(
            f"{origin}: wrong checksum (MD5 {found} of {len(content)} bytes, expected {CHECKSUMS[name]}); "
            "the file is damaged, truncated or another one: fetch it again"
        )


def _array(content: bytes) -> NDArray[np.uint8]:
    """An IDX file of unsigned bytes: two zero bytes, type 8, the number of axes, their lengths, the data."""
    n_axes = content[3]
    shape = struct.unpack(f">{n_axes}I", content[4 : 4 + 4 * n_axes])
    return np.frombuffer(content, np.uint8, offset=4 + 4 * n_axes).reshape(shape)


def _idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """The inverse of `_array`, so that downloaded arrays are held against the same checksums."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def _download() -> dict[str, bytes]:
    from models.artificial.download import mnist_arrays

    return {name: _idx_bytes(array) for name, array in zip(CHECKSUMS, mnist_arrays(), strict=True)}


TASK = Task("mnist", "handwritten digits, 28 x 28 pixels, 70,000 samples, fixed test set", load)
