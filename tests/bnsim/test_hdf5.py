"""Files of HDF5 in which its library would get lost."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from bnsim.errors import InputError
from bnsim.exchange import read_sonata
from bnsim.hdf5 import open_hdf5

HEAP, HEADER = b"GCOL", 16


def with_texts(path: Path) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["units"] = "mV"
        file["names"] = ["a", "longer than eight bytes"]
    return path


def of_object(path: Path, **fields: bytes) -> int:
    """Overwrite the number or the size of the first object of the heap; the place where it lies."""
    content = bytearray(path.read_bytes())
    place = content.index(HEAP) + HEADER
    for name, value in fields.items():
        at = place + {"index": 0, "size": 8}[name]
        content[at : at + len(value)] = value
    path.write_bytes(content)
    return place


def test_whole_texts_are_read(tmp_path: Path) -> None:
    with open_hdf5(with_texts(tmp_path / "a.h5")) as file:
        assert file.attrs["units"] == "mV"
        assert file["names"].asstr()[:].tolist() == ["a", "longer than eight bytes"]


@pytest.mark.parametrize(
    "fields",
    [
        {"index": bytes(2), "size": bytes(8)},
        {"index": bytes(2), "size": (8).to_bytes(8, "little")},
        {"size": (2**64 - 16).to_bytes(8, "little")},
    ],
    ids=["free space of no size", "free space that is less than its header", "a size that is none with its header"],
)
def test_a_heap_without_an_end_is_refused(fields: dict[str, bytes], tmp_path: Path) -> None:
    """The library reads it for ever, with Ctrl-C held."""
    path = with_texts(tmp_path / "a.h5")
    place = of_object(path, **fields)
    with pytest.raises(ValueError, match=f"a heap of texts is damaged at byte {place}$"), open_hdf5(path):
        pass


def test_heaps_that_overlap_are_refused(tmp_path: Path) -> None:
    """Each lies in an object of the one before, and goes on to the end; looking at n of them would take n² steps."""
    path = with_texts(tmp_path / "a.h5")
    size, small = (2**20).to_bytes(8, "little"), (16).to_bytes(8, "little")
    heaps = (b"\1" + bytes(7) + small + HEAP + b"\1\0\0\0" + size) * 100
    with path.open("ab") as file:
        file.write(heaps + (b"\1" + bytes(15)) * 1000)
    with pytest.raises(ValueError, match=r"^heaps of texts overlap at byte \d+$"), open_hdf5(path):
        pass


def test_who_reads_a_strangers_file_says_so_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "circuit_config.json").write_text('{"networks": {"nodes": [{"nodes_file": "nodes.h5"}]}}')
    place = of_object(with_texts(tmp_path / "nodes.h5"), index=bytes(2), size=bytes(8))
    with pytest.raises(InputError) as caught:
        read_sonata(tmp_path)
    assert str(caught.value) == (
        f"read_sonata: cannot read {tmp_path} (a heap of texts is damaged at byte {place}); "
        "give a folder in the format SONATA"
    )


def test_bytes_that_look_like_the_beginning_of_a_heap(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["values"] = np.frombuffer(b"GCOL\x01\0\0\0" + bytes([0, 16] + 30 * [1]), np.uint8)
    with open_hdf5(tmp_path / "a.h5") as file:
        assert file["values"].shape == (40,)


def test_what_is_no_file_of_hdf5_is_refused_by_the_library(tmp_path: Path) -> None:
    (tmp_path / "empty.h5").write_bytes(b"")
    for name in ("empty.h5", "missing.h5"):
        with pytest.raises(OSError, match="nable to"), open_hdf5(tmp_path / name):
            pass
