"""CKA against a table by hand, what leaves it as it is, and what it must not see."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ortho_group

from experiments.studies.representation.cka import LEADING, alignment, cka, pattern, pattern_beyond, rests_on_leading

GENERATOR_SEED = 5
LINE = np.array([[1.0], [1.0], [-1.0], [-1.0], [0.0]])
CROSSED = np.array([[1.0], [-1.0], [1.0], [-1.0], [0.0]])


def drawn(samples: int, units: int) -> np.ndarray:
    return np.random.default_rng(GENERATOR_SEED).standard_normal((samples, units))


def test_pattern_by_hand() -> None:
    """Of the responses 1, 1, -1, -1, 0. The kernel off its diagonal has rows (1, -1, -1, 0), ..., and 0 for the last
    sample; sums of rows are -1, -1, -1, -1, 0, in all -4. With n = 5, an entry gains 1/3 for each of its two samples
    but the last, and loses 4/12."""
    same, across, last = 1 + 2 / 3 - 1 / 3, -1 + 2 / 3 - 1 / 3, 1 / 3 - 1 / 3
    expected = np.array(
        [
            [0, same, across, across, last],
            [same, 0, across, across, last],
            [across, across, 0, same, last],
            [across, across, same, 0, last],
            [last, last, last, last, 0],
        ]
    )
    found = pattern(LINE)
    assert found is not None
    np.testing.assert_allclose(found, expected / np.linalg.norm(expected), atol=1e-15)


def test_two_populations_by_hand() -> None:
    """Of the six pairs of the first four samples, `LINE` and `CROSSED` have two each with 4/3, never the same, and
    -2/3 for the others: products -8/9, four times, and 4/9, twice, over squares 16/9, twice, and 4/9, four times."""
    assert cka(LINE, CROSSED) == pytest.approx((4 * -8 / 9 + 2 * 4 / 9) / (2 * 16 / 9 + 4 * 4 / 9))


def test_it_is_the_unbiased_estimator_of_song() -> None:
    """In its other form: tr(KL) + 1'K1 1'L1 / ((n-1)(n-2)) - 2 1'KL1 / (n-2), of kernels without their diagonals."""
    X, Y = drawn(9, 4), drawn(9, 7) ** 2

    def independence(first: np.ndarray, second: np.ndarray) -> float:
        kernels = [responses @ responses.T for responses in (first, second)]
        K, L = (kernel - np.diag(np.diag(kernel)) for kernel in kernels)
        n = len(K)
        return float(np.trace(K @ L) + K.sum() * L.sum() / ((n - 1) * (n - 2)) - 2 * (K @ L).sum() / (n - 2))

    assert cka(X, Y) == pytest.approx(independence(X, Y) / np.sqrt(independence(X, X) * independence(Y, Y)))


def test_shift_rotation_and_scale_change_nothing() -> None:
    X = drawn(30, 8)
    rotated = 3 * X @ ortho_group.rvs(8, random_state=1) + 100
    Y = drawn(30, 5) + X[:, :5]
    assert cka(X, X) == pytest.approx(1, abs=1e-12)
    assert cka(X, rotated) == pytest.approx(1, abs=1e-12)
    assert cka(rotated, Y) == pytest.approx(cka(X, Y), abs=1e-12)
    assert cka(X, Y) == cka(Y, X)
    assert 0.1 < (cka(X, Y) or 0) < 0.9


def test_random_responses_have_nothing_in_common_however_few_the_samples() -> None:
    """20 samples, 200 units: the plain CKA of such matrices is 0.95 and more."""
    generator = np.random.default_rng(GENERATOR_SEED)
    found, plain = [], []
    centre = np.eye(20) - 1 / 20
    for _ in range(200):
        X, Y = generator.standard_normal((2, 20, 200))
        found.append(cka(X, Y))
        K, L = (centre @ responses @ responses.T @ centre for responses in (X, Y))
        plain.append(np.vdot(K, L) / np.linalg.norm(K) / np.linalg.norm(L))
    assert np.mean(plain) > 0.9
    # One draw has a standard deviation of about 1 / sqrt(170 free entries); four standard errors of the mean of 200.
    assert abs(np.mean(np.array(found, float))) < 4 * 170**-0.5 / 200**0.5


def test_noise_lowers_it_to_the_root_of_what_two_noisy_populations_share() -> None:
    generator = np.random.default_rng(GENERATOR_SEED)
    clean = generator.standard_normal((200, 5)) @ generator.standard_normal((5, 50))
    first, second = (clean + 4 * generator.standard_normal(clean.shape) for _ in range(2))
    shared = cka(first, second) or 0
    assert 0.3 < shared < 0.9
    assert cka(first, clean) == pytest.approx(np.sqrt(shared), abs=0.02)


@pytest.mark.parametrize(
    "responses",
    [
        np.full((10, 10), 0.1),
        np.zeros((10, 3)),
        np.vstack([np.zeros((9, 2)), [[1.0, 3.0]]]),
        np.vstack([[[1.0, 3.0]], np.full((9, 2), 0.3)]),
        drawn(3, 5),
    ],
)
def test_nothing_is_represented_where_all_samples_but_one_are_answered_alike(responses: np.ndarray) -> None:
    assert pattern(responses) is None
    assert alignment(pattern(responses), pattern(drawn(10, 4))) is None


def beyond(first: np.ndarray, second: np.ndarray) -> float:
    found = alignment(pattern_beyond(first), pattern_beyond(second))
    assert found is not None
    return found


@pytest.mark.parametrize("shared", [1, 2])
def test_a_high_cka_of_populations_that_share_dominant_directions_alone_is_found_out(shared: int) -> None:
    """Of 40 units, with noise of their own in all directions and 20 times as much in common in one or two."""
    generator = np.random.default_rng(GENERATOR_SEED)
    common = 20 * generator.standard_normal((200, shared))
    X, Y = (
        common @ ortho_group.rvs(40, random_state=seed)[:shared] + generator.standard_normal((200, 40))
        for seed in (1, 2)
    )
    whole, rest = cka(X, Y) or 0, beyond(X, Y)
    assert whole > 0.9
    # Unrelated but for what is left of the estimated components; four standard deviations of a debiased CKA of 0.
    assert abs(rest) < 4 / np.sqrt(200 * 197 / 2)
    assert rests_on_leading(whole, rest)


@pytest.mark.parametrize("spread", [0.0, 1.0, 2.0])
def test_rotated_copies_are_alike_in_all_directions(spread: float) -> None:
    """Of full rank: of equal variance, or falling off as 1 / i^2 and 1 / i^4, where one direction holds most of it."""
    X = drawn(100, 12) * np.arange(1, 13) ** -spread
    rotated = X @ ortho_group.rvs(12, random_state=3)
    assert cka(X, rotated) == pytest.approx(1)
    assert beyond(X, rotated) == pytest.approx(1)
    assert not rests_on_leading(1.0, beyond(X, rotated))


def test_leading_components_are_those_of_largest_variance() -> None:
    crossed, small = np.kron([1.0, -1.0], np.ones(4)), np.tile([1.0, -1.0], 4)
    middle = np.tile([1.0, 1.0, -1.0, -1.0], 2)
    X = np.stack([9 * crossed, small, 5 * middle], axis=1) + 100
    assert LEADING == 2
    np.testing.assert_allclose(pattern_beyond(X), pattern(small[:, np.newaxis]), atol=1e-12)  # type: ignore[arg-type]


def test_a_low_cka_needs_no_warning_and_one_that_stays_neither() -> None:
    assert not rests_on_leading(0.4, 0.0)
    assert not rests_on_leading(0.9, 0.5)
    assert rests_on_leading(0.9, 0.4)
    assert rests_on_leading(0.9, -0.01)


@pytest.mark.parametrize("responses", [drawn(2, 5), drawn(20, 2), drawn(20, 1), np.full((9, 9), 0.1)])
def test_nothing_is_left_of_responses_in_two_directions(responses: np.ndarray) -> None:
    assert pattern_beyond(responses) is None
