"""Networks of Keras as spiking ones: counts approach activations, and the contract of classifiers is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bnsim.errors import InputError
from models.artificial.backend import keras
from models.artificial.keras_source import KerasSource, read
from models.capabilities import Anytime, Recordable
from models.spiking.converted_keras import ConvertedKeras

from ..artificial.test_keras_source import randomised

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

STEPS = 400
CLASSES = np.array(["a", "b", "c"])


def network() -> Any:
    """Both kinds of pooling, batch normalisation, and a sum of branches."""
    layers = keras.layers
    given = keras.Input((6, 6, 1))
    first = layers.ReLU(name="first")(layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(given)))
    pooled = layers.MaxPooling2D(2, name="pooled")(first)
    branch = layers.Conv2D(4, 3, padding="same")(pooled)
    second = layers.ReLU(name="second")(layers.Add()([pooled, branch]))
    averaged = layers.Flatten()(layers.AveragePooling2D(3)(second))
    return keras.Model(given, layers.Dense(3, activation="softmax")(averaged))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, X: NDArray[np.float64]) -> KerasSource:
    """Random weights; the last biases make outputs equal on average, and below 0."""
    path = tmp_path_factory.mktemp("keras") / "model.keras"
    model = randomised(network(), seed=3)
    model.save(path)
    outputs = read(path).network.activations(X)["output"]
    weights, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([weights, bias - outputs.mean(axis=0) - 5])
    model.save(path)
    return read(path)


@pytest.fixture(scope="module")
def X() -> NDArray[np.float64]:
    """Images of which some quarters are dark."""
    rng = np.random.default_rng(5)
    lit = np.kron(rng.random((40, 2, 2)) > 0.5, np.ones((3, 3))).reshape(40, 36)
    return 3 * lit * rng.random((40, 36))


@pytest.fixture(scope="module")
def fitted(source: KerasSource, X: NDArray[np.float64]) -> ConvertedKeras:
    model = ConvertedKeras(str(source.path), percentile=100, duration=STEPS, random_state=0)
    return model.fit(X, CLASSES[np.arange(40) % 3])


@pytest.mark.slow
def test_each_stage_is_scaled_to_one(source: KerasSource, fitted: ConvertedKeras, X: NDArray[np.float64]) -> None:
    """A maximum has the scale of what it pools; all others have a largest activation of 1."""
    values, scaled = source.network.activations(X), fitted.network_.activations(X)
    assert list(scaled) == ["first", "pooled", "second", "output"]
    scale = values["first"].max()
    for name in ("first", "pooled"):
        np.testing.assert_allclose(scaled[name], values[name] / scale)
    np.testing.assert_allclose([scaled[name].max() for name in ("first", "second", "output")], 1)
    # One number was added to all outputs: without it none would be above 0.
    assert values["output"].max(axis=1).min() < 0
    np.testing.assert_allclose(scaled["output"].max(axis=1).min(), 0, atol=1e-12)
    differences = [np.diff(outputs, axis=1) for outputs in (scaled["output"], values["output"])]
    np.testing.assert_allclose(differences[0] / differences[1], (differences[0] / differences[1])[0, 0])


@pytest.mark.slow
def test_counts_approach_activations(fitted: ConvertedKeras, X: NDArray[np.float64]) -> None:
    """The first stage within half a spike; what pools it loses a step; later ones some spikes for each source."""
    responses = {layer.name: layer.responses for layer in fitted.activity(X[:10]).layers}
    expected = fitted.network_.activations(X[:10])
    np.testing.assert_allclose(responses["first"], STEPS * expected["first"], atol=0.5 + 1e-6)
    np.testing.assert_allclose(responses["pooled"], STEPS * expected["pooled"], atol=1.5 + 1e-6)
    for name in ("second", "output"):
        error = np.abs(responses[name] - STEPS * np.clip(expected[name], 0, 1))
        assert error.mean() < 0.02 * STEPS
        assert expected[name].max() > 0.5


@pytest.mark.slow
def test_longer_is_closer(fitted: ConvertedKeras, X: NDArray[np.float64]) -> None:
    recording, expected = fitted.record(X[:10]), np.clip(fitted.network_.activations(X[:10])["output"], 0, 1)
    counts = recording.binned("output", 1e-3).cumsum(axis=1)
    errors = [np.abs(counts[:, steps - 1] / steps - expected).mean() for steps in (20, 100, STEPS)]
    assert errors[0] > 2 * errors[1] > 2 * errors[2]


@pytest.mark.slow
def test_answers_are_those_of_keras(source: KerasSource, fitted: ConvertedKeras, X: NDArray[np.float64]) -> None:
    """All but those between whose outputs little lies."""
    outputs = np.sort(source.network.activations(X)["output"], axis=1)
    clear = outputs[:, -1] - outputs[:, -2] > 0.05 * np.ptp(outputs)
    assert clear.mean() > 0.4
    answers = CLASSES[source.predict(X)]
    assert len(set(answers)) > 1
    np.testing.assert_array_equal(fitted.predict(X)[clear], answers[clear])
    over_time = fitted.predictions_over_time(X)
    assert over_time.shape == (40, STEPS)
    np.testing.assert_array_equal(over_time[:, -1], fitted.predict(X))


@pytest.mark.slow
def test_a_saved_one_is_the_same(fitted: ConvertedKeras, X: NDArray[np.float64], tmp_path: Path) -> None:
    fitted.save(tmp_path / "model.npz")
    again = ConvertedKeras.load(tmp_path / "model.npz")
    np.testing.assert_array_equal(again.predictions_over_time(X[:5]), fitted.predictions_over_time(X[:5]))
    assert again.get_params() == fitted.get_params()
    assert again.trainable_parameters == fitted.trainable_parameters == 40 + 8 + 148 + 15


@pytest.mark.slow
def test_it_keeps_the_contract(fitted: ConvertedKeras, X: NDArray[np.float64]) -> None:
    assert isinstance(fitted, Anytime)
    assert isinstance(fitted, Recordable)
    weights = fitted.weights()
    assert {name: matrix.shape for name, matrix in weights.items()} == {
        "first": (36, 144),
        "second": (36, 36),
        "output": (36, 3),
    }
    same = fitted.with_weights(weights)
    np.testing.assert_array_equal(same.predict(X[:5]), fitted.predict(X[:5]))
    none = fitted.with_weights({"output": np.zeros((36, 3))})
    np.testing.assert_array_equal(none.network_.output.matrices["second"].toarray(), np.zeros((3, 36)))
    recording, operations = fitted.record(X[:3]), fitted.operations(X[:3])
    expected = 0
    for name, target in (("first", "pooled"), ("pooled", "second"), ("second", "output")):
        stage = next(stage for stage in fitted.network_.stages if stage.name == target)
        pattern = stage.matrices[name]
        reached = np.bincount(pattern.indices, minlength=pattern.shape[1])
        expected += int((recording.counts[name].sum(axis=0) * reached).sum())
    assert operations.synaptic_operations == expected > 0
    assert operations.multiply_accumulates == 3 * fitted.network_.stages[0].matrices["input"].nnz
    assert operations.neuron_updates == 3 * STEPS * (144 + 36 + 36 + 3)


def test_one_unit_tells_two_classes(tmp_path: Path) -> None:
    """z = x - 0.5: both output neurons, -z and z, decide."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="sigmoid")])
    model.layers[0].set_weights([np.ones((1, 1)), np.array([-0.5])])
    model.save(tmp_path / "m.keras")
    X, y = np.array([[0.1], [0.2], [0.8], [0.95]]), np.array([0, 0, 1, 1])
    spiking = ConvertedKeras(str(tmp_path / "m.keras"), duration=20, backend="numpy", random_state=0).fit(X, y)
    np.testing.assert_array_equal(spiking.predict(X), y)
    np.testing.assert_array_equal(spiking.record(X).counts["output"].argmax(axis=1), y)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"source": 3}, "ConvertedKeras.source: got 3; give the path of a .keras file"),
        ({"percentile": 0}, "ConvertedKeras.percentile: got 0; give a number in \\(0, 100\\]"),
        ({"duration": 0.5}, "ConvertedKeras.duration: got 0.5; give an integer of at least 1"),
        ({"source": "none.keras"}, "none.keras: no such file; give the path of a .keras file"),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, Any], message: str, X: NDArray[np.float64]) -> None:
    with pytest.raises(InputError, match=message):
        ConvertedKeras(**{"random_state": 0, **changed}).fit(X, np.arange(40) % 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kinds": np.array(["rectified", "largest", "output", "output"])}, "the last of 'stages', and no other"),
        ({"stages": np.array(["first", "first", "second", "output"])}, "'stages' names 'first' twice, or the input"),
        ({"second/sources": np.array(["output"])}, "'second/sources'"),
        ({"output/bias": np.zeros(2)}, "'output/second/shape' is"),
        (
            {"kinds": np.array(["largest", "largest", "rectified", "output"])},
            "does not take the largest of one stage's",
        ),
        ({"second/bias": np.full(36, np.nan)}, "'second/bias'"),
    ],
)
def test_damaged_files_are_refused(
    change: dict[str, Any], message: str, fitted: ConvertedKeras, tmp_path: Path
) -> None:
    path = tmp_path / "model.npz"
    fitted.save(path)
    with np.load(path) as held:
        arrays = {**held, **change}
    np.savez(path, allow_pickle=False, **arrays)
    with pytest.raises(InputError, match=message):
        ConvertedKeras.load(path)
