"""The counter-based random generator: every number is a function of a key and of its place, and of nothing else.

Generator
---------
Philox4x32-10: ten rounds on a counter of four 32-bit words under a key of two words give four words. Each word w is one
number, uniform in (0, 1):

    uniform = (w + 1/2) / 2^32

so that numbers are multiples of 2^-33, none is 0 or 1, and a normal number made from one lies within 6.34 standard
deviations.

Numbers of a run: (key, trial, stream, step, unit)
    key of a trial = words 0 and 1 of Philox(counter (trial low, trial high, 0xFFFFFFFF, 0xFFFFFFFF), key of the run)
    number         = word (unit mod 4) of Philox(counter (unit div 4, step low, stream, step high), key of the trial)

Numbers of a network's construction: (key, stream, row, place)
    key of construction = words 0 and 1 of Philox(counter (0, 0, 0xFFFFFFFE, 0xFFFFFFFF), key of the state)
    number              = word (place mod 4) of Philox(counter (place div 4, row, stream, 0), key of construction)

A 64-bit key enters as the words (low, high); trial and step are 64-bit numbers as well. A stream is a 32-bit hash of a
name, the first four bytes of BLAKE2s with a digest of four bytes, lowest first: "<population>:spikes" in a run,
"<projection>:edges", "<projection>:weights" and "<projection>:delays" in construction. For weights and delays the row
is the source unit, and the place that of the synapse among all of this source, sorted by target; the rules of
connectivity say what row and place are for edges.

One call serves four units or places. 32 bits a number suffice: a unit chosen among n as floor(n uniform) has a
probability that is wrong by n / 2^32 at most, relatively, which is 3e-6 for 12,500.

This layout is settled: what is described here does not change, so that a network and its spikes stay what they are.

Normal and Poisson numbers are the quantiles (`bnsim.quantiles`) at one uniform number each. The functions `uniform`,
`normal` and `poisson` exist for NumPy (here), Cython and C++ (`bnsim.engine.random`) and give the same bits.

References
----------
J. Salmon, M. Moraes, R. Dror and D. Shaw, Parallel random numbers: as easy as 1, 2, 3, SC11 (2011); the known-answer
vectors are those of their Random123 library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bnsim.arrays import Float64Array, Int64Array, UInt64Array
from bnsim.errors import InputError
from bnsim.quantiles import normal_quantile, poisson_quantile

Words = tuple[UInt64Array, UInt64Array, UInt64Array, UInt64Array]

PER_CALL = 4
"""Numbers that one call of the generator gives."""

CALLS = 2**13
"""Calls at once: as many as stay in the processor's cache."""

_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_MASK = np.uint64(0xFFFFFFFF)
_HIGH = np.uint64(32)
_TRIAL, _CONSTRUCTION = 0xFFFFFFFF, 0xFFFFFFFE


def checked_key(culprit: str, key: object) -> int:
    """Return a key, if it is one.

    Parameters
    ----------
    culprit : str
        What it was given as, for the message of an error.
    key : object
        The key.

    Returns
    -------
    int
        From 0 to 2**64 - 1.

    Raises
    ------
    InputError
        If it is no such number.
    """
    if isinstance(key, bool) or not isinstance(key, (int, np.integer)) or not 0 <= key < 2**64:
        raise InputError(f"{culprit}: {key!r} is no key; give a whole number from 0 to 2^64 - 1")
    return int(key)


def philox4x32(counter: tuple[Any, Any, Any, Any], key: tuple[Any, Any]) -> Words:
    """Return ten rounds of Philox4x32.

    Parameters
    ----------
    counter : tuple of four array_like of int
        Words of the counter, of which the lower 32 bits are used; the arrays are broadcast against each other.
    key : tuple of two array_like of int
        Words of the key, likewise.

    Returns
    -------
    tuple of four ndarray of uint64
        Words below 2**32.
    """
    x0, x1, x2, x3, k0, k1 = (np.asarray(word).astype(np.uint64) & _MASK for word in (*counter, *key))
    for _ in range(10):
        product_0, product_1 = x0 * _MULTIPLIER_0, x2 * _MULTIPLIER_1
        # The words that are multiplied next must be below 2**32; the others keep their upper bits until the end.
        x0, x2 = ((product_1 >> _HIGH) ^ x1 ^ k0) & _MASK, ((product_0 >> _HIGH) ^ x3 ^ k1) & _MASK
        x1, x3 = product_1, product_0
        k0, k1 = (k0 + _WEYL_0) & _MASK, (k1 + _WEYL_1) & _MASK
    return x0, x1 & _MASK, x2, x3 & _MASK


def stream(name: str) -> int:
    """Return the identity of a stream, which is the same in any process.

    Parameters
    ----------
    name : str
        A population or projection and a purpose, such as "input:spikes".

    Returns
    -------
    int
        A 32-bit hash of the name.
    """
    return int.from_bytes(hashlib.blake2s(name.encode(), digest_size=4).digest(), "little")


def trial_keys(key: int, trials: UInt64Array) -> Int64Array:
    """Return the two key words of each trial.

    Parameters
    ----------
    key : int
        Key of the run, from 0 to 2**64 - 1.
    trials : ndarray of uint64, shape (trial,)
        Numbers of the trials.

    Returns
    -------
    ndarray of int64, shape (trial, 2)
        High and low word.
    """
    trials = np.asarray(trials, dtype=np.uint64)
    high, low = _derived(key, (trials & _MASK, trials >> _HIGH, _TRIAL, 0xFFFFFFFF))
    return np.stack(np.broadcast_arrays(high, low), axis=-1).astype(np.int64)


def _derived(key: int, counter: tuple[Any, Any, Any, Any]) -> tuple[UInt64Array, UInt64Array]:
    """Words of a key that is made from another one."""
    return philox4x32(counter, (np.uint64(key) & _MASK, np.uint64(key) >> _HIGH))[:2]


def uniform(key_high: Any, key_low: Any, stream: Any, step: Any, unit: Any) -> Float64Array:
    """Return random numbers of a run, uniform in (0, 1).

    Parameters
    ----------
    key_high, key_low : array_like of int
        Words of the trial's key. All arguments are broadcast against each other.
    stream : array_like of int
        Identity of the stream.
    step : array_like of int
        Number of the step.
    unit : array_like of int
        Number of the unit.

    Returns
    -------
    ndarray of float64
        Multiples of 2**-33.
    """
    step, unit = np.asarray(step).astype(np.uint64), np.asarray(unit).astype(np.uint64)
    counter = (unit >> np.uint64(2), step, stream, step >> _HIGH)
    words = philox4x32(counter, (key_high, key_low))
    return in_open_interval(np.choose((unit & np.uint64(3)).astype(np.intp), words))


def normal(key_high: Any, key_low: Any, stream: Any, step: Any, unit: Any) -> Float64Array:
    """Return random numbers of a run from the standard normal distribution.

    Parameters
    ----------
    key_high, key_low, stream, step, unit : array_like of int
        As in `uniform`.

    Returns
    -------
    ndarray of float64
        Quantiles of the uniform numbers, from -6.34 to 6.34.
    """
    return normal_quantile(uniform(key_high, key_low, stream, step, unit))


def poisson(mean: Any, key_high: Any, key_low: Any, stream: Any, step: Any, unit: Any) -> Float64Array:
    """Return random numbers of a run from Poisson distributions.

    Parameters
    ----------
    mean : array_like of float
        Means, at least 0 (see `bnsim.quantiles.poisson_quantile` for those above 500).
    key_high, key_low, stream, step, unit : array_like of int
        As in `uniform`.

    Returns
    -------
    ndarray of float64
        Whole numbers, the quantiles of the uniform numbers.
    """
    return poisson_quantile(mean, uniform(key_high, key_low, stream, step, unit))


def in_open_interval(word: UInt64Array) -> Float64Array:
    """Return the uniform numbers that words of the generator stand for.

    Parameters
    ----------
    word : ndarray of uint64
        Words of 32 bits.

    Returns
    -------
    ndarray of float64
        (word + 1/2) / 2^32, between 0 and 1.
    """
    numbers: Float64Array = (word.astype(np.float64) + 0.5) * 2.0**-32
    return numbers


@dataclass(frozen=True)
class Numbers:
    """Random numbers of a network's construction, uniform in (0, 1): one for each place in each row.

    Parameters
    ----------
    key : int
        Key of the state, from 0 to 2**64 - 1.
    name : str or int
        Name of their stream, such as "input_to_cells:weights", or its identity (see `stream`).
    """

    key: int
    name: str | int

    @cached_property
    def _key(self) -> tuple[UInt64Array, UInt64Array]:
        return _derived(self.key, (0, 0, _CONSTRUCTION, 0xFFFFFFFF))

    @cached_property
    def _stream(self) -> int:
        return stream(self.name) if isinstance(self.name, str) else self.name

    def apart(self, purpose: str) -> Numbers:
        """Return the numbers of another stream, which are independent of these.

        Parameters
        ----------
        purpose : str
            What they are for; the stream is called "<name>:<purpose>".

        Returns
        -------
        Numbers
            The other numbers.
        """
        return Numbers(self.key, f"{self.name}:{purpose}")

    def at(self, row: Any, place: Any) -> Float64Array:
        """Return the numbers of any places, at the price of a call of the generator each.

        Parameters
        ----------
        row, place : array_like of int
            Rows and places, broadcast against each other.

        Returns
        -------
        ndarray of float64
            The numbers.
        """
        place = np.asarray(place).astype(np.uint64)
        words = philox4x32((place >> np.uint64(2), row, self._stream, 0), self._key)
        return in_open_interval(np.choose((place & np.uint64(3)).astype(np.intp), words))

    def rows(self, rows: Int64Array, n: int, first: int = 0) -> Float64Array:
        """Return the numbers of as many places in each of some rows.

        Parameters
        ----------
        rows : ndarray of int, shape (row,)
            Rows.
        n : int
            Number of places.
        first : int
            The first of these places.

        Returns
        -------
        ndarray of float64, shape (row, n)
            The numbers of places `first` to `first + n - 1`.
        """
        call = np.arange(first // PER_CALL, -(-(first + n) // PER_CALL))
        numbers = self._calls(np.repeat(rows, len(call)), np.tile(call, len(rows)))
        return numbers.reshape(len(rows), -1)[:, first % PER_CALL :][:, :n]

    def ragged(self, lengths: Int64Array, first_row: int = 0) -> Iterator[Float64Array]:
        """Iterate over the numbers of the first places of all rows, row by row, in pieces of bounded size.

        Parameters
        ----------
        lengths : array_like of int, shape (row,)
            Number of places in each row.
        first_row : int
            The row that `lengths` begins with.

        Yields
        ------
        ndarray of float64
            The next numbers; all pieces together have sum(lengths).
        """
        lengths = np.asarray(lengths, dtype=np.int64)
        calls = -(-lengths // PER_CALL)
        ends = np.cumsum(calls)
        begins = ends - calls
        for start in range(0, int(ends[-1]) if len(ends) else 0, CALLS):
            stop = min(start + CALLS, int(ends[-1]))
            first, last = np.searchsorted(ends, (start, stop - 1), side="right")
            inside = slice(first, last + 1)
            n_calls = np.minimum(ends[inside], stop) - np.maximum(begins[inside], start)
            row = np.repeat(np.arange(len(lengths))[inside], n_calls)
            call = np.arange(start, stop) - begins[row]
            numbers = self._calls(row + first_row, call)
            yield numbers[np.arange(PER_CALL) < (lengths[row] - PER_CALL * call)[:, None]]

    def quantiles(self, quantile: Callable[[Float64Array], Float64Array], lengths: Int64Array) -> Float64Array:
        """Return values at the first places of all rows, row by row.

        Parameters
        ----------
        quantile : callable
            Function of probabilities that returns the values there.
        lengths : array_like of int, shape (row,)
            Number of places in each row.

        Returns
        -------
        ndarray of float64, shape (sum(lengths),)
            The values of all rows, one after the other.
        """
        values, end = np.empty(int(np.sum(lengths))), 0
        for probabilities in self.ragged(lengths):
            begin, end = end, end + len(probabilities)
            values[begin:end] = quantile(probabilities)
        return values

    def _calls(self, row: Int64Array, call: Int64Array) -> Float64Array:
        """All numbers (call, 4) of these calls of the generator."""
        numbers = np.empty((len(row), PER_CALL))
        for start in range(0, len(row), CALLS):
            part = slice(start, start + CALLS)
            words = philox4x32((call[part], row[part], self._stream, 0), self._key)
            for index, word in enumerate(words):
                numbers[part, index] = in_open_interval(word)
        return numbers
