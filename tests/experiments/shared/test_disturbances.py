"""Disturbances of inputs on made-up images: how much changes, and within which range."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.shared.disturbances import DISTURBANCES, Values, disturb
from models.sequences import as_rows, as_sequences, changeable

SHAPE = (40, 50)
IMAGES = np.random.default_rng(0).uniform(0.3, 0.6, (3, 2000))
VALUES = Values.of(np.concatenate([IMAGES, np.zeros((1, 2000)), np.ones((1, 2000))]), SHAPE)
X = IMAGES[0]


def changed(disturbance: str, severity: float, values: Values = VALUES, x: np.ndarray = X) -> np.ndarray:
    return DISTURBANCES[disturbance](x, severity, values, np.random.default_rng(1))


@pytest.mark.parametrize("disturbance", DISTURBANCES)
def test_nothing_changes_without_severity_and_all_stay_in_the_range(disturbance: str) -> None:
    np.testing.assert_array_equal(changed(disturbance, 0), X)
    severe = changed(disturbance, 0.9)
    assert severe.shape == X.shape
    assert severe.min() >= 0
    assert severe.max() <= 1
    assert np.any(severe != X)


def test_gaussian_noise_has_the_standard_deviation_asked_for() -> None:
    # 5 of them away from either end of the range, so that nothing is cut; 2000 features: 1.6 %.
    assert np.std(changed("gaussian_noise", 0.06) - X) == pytest.approx(0.06, rel=0.07)


def test_salt_and_pepper_hit_that_share_half_of_them_each() -> None:
    found = changed("salt_and_pepper", 0.4)
    # Standard deviation of a share of 2000: 1.1 %.
    assert np.mean(found != X) == pytest.approx(0.4, abs=0.04)
    assert np.mean(found == 0) == pytest.approx(0.2, abs=0.04)
    assert np.mean(found == 1) == pytest.approx(0.2, abs=0.04)


def test_a_patch_is_hidden() -> None:
    hidden = (changed("occlusion", 0.5) == 0).reshape(SHAPE)
    rows, columns = np.flatnonzero(hidden.any(axis=1)), np.flatnonzero(hidden.any(axis=0))
    assert (len(rows), len(columns), hidden.sum()) == (20, 25, 500)
    assert (np.ptp(rows), np.ptp(columns)) == (19, 24)
    assert not changed("occlusion", 1.0).any()


def test_contrast_goes_to_the_mean() -> None:
    np.testing.assert_allclose(changed("contrast", 1.0), VALUES.mean)
    np.testing.assert_allclose(changed("contrast", 0.25), 0.75 * X + 0.25 * VALUES.mean)


def test_plain_features_have_each_their_own_range() -> None:
    features = np.array([[0.0, -5.0], [2.0, 15.0]])
    values = Values.of(features, None)
    assert (values.low.tolist(), values.high.tolist(), values.mean.tolist()) == ([0, -5], [2, 15], [1, 5])
    images = Values.of(features, (1, 2))
    assert (images.low.tolist(), images.high.tolist(), images.mean.tolist()) == ([-5, -5], [15, 15], [3, 3])
    assert set(changed("salt_and_pepper", 1.0, values, features[0])) <= {0.0, 2.0, -5.0, 15.0}


def test_channels_of_sequences_have_each_their_own_range() -> None:
    rows = as_rows(np.array([[[1.0, -5.0], [9.0, 9.0]], [[2.0, 15.0], [3.0, 5.0]]]), [1, 2])
    values = Values.of(rows, None, (2, 3))
    assert (values.low.tolist(), values.high.tolist()) == ([1, -5, 1] * 2, [3, 15, 1] * 2)
    assert values.mean.tolist() == [2, 5, 1] * 2


@pytest.mark.parametrize("disturbance", [name for name in DISTURBANCES if name != "occlusion"])
def test_the_mask_of_a_sequence_stays_and_what_follows_its_end(disturbance: str) -> None:
    generator = np.random.default_rng(0)
    lengths = generator.integers(1, 7, 30)
    rows = as_rows(generator.normal(size=(30, 6, 4)), lengths)
    values = Values.of(rows, None, (6, 5))
    found = disturb(rows, DISTURBANCES[disturbance], 0.9, values, np.random.default_rng)
    free = changeable(rows, (6, 5))
    assert np.mean(found[free] != rows[free]) > 0.8
    np.testing.assert_array_equal(found[~free], rows[~free])
    np.testing.assert_array_equal(as_sequences(found, (6, 5))[1], lengths)
