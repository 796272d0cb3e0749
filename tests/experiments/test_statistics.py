"""Statistics against numbers computed by hand or by SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.statistics import corrected_resampled_t, holm, mean_interval, paired_bootstrap, paired_t


def test_mean_interval_by_hand() -> None:
    # mean 3, s = sqrt(2.5), s / sqrt(5) = 0.70711, t(4) at 97.5 % = 2.77645
    interval = mean_interval([1, 2, 3, 4, 5])
    assert interval.mean == 3
    assert interval.low == pytest.approx(3 - 2.77645 * 0.70711, abs=1e-4)
    assert interval.high == pytest.approx(3 + 2.77645 * 0.70711, abs=1e-4)


def test_mean_interval_on_resampled_splits_by_hand() -> None:
    # s² = 2.5, 1 / 5 + 1 / 4 = 0.45: sqrt(0.45 x 2.5) = 1.06066 instead of 0.70711
    interval = mean_interval([1, 2, 3, 4, 5], 90 / 360)
    assert interval.high == pytest.approx(3 + 2.77645 * 1.06066, abs=1e-4)


def test_one_value_has_no_interval() -> None:
    interval = mean_interval([0.9])
    assert (interval.mean, interval.low, interval.high, interval.n) == (0.9, None, None, 1)


def test_corrected_resampled_t_widens_the_interval_by_the_published_factor() -> None:
    # variance factor 1 / 5 + 90 / 360 = 0.45 instead of 0.2
    values = [0.5, 1.0, 1.5, 2.0, 2.5]
    plain, corrected = paired_t(values), corrected_resampled_t(values, 90 / 360)
    assert corrected.interval.high is not None
    assert plain.interval.high is not None
    ratio = (corrected.interval.high - 1.5) / (plain.interval.high - 1.5)
    assert ratio == pytest.approx(np.sqrt(0.45 / 0.2))
    assert corrected.standardised == pytest.approx(1.5 / np.sqrt(0.625))


def test_p_value_agrees_with_scipy_and_is_kept_back_below_ten_seeds() -> None:
    values = np.random.default_rng(0).normal(0.4, 1, size=12)
    assert paired_t(values).p_value == pytest.approx(stats.ttest_1samp(values, 0).pvalue)
    assert paired_t(values[:9]).p_value is None
    assert corrected_resampled_t(values[:9], 0.25).p_value is None


def test_equal_differences_have_no_standardised_effect() -> None:
    difference = paired_t([0.0, 0.0, 0.0])
    assert (difference.interval.low, difference.interval.high) == (0, 0)
    assert difference.standardised is None


def test_bootstrap_over_images_agrees_with_the_binomial_limit() -> None:
    # one seed; the first wins 30 of 1000 images and loses 10: mean 0.02, variance 0.04 - 0.0004
    outcomes = np.zeros((1, 1000))
    outcomes[0, :30], outcomes[0, 30:40] = 1, -1
    difference = paired_bootstrap(outcomes)
    half = 1.96 * np.sqrt((0.04 - 0.0004) / 1000)
    assert difference.interval.mean == pytest.approx(0.02)
    assert difference.interval.low == pytest.approx(0.02 - half, abs=1e-3)
    assert difference.interval.high == pytest.approx(0.02 + half, abs=1e-3)


def test_bootstrap_counts_the_spread_between_seeds() -> None:
    # images all agree within a seed: only which seeds are drawn matters, mean of n=4 from {0, 0, 0, 1}:
    # percentiles 0 and 0.75 about the mean 0.25, widened by sqrt(4 / 3) = 1.15470
    outcomes = np.zeros((4, 50))
    outcomes[3] = 1
    difference = paired_bootstrap(outcomes)
    assert difference.interval.low == pytest.approx(0.25 - 0.25 * 1.15470, abs=1e-5)
    assert difference.interval.high == pytest.approx(0.25 + 0.5 * 1.15470, abs=1e-5)
    assert difference.p_value is None


def test_bootstrap_repeats_exactly_and_tests_from_ten_seeds_on() -> None:
    outcomes = np.random.default_rng(1).choice([-1, 0, 0, 1, 1], size=(10, 300))
    first, second = paired_bootstrap(outcomes), paired_bootstrap(outcomes)
    assert first == second
    assert first.p_value == pytest.approx(2 / 10_001, abs=1e-3)


def test_holm_by_hand() -> None:
    # sorted 0.01, 0.02, 0.04 times 3, 2, 1, made monotone
    assert holm([0.04, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.9, 0.6]) == [1.0, 1.0]
    assert holm([]) == []
