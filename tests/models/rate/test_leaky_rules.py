"""How leaky rates learn: the gradient against differences, the local rule against traces, and what it lacks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, log_softmax

from bnsim.errors import InputError
from models.rate.leaky_network import LeakyNetwork
from models.rate.leaky_rules import gradients, local_changes
from models.rate.rflo import RandomFeedbackLocalOnline
from models.sequences import as_rows, asked

STEPS, INPUTS, UNITS, CLASSES = 9, 3, 5, 2


@pytest.fixture(scope="module")
def network() -> LeakyNetwork:
    """In double precision, with biases."""
    generator = np.random.default_rng(0)
    drawn = LeakyNetwork.draw(INPUTS, UNITS, CLASSES, 6.0, generator)
    double = LeakyNetwork(*(np.asarray(array, np.float64) for array in vars(drawn).values()))
    return double.with_learned(tuple(each + 0.2 * generator.standard_normal(each.shape) for each in double.learned))


@pytest.fixture(scope="module")
def batch() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, parts and labels of the steps of three sequences of 9, 6 and 2 steps, asked in their last 4."""
    generator = np.random.default_rng(1)
    lengths = np.array([9, 6, 2])
    inputs = generator.normal(size=(3, STEPS, INPUTS)) * (np.arange(STEPS) < lengths[:, None])[:, :, None]
    return inputs, asked(lengths, STEPS, 4), generator.integers(CLASSES, size=(3, STEPS))


def with_traces(
    network: LeakyNetwork, feedback: np.ndarray, inputs: np.ndarray, parts: np.ndarray, labels: np.ndarray
) -> list[np.ndarray]:
    """Murray's rule as it stands, with a trace for each synapse that goes forward in time; one sequence."""
    h, tau = np.zeros(UNITS), network.tau
    traces = [np.zeros_like(array) for array in network.learned[:3]]
    found = [np.zeros_like(array) for array in network.learned]
    for x, part, label in zip(inputs, parts, labels, strict=True):
        u = x @ network.inputs + h @ network.recurrent + network.bias
        slope = (1 - np.tanh(u) ** 2) / tau
        for trace, before in zip(traces, (x, h, None), strict=True):
            trace *= 1 - 1 / tau
            trace += slope if before is None else np.outer(before, slope)
        h = (1 - 1 / tau) * h + np.tanh(u) / tau
        error = part * (expit(h @ network.output + network.output_bias) - np.eye(CLASSES)[label])
        for change, trace in zip(found, traces, strict=False):
            change += trace * (error @ feedback)
        found[3] += np.outer(h, error)
        found[4] += error
    np.fill_diagonal(found[1], 0.0)
    return found


def test_changes_are_those_of_forward_traces(
    network: LeakyNetwork, batch: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    feedback = np.random.default_rng(2).standard_normal((CLASSES, UNITS))
    found = local_changes(network, feedback, *batch)
    each = [with_traces(network, feedback, *sequence) for sequence in zip(*batch, strict=True)]
    for change, *expected in zip(found, *each, strict=True):
        assert np.abs(change).max() > 0.01
        np.testing.assert_allclose(change, np.sum(expected, axis=0), rtol=0, atol=1e-10)


def test_symmetric_feedback_is_the_output(
    network: LeakyNetwork, batch: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    for one, other in zip(
        local_changes(network, None, *batch), local_changes(network, network.output.T, *batch), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_gradients_are_differences_of_the_loss(
    network: LeakyNetwork, batch: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    inputs, parts, labels = batch

    def loss(network: LeakyNetwork) -> float:
        read_out = network.read(network.run(inputs)[0])
        right = np.take_along_axis(log_softmax(read_out, axis=2), labels[:, :, None], axis=2)
        return -float(np.sum(parts[:, :, None] * right))

    for which, gradient in enumerate(gradients(network, *batch)):
        expected = np.zeros_like(gradient)
        for place in np.ndindex(gradient.shape):
            sides = []
            for side in (1e-5, -1e-5):
                weights = [array.copy() for array in network.learned]
                weights[which][place] += side
                sides.append(loss(network.with_learned(tuple(weights))))
            expected[place] = (sides[0] - sides[1]) / 2e-5
        if which == 1:
            np.fill_diagonal(expected, 0.0)  # there are no self-connections
        assert np.abs(gradient).max() > 0.01
        np.testing.assert_allclose(gradient, expected, atol=1e-9)  # of differences: 1e-10 of the square, and rounding


def test_without_recurrent_weights_the_local_rule_is_the_gradient(
    network: LeakyNetwork, batch: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    """Of two classes whose read-outs are opposite: errors by softmax are those by sigmoids of twice the drive."""
    opposite = np.stack([network.output[:, 0], -network.output[:, 0]], axis=1)
    together = replace(network, output=opposite, output_bias=np.zeros(2))
    alone = replace(together, recurrent=np.zeros((UNITS, UNITS)))

    def both(network: LeakyNetwork) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
        doubled = replace(network, output=2 * network.output)
        return gradients(network, *batch), local_changes(doubled, network.output.T, *batch)

    for gradient, change in zip(*both(alone), strict=True):
        np.testing.assert_allclose(change, gradient, rtol=0, atol=1e-12)
    (of_input, *_), (local, *_) = both(together)
    cosine = np.sum(of_input * local) / np.linalg.norm(of_input) / np.linalg.norm(local)
    assert 0.5 < cosine < 0.999  # what passes from unit to unit is missing, and it is not all


def test_feedback_is_kept_and_checked() -> None:
    X, y = as_rows(np.random.default_rng(0).normal(size=(40, 5, 2))), np.arange(40) % 2
    random, symmetric = (
        RandomFeedbackLocalOnline((5, 3), units=6, feedback=feedback, passes=1, random_state=0).fit(X, y)
        for feedback in ("random", "symmetric")
    )
    assert random.feedback_ is not None
    assert random.feedback_.shape == (2, 6)
    assert symmetric.feedback_ is None
    assert not np.array_equal(random.network_.inputs, symmetric.network_.inputs)
    half = RandomFeedbackLocalOnline((5, 3), units=6, feedback_scale=0.5, passes=1, random_state=0).fit(X, y)
    np.testing.assert_array_equal(half.feedback_, 0.5 * random.feedback_)
    again = random.partial_fit(X, y).feedback_
    np.testing.assert_array_equal(again, random.feedback_)
    with pytest.raises(InputError, match=r"^RandomFeedbackLocalOnline.feedback: got 'none'; give one of random, symm"):
        RandomFeedbackLocalOnline((5, 3), feedback="none").fit(X, y)
