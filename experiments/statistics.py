"""Statistics that hold: intervals over seeds, paired differences between twins, correction for multiple
tests.

Values over seeds are arrays (seed,). With fewer than `MIN_SEEDS_FOR_P` seeds an interval is given and no
p-value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95
MIN_SEEDS_FOR_P = 10
N_RESAMPLES = 10_000


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % confidence interval; the limits are None with one value."""

    mean: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Difference:
    """A paired mean difference with its 95 % interval.

    standardised: mean difference over the standard deviation of the differences between seeds (Cohen's
    d_z), None where that is zero or unknown. p_value: two-sided, None with fewer than 10 seeds.
    """

    interval: Interval
    standardised: float | None
    p_value: float | None
    method: str


def mean_interval(values: ArrayLike, test_train_ratio: float = 0.0) -> Interval:
    """Mean with Student's t interval: mean ± t(n - 1) s sqrt(1 / n + n_test / n_train).

    test_train_ratio: n_test / n_train where each value comes from its own random split of the same samples, whose
    overlap makes s / sqrt(n) too small (see `corrected_resampled_t`); 0 for independent values.
    """
    return _t_interval(np.asarray(values, dtype=float), test_train_ratio)[0]


def paired_t(differences: ArrayLike) -> Difference:
    """Student's paired t over seeds."""
    return _paired(np.asarray(differences, dtype=float), 0.0, "paired t over seeds")


def corrected_resampled_t(differences: ArrayLike, test_train_ratio: float) -> Difference:
    """Corrected resampled t for differences (seed,) measured on random splits of the same samples.

    Training sets overlap between seeds, so s² / n is too small; it becomes (1 / n + n_test / n_train) s².

    Reference: Nadeau & Bengio, Inference for the generalization error, Machine Learning 52 (2003).
    """
    values = np.asarray(differences, dtype=float)
    return _paired(values, test_train_ratio, "corrected resampled t (Nadeau & Bengio 2003)")


def paired_bootstrap(differences: ArrayLike, seed: int = 0) -> Difference:
    """Percentile bootstrap over seeds *and* images for differences (seed, image) on a fixed test set.

    Each of 10,000 resamples draws seeds and, independently, images with replacement. The variance of a mean drawn
    from n seeds is (n - 1) / n of what it should be, so the resampled means are spread about the mean by
    sqrt(n / (n - 1)); the images are so many that their share is not corrected. With fewer than about ten seeds the
    interval is narrow all the same, since percentiles have no thicker tails where the variance is little known, as
    Student's t has. With one seed only the images are resampled, and the interval says nothing about other seeds.

    Reference: Efron & Tibshirani, An Introduction to the Bootstrap (1993), sections 5.3 and 13.3.
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
    """Holm's step-down adjustment within one family of tests.

    Reference: Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979).
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
    """Mean ± t sqrt((1 / n + ratio) s²), and the two-sided p-value against zero."""
    from scipy import stats

    n, mean = len(values), float(values.mean())
    if n < 2:
        return Interval(mean, None, None, n), None
    error = float(np.sqrt((1 / n + test_train_ratio) * values.var(ddof=1)))
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1)) * error
    if error == 0:
        return Interval(mean, mean, mean, n), 1.0 if mean == 0 else 0.0
    p_value = float(2 * stats.t.sf(abs(mean) / error, n - 1))
    return Interval(mean, mean - half, mean + half, n), p_value


def _standardised(values: NDArray[np.float64]) -> float | None:
    spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return float(values.mean()) / spread if spread > 0 else None
