"""Arrays and texts from an HDF5 file that may be damaged or come from a stranger."""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from bnsim.expected import NUMBER
from bnsim.npz import check_size

_HEAP = b"GCOL\1"
"""Signature and version of a heap, in which HDF5 keeps texts; the library does not look at the three bytes after it."""
_INTEGERS = {2: "H", 4: "I", 8: "Q"}
"""Unsigned integers by their bytes, as `struct` names them."""


@contextmanager
def open_hdf5(path: Path) -> Iterator[h5py.File]:
    """Open a file to read it, once it is known that the HDF5 library comes to the end of its texts.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Yields
    ------
    h5py.File
        The file, to be read.

    Raises
    ------
    OSError
        If it cannot be opened.
    ValueError
        If a heap of texts is damaged: the library would look for its end for ever, where no Ctrl-C reaches it. Or if
        heaps overlap, of which many would take long to look at.
    """
    with h5py.File(path, "r") as file:
        _, length = file.id.get_create_plist().get_sizes()
        with path.open("rb") as raw, mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ) as content:
            _check_heaps(content, length)
        yield file


class Source:
    """One HDF5 file.

    Parameters
    ----------
    path : pathlib.Path
        Its path.
    file : h5py.File
        The open file; all that is read from it counts towards the limit of `bnsim.npz`.
    """

    def __init__(self, path: Path, file: h5py.File) -> None:
        self.path, self.file, self._n_bytes = path, file, 0

    def members(self, place: str) -> list[str]:
        """Return the names in a group.

        Parameters
        ----------
        place : str
            The group.

        Returns
        -------
        list of str
            Names; none where there is no such group.
        """
        group = self._at(place)
        return list(group) if isinstance(group, h5py.Group) else []

    def holds(self, place: str) -> bool:
        """Return whether there is something at a place.

        Parameters
        ----------
        place : str
            The place.

        Returns
        -------
        bool
            Whether there is.
        """
        return self._at(place) is not None

    def is_numeric(self, place: str) -> bool:
        """Return whether a place holds one number for each member.

        Parameters
        ----------
        place : str
            The place.

        Returns
        -------
        bool
            False for groups, texts and matrices.
        """
        found = self._at(place)
        return isinstance(found, h5py.Dataset) and found.dtype.kind in NUMBER and len(found.shape or ()) == 1

    def numbers(self, place: str, length: int | None = None, kinds: str = NUMBER) -> np.ndarray:
        """Return an array of numbers.

        Parameters
        ----------
        place : str
            The dataset.
        length : int, optional
            How many there must be.
        kinds : str
            Letters of `numpy.dtype.kind`.

        Returns
        -------
        ndarray, shape (n,)
            The numbers.

        Raises
        ------
        ValueError
            If there is no such dataset in this file.
        """
        found = self.dataset(place)
        _check_kind(place, found, kinds)
        if len(found.shape) != 1 or (length is not None and found.shape != (length,)):
            raise ValueError(f"{place} has shape {found.shape}, not ({length if length is not None else 'n'},)")
        array = self._read(found)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"{place} holds NaN or infinite values")
        return array

    def array(self, place: str) -> np.ndarray:
        """Return an array of numbers of any shape and value.

        Parameters
        ----------
        place : str
            The dataset.

        Returns
        -------
        ndarray
            The numbers.

        Raises
        ------
        ValueError
            If there is no such dataset in this file.
        """
        found = self.dataset(place)
        _check_kind(place, found, NUMBER)
        return self._read(found)

    def whole(self, place: str, length: int | None = None, below: int | None = None) -> np.ndarray:
        """Return an array of whole numbers of at least 0.

        Parameters
        ----------
        place : str
            The dataset.
        length : int, optional
            How many there must be.
        below : int, optional
            What all are below.

        Returns
        -------
        ndarray of int64, shape (n,)
            The numbers.

        Raises
        ------
        ValueError
            If they are others.
        """
        array = self.numbers(place, length, "iu")
        largest = int(array.max()) if array.size else 0
        if array.size and (array.min() < 0 or largest >= (2**62 if below is None else below)):
            raise ValueError(f"{place} holds {min(int(array.min()), 0) or largest}; {below} are known")
        return array.astype(np.int64)

    def text(self, place: str, attribute: str) -> str:
        """Return an attribute of a dataset, as text.

        Parameters
        ----------
        place : str
            The dataset.
        attribute : str
            Name of the attribute.

        Returns
        -------
        str
            The text; "" where there is none.
        """
        value = self.dataset(place).attrs.get(attribute, "")
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.item()
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""

    def count(self, n_bytes: int) -> None:
        """Count bytes that are going to be read.

        Parameters
        ----------
        n_bytes : int
            How many.

        Raises
        ------
        InputError
            If they are above the limit.
        """
        self._n_bytes += n_bytes
        check_size(self.path, self._n_bytes)

    def dataset(self, place: str) -> h5py.Dataset:
        """Return a dataset that lies in this file, where it seems to lie.

        Parameters
        ----------
        place : str
            The dataset.

        Returns
        -------
        h5py.Dataset
            The dataset.

        Raises
        ------
        ValueError
            If there is none, or it lies elsewhere.
        """
        found: Any = self.file
        for part in place.split("/"):
            link = found.get(part, getlink=True) if isinstance(found, h5py.Group) else None
            if link is None:
                raise ValueError(f"{place} is missing")
            if not isinstance(link, h5py.HardLink):
                raise ValueError(f"{place} is a link to elsewhere")
            found = found[part]
        if not isinstance(found, h5py.Dataset) or found.shape is None:
            raise ValueError(f"{place} is no dataset")
        if not lies_here(found):
            raise ValueError(f"{place} lies in another file")
        return found

    def _read(self, found: h5py.Dataset) -> np.ndarray:
        self.count(n_bytes(found))
        return np.asarray(found[()])

    def _at(self, place: str) -> h5py.Group | h5py.Dataset | None:
        found = self.file
        for part in place.split("/"):
            if not isinstance(found, h5py.Group) or not isinstance(found.get(part, getlink=True), h5py.HardLink):
                return None
            found = found[part]
        return found


def lies_here(found: h5py.Dataset) -> bool:
    """Return whether the values of a dataset are in its own file.

    Parameters
    ----------
    found : h5py.Dataset
        The dataset.

    Returns
    -------
    bool
        False for external and virtual ones.
    """
    return not (found.external or found.is_virtual)


def n_bytes(found: h5py.Dataset) -> int:
    """Return how many bytes it takes to read a dataset.

    Parameters
    ----------
    found : h5py.Dataset
        The dataset.

    Returns
    -------
    int
        A single piece is unpacked as a whole, however small the array is said to be.
    """
    piece = math.prod(found.chunks) if found.chunks else 0
    return int(max(found.size or 0, piece) * found.dtype.itemsize)


def _check_heaps(content: mmap.mmap, length: int) -> None:
    """Refuse a heap of which an object takes no place, so that the next one would be itself.

    HDF5 File Format Specification 3.0, section III.E, "Global Heap": an object has a number, 0 for free space, and a
    size in `length` bytes, with which free space counts its header.
    """
    header, found = 8 + 8 * math.ceil(length / 8), struct.Struct(f"<H6x{_INTEGERS[length]}").unpack_from
    start, steps = content.find(_HEAP), len(content) // header
    while start >= 0:
        end = min(start + found(content, start)[1], len(content))
        place = start + header
        while place + header <= end:
            number, size = found(content, place)
            step = size if number == 0 else header + 8 * -(-size // 8)
            if not header <= step < 2**63:
                raise ValueError(f"a heap of texts is damaged at byte {place}")
            place, steps = place + step, steps - 1
            if steps < 0:
                raise ValueError(f"heaps of texts overlap at byte {start}")
        start = content.find(_HEAP, start + 8)


def _check_kind(place: str, found: h5py.Dataset, kinds: str) -> None:
    if found.dtype.kind not in kinds:
        raise ValueError(f"{place} is of type {found.dtype}, not numbers")
