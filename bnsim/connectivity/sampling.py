"""Choice of as many different units for each row, from the row's own random numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bnsim.arrays import BoolArray, Float64Array, Int64Array
from bnsim.random_numbers import Numbers

TAKEN = 2**24
"""Flags at once, in bytes, where no unit may be chosen twice."""


def different(numbers: Numbers, n_rows: int, degree: int, n: int, *, own: bool) -> Iterator[tuple[slice, Int64Array]]:
    """Choose `degree` different ones of `n` units uniformly for each row, a block of rows at a time.

    Parameters
    ----------
    numbers : Numbers
        The random numbers: place k of a row is its k-th choice.
    n_rows : int
        Number of rows.
    degree : int
        How many units each row chooses.
    n : int
        How many there are.
    own : bool
        Whether row k may choose unit k.

    Yields
    ------
    rows : slice
        The rows of the block.
    units : ndarray of int, shape (row, degree)
        What they chose, in ascending order.
    """
    others = n if own else n - 1
    size = max(1, TAKEN // n)
    for start in range(0, n_rows, size):
        rows = np.arange(start, min(start + size, n_rows))
        taken = without_replacement(numbers.rows(rows, degree), others)
        units = np.flatnonzero(taken).reshape(len(rows), degree) - (rows - start)[:, None] * others
        yield slice(start, start + len(rows)), units if own else units + (units >= rows[:, None])


def without_replacement(uniform: Float64Array, n: int) -> BoolArray:
    """Choose different units for each row, all sets of them being equally probable.

    Parameters
    ----------
    uniform : ndarray of float, shape (row, degree)
        A random number for each choice.
    n : int
        Number of units, at least the degree.

    Returns
    -------
    ndarray of bool, shape (row, n)
        Which units are chosen.

    Notes
    -----
    Robert Floyd's algorithm: choice k is uniform among the first n - degree + k + 1 units; where that unit is taken,
    the last of them is chosen instead.

    References
    ----------
    J. Bentley and R. Floyd, Programming pearls: a sample of brilliance, Communications of the ACM 30 (1987) 754-757.
    """
    taken = np.zeros((len(uniform), n), bool)
    flat, begin = taken.reshape(-1), np.arange(len(uniform)) * n
    for last, number in enumerate(np.ascontiguousarray(uniform.T), start=n - uniform.shape[1]):
        unit = begin + (number * (last + 1)).astype(np.int64)
        again = np.flatnonzero(flat[unit])
        unit[again] = begin[again] + last
        flat[unit] = True
    return taken
