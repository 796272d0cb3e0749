"""The network of an intensity: it finds one that is known, and its arrays are the whole of it."""

from __future__ import annotations

import numpy as np
import pytest

from bnsim.arrays import FloatArray

pytestmark = pytest.mark.slow  # TensorFlow


def counts(X: FloatArray) -> FloatArray:
    """Poisson counts whose mean is exp(sin 2x + x'), of inputs that are not standardised."""
    return np.random.default_rng(2).poisson(np.exp(np.sin(2 * X[:, 0]) + (X[:, 1] - 5) / 20)).astype(float)


def test_a_known_intensity_is_learnt_and_repeated() -> None:
    from models.artificial.intensity_network import IntensityNetwork

    generator = np.random.default_rng(1)
    X = np.stack([generator.uniform(-1.5, 1.5, 4000), generator.uniform(-5, 15, 4000)], axis=1)
    network = IntensityNetwork(3, penalty=1e-4, learning_rate=1e-2, passes=20).fit(X, counts(X))
    true = np.sin(2 * X[:, 0]) + (X[:, 1] - 5) / 20
    # 65 weights and 4000 counts of about 1: a standard error of sqrt(65 / 4000) = 0.13; a line would leave 0.4.
    assert np.sqrt(np.mean((network.log_intensity(X) - true) ** 2)) < 0.2
    assert network.hidden_weights.shape == (2, 16)
    np.testing.assert_allclose(
        network.output(X @ network.hidden_weights + network.hidden_biases), network.log_intensity(X)
    )
    again = IntensityNetwork(3, penalty=1e-4, learning_rate=1e-2, passes=20).fit(X, counts(X))
    np.testing.assert_array_equal(again.log_intensity(X), network.log_intensity(X))
