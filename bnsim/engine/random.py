"""The counter-based generator in the engine's three languages: NumPy, C++ and Cython.

`bnsim.random_numbers` describes it; here are its compiled forms. Their texts share the coefficients and the order of
all operations with those of NumPy, so that all three give the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from bnsim import quantiles
from bnsim.random_numbers import normal as normal
from bnsim.random_numbers import poisson as poisson
from bnsim.random_numbers import stream as stream
from bnsim.random_numbers import trial_keys as trial_keys
from bnsim.random_numbers import uniform as uniform


def _polynomial(coefficients: Sequence[float], x: str) -> str:
    """`bnsim.quantiles.polynomial`, written out; the three languages read the same expression."""
    texts = [repr(float(coefficient)) for coefficient in coefficients]
    return reduce(lambda total, coefficient: f"({total} * {x} + {coefficient})", texts)


_TEXTS = {
    "@CENTRE@": f"q * {_polynomial(quantiles.CENTRE[0], 'r')} / {_polynomial(quantiles.CENTRE[1], 'r')}",
    "@TAIL@": f"{_polynomial(quantiles.TAIL[0], 'r')} / {_polynomial(quantiles.TAIL[1], 'r')}",
    "@LOG@": _polynomial(quantiles.LOG_SERIES, "s2"),
    "@EXP@": _polynomial(quantiles.EXP_SERIES, "r"),
    "@LN2_HIGH@": repr(quantiles.LN2_HIGH),
    "@LN2_LOW@": repr(quantiles.LN2_LOW),
    "@LOG2_E@": repr(quantiles.LOG2_E),
    "@SQRT_HALF@": repr(quantiles.SQRT_HALF),
    "@LARGEST_MEAN@": repr(quantiles.LARGEST_MEAN),
}


def _filled(text: str) -> str:
    return reduce(lambda filled, name: filled.replace(name, _TEXTS[name]), _TEXTS, text)


UNIFORM_CPP = """
/* Words stand in 64 bits, of which the lower half counts: products fill them, so that vectors need no rearranging. */
static inline void bnsim_philox(int64_t key_high, int64_t key_low, uint64_t& x0, uint64_t& x1, uint64_t& x2,
                                uint64_t& x3)
{
    uint32_t k0 = (uint32_t)key_high, k1 = (uint32_t)key_low;
    for (int round = 0; round < 10; round++) {
        const uint64_t product_0 = (uint64_t)(uint32_t)x0 * 0xD2511F53u;
        const uint64_t product_1 = (uint64_t)(uint32_t)x2 * 0xCD9E8D57u;
        x0 = (product_1 >> 32) ^ x1 ^ k0;
        x1 = product_1;
        x2 = (product_0 >> 32) ^ x3 ^ k1;
        x3 = product_0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}
/* As a signed number, which processors convert in vectors. */
static inline double bnsim_in_open_interval(uint32_t word)
{
    return ((double)(int32_t)(word ^ 0x80000000u) + 2147483648.5) * (1.0 / 4294967296.0);
}
static inline double bnsim_uniform(int64_t key_high, int64_t key_low, int64_t stream, int64_t step, int64_t unit)
{
    uint64_t x[4] = {(uint32_t)(unit >> 2), (uint32_t)step, (uint32_t)stream, (uint32_t)(step >> 32)};
    bnsim_philox(key_high, key_low, x[0], x[1], x[2], x[3]);
    return bnsim_in_open_interval((uint32_t)x[unit & 3]);
}
"""

# Numbers of 32 bits do not reach Wichura's far tail.
NORMAL_QUANTILE_CPP = _filled("""
static inline double bnsim_normal_quantile(double probability)
{
    const double q = probability - 0.5;
    double r = 0.180625 - q * q;
    if (std::fabs(q) <= 0.425)
        return @CENTRE@;
    int exponent;
    double mantissa = std::frexp(q < 0 ? probability : 1 - probability, &exponent);
    if (mantissa < @SQRT_HALF@) { mantissa *= 2; exponent--; }
    const double power = exponent, s = (mantissa - 1) / (mantissa + 1), s2 = s * s;
    r = std::sqrt(-(power * @LN2_HIGH@ + (2 * s * @LOG@ + power * @LN2_LOW@))) - 1.6;
    const double z = @TAIL@;
    return q < 0 ? -z : z;
}
""")

# What draws a network: parts of the quantile, in forms that the compiler turns into vector instructions.
CONSTRUCTION_CPP = _filled("""
static inline double bnsim_normal_centre(double q)
{
    const double r = 0.180625 - q * q;
    return @CENTRE@;
}
/* Of a normal number above 0; its parts are taken from its bits. */
static inline double bnsim_log(double x)
{
    int64_t bits;
    std::memcpy(&bits, &x, sizeof(x));
    const int64_t half = (bits & 0xFFFFFFFFFFFFFLL) | 0x3FE0000000000000LL;
    double mantissa;
    std::memcpy(&mantissa, &half, sizeof(half));
    const bool small = mantissa < @SQRT_HALF@;
    const double power = (double)((int32_t)(bits >> 52) - 1022 - (int32_t)small);
    mantissa = small ? 2 * mantissa : mantissa;
    const double s = (mantissa - 1) / (mantissa + 1), s2 = s * s;
    return power * @LN2_HIGH@ + (2 * s * @LOG@ + power * @LN2_LOW@);
}
static inline double bnsim_normal_tail(double probability)
{
    const double q = probability - 0.5, r = std::sqrt(-bnsim_log(q < 0 ? probability : 1 - probability)) - 1.6;
    const double z = @TAIL@;
    return q < 0 ? -z : z;
}
""")

NORMAL_CPP = """
static inline double bnsim_normal(int64_t key_high, int64_t key_low, int64_t stream, int64_t step, int64_t unit)
{
    return bnsim_normal_quantile(bnsim_uniform(key_high, key_low, stream, step, unit));
}
"""

POISSON_QUANTILE_CPP = _filled("""
static inline double bnsim_exp_of_minus(double mean)
{
    const double power = std::floor(-mean * @LOG2_E@ + 0.5);
    const double r = (-mean - power * @LN2_HIGH@) - power * @LN2_LOW@;
    return std::ldexp(@EXP@, (int)power);
}
static inline double bnsim_poisson_quantile(double mean, double probability)
{
    if (!(mean <= @LARGEST_MEAN@)) {
        const double z = bnsim_normal_quantile(probability);
        const double number = std::floor(mean + std::sqrt(mean) * z + (z * z - 1) / 6 + 0.5);
        return number < 0 ? 0.0 : number;
    }
    double term = bnsim_exp_of_minus(mean), total = term, number = 0;
    while (probability > total) {
        number += 1;
        term = term * (mean / number);
        total = total + term;
    }
    return number;
}
""")

# (w + 1/2) / 2^32 is exact, and so is 2^32 times a number: which words lie below is asked without rounding.
THRESHOLDS_CPP = _filled("""
static const double BNSIM_LARGEST_MEAN = @LARGEST_MEAN@, BNSIM_N_WORDS = 4294967296.0;
/* How many words have a uniform number below a probability. */
static inline uint64_t bnsim_words_below(double probability)
{
    const double place = probability * BNSIM_N_WORDS, whole = std::floor(place);
    if (!(place > 0)) return 0;
    return place >= BNSIM_N_WORDS ? (uint64_t)BNSIM_N_WORDS : (uint64_t)whole + (place - whole > 0.5);
}
/* How many words have one that is not above it. */
static inline uint64_t bnsim_words_up_to(double probability)
{
    const double place = probability * BNSIM_N_WORDS, whole = std::floor(place);
    if (!(place > 0)) return 0;
    return place >= BNSIM_N_WORDS ? (uint64_t)BNSIM_N_WORDS : (uint64_t)whole + (place - whole >= 0.5);
}
/* The Poisson number of a word is the one returned and as many more as there are thresholds below the word: where the
   sums of bnsim_poisson_quantile lie among the words. mean: not above BNSIM_LARGEST_MEAN. */
static inline int32_t bnsim_poisson_thresholds(double mean, std::vector<uint32_t>& thresholds)
{
    int32_t least = 0;
    thresholds.clear();
    if (!(mean > 0)) return least;
    double term = bnsim_exp_of_minus(mean), total = term, number = 0;
    for (uint64_t n_words; (n_words = bnsim_words_up_to(total)) < (uint64_t)BNSIM_N_WORDS;) {
        if (n_words == 0) least++; else thresholds.push_back((uint32_t)(n_words - 1));
        number += 1;
        term = term * (mean / number);
        total = total + term;
    }
    return least;
}
""")

POISSON_CPP = """
static inline double bnsim_poisson(double mean, int64_t key_high, int64_t key_low, int64_t stream, int64_t step,
                                   int64_t unit)
{
    return bnsim_poisson_quantile(mean, bnsim_uniform(key_high, key_low, stream, step, unit));
}
"""

UNIFORM_CYTHON = """
cdef double bnsim_uniform(long long key_high, long long key_low, long long stream, long long step, long long unit):
    cdef unsigned long long x0 = (unit >> 2) & 0xFFFFFFFFULL, x1 = step & 0xFFFFFFFFULL
    cdef unsigned long long x2 = stream & 0xFFFFFFFFULL, x3 = (step >> 32) & 0xFFFFFFFFULL
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
    cdef unsigned long long word = x0
    if unit & 3 == 1:
        word = x1
    elif unit & 3 == 2:
        word = x2
    elif unit & 3 == 3:
        word = x3
    return (<double>word + 0.5) * (1.0 / 4294967296.0)
"""

NORMAL_QUANTILE_CYTHON = _filled("""
from libc.math cimport frexp as bnsim_frexp
cdef double bnsim_normal_quantile(double probability):
    cdef double q = probability - 0.5
    cdef double r = 0.180625 - q * q
    cdef int exponent
    cdef double mantissa, power, s, s2, z
    if -0.425 <= q <= 0.425:
        return @CENTRE@
    mantissa = bnsim_frexp(probability if q < 0 else 1 - probability, &exponent)
    if mantissa < @SQRT_HALF@:
        mantissa *= 2
        exponent -= 1
    power = exponent
    s = (mantissa - 1) / (mantissa + 1)
    s2 = s * s
    r = sqrt(-(power * @LN2_HIGH@ + (2 * s * @LOG@ + power * @LN2_LOW@))) - 1.6
    z = @TAIL@
    return -z if q < 0 else z
""")

NORMAL_CYTHON = """
cdef double bnsim_normal(long long key_high, long long key_low, long long stream, long long step, long long unit):
    return bnsim_normal_quantile(bnsim_uniform(key_high, key_low, stream, step, unit))
"""

POISSON_QUANTILE_CYTHON = _filled("""
from libc.math cimport ldexp as bnsim_ldexp
cdef double bnsim_poisson_quantile(double mean, double probability):
    cdef double z, number, power, r, term, total
    if not mean <= @LARGEST_MEAN@:
        z = bnsim_normal_quantile(probability)
        number = floor(mean + sqrt(mean) * z + (z * z - 1) / 6 + 0.5)
        return 0.0 if number < 0 else number
    power = floor(-mean * @LOG2_E@ + 0.5)
    r = (-mean - power * @LN2_HIGH@) - power * @LN2_LOW@
    term = bnsim_ldexp(@EXP@, <int>power)
    total = term
    number = 0
    while probability > total:
        number += 1
        term = term * (mean / number)
        total = total + term
    return number
""")

POISSON_CYTHON = """
cdef double bnsim_poisson(double mean, long long key_high, long long key_low, long long stream, long long step,
                          long long unit):
    return bnsim_poisson_quantile(mean, bnsim_uniform(key_high, key_low, stream, step, unit))
"""
