"""Networks of integers: by hand, against the network that they are made from, and where nothing is to be rounded."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import sparse

from experiments.studies.energy.quantised import (
    Grid,
    activation_grid,
    feature_grid,
    front_end_products,
    quantised,
    rounded,
)
from models.differentiable import Chain, Filters, Linear

WEIGHTS = np.array([[1.0, -2.54, 0.013], [0.5, 0.009, 0.0]])
"""In steps of 0.02: 50, -127, 0.65; 25, 0.45, 0."""
ROUNDED = np.array([[1.0, -2.54, 0.02], [0.5, 0.0, 0.0]])


def network(*sizes: int) -> Chain:
    generator = np.random.default_rng(3)
    return Chain(
        tuple(
            Linear(generator.normal(size=(after, before)), np.ones(after))
            for before, after in itertools.pairwise(sizes)
        )
    )


@pytest.mark.parametrize("weights", [WEIGHTS, sparse.csr_array(WEIGHTS)])
def test_weights_have_255_values(weights: np.ndarray | sparse.csr_array) -> None:
    found = rounded(weights)
    np.testing.assert_allclose(found.toarray() if sparse.issparse(found) else found, ROUNDED, atol=1e-15)


def test_weights_of_zero_stay() -> None:
    np.testing.assert_array_equal(rounded(np.zeros((2, 2))), np.zeros((2, 2)))


def test_values_are_rounded_and_clipped() -> None:
    values = np.array([-3.0, 0.9, 1.1, 1.9, 7.0])
    np.testing.assert_array_equal(Grid(0.0, 1.0, 3)(values), [0, 1, 1, 2, 2])
    np.testing.assert_array_equal(Grid(-1.0, 2.0, 2)(values), [-1, 1, 1, 1, 1])


def test_features_are_those_of_8_bits() -> None:
    """Digits have pixels of 0 to 16 sixteenths: what 8 bits hold of them is off by half a step at most."""
    X = np.arange(17)[np.newaxis] / 16
    grid = feature_grid(X)
    assert (grid.lowest, grid.levels) == (0, 256)
    assert np.abs(grid(X) - X).max() <= 0.5 / 255
    np.testing.assert_array_equal(feature_grid(np.ones((2, 2)))(np.ones((2, 2))), np.ones((2, 2)))


def test_the_step_is_that_of_the_smallest_error() -> None:
    # What lies on the levels of the whole range needs it; one value far away does not set the step of all others.
    assert activation_grid(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), 5).step == pytest.approx(0.25)
    values = np.append(np.tile([0.0, 0.1, 0.2], 1000), 2.0)
    assert activation_grid(values, 3).step == pytest.approx(0.1)
    np.testing.assert_array_equal(activation_grid(np.zeros(3), 2)(np.zeros(3)), np.zeros(3))


def test_a_network_of_integers_by_hand() -> None:
    """Two layers whose weights, features and activations 8 bits hold as they are."""
    chain = Chain((Linear(np.array([[1.0], [-1.0]]), np.zeros(2)), Linear(np.array([[1.0, 1.0]]), np.array([0.5]))))
    X = np.array([[-1.0], [0.0], [1.0]])
    # Features in 255 steps of 2 / 255 from -1: 0 lies half-way, and goes to the even one of the two levels next to it.
    # Activations of 3 levels: 0, 0.5 and 1, so what became of 0 becomes 0.
    np.testing.assert_allclose(quantised(chain, X, 3).outputs(X)[:, 0], [1.5, 0.5, 1.5])


def test_few_levels_change_much_and_many_change_little() -> None:
    chain, X = network(10, 40, 20, 3), np.random.default_rng(4).random((200, 10))
    exact = chain.outputs(X)
    error = {levels: np.abs(quantised(chain, X, levels).outputs(X) - exact).mean() for levels in (2, 16, 256)}
    assert error[2] > 3 * error[16] > 3 * error[256] > 0
    assert error[256] < 0.02 * exact.std()


def test_a_front_end_stays_as_it_is() -> None:
    generator = np.random.default_rng(5)
    filters = Filters(sparse.csr_array(generator.random((6, 4))), 3.0, 0.5)
    read_out = Linear(generator.normal(size=(3, 6)), np.zeros(3))
    found = quantised(Chain((filters, read_out)), generator.random((50, 4)), 4)
    assert found.stages[0] is filters
    assert found.grids[0] is None
    assert found.grids[1] is not None
    assert found.grids[1].levels == 4
    assert front_end_products(Chain((filters, read_out)), 100) == 100 - 18
    assert front_end_products(network(4, 8, 3), 100) == 0
