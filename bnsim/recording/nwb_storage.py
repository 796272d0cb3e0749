"""How arrays get into an HDF5 file: compressed, piece by piece, and without harm where the disk is full."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from hdmf.backends.hdf5.h5_utils import H5DataIO
from hdmf.data_utils import GenericDataChunkIterator

from bnsim.archive import LEVEL
from bnsim.parts import let_go

_AT_ONCE_GB = 0.03
"""Of an array that is written piece by piece."""
_SMALL = 2**20
"""Entries of an array that is handed over whole."""


class QuietFile(io.FileIO):
    """Go on where the file cannot be written: HDF5 would end the process.

    Parameters
    ----------
    file : str or pathlib.Path
        The file.
    mode : str
        As `io.FileIO` takes it.
    closefd : bool
        As `io.FileIO` takes it.
    opener : callable, optional
        As `io.FileIO` takes it.
    """

    _error: OSError | None = None

    @contextmanager
    def failing_first(self) -> Iterator[None]:
        """Raise what failed first, after HDF5 has closed its file.

        Yields
        ------
        None
            Nothing.

        Raises
        ------
        OSError
            Why the file could not be written.
        """
        try:
            yield
        finally:
            if self._error is not None:
                raise self._error

    def write(self, data: Any) -> int:
        """Write all of it, or remember why not.

        Parameters
        ----------
        data : bytes-like
            What to write.

        Returns
        -------
        int
            The number of its bytes.
        """
        rest = memoryview(data).cast("B")
        try:
            while self._error is None and rest:
                rest = rest[super().write(rest) :]
        except OSError as error:
            self._error = error
        return len(data)

    def truncate(self, size: int | None = None) -> int:
        """Set the length, or remember why that failed.

        Parameters
        ----------
        size : int, optional
            The length in bytes.

        Returns
        -------
        int
            The length.
        """
        try:
            return super().truncate(size) if self._error is None else size or 0
        except OSError as error:
            self._error = error
            return size or 0

    def readinto(self, buffer: Any) -> int:
        """Read; what was never written is zero.

        Parameters
        ----------
        buffer : bytes-like
            What to fill.

        Returns
        -------
        int
            The number of bytes.
        """
        n_read = super().readinto(buffer) or 0
        if self._error is not None:
            memoryview(buffer).cast("B")[n_read:] = bytes(len(buffer) - n_read)
            return len(buffer)
        return n_read


class _Parts(GenericDataChunkIterator):
    """An array, piece by piece; what is mapped from disk leaves the memory again."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array
        super().__init__(buffer_gb=_AT_ONCE_GB, chunk_mb=1.0)

    def _get_data(self, selection: tuple[slice, ...]) -> np.ndarray:
        part = np.array(self._array[selection])
        let_go(self._array)
        return part

    def _get_maxshape(self) -> tuple[int, ...]:
        return self._array.shape

    def _get_dtype(self) -> np.dtype[Any]:
        return self._array.dtype


def stored(array: np.ndarray) -> Any:
    """Return an array as hdmf writes it: compressed, and piece by piece where it is large.

    Parameters
    ----------
    array : ndarray
        The array.

    Returns
    -------
    object
        The array, or what wraps it.
    """
    if not array.size:
        return array
    data = array if array.size <= _SMALL else _Parts(array)
    return H5DataIO(data=data, compression="gzip", compression_opts=LEVEL, shuffle=True)
