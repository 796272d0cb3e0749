"""The rate network: its forward pass by hand, its gradient against finite differences, one step of descent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_digits

from models.rate.network import ACTIVATIONS, RateNetwork

LN3 = np.log(3.0)  # sigmoid(ln 3) = 3/4, tanh(ln 3) = 4/5
X, Y = (array[:9] for array in load_digits(return_X_y=True))
X, TARGETS = X / 16, np.eye(10)[Y]


def two_two_one(activation: str, output: str) -> RateNetwork:
    weights = (np.array([[LN3, 0.0], [0.0, 5.0]]), np.array([[2.0], [4.0]]))
    return RateNetwork(weights, (np.array([0.0, -5.0]), np.array([1.0])), activation, output)


@pytest.mark.parametrize(
    ("activation", "hidden"), [("sigmoid", [3 / 4, 1 / 2]), ("tanh", [4 / 5, 0.0]), ("relu", [LN3, 0.0])]
)
def test_forward_pass_by_hand(activation: str, hidden: list[float]) -> None:
    x = np.array([[1.0, 1.0]])  # the summed inputs are ln 3 and 0
    first, last = two_two_one(activation, "linear").responses(x)
    np.testing.assert_allclose(first, [hidden], atol=1e-15)
    np.testing.assert_allclose(last, [[2 * hidden[0] + 4 * hidden[1] + 1]])


def test_loss_by_hand() -> None:
    network = two_two_one("sigmoid", "linear")  # answers 4.5 to (1, 1)
    assert network.loss(np.ones((2, 2)), np.array([[4.5], [1.5]])) == pytest.approx((0 + 3**2 / 2) / 2)


@pytest.mark.parametrize("output", ["sigmoid", "linear"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("hidden", [(), (7,), (7, 5)])
def test_gradient_is_that_of_finite_differences(hidden: tuple[int, ...], activation: str, output: str) -> None:
    network = RateNetwork.draw((64, *hidden, 10), activation, output, seed=0)
    gradient, step, generator = network.gradient(X, TARGETS), 1e-6, np.random.default_rng(0)
    for part, slopes in zip(("weights", "biases"), gradient, strict=True):
        for layer, slope in enumerate(slopes):
            for index in generator.integers(slope.size, size=20):
                losses = []
                for sign in (1, -1):
                    moved = [array.copy() for array in getattr(network, part)]
                    moved[layer].flat[index] += sign * step
                    losses.append(replace(network, **{part: tuple(moved)}).loss(X, TARGETS))
                assert slope.flat[index] == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_slope_is_that_of_the_function(activation: str) -> None:
    f = ACTIVATIONS[activation]
    z = np.linspace(-3, 3, 8)
    np.testing.assert_allclose(f.slope(f.function(z)), (f.function(z + 1e-6) - f.function(z - 1e-6)) / 2e-6, rtol=1e-6)


def test_a_step_goes_down_the_gradient() -> None:
    network = RateNetwork.draw((64, 7, 10), "tanh", "sigmoid", seed=0)
    weights, biases = network.gradient(X, TARGETS)
    after = network.step(X, TARGETS, 0.1)
    arrays = (after.weights + after.biases, network.weights + network.biases, weights + biases)
    for new, old, slope in zip(*arrays, strict=True):
        np.testing.assert_array_equal(new, old - 0.1 * slope)
    assert after.loss(X, TARGETS) < network.loss(X, TARGETS)


def test_summed_inputs_have_unit_variance_at_the_start() -> None:
    network = RateNetwork.draw((400, 300, 10), "sigmoid", "sigmoid", seed=1)
    assert network.sizes == (400, 300, 10)
    assert network.n_parameters == 401 * 300 + 301 * 10
    assert network.weights[0].std() == pytest.approx(1 / 20, rel=0.01)
    assert network.weights[1].std() == pytest.approx(1 / np.sqrt(300), rel=0.05)
    assert not any(bias.any() for bias in network.biases)
    assert not np.array_equal(RateNetwork.draw((400, 300, 10), "sigmoid", "sigmoid", 2).weights[0], network.weights[0])
