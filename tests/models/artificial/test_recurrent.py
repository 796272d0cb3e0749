"""The recurrent network: its equations by hand, what it can learn that no order-blind network can, and its errors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, softmax

from bnsim.errors import InputError
from models.artificial.recurrent import Recurrent

STEPS, FEATURES = 3, 2


@pytest.fixture(scope="module")
def trained() -> tuple[Recurrent, np.ndarray, np.ndarray]:
    """Which of two units fires first: over the trial both fire equally often."""
    generator = np.random.default_rng(0)
    y = generator.integers(2, size=200)
    X = np.zeros((200, STEPS, FEATURES))
    X[np.arange(200), 0, y] = 1
    X[np.arange(200), 2, 1 - y] = 1
    X += 0.1 * generator.standard_normal(X.shape)
    flat = X.reshape(200, -1)
    model = Recurrent(n_steps=STEPS, units=4, learning_rate=0.03, passes=20, random_state=0)
    return model.fit(flat, y), flat, y


@pytest.mark.slow
def test_learns_an_order(trained: tuple[Recurrent, np.ndarray, np.ndarray]) -> None:
    model, X, y = trained
    assert model.score(X, y) == 1.0
    again = Recurrent(**model.get_params()).fit(X, y)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


def test_equations(trained: tuple[Recurrent, np.ndarray, np.ndarray]) -> None:
    model, X, _ = trained
    W, U, (b, d) = model.network_.get_layer("hidden").get_weights()
    V, bias = model.network_.get_layer("output").get_weights()
    h = np.zeros((len(X), 4))
    for x in X.reshape(-1, STEPS, FEATURES).swapaxes(0, 1):
        of_input, of_state = x @ W + b, h @ U + d
        z, r = expit((of_input + of_state)[:, :4]), expit((of_input + of_state)[:, 4:8])
        c = np.tanh(of_input[:, 8:] + r * of_state[:, 8:])
        h = z * h + (1 - z) * c
    # float32 against float64, over three steps
    np.testing.assert_allclose(model.activity(X)["hidden"].responses, h, atol=1e-5)
    np.testing.assert_allclose(model.predict_proba(X), softmax(h @ V + bias, axis=1), atol=1e-5)


def test_counts_what_it_computes(trained: tuple[Recurrent, np.ndarray, np.ndarray]) -> None:
    model, X, _ = trained
    counted = model.operations(X[:5])
    # Three kernels of 2 inputs and 4 states for each of 4 units, in each of 3 steps; then 4 x 2.
    assert counted.multiply_accumulates == 5 * (STEPS * 3 * (FEATURES + 4) * 4 + 4 * 2)
    assert counted.neuron_updates == 5 * (STEPS * 4 + 2)
    assert counted.bytes == 5 * 4 * model.trainable_parameters
    assert {name: matrix.shape for name, matrix in model.weights().items()} == {"hidden": (6, 12), "output": (4, 2)}


def test_steps_must_divide_the_features(trained: tuple[Recurrent, np.ndarray, np.ndarray]) -> None:
    _, X, y = trained
    message = "Recurrent.n_steps: 6 features do not make 4 equally long steps; give one of their divisors"
    with pytest.raises(InputError, match=message):
        Recurrent(n_steps=4).fit(X, y)
    with pytest.raises(InputError, match=r"Recurrent.units: got 0; give "):
        Recurrent(units=0).fit(X, y)


def test_takes_other_weights(trained: tuple[Recurrent, np.ndarray, np.ndarray]) -> None:
    model, X, _ = trained
    same = model.with_weights(model.weights())
    np.testing.assert_array_equal(same.predict_proba(X), model.predict_proba(X))
    halves = {name: matrix / 2 for name, matrix in model.weights().items()}
    for name, matrix in model.with_weights(halves).weights().items():
        np.testing.assert_array_equal(matrix, halves[name])
