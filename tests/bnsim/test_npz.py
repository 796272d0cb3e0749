"""Archives that come from strangers: sizes are known before anything is read."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

import bnsim
from bnsim import npz


def test_what_numpy_writes_is_read(tmp_path: Path) -> None:
    arrays = {
        "plain": np.arange(6.0).reshape(2, 3),
        "fortran": np.asfortranarray(np.arange(6).reshape(2, 3)),
        "below/text": np.array(["a", "bc"]),
        "empty": np.zeros((0, 3), np.int32),
        "scalar": np.array(3),
        "nothing": np.array(""),
    }
    for write in (np.savez, np.savez_compressed):
        write(tmp_path / "file.npz", allow_pickle=True, **arrays)
        found = npz.read(tmp_path / "file.npz")
        assert list(found) == npz.names_in(tmp_path / "file.npz") == list(arrays)
        for name, array in arrays.items():
            assert found[name].dtype == array.dtype
            np.testing.assert_array_equal(found[name], array)
    assert list(npz.read(tmp_path / "file.npz", ["plain", "other"])) == ["plain"]


def member(shape: str, data: bytes = bytes(80)) -> bytes:
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    return np.lib.format.magic(1, 0) + (len(header) + 1).to_bytes(2, "little") + f"{header}\n".encode() + data


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(f"{name}.npy", content)
    return path


@pytest.mark.parametrize("shape", ["(1000000000000,)", "(11,)", "(9,)", "(1000000, 1000000, 1000000)", "()"])
def test_a_header_that_claims_another_size(shape: str, tmp_path: Path) -> None:
    path = archive(tmp_path / "file.npz", a=member(shape))
    with pytest.raises(ValueError, match=r"an array of shape \(.*\) is not as long as its header says"):
        npz.read(path)
    with pytest.raises(bnsim.InputError, match=f"State.load: cannot read {path}"):
        bnsim.State.load(path)


def test_what_inflates_to_more_than_the_limit_is_not_inflated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "file.npz", a=member("(20000000,)", bytes(160_000_000)))
    assert path.stat().st_size < 1_000_000
    monkeypatch.setenv(npz.LIMIT, "1e8")
    tracemalloc.start()
    with pytest.raises(bnsim.InputError) as raised:
        bnsim.State.load(path)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
    assert str(raised.value) == (
        f"{path}: holds 0.16 GB, more than the 0.1 GB that are read; if you trust it, set the environment variable "
        f"BNSIM_MOST_BYTES={160_000_000 + len(member('(20000000,)', b''))}"
    )
    monkeypatch.setenv(npz.LIMIT, "2e8")
    assert len(npz.read(path)["a"]) == 20_000_000
    monkeypatch.setenv(npz.LIMIT, "much")
    with pytest.raises(bnsim.InputError, match=r"^BNSIM_MOST_BYTES: 'much' is no number; give bytes, such as 4e9$"):
        npz.read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "EOF: reading magic string"),
        (b"a pickle, perhaps", "magic string is not correct"),
        (member("(10"), "the header of an array is damaged"),
    ],
)
def test_members_that_are_no_arrays(content: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        npz.read(archive(tmp_path / "file.npz", a=content))


def test_python_objects_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "file.npz", allow_pickle=True, a=np.array([{}], object))
    with pytest.raises(ValueError, match="Object arrays are never unpickled"):
        npz.read(tmp_path / "file.npz")


def test_an_array_that_is_in_it_twice(tmp_path: Path) -> None:
    path = archive(tmp_path / "file.npz", a=member("(10,)"))
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr("a.npy", member("(10,)"))
    with pytest.raises(ValueError, match="an array is in it twice"):
        npz.read(path)


def test_a_format_that_is_not_known(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.zeros(10), version=(3, 0))
    with pytest.raises(ValueError, match=r"arrays of format \(3, 0\) are not known"):
        npz.read(archive(tmp_path / "file.npz", a=buffer.getvalue()))
