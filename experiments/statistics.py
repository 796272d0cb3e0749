"""Statistics: intervals over seeds, paired differences between twins, correction for multiple tests.

Values over seeds are arrays (seed,). With fewer than `MIN_SEEDS_FOR_P` seeds there are intervals and no p-values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

CONFIDENCE = 0.95
SIGNIFICANCE = 0.05
"""1 - `CONFIDENCE`, which as floats would be 0.05 and a little more."""
MIN_SEEDS_FOR_P = 10
N_RESAMPLES = 10_000
AGREEMENT = 1e-9
"""Values that differ by no more than this agree but for rounding."""
ROUNDING = 1e-6
"""How far a value may lie beyond its bounds: by rounding in single precision, as a cosine of 1 + 1.2e-7."""


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % confidence interval.

    Parameters
    ----------
    mean
        Mean over the seeds.
    low, high
        Limits; None with one value.
    n
        Number of seeds.
    """

    mean: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Difference:
    """A paired mean difference with its 95 % interval.

    Parameters
    ----------
    interval
        The mean difference.
    standardised
        Mean difference over the standard deviation of the differences between seeds (Cohen's d_z); None where that is
        zero or unknown.
    p_value
        Two-sided; None with fewer than `MIN_SEEDS_FOR_P` seeds.
    method
        Name of the test.
    """

    interval: Interval
    standardised: float | None
    p_value: float | None
    method: str


def mean_interval(values: ArrayLike, test_train_ratio: float = 0.0) -> Interval:
    """Return a mean with Student's t interval: mean ± t(n - 1) s sqrt(1 / n + n_test / n_train).

    Parameters
    ----------
    values
        Values (seed,) of a quantity without bounds.
    test_train_ratio
        n_test / n_train where each value comes from its own random split of the same samples, whose overlap makes
        s / sqrt(n) too small (see `corrected_resampled_t`); 0 for independent values.

    Returns
    -------
    Interval
        The limits equal the mean where all seeds agree.
    """
    return _t_interval(np.asarray(values, dtype=float), test_train_ratio)[0]


def bounded_interval(
    values: ArrayLike, bounds: tuple[float, float], test_train_ratio: float = 0.0, cases: int | None = None
) -> Interval:
    """Return the mean of a bounded quantity with a score interval, which lies within the bounds.

    Student's t takes the variance s² (1 / n + n_test / n_train) of the mean to be the same whatever the true value is.
    That of a proportion is not: it falls to zero towards 0 and 1. This interval holds all true values p whose distance
    from the mean m is at most t(n - 1) standard errors, the variance being scaled to what it would be at p:

        (m - p)² <= t² s² (1 / n + n_test / n_train) (p - a) (b - p) / ((m - a) (b - m))

    within the bounds a and b; without b - p and b - m where b is infinite, as for counts, whose variance grows with
    them. The interval contains m, is longer on the side away from the nearer bound, and agrees with Student's t where
    the bounds are many standard errors away.

    Where all seeds agree, there is no spread to go by. If they are shares of a known number of cases, the interval is
    the exact binomial one of a single seed, which is on the safe side; otherwise its limits equal the mean.

    Parameters
    ----------
    values
        Values (seed,).
    bounds
        (a, b): (0, 1) for proportions, (-1, 1) for correlations, (0, inf) for counts and durations. One of them at
        least is finite.
    test_train_ratio
        As in `mean_interval`.
    cases
        Of how many cases each value is a share; None where the values are no shares, or of an unknown number.

    Returns
    -------
    Interval
        Limits within `bounds`.

    Raises
    ------
    ValueError
        If a value lies beyond the bounds by more than rounding.

    Notes
    -----
    For proportions this is Wilson's interval with an effective number of cases from the spread between seeds and a t
    quantile, as used for surveys with clusters. The simulation in the tests compares its coverage with that of
    Student's t, which near the bounds falls far below 95 %.

    References
    ----------
    Wilson, Probable inference, the law of succession, and statistical inference, J. Am. Stat. Assoc. 22 (1927).
    Dean & Pagano, Evaluating confidence interval methods for binomial proportions in clustered surveys, J. Surv. Stat.
    Methodol. 3 (2015). Clopper & Pearson, The use of confidence or fiducial limits illustrated in the case of the
    binomial, Biometrika 26 (1934).
    """
    found, (lower, upper) = np.asarray(values, dtype=float), bounds
    if found.min() < lower - ROUNDING or found.max() > upper + ROUNDING:
        raise ValueError(f"values from {found.min()} to {found.max()} lie beyond their bounds {bounds}")
    if lower == -np.inf:  # the same seen in a mirror
        seen = bounded_interval(-found, (-upper, np.inf), test_train_ratio)
        return Interval(-seen.mean, _negative(seen.high), _negative(seen.low), seen.n)
    found = found.clip(lower, upper)
    n, mean, width, above = len(found), float(found.mean()), upper - lower, float(found.mean()) - lower
    if n < 2:
        return Interval(mean, None, None, n)
    if np.ptp(found) <= AGREEMENT:
        if cases is None:
            return Interval(mean, mean, mean, n)
        from scipy import stats  # imported where it is needed, for it takes as long as a small run

        exact = stats.binomtest(round(above / width * cases), cases).proportion_ci(CONFIDENCE, method="exact")
        return Interval(mean, lower + width * exact.low, lower + width * exact.high, n)
    quantile = _t_quantile(n - 1)
    variance = (1 / n + test_train_ratio) * float(found.var(ddof=1))
    # With x = p - a the limits are the roots of (1 + c / width) x² - (2 above + c) x + above².
    c = quantile**2 * variance / (above * (1 - above / width))
    centre, half = above + c / 2, np.sqrt(quantile**2 * variance + c**2 / 4)
    low, high = (float(lower + (centre + side * half) / (1 + c / width)) for side in (-1, 1))
    return Interval(mean, low, high, n)


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def paired_t(differences: ArrayLike) -> Difference:
    """Return Student's paired t over seeds.

    Parameters
    ----------
    differences
        Differences between twins (seed,), independent of one another.

    Returns
    -------
    Difference
        With Student's t interval.
    """
    return _paired(np.asarray(differences, dtype=float), 0.0, "paired t over seeds")


def corrected_resampled_t(differences: ArrayLike, test_train_ratio: float) -> Difference:
    """Return the corrected resampled t.

    Training sets overlap between seeds, so s² / n is too small; it becomes (1 / n + n_test / n_train) s².

    Parameters
    ----------
    differences
        Differences between twins (seed,), measured on random splits of the same samples.
    test_train_ratio
        n_test / n_train.

    Returns
    -------
    Difference
        With Student's t interval about the corrected variance.

    References
    ----------
    Nadeau & Bengio, Inference for the generalization error, Machine Learning 52 (2003).
    """
    values = np.asarray(differences, dtype=float)
    return _paired(values, test_train_ratio, "corrected resampled t (Nadeau & Bengio 2003)")


def paired_bootstrap(differences: ArrayLike, seed: int = 0) -> Difference:
    """Return the percentile bootstrap over seeds *and* images on a fixed test set.

    Each of 10,000 resamples draws seeds and, independently, images with replacement. The variance of a mean drawn
    from n seeds is (n - 1) / n of what it should be, so the resampled means are spread about the mean by
    sqrt(n / (n - 1)); the images are so many that their share is not corrected. With fewer than about ten seeds the
    interval is narrow all the same, since percentiles have no thicker tails where the variance is little known, as
    Student's t has. With one seed only the images are resampled, and the interval says nothing about other seeds.

    Parameters
    ----------
    differences
        Differences (seed, image): whether one twin was right, 1 or 0, minus the same of the other.
    seed
        Of the resamples.

    Returns
    -------
    Difference
        With percentile limits.

    References
    ----------
    Efron & Tibshirani, An Introduction to the Bootstrap (1993), sections 5.3 and 13.3.
    """
    values = np.asarray(differences, dtype=float)
    n_seeds, n_images = values.shape
    generator = np.random.default_rng(seed)
    # Images with the same outcome for every seed are interchangeable: draw how often each pattern occurs.
    patterns, counts = np.unique(values, axis=1, return_counts=True)
    images = generator.multinomial(n_images, counts / n_images, size=N_RESAMPLES) / n_images
    seeds = generator.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), size=N_RESAMPLES) / n_seeds
    means = np.einsum("rs,sp,rp->r", seeds, patterns, images, optimize=True)
    if n_seeds > 1:
        means = values.mean() + np.sqrt(n_seeds / (n_seeds - 1)) * (means - values.mean())
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    p_value = None
    if n_seeds >= MIN_SEEDS_FOR_P:
        smaller = min(np.count_nonzero(means <= 0), np.count_nonzero(means >= 0))
        p_value = min(1.0, 2 * (smaller + 1) / (N_RESAMPLES + 1))
    interval = Interval(float(values.mean()), float(low), float(high), n_seeds)
    method = "paired bootstrap over seeds and images" if n_seeds > 1 else "paired bootstrap over images (one seed)"
    return Difference(interval, _standardised(values.mean(axis=1)), p_value, method)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted by Holm's step-down procedure within one family of tests.

    Parameters
    ----------
    p_values
        Of the whole family.

    Returns
    -------
    list of float
        In the same order.

    References
    ----------
    Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979).
    """
    order = np.argsort(p_values, kind="stable")
    factors = len(order) - np.arange(len(order))
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(np.asarray(p_values, dtype=float)[order] * factors))
    return adjusted.tolist()


def _paired(values: NDArray[np.float64], test_train_ratio: float, method: str) -> Difference:
    interval, p_value = _t_interval(values, test_train_ratio)
    return Difference(interval, _standardised(values), p_value if len(values) >= MIN_SEEDS_FOR_P else None, method)


def _t_interval(values: NDArray[np.float64], test_train_ratio: float) -> tuple[Interval, float | None]:
    """Mean ± t sqrt((1 / n + ratio) s²), and the two-sided p-value against zero; without one where n is 1."""
    n, mean = len(values), float(values.mean())
    if n < 2:
        return Interval(mean, None, None, n), None
    error = float(np.sqrt((1 / n + test_train_ratio) * values.var(ddof=1)))
    half = _t_quantile(n - 1) * error
    if error == 0:
        return Interval(mean, mean, mean, n), 1.0 if mean == 0 else 0.0
    p_value = float(2 * special.stdtr(n - 1, -abs(mean) / error))
    return Interval(mean, mean - half, mean + half, n), p_value


def _t_quantile(degrees: int) -> float:
    """The quantile of Student's t at the upper end of a two-sided interval."""
    return float(special.stdtrit(degrees, (1 + CONFIDENCE) / 2))


def _standardised(values: NDArray[np.float64]) -> float | None:
    spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return float(values.mean()) / spread if spread > 0 else None
