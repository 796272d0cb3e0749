"""The network with gates: its equations by hand, what no order-blind network can learn, its mask, its errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, softmax

from bnsim.errors import InputError
from models.artificial.gated_recurrent import GatedRecurrent
from models.sequences import as_rows

STEPS, FEATURES = 5, 2
SHAPE = (STEPS, FEATURES + 1)


@pytest.fixture(scope="module")
def trained() -> tuple[GatedRecurrent, np.ndarray, np.ndarray]:
    """Which of two units fires first: over the trial both fire equally often. Trials have 3 to 5 steps."""
    generator = np.random.default_rng(0)
    y = generator.integers(2, size=200)
    steps = np.zeros((200, STEPS, FEATURES))
    steps[np.arange(200), 0, y] = 1
    steps[np.arange(200), 2, 1 - y] = 1
    steps += 0.1 * generator.standard_normal(steps.shape)
    X = as_rows(steps, generator.integers(3, STEPS + 1, 200))
    model = GatedRecurrent(SHAPE, units=4, learning_rate=0.03, passes=20, random_state=0)
    return model.fit(X, y), X, y


@pytest.mark.slow
def test_learns_an_order(trained: tuple[GatedRecurrent, np.ndarray, np.ndarray]) -> None:
    model, X, y = trained
    assert model.score(X, y) == 1.0
    again = GatedRecurrent(**model.get_params()).fit(X, y)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


def test_equations(trained: tuple[GatedRecurrent, np.ndarray, np.ndarray]) -> None:
    model, X, _ = trained
    W, U, (b, d) = model.network_.get_layer("hidden").get_weights()
    V, bias = model.network_.get_layer("output").get_weights()
    h = np.zeros((len(X), 4))
    for step in X.reshape(-1, *SHAPE).swapaxes(0, 1):
        x, lasts = step[:, :-1], step[:, -1:]
        of_input, of_state = x @ W + b, h @ U + d
        z, r = expit((of_input + of_state)[:, :4]), expit((of_input + of_state)[:, 4:8])
        c = np.tanh(of_input[:, 8:] + r * of_state[:, 8:])
        h = np.where(lasts == 1, z * h + (1 - z) * c, h)
    # float32 against float64, over five steps
    np.testing.assert_allclose(model.activity(X)["hidden"].responses, h, atol=1e-5)
    np.testing.assert_allclose(model.predict_proba(X), softmax(h @ V + bias, axis=1), atol=1e-5)


def test_what_comes_after_the_end_changes_nothing(trained: tuple[GatedRecurrent, np.ndarray, np.ndarray]) -> None:
    model, X, _ = trained
    np.testing.assert_array_equal(model.predict_proba(with_noise_after_the_end(X)), model.predict_proba(X))


@pytest.mark.slow
def test_nor_in_training(trained: tuple[GatedRecurrent, np.ndarray, np.ndarray]) -> None:
    model, X, y = trained
    longer = np.concatenate([X, np.zeros((len(X), 2 * SHAPE[1]))], axis=1)
    # Two steps more, all after the end: the same network but for its shape.
    wider = GatedRecurrent(**{**model.get_params(), "sequence_shape": (STEPS + 2, SHAPE[1]), "passes": 1})
    wider = wider.fit(longer, y).with_weights(model.weights())
    for layer, weights in zip(wider._layers(), model._layers(), strict=True):
        layer.set_weights(weights.get_weights())
    np.testing.assert_array_equal(wider.predict_proba(longer), model.predict_proba(X))
    both = (X, with_noise_after_the_end(X))
    taught = [GatedRecurrent(**{**model.get_params(), "passes": 2}).fit(rows, y) for rows in both]
    np.testing.assert_array_equal(*(model.predict_proba(X) for model in taught))


def with_noise_after_the_end(X: np.ndarray) -> np.ndarray:
    steps = X.reshape(-1, *SHAPE).copy()
    after = steps[:, :, -1] == 0
    assert after.any()
    steps[after, :-1] = np.random.default_rng(1).normal(size=(int(after.sum()), FEATURES))
    return steps.reshape(X.shape)


def test_counts_what_it_computes(trained: tuple[GatedRecurrent, np.ndarray, np.ndarray]) -> None:
    model, X, _ = trained
    counted = model.operations(X[:5])
    n_steps = int(X[:5].reshape(5, *SHAPE)[:, :, -1].sum())
    assert 15 < n_steps < 25
    # Three kernels of 2 inputs and 4 states for each of 4 units, in each step that lasts; then 4 x 2.
    assert counted.multiply_accumulates == n_steps * 3 * (FEATURES + 4) * 4 + 5 * 4 * 2
    assert counted.neuron_updates == n_steps * 4 + 5 * 2
    assert counted.bytes == 5 * 4 * model.trainable_parameters
    assert {name: matrix.shape for name, matrix in model.weights().items()} == {"hidden": (6, 12), "output": (4, 2)}


def test_begins_with_time_constants_up_to_its_memory() -> None:
    def first_constants(**parameters: Any) -> np.ndarray:
        model = GatedRecurrent((30, 2), units=200, **parameters)
        model.n_features_in_, model.random_state_, model.classes_ = 60, 0, np.arange(2)
        biases = model._new_network().get_layer("hidden").get_weights()[2]
        assert not biases[1].any()
        assert not biases[0, 200:].any()
        return np.exp(biases[0, :200])

    spread = first_constants()
    # Uniform in [1, 30]: a mean of 15.5 with a standard error of 29 / sqrt(12 x 200) = 0.6, of which three are allowed.
    assert spread.min() >= 1
    assert spread.max() <= 30 * (1 + 1e-6)
    assert spread.mean() == pytest.approx(15.5, abs=1.8)
    assert first_constants(memory=3).max() <= 3 * (1 + 1e-6)
    assert (first_constants(memory=1) == 1).all()


@pytest.mark.slow
def test_without_a_shape_a_sample_is_one_step(trained: tuple[GatedRecurrent, np.ndarray, np.ndarray]) -> None:
    _, X, y = trained
    whole = GatedRecurrent(units=4, random_state=0).fit(X, y)
    as_step = GatedRecurrent((1, X.shape[1] + 1), units=4, random_state=0).fit(as_rows(X[:, None, :]), y)
    np.testing.assert_array_equal(whole.predict_proba(X), as_step.predict_proba(as_rows(X[:, None, :])))


def test_saved_and_loaded_it_answers_alike(
    trained: tuple[GatedRecurrent, np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    model, X, _ = trained
    model.save(tmp_path / "network")
    loaded = GatedRecurrent.load(tmp_path / "network")
    assert loaded.sequence_shape == SHAPE
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_few_weights_may_read_a_long_sequence(tmp_path: Path) -> None:
    X, y = as_rows(np.random.default_rng(0).normal(size=(20, 300, 1))), np.arange(20) % 2
    model = GatedRecurrent((300, 2), units=2, passes=1, random_state=0).fit(X, y)
    assert model.trainable_parameters < X.shape[1]
    model.save(tmp_path / "network")
    np.testing.assert_array_equal(GatedRecurrent.load(tmp_path / "network").predict_proba(X), model.predict_proba(X))


def test_errors(trained: tuple[GatedRecurrent, np.ndarray, np.ndarray]) -> None:
    model, X, y = trained
    for shape in ((5, 1), (5,), [5, 3], (5.0, 3), 15, (0, 3)):
        with pytest.raises(
            InputError, match=r"GatedRecurrent.sequence_shape: got .*; give \(time, channel\), the mask as"
        ):
            GatedRecurrent(shape).fit(X, y)  # type: ignore[arg-type]
    message = r"GatedRecurrent.sequence_shape: 4 steps of 3 channels, the mask among them, do not make samples of 15 "
    with pytest.raises(InputError, match=message):
        GatedRecurrent((4, 3)).fit(X, y)
    with pytest.raises(InputError, match=message):
        GatedRecurrent((4, 3)).check_parameters(15, 2)
    for culprit in ({"units": 0}, {"memory": 0}, {"memory": 2.5}, {"learning_rate": 0.0}, {"final_rate": -1.0}):
        (name,) = culprit
        with pytest.raises(InputError, match=rf"GatedRecurrent.{name}: got .*; give "):
            GatedRecurrent(SHAPE, **culprit).fit(X, y)
    spoilt = X.copy()
    spoilt[3, 2] = 0.5
    for use in (model.predict, model.activity, model.operations, lambda rows: GatedRecurrent(SHAPE).fit(rows, y)):
        with pytest.raises(
            InputError, match="GatedRecurrent: the last channel of sample 3 is no mask, 1 from the first"
        ):
            use(spoilt)


def test_takes_other_weights(trained: tuple[GatedRecurrent, np.ndarray, np.ndarray]) -> None:
    model, X, _ = trained
    same = model.with_weights(model.weights())
    np.testing.assert_array_equal(same.predict_proba(X), model.predict_proba(X))
    halves = {name: matrix / 2 for name, matrix in model.weights().items()}
    for name, matrix in model.with_weights(halves).weights().items():
        np.testing.assert_array_equal(matrix, halves[name])
