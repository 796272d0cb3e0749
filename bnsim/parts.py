"""Long arrays, part by part: of what is mapped from disk, no more than a part need be in memory."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import Any

import numpy as np

AT_ONCE = 2**20
"""Entries of a part. What is computed from a part takes some ten arrays of its length."""


def in_parts(*arrays: np.ndarray, further: int = 0) -> Iterator[Any]:
    """Go through arrays of the same length, part by part; what is mapped from disk leaves the memory after its part.

    Parameters
    ----------
    *arrays : ndarray, shape (n, ...)
        The arrays.
    further : int
        How many entries of the next part each part has besides, for what compares neighbours.

    Yields
    ------
    tuple of ndarray
        Views: the same part of each array.
    """
    for first in range(0, len(arrays[0]), AT_ONCE):
        yield tuple(array[first : first + AT_ONCE + further] for array in arrays)
        for array in arrays:
            let_go(array)


def let_go(array: np.ndarray) -> None:
    """Take what is mapped from disk out of this process's memory; it is read again where it is looked at again.

    Parameters
    ----------
    array : ndarray
        Any array; one that is not mapped, or not for reading alone, stays as it is.

    Notes
    -----
    The operating system would do so by itself when memory runs short. Until then, all that was ever looked at counts as
    memory of the process, and limits on it, such as those of a cluster's jobs, count it too.
    """
    owner: Any = array
    readable = False
    while isinstance(owner, np.ndarray):
        readable = readable or (isinstance(owner, np.memmap) and owner.mode == "r")
        owner = owner.base
    if readable and isinstance(owner, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):  # Windows has none
        owner.madvise(mmap.MADV_DONTNEED)
