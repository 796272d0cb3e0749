"""What arrays from a file must be, said once for each: kind of numbers, shape, range, and what they refer to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

WHOLE, REAL, NUMBER, TEXT = "iu", "f", "biuf", "U"
"""Kinds of `numpy.dtype.kind`: whole numbers, floating-point numbers, numbers of any kind, and text."""

_IN_WORDS = {WHOLE: "whole numbers", REAL: "floating-point numbers", NUMBER: "numbers", TEXT: "text"}


@dataclass(frozen=True)
class Expected:
    """What one array must be.

    Parameters
    ----------
    kinds : str
        Letters of `numpy.dtype.kind`, such as `WHOLE`.
    shape : tuple of int or str
        Length of each axis; a name stands for any length, the same wherever the name occurs.
    low, high : float
        Smallest and largest value. A number is neither NaN nor infinite, unless `finite` says so.
    below : str
        Name of a length of which the values are indices; "" for none.
    finite : bool
        Whether NaN and infinity are refused.
    among : tuple of str
        The texts that there are; any, if empty.
    """

    kinds: str
    shape: tuple[int | str, ...]
    low: float = -math.inf
    high: float = math.inf
    below: str = ""
    finite: bool = True
    among: tuple[str, ...] = ()


def check(
    arrays: Mapping[str, np.ndarray], expected: Mapping[str, Expected], sizes: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Check arrays that were read.

    The values of arrays that are mapped from disk are not looked at: whoever reads them checks them.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        The arrays, by name; others than the expected ones are not looked at.
    expected : mapping of str to Expected
        What each must be, those that name a length before those that refer to it.
    sizes : mapping of str to int, optional
        Lengths that are known, by name.

    Returns
    -------
    dict of str to int
        The lengths, by name.

    Raises
    ------
    ValueError
        If an array is missing or is not as expected.
    """
    known = dict(sizes or {})
    for name, wanted in expected.items():
        if name not in arrays:
            raise ValueError(f"array {name!r} is missing")
        array = arrays[name]
        if array.dtype.kind not in wanted.kinds:
            kinds = _IN_WORDS.get(wanted.kinds, "another type")
            raise ValueError(f"{name!r} is of type {array.dtype}, not {kinds}")
        _check_shape(name, array, wanted.shape, known)
        if array.dtype.kind == "U":
            _check_texts(name, array, wanted.among)
        elif array.size and not isinstance(array, np.memmap):
            _check_values(name, array, wanted, known)
    return known


def _check_shape(name: str, array: np.ndarray, shape: tuple[int | str, ...], known: dict[str, int]) -> None:
    fits = array.ndim == len(shape) and all(
        length == (known.setdefault(axis, length) if isinstance(axis, str) else axis)
        for length, axis in zip(array.shape, shape, strict=True)
    )
    if not fits:
        wanted = ", ".join(f"{axis} {known[axis]}" if axis in known else str(axis) for axis in shape)
        raise ValueError(f"{name!r} is of shape {array.shape}, not ({wanted})")


def _check_texts(name: str, array: np.ndarray, among: tuple[str, ...]) -> None:
    for text in array.ravel().tolist() if among else ():
        if text not in among:
            raise ValueError(f"{name!r} is {text!r}, not one of {', '.join(map(repr, among))}")


def _check_values(name: str, array: np.ndarray, wanted: Expected, known: Mapping[str, int]) -> None:
    if wanted.below and wanted.below not in known:
        raise ValueError(f"{name!r} refers to {wanted.below}, which there are not")
    low, high = (0, known[wanted.below] - 1) if wanted.below else (wanted.low, wanted.high)
    if array.dtype.kind != "f" and (low, high) == (-math.inf, math.inf):
        return
    if array.dtype.kind == "f" and not wanted.finite:
        return
    least, most = array.min(), array.max()  # NaN if there is one
    if not (np.isfinite(least) and np.isfinite(most)):
        raise ValueError(f"{name!r} holds NaN or infinite values")
    if least < low or most > high:
        raise ValueError(f"{name!r} holds {least if least < low else most}, which is not from {low} to {high}")
