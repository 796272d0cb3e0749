"""The fixed front end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bnsim.errors import InputError
from models.filters import FilterBank, dense_random_filters, draw_filters, gabor_filters

from .conftest import Digits


@pytest.fixture(scope="module")
def gabors() -> FilterBank:
    return gabor_filters((8, 6), 300, patch=4, wavelength=(2.5, 6.0), sigma=(0.8, 1.8), seed=1)


def test_gabor_filters_have_zero_mean_and_unit_norm(gabors: FilterBank) -> None:
    filters = gabors.matrix.toarray()
    np.testing.assert_allclose(filters.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose((filters**2).sum(axis=1), 1)


def test_each_gabor_filter_lies_in_one_patch_and_patches_cover_the_image(gabors: FilterBank) -> None:
    filters = gabors.matrix.toarray().reshape(-1, 8, 6) != 0
    for image in filters:
        rows, columns = np.nonzero(image)
        assert np.ptp(rows) <= 3
        assert np.ptp(columns) <= 3
    assert filters.any(axis=0).all()
    assert gabors.multiply_accumulates == 300 * 16


def test_a_grating_drives_most_the_filter_that_matches_it() -> None:
    """With one wavelength and wide envelopes, a filter is the grating of its own orientation and phase."""
    bank = gabor_filters((9, 9), 200, patch=9, wavelength=(4.5, 4.5), sigma=(50.0, 50.0), seed=0)
    y, x = np.mgrid[:9, :9] - 4
    angles, phases = np.meshgrid(np.linspace(0, np.pi, 60), np.linspace(0, 2 * np.pi, 60))
    angles, phases = angles.reshape(-1, 1, 1), phases.reshape(-1, 1, 1)
    gratings = np.cos(2 * np.pi * (x * np.cos(angles) + y * np.sin(angles)) / 4.5 + phases).reshape(-1, 81)
    gratings -= gratings.mean(axis=1, keepdims=True)
    gratings /= np.linalg.norm(gratings, axis=1, keepdims=True)
    assert bank.responses(gratings).max(axis=0).min() > 0.98


def test_dense_filters_see_all_features() -> None:
    bank = dense_random_filters(30, 500, seed=0)
    filters = bank.matrix.toarray()
    np.testing.assert_allclose((filters**2).sum(axis=1), 1)
    assert bank.multiply_accumulates == 500 * 30
    assert abs(filters.mean()) < 0.01


def test_same_seed_same_filters(gabors: FilterBank) -> None:
    again, other = (gabor_filters((8, 6), 300, 4, (2.5, 6.0), (0.8, 1.8), seed) for seed in (1, 2))
    assert np.array_equal(again.matrix.toarray(), gabors.matrix.toarray())
    assert not np.array_equal(other.matrix.toarray(), gabors.matrix.toarray())


def test_responses_are_products_and_depend_on_their_own_sample_alone(digits: Digits) -> None:
    bank = gabor_filters((8, 8), 100, 5, (2.5, 6.0), (0.8, 1.8), seed=0)
    together = bank.responses(digits.X)
    np.testing.assert_allclose(together, digits.X @ bank.matrix.toarray().T, atol=1e-12)
    assert np.array_equal(bank.responses(digits.X[::-1]), together[::-1])
    assert np.array_equal(bank.responses(digits.X[3:4]), together[3:4])


@pytest.mark.parametrize("image_shape", [(8, 8), None])
def test_normalised_responses_are_divided_by_what_the_filter_sees(
    image_shape: tuple[int, int] | None, digits: Digits
) -> None:
    settings: dict[str, Any] = {"patch": 3, "wavelength": (2.5, 6.0), "sigma": (0.8, 1.8), "seed": 1, "owner": "Twin"}
    plain, normalised = (
        draw_filters(64, image_shape=image_shape, n_filters=400, semisaturation=value, **settings)
        for value in (None, 0.5)
    )
    X = digits.X[:30]
    expected = plain.responses(X)
    for j, row in enumerate(plain.matrix.toarray()):
        expected[:, j] /= 0.5 + np.sqrt((X[:, row != 0] ** 2).sum(axis=1))
    together = normalised.responses(X)
    np.testing.assert_allclose(together, expected, rtol=1e-12, atol=1e-15)
    assert np.array_equal(normalised.responses(X[3:4]), together[3:4])
    assert normalised.responses(np.zeros((1, 64))).tolist() == [[0.0] * 400]
    windows = 6 * 6 * 9 if image_shape else 64
    assert normalised.multiply_accumulates == plain.multiply_accumulates + 64 + windows + 400


def test_arrays_bring_filters_back(gabors: FilterBank) -> None:
    back = FilterBank.from_arrays(gabors.arrays(), semisaturation=0.5)
    assert np.array_equal(back.matrix.toarray(), gabors.matrix.toarray())
    assert back.semisaturation == 0.5


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"image_shape": (8, 9)},
            "Twin.image_shape: 8 x 9 pixels do not make samples of 64 features; give the",
        ),
        (
            {"patch": 9},
            "GaborPatches.patch: 9 pixels do not fit into an image of 8 x 8; choose a smaller patch",
        ),
        ({"image_shape": (8, 8, 1)}, "GaborPatches.image_shape: "),
        ({"wavelength": (6.0, 2.5)}, "GaborPatches.wavelength: "),
        ({"sigma": (0.0, 1.0)}, "GaborPatches.sigma: "),
    ],
)
def test_errors_name_the_parameter(changed: dict[str, Any], message: str) -> None:
    settings: dict[str, Any] = {
        "image_shape": (8, 8),
        "n_filters": 10,
        "patch": 5,
        "wavelength": (2.5, 6.0),
        "sigma": (0.8, 1.8),
        "semisaturation": None,
        "seed": 0,
    }
    with pytest.raises(InputError) as error:
        draw_filters(64, **{**settings, **changed}, owner="Twin")
    assert str(error.value).startswith(message)
