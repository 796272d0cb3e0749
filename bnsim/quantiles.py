"""Quantile functions of the normal and the Poisson distribution, and the logarithm and exponential under them.

They use + - * / and square roots alone, always in the same order, because every language rounds these alike: the
compiled forms in `bnsim.engine.random` are written from the same coefficients and give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from bnsim.arrays import Float64Array

LN2_HIGH, LN2_LOW = float.fromhex("0x1.62e42fee00000p-1"), float.fromhex("0x1.a39ef35793c76p-33")
"""ln 2 in two parts, the first with zeros at its end, so that small multiples of it are exact."""

LOG2_E, SQRT_HALF = 1 / math.log(2), math.sqrt(0.5)

LOG_SERIES = tuple(1 / k for k in range(19, 0, -2))
"""ln m = 2 s (1 + s^2 / 3 + s^4 / 5 + ...), s = (m - 1) / (m + 1): with 1/2 <= m^2 < 2 what is left out is below 3e-17
of the sum."""

EXP_SERIES = tuple(1 / math.factorial(k) for k in range(13, -1, -1))
"""exp r = 1 + r + r^2 / 2 + ...: with |r| <= (ln 2) / 2 what is left out is below 5e-18."""

CENTRE = (
    (
        2.5090809287301226727e3,
        3.3430575583588128105e4,
        6.7265770927008700853e4,
        4.5921953931549871457e4,
        1.3731693765509461125e4,
        1.9715909503065514427e3,
        1.3314166789178437745e2,
        3.3871328727963666080e0,
    ),
    (
        5.2264952788528545610e3,
        2.8729085735721942674e4,
        3.9307895800092710610e4,
        2.1213794301586595867e4,
        5.3941960214247511077e3,
        6.8718700749205790830e2,
        4.2313330701600911252e1,
        1.0,
    ),
)
TAIL = (
    (
        7.74545014278341407640e-4,
        2.27238449892691845833e-2,
        2.41780725177450611770e-1,
        1.27045825245236838258e0,
        3.64784832476320460504e0,
        5.76949722146069140550e0,
        4.63033784615654529590e0,
        1.42343711074968357734e0,
    ),
    (
        1.05075007164441684324e-9,
        5.47593808499534494600e-4,
        1.51986665636164571966e-2,
        1.48103976427480074590e-1,
        6.89767334985100004550e-1,
        1.67638483018380384940e0,
        2.05319162663775882187e0,
        1.0,
    ),
)
FAR_TAIL = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        1.24266094738807843860e-3,
        2.65321895265761230930e-2,
        2.96560571828504891230e-1,
        1.78482653991729133580e0,
        5.46378491116411436990e0,
        6.65790464350110377720e0,
    ),
    (
        2.04426310338993978564e-15,
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1.0,
    ),
)
"""Numerators and denominators of Wichura's rational functions, highest power first."""

LARGEST_MEAN = 500.0
"""Mean up to which a Poisson quantile is searched for; beyond, it is approximated."""


def polynomial(coefficients: Sequence[float], x: Float64Array) -> Float64Array:
    """Return a polynomial by Horner's rule.

    Parameters
    ----------
    coefficients : sequence of float
        Highest power first, at least two.
    x : array of float
        Where it is evaluated.

    Returns
    -------
    array of float
        Its values.
    """
    total: Float64Array = x * coefficients[0]
    for coefficient in coefficients[1:-1]:  # in place: new arrays would take half of the time
        total += coefficient
        total *= x
    total += coefficients[-1]
    return total


def log(x: Float64Array) -> Float64Array:
    """Return natural logarithms of positive numbers.

    Parameters
    ----------
    x : array of float
        Normal numbers above 0.

    Returns
    -------
    array of float
        Within 2e-16 of the logarithms, relatively.
    """
    mantissa, exponent = np.frexp(x)
    small = mantissa < SQRT_HALF
    mantissa *= 1.0 + small
    power = (exponent - small).astype(np.float64)
    s = (mantissa - 1) / (mantissa + 1)
    logarithm = polynomial(LOG_SERIES, s * s)
    logarithm *= 2 * s
    logarithm += power * LN2_LOW
    logarithm += power * LN2_HIGH
    return logarithm


def exp(x: Float64Array) -> Float64Array:
    """Return exponentials.

    Parameters
    ----------
    x : array of float
        Numbers from -700 to 700.

    Returns
    -------
    array of float
        Within 4e-16 of the exponentials, relatively.
    """
    power = np.floor(x * LOG2_E + 0.5)
    rest = (x - power * LN2_HIGH) - power * LN2_LOW
    exponential: Float64Array = np.ldexp(polynomial(EXP_SERIES, rest), power.astype(np.int32))
    return exponential


def normal_quantile(probability: Float64Array) -> Float64Array:
    """Return quantiles of the standard normal distribution.

    Parameters
    ----------
    probability : array of float
        Above 0 and below 1.

    Returns
    -------
    array of float
        Numbers with that probability of a smaller one, within 1e-15, relatively.

    References
    ----------
    M. Wichura, Algorithm AS 241: the percentage points of the normal distribution, Applied Statistics 37 (1988)
    477-484, there PPND16.
    """
    p = np.ravel(probability)
    q = p - 0.5
    r = 0.180625 - q * q
    z = polynomial(CENTRE[0], r)
    z *= q
    z /= polynomial(CENTRE[1], r)
    outside = np.flatnonzero(np.abs(q) > 0.425)
    if len(outside):
        z[outside] = np.copysign(_tail(np.minimum(p, 1 - p)[outside]), q[outside])
    return z.reshape(np.shape(probability))


def _tail(probability: Float64Array) -> Float64Array:
    """Minus the quantiles at small probabilities."""
    r = np.sqrt(-log(probability))
    tail = polynomial(TAIL[0], r - 1.6) / polynomial(TAIL[1], r - 1.6)
    far = r > 5
    if far.any():
        tail[far] = polynomial(FAR_TAIL[0], r[far] - 5) / polynomial(FAR_TAIL[1], r[far] - 5)
    return tail


def poisson_quantile(mean: Any, probability: Float64Array) -> Float64Array:
    """Return quantiles of the Poisson distribution.

    Parameters
    ----------
    mean : array_like of float
        Its mean, at least 0; broadcast against `probability`.
    probability : array of float
        Above 0, and below 1 by 1e-12 at least.

    Returns
    -------
    array of float
        Smallest whole numbers n with a probability of n or less that is not below the one given.

    Notes
    -----
    Up to a mean of 500 the probabilities exp(-mean) mean^k / k! are added up from k = 0. Beyond, the quantile is that
    of Cornish and Fisher's expansion, the nearest whole number to mean + sqrt(mean) z + (z^2 - 1) / 6 with z the normal
    quantile, which is wrong by one now and then: its mean, variance and skewness are right to 1e-3, relatively.
    """
    mean, probability = np.broadcast_arrays(np.asarray(mean, np.float64), np.asarray(probability, np.float64))
    searched = mean <= LARGEST_MEAN
    numbers = np.empty(mean.shape)
    numbers[searched] = _searched(mean[searched], probability[searched])
    if not searched.all():
        large, z = mean[~searched], normal_quantile(probability[~searched])
        numbers[~searched] = np.maximum(np.floor(large + np.sqrt(large) * z + (z * z - 1) / 6 + 0.5), 0)
    return numbers


def _searched(mean: Float64Array, probability: Float64Array) -> Float64Array:
    numbers, term = np.zeros(len(mean)), exp(-mean)
    total, open_ = term, np.arange(len(mean))
    k = 0
    while len(open_):
        on = probability > total
        mean, probability, term, total = (array[on] for array in (mean, probability, term, total))
        open_ = open_[on]
        k += 1
        term = term * (mean / k)
        total = total + term
        numbers[open_] = k
    return numbers
