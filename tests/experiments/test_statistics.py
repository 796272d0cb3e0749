"""Statistics against numbers computed by hand or by SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.statistics import (
    Interval,
    bounded_interval,
    corrected_resampled_t,
    holm,
    mean_interval,
    paired_bootstrap,
    paired_t,
)


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


def test_score_interval_by_hand() -> None:
    # mean 0.8, s² = 0.02, t(1) = 12.7062, k = t² s² / 2 / (0.8 x 0.2) = 10.0904: limits are
    # (0.8 + k / 2 ± sqrt(0.16 k + k² / 4)) / (1 + k) = (5.8452 ± 5.2028) / 11.0904
    interval = bounded_interval([0.7, 0.9], (0, 1))
    assert interval.mean == pytest.approx(0.8)
    assert interval.low == pytest.approx(0.057924, abs=1e-5)
    assert interval.high == pytest.approx(0.996179, abs=1e-5)


def test_score_interval_is_wilsons_where_the_spread_is_that_of_cases() -> None:
    # s² / n = p (1 - p) / 400 and t in place of z: SciPy's Wilson interval of 400 cases at the level of that t
    half = np.sqrt(0.9 * 0.1 / 400)
    values = [0.9 - half, 0.9 + half]  # s² = 2 half², so s² / 2 = half²
    level = 2 * stats.norm.cdf(stats.t.ppf(0.975, 1) / 2) - 1
    wilson = stats.binomtest(90, 100).proportion_ci(level, method="wilson")  # t / 2 with 100 cases is t with 400
    interval = bounded_interval(values, (0, 1))
    assert (interval.low, interval.high) == pytest.approx((wilson.low, wilson.high))


def test_score_interval_moves_with_its_bounds() -> None:
    plain = bounded_interval([0.9, 0.95, 0.97], (0, 1), 0.25)
    moved = bounded_interval([0.8, 0.9, 0.94], (-1, 1), 0.25)
    assert (moved.mean, moved.low, moved.high) == pytest.approx(
        [2 * value - 1 for value in (plain.mean, plain.low, plain.high)]
    )


def test_score_interval_with_an_upper_bound_alone_is_a_mirror_image() -> None:
    seen = bounded_interval([0.1, 0.2, 0.4], (0, np.inf), 0.25)
    mirrored = bounded_interval([0.9, 0.8, 0.6], (-np.inf, 1), 0.25)
    assert seen.low is not None
    assert seen.high is not None
    assert (mirrored.mean, mirrored.low, mirrored.high) == pytest.approx((1 - seen.mean, 1 - seen.high, 1 - seen.low))
    assert bounded_interval([0.9], (-np.inf, 1)) == Interval(0.9, None, None, 1)


def test_score_interval_counts_the_overlap_of_resampled_splits() -> None:
    # s² (1 / 4 + 1 / 4) = twice s² / 4: as values whose spread is sqrt(2) times as large
    values = np.array([0.7, 0.8, 0.8, 0.9])
    corrected = bounded_interval(values, (0, 1), 0.25)
    spread = bounded_interval(0.8 + np.sqrt(2) * (values - 0.8), (0, 1))
    assert (corrected.low, corrected.high) == pytest.approx((spread.low, spread.high))


@pytest.mark.parametrize("values", [[0.9983, 0.9901, 0.9948], [1.0, 1.0, 0.99], [0.0, 0.0, 0.2], [0.0, 1.0]])
def test_intervals_of_proportions_stay_where_proportions_live(values: list[float]) -> None:
    interval = bounded_interval(values, (0, 1), 0.25)
    assert interval.low is not None
    assert interval.high is not None
    assert 0 < interval.low < interval.mean < interval.high < 1


def test_far_from_its_bounds_a_score_interval_is_students() -> None:
    values = 0.5 + 1e-4 * np.arange(6)
    score, student = bounded_interval(values, (0, 1), 0.25), mean_interval(values, 0.25)
    assert (score.low, score.high) == pytest.approx((student.low, student.high), abs=1e-8)


def test_score_interval_with_one_bound_by_hand() -> None:
    # mean 1, s² = 2, t(1) = 12.7062, c = t² s² / 2 = 161.4476: limits 1 + c / 2 ± sqrt(c + c² / 4), of product 1
    interval = bounded_interval([0.0, 2.0], (0, np.inf))
    assert interval.high == pytest.approx(163.4414, abs=1e-3)
    assert interval.low == pytest.approx(1 / 163.4414, abs=1e-7)


def test_score_interval_of_counts_is_that_of_poissons_where_they_are() -> None:
    # counts whose variance is their mean: (m - p)² <= t² p / n
    values = np.array([9 - np.sqrt(9 / 2), 9 + np.sqrt(9 / 2)])  # s² = 9
    interval, quantile = bounded_interval(values, (0, np.inf)), stats.t.ppf(0.975, 1)
    for limit in (interval.low, interval.high):
        assert limit is not None
        assert (9 - limit) ** 2 == pytest.approx(quantile**2 * limit / 2)


def test_seeds_that_agree_have_the_binomial_interval_of_their_cases() -> None:
    # 20 of 20: the lower limit L with L^20 = 0.025
    assert bounded_interval([1.0] * 5, (0, 1), 0.25, cases=20) == Interval(
        1.0, pytest.approx(0.025 ** (1 / 20)), 1.0, 5
    )
    assert bounded_interval([0.0] * 5, (0, 1), cases=20) == Interval(0.0, 0.0, pytest.approx(1 - 0.025 ** (1 / 20)), 5)
    # 3 of 4, by the beta quantiles of Clopper & Pearson
    quantiles = stats.beta.ppf(0.025, 3, 2), stats.beta.ppf(0.975, 4, 1)
    inside = bounded_interval([0.75, 0.75], (0, 1), cases=4)
    assert (inside.low, inside.high) == pytest.approx(quantiles)
    per_cent = bounded_interval([75.0, 75.0], (0, 100), cases=4)
    assert (per_cent.low, per_cent.high) == pytest.approx([100 * quantile for quantile in quantiles])
    assert bounded_interval([1.0, 1.0], (0, 1)) == Interval(1.0, 1.0, 1.0, 2)


def test_a_score_interval_wants_values_within_bounds_but_for_rounding() -> None:
    assert bounded_interval([1 + 2e-16, 1.0], (-1, 1)) == Interval(1.0, 1.0, 1.0, 2)
    for values in ([0.5, 1.1], [-0.1, 0.5]):
        with pytest.raises(ValueError, match=r"lie beyond their bounds \(0, 1\)"):
            bounded_interval(values, (0, 1))
    assert bounded_interval([0.5], (0, 1)) == Interval(0.5, None, None, 1)
    assert bounded_interval([-1e-9, 1 + 1e-9], (0, 1)) == bounded_interval([0, 1], (0, 1))


def accuracies(share: float, samples: int, seeds: int, generator: np.random.Generator) -> np.ndarray:
    """Of a classifier that is right on this share of a population, on random fifths of a sample of it."""
    right = generator.random(samples) < share
    return np.array([generator.permutation(right)[: samples // 5].mean() for _ in range(seeds)])


@pytest.mark.parametrize(
    ("share", "samples", "seeds", "score", "student"),
    [(0.995, 570, 3, 0.99, 0.72), (0.995, 570, 5, 0.97, 0.86), (0.9, 500, 5, 0.95, 0.95)],
)
def test_score_intervals_cover_the_truth_where_students_fall_short(
    share: float, samples: int, seeds: int, score: float, student: float
) -> None:
    generator, covered = np.random.default_rng(3), []
    for _ in range(600):
        values = accuracies(share, samples, seeds, generator)
        intervals = bounded_interval(values, (0, 1), 0.25, cases=samples // 5), mean_interval(values, 0.25)
        covered.append([found.low <= share <= found.high for found in intervals])  # type: ignore[operator]
    # the standard error of 600 simulations is 0.009 near 0.95 and 0.018 near 0.72
    assert np.mean(covered, axis=0) == pytest.approx([score, student], abs=0.04)


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
    assert paired_t(-values).p_value == paired_t(values).p_value
    assert paired_t(values[:10]).p_value is not None
    assert paired_t(values[:9]).p_value is None
    assert corrected_resampled_t(values[:9], 0.25).p_value is None


def test_two_values_have_an_interval() -> None:
    # s = sqrt(2), s / sqrt(2) = 1, t(1) at 97.5 % = 12.7062
    interval = mean_interval([1, 3])
    assert (interval.low, interval.high) == pytest.approx((2 - 12.7062, 2 + 12.7062), abs=1e-4)


def test_differences_without_spread_are_zero_or_are_not() -> None:
    assert paired_t([0.0] * 12).p_value == 1
    assert paired_t([0.5] * 12).p_value == 0


def test_equal_differences_have_no_standardised_effect() -> None:
    difference = paired_t([0.0, 0.0, 0.0])
    assert (difference.interval.low, difference.interval.high) == (0, 0)
    assert difference.standardised is None
    assert paired_t([0.5]).standardised is None
    assert paired_t([1.0, 2.0]).standardised == pytest.approx(1.5 / np.sqrt(0.5))


def test_bootstrap_over_images_agrees_with_the_binomial_limit() -> None:
    # one seed; the first wins 30 of 1000 images and loses 10: mean 0.02, variance 0.04 - 0.0004
    outcomes = np.zeros((1, 1000))
    outcomes[0, :30], outcomes[0, 30:40] = 1, -1
    difference = paired_bootstrap(outcomes)
    half = 1.96 * np.sqrt((0.04 - 0.0004) / 1000)
    assert difference.method == "paired bootstrap over images (one seed)"
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
    of_two = paired_bootstrap(outcomes[2:])  # percentiles 0 and 1 about the mean 0.5, widened by sqrt(2)
    assert [of_two.interval.low, of_two.interval.high] == pytest.approx([0.5 - 0.5 * 2**0.5, 0.5 + 0.5 * 2**0.5])
    assert of_two.standardised == pytest.approx(0.5 / np.sqrt(0.5))
    assert difference.method == of_two.method == "paired bootstrap over seeds and images"


def test_bootstrap_repeats_exactly_and_tests_from_ten_seeds_on() -> None:
    outcomes = np.random.default_rng(1).choice([-1, 0, 0, 1, 1], size=(10, 300))
    first, second = paired_bootstrap(outcomes), paired_bootstrap(outcomes, seed=0)
    assert first == second != paired_bootstrap(outcomes, seed=1)


def test_p_value_of_the_bootstrap_is_a_share_of_its_resamples() -> None:
    # twice the share of resampled means on the other side of zero, the one that was measured counted among them
    ahead = np.ones((10, 30))
    assert paired_bootstrap(ahead).p_value == paired_bootstrap(-ahead).p_value == 2 / 10_001
    assert paired_bootstrap(np.zeros((10, 30))).p_value == 1
    assert paired_bootstrap(np.ones((12, 30))).p_value == 2 / 10_001
    # one seed of ten behind by 100, the others ahead by 10: behind unless it is not drawn, 0.9 ** 10 = 0.3487
    outcomes = np.full((10, 5), 10.0)
    outcomes[0] = -100
    assert paired_bootstrap(outcomes).p_value == pytest.approx(2 * 0.3487, abs=0.02)  # four standard errors


def test_holm_by_hand() -> None:
    # sorted 0.01, 0.02, 0.04 times 3, 2, 1, made monotone
    assert holm([0.04, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.9, 0.6]) == [1.0, 1.0]
    assert holm([]) == []
