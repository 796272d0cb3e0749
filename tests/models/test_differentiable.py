"""Chains of stages: gradients against finite differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from models.differentiable import Chain, Filters, Linear
from models.filters import FilterBank, gabor_filters

from .conftest import Digits

STEP = 1e-6
GENERATOR = np.random.default_rng(0)
GABORS = gabor_filters((8, 8), 40, 4, (2.5, 6.0), (0.8, 1.8), seed=0).matrix
READ_OUT = Linear(GENERATOR.normal(0, 1, (3, 40)), np.zeros(3))
CHAINS = {
    "linear": Chain((Linear(GENERATOR.normal(0, 1, (3, 64)), GENERATOR.normal(0, 1, 3)),)),
    "three layers": Chain(
        (
            Linear(sparse.csr_array(GENERATOR.normal(0, 1, (20, 64))), GENERATOR.normal(0, 1, 20)),
            Linear(GENERATOR.normal(0, 1, (40, 20)), GENERATOR.normal(0, 1, 40)),
            READ_OUT,
        )
    ),
    "filters": Chain((Filters(GABORS, 3.0, None, 1.0), READ_OUT)),
    "normalised filters": Chain((Filters(GABORS, 8.0, 0.5, 0.2), READ_OUT)),
}


@pytest.mark.parametrize("name", CHAINS)
def test_gradient_is_that_of_finite_differences(name: str) -> None:
    chain, X, error = CHAINS[name], GENERATOR.random((4, 64)), GENERATOR.normal(0, 1, (4, 3))
    expected = np.zeros_like(X)
    for feature in range(64):
        move = STEP * np.eye(64)[feature]
        difference = chain.outputs(X + move) - chain.outputs(X - move)
        expected[:, feature] = np.sum(error * difference, axis=1) / (2 * STEP)
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(chain.gradient(X, error), expected, atol=1e-6)


def test_filters_are_those_of_the_front_end(digits: Digits) -> None:
    X = digits.X_held[:5]
    for semisaturation in (None, 0.5):
        bank = FilterBank(GABORS, semisaturation)
        found = Filters(GABORS, 2.0, semisaturation, 1.0).forward(X)
        np.testing.assert_allclose(found, 2 * bank.responses(X) - 1, atol=1e-12)
    blank = Filters(GABORS, 2.0, 0.5)
    assert np.isfinite(blank.backward(np.zeros((1, 64)), np.ones((1, 40)))).all()
