"""`surrogate`: equal spikes in TensorFlow and in `bnsim`, and its gradient; the contract is tested for all together."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from bnsim.errors import InputError
from models.artificial.surrogate_network import Dynamics, LayerWeights, Trials
from models.artificial.surrogate_training import BLOCK, GAIN, SLOPE, Precision, train
from models.spiking.poisson_spikes import poisson_spikes
from models.spiking.surrogate import Surrogate
from models.spiking.three_factor import ThreeFactor
from tests.models.conftest import QUICK, Digits, trained

DIGITS = QUICK["surrogate"]
NUMBERS = 10**12 + np.arange(BLOCK)
"""Of trials; they take more than 32 bits."""


def counted(model: Surrogate, X: np.ndarray, precision: Precision) -> dict[str, np.ndarray]:
    """Spikes of the trials `NUMBERS` in TensorFlow, with nothing learned."""
    trials = model._trials(X, NUMBERS)
    still = np.zeros(BLOCK)
    _, counts = train(model._forward(), model._dynamics(), trials, still.astype(np.int64), still, precision)
    layers = dict(zip(model._layers, [trials.inputs.sum(axis=1, dtype=np.int64), *counts], strict=True))
    return layers | {"bias": trials.bias.sum(axis=1, dtype=np.int64)[:, None]}


def simulated(model: Surrogate, X: np.ndarray) -> dict[str, np.ndarray]:
    """The same by `bnsim`."""
    simulator = model._simulator()
    _, recording = simulator.run(
        model._state(simulator), model._stimulus(X), model.random_state_, plastic=False, trials=NUMBERS
    )
    return dict(recording.counts)


@pytest.mark.parametrize("hidden", [(30,), pytest.param((25, 15), marks=pytest.mark.slow)])
def test_every_neuron_fires_equally_often_in_both(digits: Digits, hidden: tuple[int, ...]) -> None:
    if hidden == DIGITS["hidden"]:
        model = trained("surrogate")
    else:
        model = Surrogate(**{**DIGITS, "hidden": hidden}, backend="numpy", random_state=0).fit(digits.X, digits.y)
    assert isinstance(model, Surrogate)
    found, expected = counted(model, digits.X_held[:BLOCK], "float64"), simulated(model, digits.X_held[:BLOCK])
    assert set(found) == set(expected) == {"bias", *model._layers}
    for name, counts in expected.items():
        np.testing.assert_array_equal(found[name], counts, err_msg=name)
        assert counts.std() > 1


def test_single_precision_costs_hardly_a_spike(digits: Digits) -> None:
    model = trained("surrogate")
    assert isinstance(model, Surrogate)
    found, expected = (counted(model, digits.X_held[:BLOCK], each) for each in ("float32", "float64"))
    different = sum(np.abs(found[name] - counts).sum() for name, counts in expected.items())
    # Of 40 cells in 50 steps of 100 trials, about 1e-7 potentials lie as close to the threshold as rounding errs:
    # less than one. One that falls on the other side may change some spikes after it.
    assert different <= 10


def test_what_learns_sees_the_spikes_of_its_presentation(digits: Digits) -> None:
    """Blocks and chunks of presentations change nothing."""
    whole, parts = (Surrogate(**DIGITS, random_state=3) for _ in range(2))
    X, y = digits.X[: BLOCK + 30], digits.y[: BLOCK + 30]
    whole.partial_fit(X, y, classes=np.arange(10))
    for part in (slice(0, 7), slice(7, len(X))):
        parts.partial_fit(X[part], y[part], classes=np.arange(10))
    for name, weights in whole.learned_.items():
        assert np.array_equal(weights, parts.learned_[name])


def test_it_starts_with_the_weights_of_three_factor(digits: Digits) -> None:
    settings = {"hidden": (8, 6), "hidden_weight": 0.15, "random_state": 4, "backend": "numpy"}
    models = Surrogate(**settings, learning_rate=1e-30), ThreeFactor(**settings, learning_rate=1e-30)
    models[1].set_params(hidden_learning_rate=1e-30)
    first, second = (model.partial_fit(digits.X[:1], digits.y[:1], classes=np.arange(10)).weights() for model in models)
    assert first.keys() == second.keys()
    for layer, matrix in first.items():
        np.testing.assert_allclose(matrix, second[layer], rtol=1e-6)  # training is in single precision


# The gradient.


def stepped(matrices: list[LayerWeights], dynamics: list[Dynamics], trials: Trials, label: int) -> list[LayerWeights]:
    """Gradient of the loss of one trial, step by step in NumPy: forward in time, then backward."""
    n_steps, bias = trials.inputs.shape[1], trials.bias[0].astype(float)
    spikes, potentials = [trials.inputs[0].astype(float)], []
    for weights, each in zip(matrices, dynamics, strict=True):
        arriving = spikes[-1] @ weights.matrix + bias[:, None] * weights.bias
        left, current = np.zeros((2, arriving.shape[1]))
        fired, reached = np.zeros_like(arriving), np.zeros_like(arriving)
        for t in range(n_steps):
            reached[t] = each.decay * left + each.transfer * current + each.constant
            fired[t] = reached[t] > 1
            left, current = reached[t] - fired[t], each.synaptic_decay * current + arriving[t]
        spikes.append(fired)
        potentials.append(reached)
    logits = GAIN * spikes[-1].sum(axis=0)
    error = np.exp(logits) / np.exp(logits).sum() - (np.arange(len(logits)) == label)
    upstream = np.tile(GAIN * error, (n_steps, 1))
    gradients = []
    for layer in reversed(range(len(matrices))):
        each, surrogate = dynamics[layer], 1 / (1 + SLOPE * np.abs(potentials[layer] - 1)) ** 2
        of_potential, of_current = np.zeros((2, potentials[layer].shape[1]))
        of_arriving = np.zeros_like(potentials[layer])
        for t in reversed(range(n_steps)):
            of_arriving[t] = of_current  # by the current after this step
            of_potential = upstream[t] * surrogate[t] + each.decay * of_potential
            of_current = each.transfer * of_potential + each.synaptic_decay * of_current
        gradients.append(LayerWeights(spikes[layer].T @ of_arriving, bias @ of_arriving))
        upstream = of_arriving @ matrices[layer].matrix.T
    return gradients[::-1]


def test_the_gradient_is_that_of_backpropagation_through_time() -> None:
    generator = np.random.default_rng(0)
    sizes, n_steps = (12, 9, 7, 4), 30
    matrices = [
        LayerWeights(0.4 * generator.standard_normal((n, m)), 0.2 * generator.standard_normal(m))
        for n, m in pairwise(sizes)
    ]
    dynamics = [Dynamics(0.95, 0.95), Dynamics(0.9, 0.9), Dynamics(0.9, 0.09, 0.8, 0.5)]
    drawn = (generator.random((1, n_steps, 1 + sizes[0])) < 0.3).astype(np.uint8)
    trials = Trials(drawn[:, :, 1:], drawn[:, :, 0])
    learned, counts = train(matrices, dynamics, trials, np.array([2]), np.ones(1), "float64")
    assert all(of_layer.any() for of_layer in counts)
    expected = stepped(matrices, dynamics, trials, 2)
    for before, after, gradient in zip(matrices, learned, expected, strict=True):
        assert np.abs(gradient.matrix).max() > 1e-3
        np.testing.assert_allclose(before.matrix - after.matrix, gradient.matrix, rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(before.bias - after.bias, gradient.bias, rtol=1e-6, atol=1e-12)


def test_responses_are_the_dynamics_without_spikes() -> None:
    delta, current = Dynamics(0.5, 0.5).responses(4), Dynamics(0.5, 0.1, 0.8).responses(4)
    np.testing.assert_allclose(delta[0], [0, 0.5, 0.25, 0.125])
    np.testing.assert_allclose(current[1], [0, 0, 0.1, 0.5 * 0.1 + 0.1 * 0.8])


# Input, read-out, errors.


def test_units_that_cannot_fire_do_not_and_others_do_as_often_as_they_should() -> None:
    probability = np.array([[0.0, 0.2, 1.0, 0.0, 0.0, 0.6]])
    (raster,) = poisson_spikes("input", probability, 10_000, 7, np.array([3]))
    assert raster.shape == (10_000, 6)
    # Four standard deviations of a mean of 10,000 draws are at most 0.02.
    np.testing.assert_allclose(raster.mean(axis=0), probability[0], atol=0.02)
    assert np.array_equal(raster.mean(axis=0) == 0, probability[0] == 0)


def test_training_improves(digits: Digits) -> None:
    curve = Surrogate(**DIGITS, random_state=0)
    curve.fit(digits.X, digits.y, validation=(digits.X_held, digits.y_held), checkpoints=(100, 1800))
    early, late = (point.validation_accuracy for point in curve.history_)
    assert late > early + 0.1
    assert late > 0.9


@pytest.mark.parametrize(
    ("parameter", "value", "remedy"),
    [
        ("hidden", (), "a tuple of integers of at least 1, one a hidden layer"),
        ("max_rate", 2000.0, "at most 1000 Hz: one spike a step"),
        ("duration", 10.5, "whole milliseconds"),
        ("learning_rate", 0.0, "a positive finite number"),
        ("backend", "gpu", "one of auto, cpp, cython, numpy"),
    ],
)
def test_wrong_parameters_are_named(digits: Digits, parameter: str, value: Any, remedy: str) -> None:
    with pytest.raises(InputError) as error:
        Surrogate(**{**DIGITS, parameter: value}).fit(digits.X[:30], digits.y[:30])
    assert str(error.value) == f"Surrogate.{parameter}: got {value!r}; give {remedy}"


def test_a_training_that_diverges_is_refused(digits: Digits) -> None:
    model = Surrogate(**{**DIGITS, "learning_rate": 1e308})
    with pytest.raises(InputError) as error:
        model.fit(digits.X[:30], digits.y[:30])
    assert str(error.value) == (
        "Surrogate.learning_rate: with 1e+308 training diverged (weights into layer 'hidden_1' not finite); "
        "give a smaller one, or scale X to about 1"
    )
    assert not hasattr(model, "learned_")


def test_what_a_diverged_presentation_would_have_changed_stays(digits: Digits) -> None:
    model = Surrogate(**DIGITS, random_state=0).partial_fit(digits.X[:5], digits.y[:5], classes=np.arange(10))
    before = dict(model.learned_)
    with pytest.raises(InputError, match="training diverged"):
        model.set_params(learning_rate=1e308).partial_fit(digits.X[:5], digits.y[:5])
    assert all(np.array_equal(model.learned_[name], weights) for name, weights in before.items())
