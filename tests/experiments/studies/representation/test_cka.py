"""CKA against a table by hand, what leaves it as it is, and what it must not see."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ortho_group

from experiments.studies.representation.cka import alignment, cka, pattern

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
