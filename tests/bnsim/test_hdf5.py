"""HDF5 files of strangers: what HDF5's own library would read for ever is refused."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from bnsim.hdf5 import open_hdf5

TEXTS = [f"the text with the number {number}" for number in range(500)]


@pytest.fixture(params=["latest", "earliest"])
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "texts.h5"
    with h5py.File(path, "w", libver=request.param) as file:
        file["many"] = np.array(TEXTS, object)
        file["one"] = "a text"
        # Bytes that look like the beginning of a heap, and are none.
        file["values"] = np.frombuffer(b"GCOL\x01\0\0\0" + bytes([0, 16] + 30 * [1]), np.uint8)
        file["many"].attrs["texts"] = ["another", "text"]
    return path


def test_whole_files_are_read(path: Path) -> None:
    with open_hdf5(path) as file:
        assert file["many"].asstr()[...].tolist() == TEXTS
        assert file["one"].asstr()[()] == "a text"


def test_a_heap_in_which_the_library_would_stay_for_ever_is_refused(path: Path) -> None:
    """The object of the heap that is free has the number 0; the library goes on by its size."""
    content = bytearray(path.read_bytes())
    heap = content.index(b"GCOL\x01")
    size = int.from_bytes(content[heap + 16 + 8 : heap + 32], "little")
    second = heap + 16 + 16 + -(-size // 8) * 8
    content[second : second + 16] = bytes(16)
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"its heap of texts at byte {heap:,} is damaged"), open_hdf5(path):
        pass


def test_what_is_no_file_of_hdf5_is_refused_by_the_library(tmp_path: Path) -> None:
    (tmp_path / "empty.h5").write_bytes(b"")
    for name in ("empty.h5", "missing.h5"):
        with pytest.raises(OSError, match="nable to"), open_hdf5(tmp_path / name):
            pass
