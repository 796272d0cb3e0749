"""Random pairs of units, drawn with replacement: by probability, in-degree, out-degree or total number.

They are functions of sizes and random numbers alone, so that what draws synapses while a simulation starts
(`bnsim.recipe`) is the same code as that of the rules of connectivity, and a compiled program can do the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from bnsim.arrays import Int32Array, Int64Array
from bnsim.quantiles import log
from bnsim.random_numbers import Numbers

Pairs = tuple[Int32Array, Int32Array]
"""Source and target of each pair, sorted by source, then target."""

BLOCK = 2**15
"""Random numbers at once: as many as stay in the processor's cache."""


def by_probability(n_source: int, n_target: int, probability: float, numbers: Numbers) -> Iterator[Pairs]:
    """Choose each pair with the same probability, a block of sources at a time.

    Parameters
    ----------
    n_source, n_target : int
        Sizes of the populations.
    probability : float
        In [0, 1].
    numbers : Numbers
        The random numbers. The row is the source.

    Yields
    ------
    source, target : ndarray of int32
        Pairs, sorted by source, then target.

    Notes
    -----
    Between two chosen targets of a source there are floor(ln u / ln(1 - p)) others, u being its next random number: a
    geometric number, so that only chosen pairs cost time.
    """
    if probability == 0:
        return
    places = _places(n_target * probability)
    rows = max(1, BLOCK // places)
    for start in range(0, n_source, rows):
        block = np.arange(start, min(start + rows, n_source))
        yield _chosen(block, n_target, probability, numbers, places)


def all_by_probability(n_source: int, n_target: int, probability: float, numbers: Numbers, *, own: bool) -> Pairs:
    """Return the pairs of `by_probability` at once.

    Parameters
    ----------
    n_source, n_target, probability, numbers
        As there.
    own : bool
        Whether unit k may be paired with unit k; otherwise such pairs are left out.

    Returns
    -------
    source, target : ndarray of int32
        Pairs, sorted by source, then target.
    """
    sources, targets = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    for source, target in by_probability(n_source, n_target, probability, numbers):
        keep = slice(None) if own else source != target
        sources.append(source[keep])
        targets.append(target[keep])
    return np.concatenate(sources), np.concatenate(targets)


def _places(mean: float) -> int:
    """How many numbers a row is given at a time, a multiple of 4: rarely fewer than it needs."""
    return 4 * math.ceil((mean + 4 * math.sqrt(mean) + 4) / 4)


def _chosen(rows: Int64Array, n_target: int, probability: float, numbers: Numbers, places: int) -> Pairs:
    """Pairs of some rows; those whose end is not reached go on, `places` numbers at a time."""
    logarithm = of_others(probability)
    sources, targets = [], []
    last, first = np.full(len(rows), -1.0), 0
    while len(rows):
        steps = np.floor(log(numbers.rows(rows, places, first)) / logarithm) + 1
        position = last[:, None] + np.cumsum(steps, axis=1)
        inside = position < n_target
        sources.append(np.repeat(rows, inside.sum(axis=1)).astype(np.int32))
        targets.append(position[inside].astype(np.int32))
        on = inside[:, -1]
        rows, last, first = rows[on], position[on, -1], first + places
    if len(sources) == 1:
        return sources[0], targets[0]
    return in_order(np.concatenate(sources), np.concatenate(targets))


def of_others(probability: float) -> float:
    """Return ln(1 - p), which decides how many pairs lie between two that are chosen.

    Parameters
    ----------
    probability : float
        p, in [0, 1].

    Returns
    -------
    float
        The logarithm, minus infinity for 1.
    """
    return math.log1p(-probability) if probability < 1 else -math.inf


def in_order(source: np.ndarray, target: np.ndarray) -> Pairs:
    """Return pairs in order.

    Parameters
    ----------
    source, target : ndarray of int
        Pairs in any order.

    Returns
    -------
    source, target : ndarray of int32
        The same pairs, sorted by source, then target.
    """
    both = (source.astype(np.int64) << 32) | target
    both.sort()
    return (both >> 32).astype(np.int32), both.astype(np.int32)


def by_in_degree(n_source: int, n_target: int, degree: int, numbers: Numbers, *, own: bool) -> Pairs:
    """Choose as many sources for each target.

    Parameters
    ----------
    n_source, n_target : int
        Sizes of the populations.
    degree : int
        Sources of each target.
    numbers : Numbers
        The random numbers. The row is the target, the place the number of its input.
    own : bool
        Whether unit k may be paired with unit k.

    Returns
    -------
    source, target : ndarray of int32
        Pairs, sorted by source, then target.
    """
    sources = np.empty((n_target, degree), np.int32)
    for rows, units in _choices(numbers, n_target, degree, n_source, own=own):
        sources[rows] = units
    return by_source(sources, n_source)


def by_source(sources: Int32Array, n_source: int) -> Pairs:
    """Return the pairs of given sources of each target.

    Parameters
    ----------
    sources : ndarray of int32, shape (target, degree)
        Sources of each target.
    n_source : int
        Number of sources.

    Returns
    -------
    source, target : ndarray of int32
        Pairs, sorted by source, then target.
    """
    from scipy import sparse

    n_target, degree = sources.shape
    begins = np.arange(n_target + 1) * degree
    begins = begins.astype(np.int32 if sources.size < 2**31 else np.int64)  # SciPy would make all indices as wide
    columns = (np.zeros(sources.size, np.int8), sources.ravel(), begins)
    matrix = sparse.csc_array(columns, shape=(n_source, n_target)).tocsr()  # a counting sort
    source = np.repeat(np.arange(n_source, dtype=np.int32), np.diff(matrix.indptr))
    return source, matrix.indices.astype(np.int32, copy=False)


def by_out_degree(n_source: int, n_target: int, degree: int, numbers: Numbers, *, own: bool) -> Pairs:
    """Choose as many targets for each source.

    Parameters
    ----------
    n_source, n_target : int
        Sizes of the populations.
    degree : int
        Targets of each source.
    numbers : Numbers
        The random numbers. The row is the source, the place the number of the choice.
    own : bool
        Whether unit k may be paired with unit k.

    Returns
    -------
    source, target : ndarray of int32
        Pairs, sorted by source, then target.
    """
    targets = np.empty((n_source, degree), np.int32)
    for rows, units in _choices(numbers, n_source, degree, n_target, own=own):
        targets[rows] = np.sort(units.astype(np.int32), axis=1)
    return np.repeat(np.arange(n_source, dtype=np.int32), degree), targets.ravel()


def _choices(numbers: Numbers, n_rows: int, degree: int, n: int, *, own: bool) -> Iterator[tuple[slice, Int64Array]]:
    """Choose `degree` of `n` units for each row, a block of rows at a time; place k of a row is its k-th choice."""
    others = n if own else n - 1
    size = max(1, BLOCK // max(degree, 1))
    for start in range(0, n_rows, size):
        rows = np.arange(start, min(start + size, n_rows))
        units = (numbers.rows(rows, degree) * others).astype(np.int64)
        yield slice(start, start + len(rows)), units if own else units + (units >= rows[:, None])


def by_total_number(n_source: int, n_target: int, number: int, numbers: Numbers, *, own: bool) -> Pairs:
    """Choose a given number of pairs.

    Parameters
    ----------
    n_source, n_target : int
        Sizes of the populations.
    number : int
        Number of pairs.
    numbers : Numbers
        The random numbers: places 2 k and 2 k + 1 of row 0 are source and target of pair k.
    own : bool
        Whether unit k may be paired with unit k.

    Returns
    -------
    source, target : ndarray of int32
        Pairs, sorted by source, then target.
    """
    others = n_target if own else n_target - 1
    return separated(np.sort(numbered(numbers, n_source, others, 0, number)), others, own=own)


def separated(pairs: Int64Array, others: int, *, own: bool) -> Pairs:
    """Return pairs that are numbered as source x others + target.

    Parameters
    ----------
    pairs : ndarray of int64
        The numbers.
    others : int
        Number of targets that a source may be paired with.
    own : bool
        Whether unit k may be paired with unit k; otherwise that one is left out of a source's targets.

    Returns
    -------
    source, target : ndarray of int32
        The pairs, in the same order.
    """
    source, target = np.divmod(pairs, max(others, 1))
    return source.astype(np.int32), (target if own else target + (target >= source)).astype(np.int32)


def numbered(numbers: Numbers, n_source: int, others: int, first: int, number: int) -> Int64Array:
    """Return pairs `first` to `first + number - 1` of `by_total_number`, as source x others + target.

    Parameters
    ----------
    numbers : Numbers
        The random numbers.
    n_source, others : int
        Number of sources, and of targets that a source may be paired with.
    first, number : int
        Which pairs.

    Returns
    -------
    ndarray of int64
        Their numbers, in the order in which they are drawn.
    """
    pairs = np.empty(number, np.int64)
    size = max(1, BLOCK // 2)
    for start in range(0, number, size):
        part = pairs[start : start + size]
        uniform = numbers.rows(np.zeros(1, int), 2 * len(part), 2 * (first + start)).reshape(-1, 2)
        part[:] = (uniform[:, 0] * n_source).astype(np.int64) * others + (uniform[:, 1] * others).astype(np.int64)
    return pairs
