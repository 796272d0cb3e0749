"""Backpropagation through time against derivatives carried forward, and by what it learns.

These take each weight by itself through the equations, with nothing of the loops back in time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from models.artificial.recurrent_network import RecurrentDynamics, RecurrentTrials, RecurrentWeights
from models.artificial.recurrent_training import DAMPENING, train
from models.optimizers import Moments
from models.sequences import asked

INPUTS, CELLS, CLASSES = 3, 5, 2
DYNAMICS = RecurrentDynamics(0.8, 0.95, np.array([0.0, 0.5, 0.0, 1.0, 0.3]), 0.7)


@dataclass(frozen=True)
class Forward:
    """A trial in NumPy: the loss, its derivative by each weight, the spikes."""

    loss: float
    gradients: list[np.ndarray]
    spikes: np.ndarray


def forward(
    weights: RecurrentWeights,
    dynamics: RecurrentDynamics,
    inputs: np.ndarray,
    labels: np.ndarray,
    parts: np.ndarray,
) -> Forward:
    """Carry all derivatives forward in time, weight by weight; arrays (step, ...) of a trial without its rest."""
    shapes = [array.shape for array in weights.arrays]
    places = [(which, place) for which, shape in enumerate(shapes) for place in np.ndindex(shape)]
    u, q, s, a = np.zeros((4, CELLS))
    y = np.zeros(CLASSES)
    du, dq, ds, da = np.zeros((4, CELLS, len(places)))
    dy = np.zeros((CLASSES, len(places)))
    loss, of_loss, spikes = 0.0, np.zeros(len(places)), []
    for x, label, part in zip(inputs, labels, parts, strict=True):
        y = dynamics.kappa * (y + weights.output.T @ s + weights.bias)
        own = np.zeros_like(dy)
        for number, (which, place) in enumerate(places):
            if which == 2:
                own[place[1], number] = s[place[0]]
            elif which == 3:
                own[place[0], number] = 1
        dy = dynamics.kappa * (dy + weights.output.T @ ds + own)
        u, du = dynamics.alpha * (u - s + a), dynamics.alpha * (du + da)  # the reset is not differentiated
        q, dq = dynamics.rho * (q + dynamics.beta * s), dynamics.rho * (dq + dynamics.beta[:, None] * ds)
        s = (u > 1 + q).astype(float)
        ds = DAMPENING * np.maximum(0, 1 - np.abs(u - 1 - q))[:, None] * (du - dq)
        a = weights.inputs.T @ x + weights.recurrent.T @ s
        own = np.zeros_like(da)
        for number, (which, place) in enumerate(places):
            if which == 0:
                own[place[1], number] = x[place[0]]
            elif which == 1 and place[0] != place[1]:
                own[place[1], number] = s[place[0]]
        da = weights.recurrent.T @ ds + own
        spikes.append(s)
        loss -= part * log_softmax(y)[label]
        of_loss += part * (softmax(y) - np.eye(CLASSES)[label]) @ dy
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    parts = zip(np.split(of_loss, ends), shapes, strict=True)
    return Forward(loss, [part.reshape(shape) for part, shape in parts], np.array(spikes))


@pytest.fixture(scope="module")
def weights() -> RecurrentWeights:
    generator = np.random.default_rng(0)
    recurrent = 0.6 * generator.standard_normal((CELLS, CELLS))
    np.fill_diagonal(recurrent, 0)
    return RecurrentWeights(
        generator.normal(0.5, 0.4, (INPUTS, CELLS)),
        recurrent,
        generator.standard_normal((CELLS, CLASSES)),
        0.1 * generator.standard_normal(CLASSES),
    )


@pytest.fixture(scope="module")
def trials() -> RecurrentTrials:
    """Four trials of 2 to 12 frames, asked in the last three; what comes after an end would be seen."""
    generator = np.random.default_rng(1)
    inputs = generator.uniform(0, 1.5, (4, 12, INPUTS))
    lengths, labels = np.array([12, 9, 2, 12]), np.array([0, 1, 1, 0])
    return RecurrentTrials(inputs, lengths, np.repeat(labels[:, None], 12, axis=1), asked(lengths, 12, 3))


@pytest.fixture(scope="module")
def in_each_frame() -> RecurrentTrials:
    """The same, with another class and another part in each frame."""
    generator = np.random.default_rng(2)
    inputs, lengths = generator.uniform(0, 1.5, (4, 12, INPUTS)), np.array([12, 9, 2, 12])
    parts = generator.uniform(0, 0.2, (4, 12)) * (np.arange(12) < lengths[:, None])
    return RecurrentTrials(inputs, lengths, generator.integers(CLASSES, size=(4, 12)), parts)


def gradients(weights: RecurrentWeights, trials: RecurrentTrials, **settings: int) -> list[np.ndarray]:
    """What plain steps of size 1 take away, all trials in one batch."""
    settings = {"batch_size": len(trials), **settings}
    learned = train(weights, DYNAMICS, trials, np.ones(len(trials)), precision="float64", **settings)
    return [before - after for before, after in zip(weights.arrays, learned.weights.arrays, strict=True)]


@pytest.mark.parametrize("held", [1, 3])
@pytest.mark.parametrize("given", ["trials", "in_each_frame"])
def test_gradients_are_those_of_derivatives_carried_forward(
    request: pytest.FixtureRequest, weights: RecurrentWeights, given: str, held: int
) -> None:
    trials = request.getfixturevalue(given)
    expected = []
    for inputs, length, labels, parts in zip(*vars(trials).values(), strict=True):
        steps = (np.repeat(each[:length], held, axis=0) for each in (inputs, labels, parts / held))
        expected.append(forward(weights, DYNAMICS, *steps))
    learned = train(
        weights,
        DYNAMICS,
        trials,
        np.zeros(4),
        steps_per_frame=held,
        batch_size=4,
        precision="float64",
    )
    np.testing.assert_array_equal(learned.counts, [each.spikes.sum(axis=0) for each in expected])
    assert learned.counts.sum(axis=0).min() > 0
    assert learned.loss == pytest.approx(np.mean([each.loss for each in expected]), rel=1e-12)
    for found, *each in zip(
        gradients(weights, trials, steps_per_frame=held), *(each.gradients for each in expected), strict=True
    ):
        assert np.abs(found).max() > 0.01
        np.testing.assert_allclose(found, np.mean(each, axis=0), rtol=0, atol=1e-12)


def test_no_cell_acts_on_itself(weights: RecurrentWeights, trials: RecurrentTrials) -> None:
    found = gradients(weights, trials)[1]
    assert not np.diag(found).any()
    spoilt = replace(weights, recurrent=weights.recurrent + np.eye(CELLS))
    for one, other in zip(gradients(spoilt, trials), gradients(weights, trials), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)  # up to what subtraction rounds


def test_what_comes_after_the_end_changes_nothing(weights: RecurrentWeights, trials: RecurrentTrials) -> None:
    later = np.arange(12) >= trials.lengths[:, None]
    other = replace(trials, inputs=np.where(later[:, :, None], 7.0, trials.inputs))
    one, two = (
        train(weights, DYNAMICS, each, np.full(4, 0.1), batch_size=4, precision="float64") for each in (trials, other)
    )
    np.testing.assert_array_equal(one.counts, two.counts)
    for a, b in zip(one.weights.arrays, two.weights.arrays, strict=True):
        np.testing.assert_array_equal(a, b)


def test_batches_are_cut_in_order_and_the_last_may_be_short(weights: RecurrentWeights, trials: RecurrentTrials) -> None:
    rates = np.array([0.3, 0.9, 0.2])
    settings = {"batch_size": 2, "precision": "float64"}
    whole = train(weights, DYNAMICS, trials.part(0, 3), rates, **settings)
    first = train(weights, DYNAMICS, trials.part(0, 2), rates[:2], **settings)
    rest = train(first.weights, DYNAMICS, trials.part(2, 3), rates[2:], **settings)
    np.testing.assert_array_equal(whole.counts, np.concatenate([first.counts, rest.counts]))
    assert whole.loss == pytest.approx((2 * first.loss + rest.loss) / 3, rel=1e-12)
    of_first = gradients(weights, trials.part(0, 2))
    for before, gradient, after in zip(weights.arrays, of_first, first.weights.arrays, strict=True):
        np.testing.assert_allclose(after, before - 0.3 * gradient, atol=1e-12)  # the rate of the first of its trials
    for a, b in zip(whole.weights.arrays, rest.weights.arrays, strict=True):
        np.testing.assert_array_equal(a, b)


def test_adam_goes_on_from_its_moments(weights: RecurrentWeights, trials: RecurrentTrials) -> None:
    moments = Moments.of("adam", weights.arrays)
    settings = {"batch_size": 2, "precision": "float64"}
    whole = train(weights, DYNAMICS, trials, np.full(4, 0.01), moments=moments, **settings)
    first = train(weights, DYNAMICS, trials.part(0, 2), np.full(2, 0.01), moments=moments, **settings)
    rest = train(first.weights, DYNAMICS, trials.part(2, 4), np.full(2, 0.01), moments=first.moments, **settings)
    assert whole.moments is not None
    assert whole.moments.steps == 2
    for a, b in zip(whole.weights.arrays, rest.weights.arrays, strict=True):
        np.testing.assert_array_equal(a, b)
    # The first step of Adam is one of size eta wherever there is a gradient that is not small.
    for before, after, gradient in zip(
        weights.arrays, first.weights.arrays, gradients(weights, trials.part(0, 2)), strict=True
    ):
        clear = np.abs(gradient) > 1e-3
        np.testing.assert_allclose((before - after)[clear], 0.01 * np.sign(gradient[clear]), rtol=1e-3)


def test_trials_are_learned(weights: RecurrentWeights, trials: RecurrentTrials) -> None:
    many = RecurrentTrials(*(np.concatenate([array] * 150) for array in vars(trials).values()))
    settings = {"batch_size": 4, "precision": "float64"}
    for moments, rate in ((Moments.of("adam", weights.arrays), 0.03), (None, 0.3)):
        learned = train(weights, DYNAMICS, many, np.full(len(many), rate), moments=moments, **settings)
        before, after = (train(each, DYNAMICS, trials, np.zeros(4), **settings) for each in (weights, learned.weights))
        assert before.loss > 0.5
        assert after.loss < 0.2
