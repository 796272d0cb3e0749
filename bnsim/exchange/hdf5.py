"""Arrays and texts from an HDF5 file that may be damaged or come from a stranger."""

from __future__ import annotations

import math
from pathlib import Path

import h5py
import numpy as np

from bnsim.expected import NUMBER
from bnsim.npz import check_size


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
        self.path, self._file, self._n_bytes = path, file, 0

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
        found = self._dataset(place)
        if found.dtype.kind not in kinds:
            raise ValueError(f"{place} is of type {found.dtype}, not numbers")
        if len(found.shape) != 1 or (length is not None and found.shape != (length,)):
            raise ValueError(f"{place} has shape {found.shape}, not ({length if length is not None else 'n'},)")
        chunk = math.prod(found.chunks) if found.chunks else 0
        self.count(max(found.size, chunk) * found.dtype.itemsize)
        array: np.ndarray = np.asarray(found[()])
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"{place} holds NaN or infinite values")
        return array

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
        value = self._dataset(place).attrs.get(attribute, "")
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

    def _at(self, place: str) -> h5py.Group | h5py.Dataset | None:
        found = self._file
        for part in place.split("/"):
            if not isinstance(found, h5py.Group) or not isinstance(found.get(part, getlink=True), h5py.HardLink):
                return None
            found = found[part]
        return found

    def _dataset(self, place: str) -> h5py.Dataset:
        found = self._at(place)
        if not isinstance(found, h5py.Dataset) or found.shape is None:
            raise ValueError(f"{self.path.name} has no dataset {place}")
        if found.external or found.is_virtual:
            raise ValueError(f"{place} lies in another file")
        return found
