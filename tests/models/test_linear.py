"""Layers as plain arrays."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from models.linear import LinearLayer, matrix_arrays, matrix_from_arrays

from .conftest import Digits

LAYER = LinearLayer(
    "hidden", sparse.csr_array(np.array([[1.0, 0.0, 2.0], [0.0, 3.0, -1.0]], np.float32)), np.array([0.5, -1.0])
)


def test_a_layer_is_an_affine_map() -> None:
    np.testing.assert_array_equal(LAYER(np.array([[1.0, 1.0, 1.0], [0.0, 2.0, 1.0]])), [[3.5, 1.0], [2.5, 4.0]])
    assert LAYER.n_units == 2
    assert LAYER.fan_out.tolist() == [1, 1, 2]


def test_a_scaled_layer_takes_scaled_inputs_to_scaled_outputs() -> None:
    X = np.array([[1.0, -2.0, 0.25]])
    np.testing.assert_allclose(LAYER.scaled(4.0, 5.0)(X / 4), LAYER(X) / 5)


def test_a_sample_is_mapped_alike_in_any_company(digits: Digits) -> None:
    weights = np.random.default_rng(0).standard_normal((50, 64))
    layer = LinearLayer("dense", sparse.csr_array(weights), np.zeros(50))
    together = layer(digits.X)
    np.testing.assert_allclose(together, digits.X @ weights.T, atol=1e-12)
    assert np.array_equal(layer(digits.X[::-1]), together[::-1])
    assert np.array_equal(layer(digits.X[3:4]), together[3:4])


def test_arrays_bring_a_matrix_back() -> None:
    back = matrix_from_arrays("W", {**matrix_arrays("W", LAYER.matrix), "other": np.zeros(1)})
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back.toarray(), LAYER.matrix.toarray())


@pytest.mark.parametrize(
    ("stored", "read"), [("<f2", "<f4"), (">f4", "<f4"), (">f8", "<f8"), ("?", "<f4"), ("<i8", "<f8")]
)
def test_numbers_of_other_types_are_read_as_those_that_scipy_computes_with(stored: str, read: str) -> None:
    arrays = matrix_arrays("W", LAYER.matrix)
    back = matrix_from_arrays("W", {**arrays, "W/data": arrays["W/data"].astype(stored)})
    assert back.dtype == read
    np.testing.assert_array_equal(back.toarray() != 0, LAYER.matrix.toarray().astype(stored) != 0)
