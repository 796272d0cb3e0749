"""The Keras networks: their arithmetic, their training, their parameters."""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from bnsim.errors import DegenerateNetworkWarning, InputError
from models.artificial.article_dense import ArticleDense
from models.artificial.backend import keras
from models.artificial.dense import Dense
from models.artificial.dense_sgd import DenseSGD
from models.artificial.keras_classifier import KerasClassifier
from models.artificial.rate_dense import RateDense
from models.artificial.receptive_dense import ReceptiveDense
from models.schedule import presentation_order

from ..conftest import Digits, quick, trained

SMALL: dict[str, Any] = {"passes": 20, "learning_rate": 0.01, "random_state": 0}


@pytest.mark.slow
@parametrize_with_checks([Dense(hidden=(20,), **SMALL), ArticleDense(**SMALL), ReceptiveDense(n_filters=50, **SMALL)])
def test_scikit_learn_estimator_checks(estimator: KerasClassifier, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.slow
def test_training_is_that_of_keras(digits: Digits, optimizer: str) -> None:
    model = Dense(hidden=(30,), optimizer=optimizer, learning_rate=0.01, passes=3, random_state=7)
    model.fit(digits.X, digits.y)
    reference = model._new_network()
    reference.compile(optimizer=model._optimizer(), loss="sparse_categorical_crossentropy")
    order = presentation_order(7, len(digits.X), 3)
    reference.fit(digits.X[order], digits.y[order], batch_size=32, shuffle=False, verbose=0)
    for ours, theirs in zip(model.network_.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_learning_rate_falls_linearly_as_with_a_schedule_of_keras(digits: Digits) -> None:
    model = ReceptiveDense(n_filters=50, learning_rate=0.01, final_rate=0.1, passes=2, random_state=7)
    model.fit(digits.X, digits.y)
    reference = model._new_network()
    course = keras.optimizers.schedules.PolynomialDecay(0.01, 2 * len(digits.X) // 32 + 1, 0.001)
    reference.compile(optimizer=keras.optimizers.Adam(course), loss="sparse_categorical_crossentropy")
    order = presentation_order(7, len(digits.X), 2)
    inputs = model._front_end(digits.X)
    reference.fit(inputs[order], digits.y[order], batch_size=32, shuffle=False, verbose=0)
    (ours,), (theirs,) = model.network_.get_weights(), reference.get_weights()
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    constant = ReceptiveDense(n_filters=50, learning_rate=0.01, passes=2, random_state=7).fit(digits.X, digits.y)
    assert np.abs(constant.network_.get_weights()[0] - ours).max() > 0.01


def test_dense_sgd_takes_plain_steps_of_one_sample_with_a_rate_that_falls(digits: Digits) -> None:
    X, y = digits.X[:20], digits.y[:20]
    model = DenseSGD(hidden=(12,), learning_rate=0.2, final_rate=0.25, passes=2, random_state=7).fit(X, y)
    w1, b1, w2, b2 = (array.astype(np.float64) for array in model._new_network().get_weights())
    for step, index in enumerate(presentation_order(7, 20, 2)):
        hidden = np.maximum(X[index] @ w1 + b1, 0)
        scores = np.exp(hidden @ w2 + b2)
        error = scores / scores.sum() - (model.classes_ == y[index])
        sent_back = w2 @ error * (hidden > 0)
        rate = 0.2 * (1 - 0.75 * step / 40)
        w2, b2 = w2 - rate * np.outer(hidden, error), b2 - rate * error
        w1, b1 = w1 - rate * np.outer(X[index], sent_back), b1 - rate * sent_back
    for found, wanted in zip(model.network_.get_weights(), (w1, b1, w2, b2), strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-5)  # of 40 steps in single precision


@pytest.mark.slow
def test_training_of_dense_sgd_is_that_of_keras(digits: Digits) -> None:
    model = DenseSGD(hidden=(30,), learning_rate=0.1, final_rate=0.1, passes=1, random_state=7).fit(digits.X, digits.y)
    reference = model._new_network()
    course = keras.optimizers.schedules.PolynomialDecay(0.1, len(digits.X), 0.01)
    reference.compile(optimizer=keras.optimizers.SGD(course), loss="sparse_categorical_crossentropy")
    order = presentation_order(7, len(digits.X), 1)
    reference.fit(digits.X[order], digits.y[order], batch_size=1, shuffle=False, verbose=0)
    for ours, theirs in zip(model.network_.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_dense_activity_is_the_forward_pass(digits: Digits) -> None:
    model = Dense(hidden=(12, 9), activation="tanh", passes=1, random_state=0).fit(digits.X, digits.y)
    activity = model.activity(digits.X_held)
    assert [layer.name for layer in activity.layers] == ["input", "hidden_1", "hidden_2", "output"]
    values = digits.X_held
    w1, b1, w2, b2, w3, b3 = model.network_.get_weights()
    for name, weights, bias in (("hidden_1", w1, b1), ("hidden_2", w2, b2)):
        values = np.tanh(values @ weights + bias)
        np.testing.assert_allclose(activity[name].responses, values, atol=1e-5)
    scores = np.exp(values @ w3 + b3)
    np.testing.assert_allclose(
        model.predict_proba(digits.X_held), scores / scores.sum(axis=1, keepdims=True), atol=1e-5
    )


def test_dense_counts(digits: Digits) -> None:
    model = Dense(hidden=(12, 9), passes=1, random_state=0).fit(digits.X, digits.y)
    products = 64 * 12 + 12 * 9 + 9 * 10
    assert model.trainable_parameters == products + 12 + 9 + 10
    operations = model.operations(digits.X_held[:3])
    assert operations.multiply_accumulates == 3 * products
    assert operations.neuron_updates == 3 * (12 + 9 + 10)
    assert operations.bytes == 3 * 4 * model.trainable_parameters
    assert operations.synaptic_operations == 0


def test_receptive_dense_trains_the_read_out_alone(digits: Digits) -> None:
    model = trained("receptive-dense")
    assert isinstance(model, ReceptiveDense)
    assert model.trainable_parameters == 100 * 10
    hidden = np.maximum(3 * model.filters_.responses(digits.X_held), 0)
    np.testing.assert_allclose(model.activity(digits.X_held)["hidden"].responses, hidden, rtol=1e-6)
    operations = model.operations(digits.X_held[:3])
    assert operations.multiply_accumulates == 3 * (100 * 16 + 100 * 10)


@pytest.mark.slow
def test_receptive_dense_normalises_as_its_twin_and_is_saved_whole(digits: Digits, tmp_path: Path) -> None:
    model = quick("receptive-dense", n_filters=300, semisaturation=0.5, gain=6.0, shift=1).fit(
        digits.X[:100], digits.y[:100]
    )
    model.save(tmp_path / "model.npz")
    loaded = ReceptiveDense.load(tmp_path / "model.npz")
    field = quick("receptive-field", semisaturation=0.5, shift=1)
    with pytest.warns(DegenerateNetworkWarning, match="layer 'output'"):  # trained too little; its filters matter here
        field.fit(digits.X[:100], digits.y[:100])
    expected = np.maximum(6 * field.filters_.responses(digits.X_held[:20]), 0)  # type: ignore[attr-defined]
    for each in (model, loaded):
        np.testing.assert_allclose(each.activity(digits.X_held[:20])["hidden"].responses, expected, rtol=1e-6)


def test_linear_classifier_without_hidden_layer(digits: Digits) -> None:
    model = Dense(hidden=(), passes=10, learning_rate=0.01, random_state=0).fit(digits.X, digits.y)
    assert model.trainable_parameters == 64 * 10 + 10
    assert model.score(digits.X_held, digits.y_held) > 0.88


@pytest.fixture(scope="module")
def tumours() -> tuple[np.ndarray, np.ndarray]:
    X, y = load_breast_cancer(return_X_y=True)
    return StandardScaler().fit_transform(X[:400]), np.where(y[:400], "benign", "malignant")


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_binary(tumours: tuple[np.ndarray, np.ndarray], output: str) -> None:
    X, y = tumours
    model = Dense(hidden=(10,), output=output, passes=10, learning_rate=0.01, random_state=0)
    model.fit(X[:300], y[:300])
    assert model.network_.output_shape == (None, 1 if output == "sigmoid" else 2)
    assert model.score(X[300:], y[300:]) > 0.93
    probabilities = model.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert np.array_equal(model.predict(X), model.classes_[probabilities.argmax(axis=1)])


def test_article_dense_is_the_network_of_the_article(tumours: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = tumours
    model = ArticleDense(random_state=0).fit(X[:300], y[:300])
    layers = [(layer.units, layer.activation.__name__) for layer in model.network_.layers]
    assert layers == [(10, "relu"), (8, "relu"), (1, "sigmoid")]
    assert isinstance(model._optimizer(), keras.optimizers.Adam)
    assert (model.passes, model.batch_size) == (10, 32)
    assert model.trainable_parameters == 31 * 10 + 11 * 8 + 9
    assert model.score(X[300:], y[300:]) > 0.9
    plain = Dense(hidden=(10, 8), output="sigmoid", random_state=0).fit(X[:300], y[:300])
    assert np.array_equal(model.predict_proba(X), plain.predict_proba(X))


def test_article_dense_has_an_output_for_each_of_many_classes(digits: Digits) -> None:
    model = ArticleDense(random_state=0).fit(digits.X, digits.y)
    assert model.network_.layers[-1].activation.__name__ == "softmax"
    assert model.network_.output_shape == (None, 10)


def test_rate_dense_is_dense_with_the_layers_of_rate(digits: Digits) -> None:
    model = RateDense(random_state=0).fit(digits.X, digits.y)
    plain = Dense(hidden=(50,), activation="sigmoid", random_state=0).fit(digits.X, digits.y)
    assert np.array_equal(model.predict_proba(digits.X), plain.predict_proba(digits.X))


def test_early_stopping_stops_and_goes_back_to_the_best(digits: Digits) -> None:
    seen: list[int] = []
    model = Dense(hidden=(30,), learning_rate=0.05, passes=60, early_stopping=True, patience=2, random_state=0)
    model.fit(digits.X, digits.y, progress=lambda done, total: seen.append(done))
    assert seen[-1] < 60 * 540
    held_out = model._held_out(digits.y)
    assert len(held_out) == 60
    stopped = model._loss(digits.X[held_out], digits.y[held_out])
    passes = seen[-1] // 540
    unstopped = Dense(hidden=(30,), learning_rate=0.05, passes=passes, random_state=0)
    kept = np.setdiff1d(np.arange(600), held_out)
    unstopped.fit(digits.X[kept], digits.y[kept])
    assert stopped < unstopped._loss(digits.X[held_out], digits.y[held_out])


def test_watching_does_not_move_early_stopping(digits: Digits) -> None:
    settings: dict[str, Any] = {
        "hidden": (30,),
        "passes": 20,
        "learning_rate": 0.05,
        "early_stopping": True,
        "patience": 2,
        "random_state": 0,
    }
    alone = Dense(**settings).fit(digits.X, digits.y)
    watched = Dense(**settings).fit(
        digits.X, digits.y, validation=(digits.X_held, digits.y_held), checkpoints=(5, 541, 543, 600, 1100)
    )
    assert len(watched.history_) == 4  # 541 and 543 share a batch
    for before, after in zip(alone.network_.get_weights(), watched.network_.get_weights(), strict=True):
        assert np.array_equal(before, after)


def test_weight_change_in_training_is_the_step_that_comes_next(digits: Digits) -> None:
    """With Adam's moments as they are, so it must agree to the last bits of float32."""
    foreseen: dict[int, dict[str, np.ndarray]] = {}
    weights: dict[int, dict[str, np.ndarray]] = {}
    following = presentation_order(3, len(digits.X), 1)[64:96]

    def look(model: Any, samples_seen: int) -> None:
        weights[samples_seen] = model.weights()
        foreseen[samples_seen] = model.weight_change(digits.X[following], digits.y[following])

    model = Dense(hidden=(30,), learning_rate=0.01, passes=1, random_state=3)
    model.fit(digits.X, digits.y, checkpoints=(64, 96), at_checkpoint=look)
    for layer in ("hidden_1", "output"):
        change = weights[96][layer] - weights[64][layer]
        assert np.array_equal(foreseen[64][layer], change)
        assert not np.array_equal(foreseen[0][layer], change)


def test_a_look_at_the_end_of_a_training_does_not_let_its_learning_rate_fall_on(digits: Digits) -> None:
    """It would fall below 0, and the last samples be unlearned."""
    X, y, changes = digits.X[:50], digits.y[:50], []

    def look(model: Any, samples_seen: int) -> None:
        errors = model.predict_proba(X) - (y[:, np.newaxis] == model.classes_)
        changes.append((model.weight_change(X, y, 1e-3)["output"], -X.T @ errors))

    DenseSGD(hidden=(), learning_rate=0.1, final_rate=0.02, passes=1, random_state=3).fit(
        digits.X[:100], digits.y[:100], checkpoints=(50, 100), at_checkpoint=look
    )
    for rate, (change, descent) in zip((0.1, 0.051, 0.002), changes, strict=True):
        np.testing.assert_allclose(change, 1e-3 * rate * descent, atol=2e-6)  # of 50 steps in single precision


def test_survives_pickle_for_worker_processes(digits: Digits) -> None:
    model = trained("dense")
    back = pickle.loads(pickle.dumps(model))
    assert np.array_equal(back.predict_proba(digits.X_held), model.predict_proba(digits.X_held))


SCRIPT = """
import hashlib
from sklearn.datasets import load_digits
from models.artificial.dense import Dense
from models.artificial.dense_sgd import DenseSGD
X, y = load_digits(return_X_y=True)
model = Dense(hidden=(20,), passes=2, random_state=4).fit(X[:300] / 16, y[:300])
print(hashlib.sha256(b"".join(w.tobytes() for w in model.network_.get_weights())).hexdigest())
"""


@pytest.mark.slow
def test_another_process_learns_the_same_and_prints_nothing_else() -> None:
    X, y = load_digits(return_X_y=True)
    model = Dense(hidden=(20,), passes=2, random_state=4).fit(X[:300] / 16, y[:300])
    expected = hashlib.sha256(b"".join(w.tobytes() for w in model.network_.get_weights())).hexdigest()
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [expected]
    assert done.stderr == ""


def test_one_thread() -> None:
    from models.artificial.backend import tf

    assert tf.config.threading.get_intra_op_parallelism_threads() == 1
    assert tf.config.threading.get_inter_op_parallelism_threads() == 1
    assert keras.backend.backend() == "tensorflow"


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Dense(hidden=(10, 0)), "Dense.hidden: got (10, 0); give a tuple of integers of at least 1"),
        (Dense(hidden=10), "Dense.hidden: got 10; give a tuple of integers"),  # type: ignore[arg-type]
        (Dense(activation="rleu"), "Dense.activation: got 'rleu'; give the name of a Keras activation"),
        (Dense(output="linear"), "Dense.output: got 'linear'; give 'softmax', 'sigmoid' or 'auto'"),
        (Dense(output="sigmoid"), "Dense.output: got 'sigmoid'; give 'softmax' for these 10 classes"),
        (Dense(optimizer="rmsprop"), "Dense.optimizer: got 'rmsprop'; give 'adam' or 'sgd'"),
        (Dense(learning_rate=0.0), "Dense.learning_rate: got 0.0; give a positive finite number"),
        (Dense(batch_size=0), "Dense.batch_size: got 0; give an integer of at least 1"),
        (Dense(patience=0), "Dense.patience: got 0; give an integer of at least 1"),
        (ArticleDense(hidden=(0,)), "ArticleDense.hidden: got (0,); give a tuple of integers of at least 1"),
        (RateDense(activation="rleu"), "RateDense.activation: got 'rleu'; give the name of a Keras activation"),
        (DenseSGD(hidden=(0,)), "DenseSGD.hidden: got (0,); give a tuple of integers of at least 1"),
        (DenseSGD(final_rate=0.0), "DenseSGD.final_rate: got 0.0; give a positive finite number"),
        (ReceptiveDense(n_filters=0), "ReceptiveDense.n_filters: got 0; give an integer of at least 1"),
        (ReceptiveDense(gain=-1.0), "ReceptiveDense.gain: got -1.0; give a positive finite number"),
        (
            ReceptiveDense(shift=1),
            "ReceptiveDense.shift: got 1; give whole pixels, 0 for none, and 0 where image_shape",
        ),
        (
            ReceptiveDense(semisaturation=-1.0),
            "ReceptiveDense.semisaturation: got -1.0; give a positive finite number, ",
        ),
        (ReceptiveDense(image_shape=(8, 7)), "ReceptiveDense.image_shape: 8 x 7 pixels do not make samples"),
        (
            ReceptiveDense(image_shape=(8, 8), patch=9),
            "GaborPatches.patch: 9 pixels do not fit",
        ),
    ],
)
def test_errors_name_the_parameter(digits: Digits, model: KerasClassifier, message: str) -> None:
    with pytest.raises(InputError) as error:
        model.fit(digits.X, digits.y)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_too_few_samples_to_stop_early(digits: Digits) -> None:
    model = Dense(early_stopping=True)
    with pytest.raises(InputError, match=r"Dense\.early_stopping: 30 samples are too few to keep a stratified"):
        model.fit(digits.X[:30], digits.y[:30])
