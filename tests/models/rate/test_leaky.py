"""Networks of leaky rates: equations, sequences of unequal length, batches, storage and errors, for both trainings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import softmax

from bnsim.errors import InputError
from models.artificial.rate_recurrent import RateRecurrent
from models.rate.leaky_classifier import LeakyClassifier
from models.rate.leaky_network import LeakyNetwork
from models.rate.rflo import RandomFeedbackLocalOnline
from models.sequences import as_rows

STEPS, FEATURES = 7, 2
SHAPE = (STEPS, FEATURES + 1)
BOTH = (RateRecurrent, RandomFeedbackLocalOnline)


def order_of_two(n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Which of two units fires first: over the trial both fire equally often. Trials have 4 to 7 steps."""
    generator = np.random.default_rng(0)
    y = generator.integers(2, size=n_samples)
    steps = np.zeros((n_samples, STEPS, FEATURES))
    steps[np.arange(n_samples), 0, y] = 1
    steps[np.arange(n_samples), 2, 1 - y] = 1
    steps += 0.1 * generator.standard_normal(steps.shape)
    return as_rows(steps, generator.integers(4, STEPS + 1, n_samples)), y


X, Y = order_of_two(100)


@pytest.fixture(scope="module", params=BOTH, ids=["rate-recurrent", "rflo"])
def trained(request: pytest.FixtureRequest) -> LeakyClassifier:
    return request.param(SHAPE, answer_steps=2, units=12, learning_rate=0.3, passes=10, random_state=0).fit(X, Y)


def with_noise_after_the_end(rows: np.ndarray) -> np.ndarray:
    steps = rows.reshape(-1, *SHAPE).copy()
    after = steps[:, :, -1] == 0
    assert after.any()
    steps[after, :-1] = np.random.default_rng(1).normal(size=(int(after.sum()), FEATURES))
    return steps.reshape(rows.shape)


def test_learns_an_order(trained: LeakyClassifier) -> None:
    assert trained.score(X, Y) > 0.95


def test_equations(trained: LeakyClassifier) -> None:
    network = trained.network_
    W, U, b, V, c, tau = (array.astype(np.float64) for array in vars(network).values())
    for row, probabilities, rates in zip(
        X[:20], trained.predict_proba(X[:20]), trained.activity(X[:20])["hidden"].responses, strict=True
    ):
        h, answers, means = np.zeros(12), [], []
        for step in row.reshape(SHAPE):
            if step[-1] == 1:
                h = (1 - 1 / tau) * h + np.tanh(step[:-1] @ W + h @ U + b) / tau
                answers.append(softmax(h @ V + c))
                means.append(h)
        # float32 against float64, over seven steps
        np.testing.assert_allclose(probabilities, np.mean(answers[-2:], axis=0), atol=1e-5)
        np.testing.assert_allclose(rates, np.mean(means[-2:], axis=0), atol=1e-5)
    assert (trained.predict(X) == trained.predict_proba(X).argmax(axis=1)).all()


def test_what_comes_after_the_end_changes_nothing(trained: LeakyClassifier) -> None:
    noisy = with_noise_after_the_end(X)
    np.testing.assert_array_equal(trained.predict_proba(noisy), trained.predict_proba(X))
    again = type(trained)(**{**trained.get_params(), "passes": 1})
    one, two = (again.fit(rows, Y).network_ for rows in (X, noisy))
    for a, b in zip(one.learned, two.learned, strict=True):
        np.testing.assert_array_equal(a, b)


def test_counts_what_it_computes(trained: LeakyClassifier) -> None:
    counted = trained.operations(X[:5])
    n_steps = int(X[:5].reshape(5, *SHAPE)[:, :, -1].sum())
    # 2 inputs and 11 rates for each of 12 units in each step that lasts; 12 x 2 in two steps of the answer.
    assert counted.multiply_accumulates == n_steps * (FEATURES + 11) * 12 + 10 * 12 * 2
    assert counted.neuron_updates == n_steps * 12 + 10 * 2
    assert counted.bytes == 5 * 4 * trained.trainable_parameters
    assert trained.trainable_parameters == (FEATURES + 11 + 1) * 12 + 13 * 2
    assert {name: matrix.shape for name, matrix in trained.weights().items()} == {"hidden": (14, 12), "output": (12, 2)}


@pytest.mark.parametrize("model", BOTH)
def test_batches_end_where_they_end(model: type[LeakyClassifier]) -> None:
    """A look at the training, wherever it falls, changes nothing; Adam goes on where it was, also once loaded."""
    settings: dict[str, Any] = {"units": 4, "optimizer": "adam", "batch_size": 16, "learning_rate": 0.01, "passes": 2}
    seen = []
    watched = model(SHAPE, **settings, random_state=0)
    watched.fit(X, Y, validation=(X, Y), checkpoints=(10, 20, 190), at_checkpoint=lambda _, n: seen.append(n))
    plain = model(SHAPE, **settings, random_state=0).fit(X, Y)
    assert seen == [0, 16, 32, 192]
    for a, b in zip(watched.network_.learned, plain.network_.learned, strict=True):
        np.testing.assert_array_equal(a, b)
    assert plain.moments_ is not None
    assert plain.moments_.steps == 13


@pytest.mark.parametrize("model", BOTH)
def test_saved_and_loaded_it_learns_on_alike(model: type[LeakyClassifier], tmp_path: Path) -> None:
    parts = model(SHAPE, units=4, optimizer="adam", batch_size=16, random_state=0).fit(X[:64], Y[:64])
    parts.save(tmp_path / "network")
    loaded = model.load(tmp_path / "network")
    np.testing.assert_array_equal(loaded.predict_proba(X), parts.predict_proba(X))
    for each in (parts, loaded):
        each.partial_fit(X[64:96], Y[64:96])
    for name, array in parts._fitted_arrays().items():
        np.testing.assert_array_equal(loaded._fitted_arrays()[name], array)


def test_the_course_of_hidden_units_is_what_they_hold_as_a_step_begins(trained: LeakyClassifier) -> None:
    steps = [0, 1, 3]
    (rates,) = trained.course(X[:5], steps).values()
    assert not rates[:, 0].any()
    found, _ = trained.network_.run(trained._read(X[:5])[0])
    np.testing.assert_array_equal(rates[:, 1:], found[:, [0, 2]])


def test_both_begin_alike() -> None:
    first: list[LeakyNetwork] = []
    for model in BOTH:
        learner = model(SHAPE, units=30, memory=50.0, random_state=3, passes=1)
        learner.fit(X[:2], [0, 1], at_checkpoint=lambda each, seen: None if seen else first.append(each.network_))
    one, two = first
    for name, array in vars(one).items():
        np.testing.assert_array_equal(getattr(two, name), array)


def test_a_network_is_drawn_as_it_says() -> None:
    network = LeakyNetwork.draw(3, 400, 2, 100.0, np.random.default_rng(0))
    assert not np.diag(network.recurrent).any()
    # What its diagonal had is left out: its squares are 1/400 in the mean, and they add up in no product.
    np.testing.assert_allclose(network.recurrent @ network.recurrent.T, np.eye(400), atol=0.06)
    assert np.abs(network.inputs).max() <= np.sqrt(6 / 403)
    assert np.abs(network.output).max() <= np.sqrt(6 / 402)
    assert not network.bias.any()
    assert not network.output_bias.any()
    logarithms = np.log(network.tau)
    # Uniform in [0, log 100]: a mean of 2.3 with a standard error of 4.6 / sqrt(12 x 400), of which three are allowed.
    assert logarithms.min() >= 0
    assert logarithms.max() <= np.log(100) + 1e-6
    assert logarithms.mean() == pytest.approx(np.log(100) / 2, abs=0.2)
    assert (LeakyNetwork.draw(3, 10, 2, 1, np.random.default_rng(0)).tau == 1).all()
    stronger = LeakyNetwork.draw(3, 400, 2, 100.0, np.random.default_rng(0), input_scale=8.0)
    np.testing.assert_array_equal(stronger.inputs, 8 * network.inputs)
    np.testing.assert_array_equal(stronger.recurrent, network.recurrent)


@pytest.mark.parametrize("model", BOTH)
def test_errors(model: type[LeakyClassifier]) -> None:
    name = model.__name__
    for shape in ((7, 1), (7,), [7, 3], 21):
        with pytest.raises(InputError, match=rf"^{name}.sequence_shape: got .*; give \(time, channel\), the mask as"):
            model(shape).fit(X, Y)  # type: ignore[arg-type]
    with pytest.raises(
        InputError, match=rf"^{name}.sequence_shape: 6 steps of 3 channels, the mask among them, do not"
    ):
        model((6, 3)).fit(X, Y)
    for steps in (0, 8, 2.0):
        with pytest.raises(
            InputError,
            match=rf"^{name}.answer_steps: got {steps}; give an integer of 1 to 7, the steps of a sample, or",
        ):
            model(SHAPE, answer_steps=steps).fit(X, Y)
    with pytest.raises(InputError, match=rf"^{name}.answer_steps: got 2; give an integer of 1 to 1, the steps of"):
        model(answer_steps=2).fit(X, Y)
    for culprit in (
        *({"units": 0}, {"memory": 0.5}, {"memory": np.inf}, {"memory": True}, {"optimizer": "sgd"}),
        *({"input_scale": 0.0}, {"learning_rate": 0.0}, {"final_rate": -1.0}, {"batch_size": 0}),
    ):
        (parameter,) = culprit
        with pytest.raises(InputError, match=rf"^{name}.{parameter}: got .*; give "):
            model(SHAPE, **culprit).fit(X, Y)
    spoilt = X.copy()
    spoilt[3, 2] = 0.5
    with pytest.raises(InputError, match=f"^{name}: the last channel of sample 3 is no mask, 1 from the first"):
        model(SHAPE).fit(spoilt, Y)


@pytest.mark.parametrize("model", BOTH)
def test_a_training_that_diverges_is_named(model: type[LeakyClassifier]) -> None:
    with pytest.raises(
        InputError, match=r"learning_rate: with 1e\+39 training diverged \(.* not finite\); give a smaller"
    ):
        model(SHAPE, units=4, learning_rate=1e39, random_state=0).fit(X[:32], Y[:32])


def test_samples_that_overflow_are_named(trained: LeakyClassifier) -> None:
    large = X[:3].reshape(-1, *SHAPE).copy()
    large[:, :, 0], large[:, :, 1] = 3e38, -3e38
    unlike = trained.with_weights({"hidden": 10 * np.ones((14, 12))})
    message = rf"^{type(trained).__name__}: X holds 3e\+38, for which responses overflow in single precision; scale X"
    large *= large[:, :, -1:]
    for use in (unlike.predict, unlike.activity, unlike.predict_proba):
        with pytest.raises(InputError, match=message):
            use(large.reshape(3, -1))
