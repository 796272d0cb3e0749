"""The counter-based random generator: a stateless function of (key, stream, trial, step, unit).

Generator
---------
Philox4x32-10: ten rounds on a counter of four 32-bit words under a key of two. A run's 64-bit key and the trial's
64-bit number are first turned into the key of the trial, so that no two trials share a stream:

    trial key (high, low) = words 0 and 1 of Philox(counter = (trial low, trial high, 0xFFFFFFFF, 0xFFFFFFFF), key)
    uniform               = Philox(counter = (unit, step, stream, 0), trial key): 53 bits of words 0 and 1, in [0, 1)

The stream is a 32-bit hash of the population's or projection's name. The same function is written three times, for
NumPy, Cython and C++, and gives the same bits.

References
----------
J. Salmon, M. Moraes, R. Dror and D. Shaw, Parallel random numbers: as easy as 1, 2, 3, SC11 (2011); the known-answer
vectors are those of their Random123 library.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from bnsim.arrays import Float64Array, Int64Array, UInt64Array

Words = tuple[UInt64Array, UInt64Array, UInt64Array, UInt64Array]

_MULTIPLIER_0, _MULTIPLIER_1 = 0xD2511F53, 0xCD9E8D57
_WEYL_0, _WEYL_1 = 0x9E3779B9, 0xBB67AE85
_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_TRIAL_STREAM = 0xFFFFFFFF


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
        product_0, product_1 = x0 * np.uint64(_MULTIPLIER_0), x2 * np.uint64(_MULTIPLIER_1)
        x0, x1, x2, x3 = (
            (product_1 >> _SHIFT) ^ x1 ^ k0,
            product_1 & _MASK,
            (product_0 >> _SHIFT) ^ x3 ^ k1,
            product_0 & _MASK,
        )
        k0, k1 = (k0 + np.uint64(_WEYL_0)) & _MASK, (k1 + np.uint64(_WEYL_1)) & _MASK
    return x0, x1, x2, x3


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
    counter = (trials & _MASK, trials >> _SHIFT, _TRIAL_STREAM, _TRIAL_STREAM)
    high, low, _, _ = philox4x32(counter, (np.uint64(key) & _MASK, np.uint64(key) >> _SHIFT))
    return np.stack(np.broadcast_arrays(high, low), axis=-1).astype(np.int64)


def uniform(key_high: Any, key_low: Any, stream: Any, step: Any, unit: Any) -> Float64Array:
    """Return random numbers with 53 bits, uniform in [0, 1).

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
        The numbers.
    """
    x0, x1, _, _ = philox4x32((unit, step, stream, 0), (key_high, key_low))
    return ((x0 >> np.uint64(5)) * 67108864.0 + (x1 >> np.uint64(6))) * (1.0 / 9007199254740992.0)


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


def generator(key: int, name: str) -> np.random.Generator:
    """Return NumPy's counter-based generator, for what is drawn before the simulation: connectivity, weights, delays.

    Parameters
    ----------
    key : int
        Key of the state, from 0 to 2**64 - 1.
    name : str
        Name of the stream.

    Returns
    -------
    numpy.random.Generator
        A new generator.
    """
    return np.random.Generator(np.random.Philox(key=[np.uint64(key), np.uint64(stream(name))]))


CPP = """
static inline double bnsim_uniform(int64_t key_high, int64_t key_low, int64_t stream, int64_t step, int64_t unit)
{
    uint32_t x0 = (uint32_t)unit, x1 = (uint32_t)step, x2 = (uint32_t)stream, x3 = 0;
    uint32_t k0 = (uint32_t)key_high, k1 = (uint32_t)key_low;
    for (int round = 0; round < 10; round++) {
        const uint64_t product_0 = (uint64_t)x0 * 0xD2511F53u, product_1 = (uint64_t)x2 * 0xCD9E8D57u;
        x0 = (uint32_t)(product_1 >> 32) ^ x1 ^ k0;
        x1 = (uint32_t)product_1;
        x2 = (uint32_t)(product_0 >> 32) ^ x3 ^ k1;
        x3 = (uint32_t)product_0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return ((x0 >> 5) * 67108864.0 + (x1 >> 6)) * (1.0 / 9007199254740992.0);
}
"""

CYTHON = """
cdef double bnsim_uniform(long long key_high, long long key_low, long long stream, long long step, long long unit):
    cdef unsigned long long x0 = unit & 0xFFFFFFFFULL, x1 = step & 0xFFFFFFFFULL, x2 = stream & 0xFFFFFFFFULL, x3 = 0
    cdef unsigned long long k0 = key_high & 0xFFFFFFFFULL, k1 = key_low & 0xFFFFFFFFULL
    cdef unsigned long long product_0, product_1
    cdef int round
    for round in range(10):
        product_0 = x0 * 0xD2511F53ULL
        product_1 = x2 * 0xCD9E8D57ULL
        x0 = (product_1 >> 32) ^ x1 ^ k0
        x1 = product_1 & 0xFFFFFFFFULL
        x2 = (product_0 >> 32) ^ x3 ^ k1
        x3 = product_0 & 0xFFFFFFFFULL
        k0 = (k0 + 0x9E3779B9ULL) & 0xFFFFFFFFULL
        k1 = (k1 + 0xBB67AE85ULL) & 0xFFFFFFFFULL
    return ((x0 >> 5) * 67108864.0 + (x1 >> 6)) * (1.0 / 9007199254740992.0)
"""
