"""N-grams of strings: how probable is the last symbol, once shorter strings have been counted?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from bnsim.arrays import Float64Array, FloatArray, LabelArray
from models.sequences import SequenceShape, as_symbols

NONE = -1
"""Stands between strings, and for what has not been seen."""


@dataclass(frozen=True, eq=False)
class Strings:
    """Strings, one after the other.

    Parameters
    ----------
    stream
        Their symbols (place,), with `NONE` before each string.
    ends
        Place of the last symbol of each (string,).
    """

    stream: LabelArray
    ends: LabelArray

    @classmethod
    def of(cls, X: FloatArray, y: LabelArray, shape: SequenceShape) -> Self:
        """Return the strings of samples, each with the symbol that follows as its last.

        Parameters
        ----------
        X
            Rows (sample, feature), in each step of which one channel is 1.
        y
            The symbol that follows (sample,).
        shape
            (time, channel) of a row, with the mask.
        """
        symbols, lengths = as_symbols(X, shape)
        n_strings, n_steps = symbols.shape
        table = np.full((n_strings, n_steps + 2), NONE, np.int64)
        table[:, 1:-1] = np.where(np.arange(n_steps) < lengths[:, None], symbols, NONE)
        rows = np.arange(n_strings)
        table[rows, lengths + 1] = y
        return cls(table.ravel(), rows * (n_steps + 2) + lengths + 1)


def witten_bell(learned: Strings, asked: Strings, n_symbols: int, orders: int) -> Float64Array:
    """Return the probabilities of the last symbols, by interpolated n-grams (see `experiments.studies.language`).

    What is counted are the symbols of the learned strings that follow at least one other; those of an order k > 1 that
    follow k - 1 others.

    Parameters
    ----------
    learned
        Strings that are counted.
    asked
        Strings whose last symbol is asked for.
    n_symbols
        Number of symbols.
    orders
        Highest order.

    Returns
    -------
    array
        Probabilities (order, string), from order 1 on.
    """
    stream, n_asked = learned.stream, len(asked.ends)
    follows = np.flatnonzero((stream[1:] != NONE) & (stream[:-1] != NONE)) + 1
    # What comes before a symbol is known by a number, the same for the same context.
    before, before_end = np.zeros(len(follows), np.int64), np.zeros(n_asked, np.int64)
    probability = np.full(n_asked, 1 / n_symbols)
    found = []
    for length in range(orders):
        if length > 0:
            older, older_than_end = stream[follows - length], asked.stream[asked.ends - length]
            whole = older != NONE
            follows = follows[whole]
            contexts, before = np.unique((n_symbols * before + older)[whole], return_inverse=True)
            reached = (before_end != NONE) & (older_than_end != NONE)
            before_end = _places(contexts, np.where(reached, n_symbols * before_end + older_than_end, NONE))
        grams, counts = np.unique(n_symbols * before + stream[follows], return_counts=True)
        total, kinds = (np.bincount(grams // n_symbols, weights=each) for each in (counts, np.ones(len(grams))))
        seen = before_end != NONE
        place = _places(grams, n_symbols * before_end[seen] + asked.stream[asked.ends[seen]])
        count = np.where(place != NONE, np.append(counts, 0)[place], 0)
        total, kinds = total[before_end[seen]], kinds[before_end[seen]]
        probability[seen] = (count + kinds * probability[seen]) / (total + kinds)
        found.append(probability.copy())
    return np.array(found)


def _places(known: LabelArray, sought: LabelArray) -> LabelArray:
    """Where values stand among known ones, which ascend; `NONE` where they do not."""
    places = np.searchsorted(known, sought)
    return np.where(np.append(known, NONE - 1)[places] == sought, places, NONE)
