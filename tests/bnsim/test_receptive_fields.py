"""Gabor filters: whole patches inside the image, zero mean, unit norm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bnsim import GaborPatches, InputError
from bnsim.random_numbers import Numbers

FILTERS = GaborPatches(image_shape=(9, 12), patch=5, wavelength=(3.0, 6.0), sigma=(1.0, 2.0))


def drawn(filters: GaborPatches, n_filters: int, seed: int = 0) -> Any:
    return filters.draw(n_filters, Numbers(seed, "filters"))


def test_each_filter_is_one_square_patch_inside_the_image() -> None:
    bank = drawn(FILTERS, 400)
    assert bank.shape == (400, 108)
    corners = set()
    for row in range(400):
        pixels = bank.indices[bank.indptr[row] : bank.indptr[row + 1]]
        y, x = np.divmod(pixels, 12)
        corners.add((int(y.min()), int(x.min())))
        expected = [(y.min() + a) * 12 + x.min() + b for a in range(5) for b in range(5)]
        assert sorted(pixels.tolist()) == expected
    assert corners == {(top, left) for top in range(5) for left in range(8)}  # every place occurs


def test_filters_have_zero_mean_and_unit_norm() -> None:
    values = drawn(FILTERS, 50).data.reshape(50, 25)
    np.testing.assert_allclose(values.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(values, axis=1), 1)


def test_a_filter_is_the_documented_gabor_function() -> None:
    """With wavelength and width fixed, one of a fine grid of orientations and phases fits each filter."""
    filters = GaborPatches(image_shape=(7, 7), patch=7, wavelength=(4.0, 4.0), sigma=(1.5, 1.5))
    y, x = np.mgrid[-3:4, -3:4]
    angle, phase = (
        grid.reshape(-1, 1, 1)
        for grid in np.meshgrid(np.arange(0, np.pi, 0.02), np.arange(0, 2 * np.pi, 0.02), indexing="ij")
    )
    along = x * np.cos(angle) + y * np.sin(angle)
    family = np.exp(-(x**2 + y**2) / (2 * 1.5**2)) * np.cos(2 * np.pi * along / 4 + phase)
    family = (family - family.mean(axis=(1, 2), keepdims=True)).reshape(len(angle), -1)
    family /= np.linalg.norm(family, axis=1, keepdims=True)
    overlap = drawn(filters, 20).toarray() @ family.T
    assert overlap.max(axis=1).min() > 0.999


def test_a_filter_depends_on_its_own_numbers_alone() -> None:
    assert (drawn(FILTERS, 5) != drawn(FILTERS, 9)[:5]).nnz == 0
    assert (drawn(FILTERS, 5, 1) != drawn(FILTERS, 5, 1)).nnz == 0
    assert (drawn(FILTERS, 5, 1) != drawn(FILTERS, 5, 2)).nnz > 0


def test_a_patch_may_fill_the_image() -> None:
    assert drawn(GaborPatches(image_shape=(5, 5), patch=5), 3).nnz == 75


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"image_shape": (8, 8)}, "patch: 10 pixels do not fit into an image of 8 x 8; choose a smaller patch"),
        ({"image_shape": 64}, "image_shape: 64; give (height, width)"),
        ({"image_shape": (8, 8, 3)}, "image_shape: (8, 8, 3); give (height, width)"),
        ({"image_shape": (0, 8)}, "image_shape: 0 is too small; give an integer of at least 1"),
        ({"image_shape": (28.0, 28)}, "image_shape: 28.0 is not a whole number; give an integer of at least 1"),
        ({"patch": 1}, "patch: 1 is too small; give an integer of at least 2"),
        ({"wavelength": (0.0, 5.0)}, "wavelength: (0.0, 5.0); give 0 < low <= high"),
        ({"wavelength": (5.0, 4.0)}, "wavelength: (5.0, 4.0); give 0 < low <= high"),
        ({"sigma": (np.nan, 4.0)}, "sigma: nan is not finite; give a finite value"),
        ({"sigma": 2.0}, "sigma: 2.0; give (low, high) in pixels"),
        ({"sigma": ("a", "b")}, "sigma: 'a' is not a single number; give one number"),
    ],
)
def test_impossible_filters_are_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        GaborPatches(**changed)
    assert str(caught.value) == f"GaborPatches.{message}"


def test_filters_that_vanish_are_refused() -> None:
    vanishing = GaborPatches(image_shape=(8, 8), patch=4, sigma=(0.01, 0.01))
    with pytest.raises(
        InputError, match=r"^GaborPatches\.sigma: \(0\.01, 0\.01\) makes filters that vanish on a patch of 4"
    ):
        drawn(vanishing, 3)
