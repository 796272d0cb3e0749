"""Networks of Keras read as rectifiers: equal to Keras' own outputs layer by layer; what is refused, and how."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bnsim.errors import InputError
from models.artificial.backend import keras
from models.artificial.keras_source import KerasSource, read

# Keras saves a model by asking TensorFlow for arrays in a way that NumPy is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

layers = keras.layers
TOLERANCE = 1e-5
"""Keras computes in float32, sums of a hundred terms of about 1."""


def randomised(model: Any, seed: int = 0) -> Any:
    """The model with weights, means and variances drawn at random, so that all of them matter."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        drawn = [rng.normal(0, 0.4, weights.shape) for weights in layer.get_weights()]
        if isinstance(layer, layers.BatchNormalization):
            drawn[-1] = rng.uniform(0.5, 2, drawn[-1].shape)
        layer.set_weights(drawn)
    return model


def sequential(*middle: Any, shape: tuple[int, ...] = (7, 6, 2)) -> Any:
    return keras.Sequential([keras.Input(shape), *middle])


def lenet(pool: Any) -> Any:
    return sequential(
        layers.Rescaling(0.5, offset=-0.1),
        layers.Conv2D(3, 3, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        pool,
        layers.Conv2D(4, 2, activation="relu"),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(5),
        layers.BatchNormalization(scale=False),
        layers.Activation("relu"),
        layers.Dense(3, activation="softmax"),
    )


def residual() -> Any:
    """Two branches of different depth, a third one that is joined, and one whose end nobody uses."""
    given = keras.Input((6, 6, 2))
    stem = layers.Conv2D(4, 3, padding="same", activation="relu", name="stem")(given)
    branch = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=1, activation="relu")(stem)
    branch = layers.Conv2D(4, 1)(branch)
    both = layers.ReLU(name="sum-1")(layers.Add()([stem, layers.BatchNormalization()(branch), stem]))
    third = layers.AveragePooling2D(3, strides=1, padding="same")(stem)
    joined = layers.Concatenate()([both, third])
    pooled = layers.GlobalAveragePooling2D()(layers.MaxPooling2D(3, strides=2, padding="same")(joined))
    return keras.Model(given, layers.Dense(3, name="end")(pooled))


MODELS: dict[str, Callable[[], Any]] = {
    "average": lambda: lenet(layers.AveragePooling2D(2)),
    "maximum": lambda: lenet(layers.MaxPooling2D((3, 2), strides=(2, 1))),
    "residual": residual,
    "convolutions": lambda: sequential(
        layers.ZeroPadding2D(((1, 2), (0, 1))),
        layers.Conv2D(4, (3, 2), strides=(2, 3), padding="same", activation="relu", name="strides"),
        layers.Conv2D(4, 2, dilation_rate=2, padding="same", groups=2, activation="relu", name="dilation"),
        layers.GlobalMaxPooling2D(),
        layers.Dense(2),
    ),
    "pooled before rectified": lambda: sequential(
        layers.Conv2D(3, 2), layers.MaxPooling2D(2), layers.Flatten(), layers.ReLU(), layers.Dense(3)
    ),
    "flat": lambda: sequential(
        layers.Reshape((2, -1, 2)),
        layers.GlobalAveragePooling2D(keepdims=True),
        layers.Flatten(),
        layers.Dense(4, activation="relu"),
        layers.Dense(3, use_bias=False),
        layers.Softmax(),
        shape=(24,),
    ),
    "single unit": lambda: sequential(layers.Flatten(), layers.Dense(1, activation="sigmoid")),
}


@pytest.fixture(scope="module", params=MODELS)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Any, KerasSource]:
    model = randomised(MODELS[request.param]())
    path = tmp_path_factory.mktemp("keras") / "model.keras"
    model.save(path)
    return request.param, model, read(path)


def test_every_layer_is_as_in_keras(case: tuple[str, Any, KerasSource]) -> None:
    """Folded layers, at every rectifier and every maximum; the output before softmax or sigmoid."""
    name, model, source = case
    X = np.random.default_rng(1).normal(size=(4, *source.input_shape))
    inner = {layer.name.replace("-", "_"): layer.output for layer in model.layers}
    found = source.network.activations(X.reshape(4, -1))
    compared = 0
    for stage in source.network.stages[:-1]:
        if stage.name in inner:
            theirs = keras.Model(model.inputs[0], inner[stage.name])(X).numpy().reshape(4, -1)
            if name == "pooled before rectified":
                theirs = np.maximum(theirs, 0)
            np.testing.assert_allclose(found[stage.name], theirs, atol=TOLERANCE)
            compared += 1
    assert compared >= {"flat": 1, "pooled before rectified": 1, "single unit": 0}.get(name, 2)
    outputs = model(X).numpy()
    np.testing.assert_array_equal(source.outputs(X.reshape(4, -1)), outputs)
    z = found["output"]
    if name == "single unit":
        np.testing.assert_allclose(z, np.hstack([-z[:, 1:], z[:, 1:]]))
        np.testing.assert_allclose(1 / (1 + np.exp(-z[:, 1:])), outputs, atol=TOLERANCE)
        np.testing.assert_array_equal(source.predict(X.reshape(4, -1)), outputs[:, 0] > 0.5)
        return
    if source.is_squashed:
        z = np.exp(z - z.max(axis=1, keepdims=True))
        z = z / z.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(z, outputs, atol=TOLERANCE)
    np.testing.assert_array_equal(source.predict(X.reshape(4, -1)), outputs.argmax(axis=1))


def test_what_is_linear_takes_no_neurons(tmp_path: Path) -> None:
    randomised(lenet(layers.AveragePooling2D(2))).save(tmp_path / "m.keras")
    source = read(tmp_path / "m.keras")
    assert [(stage.name, stage.kind, stage.n_units) for stage in source.network.stages] == [
        (source.network.stages[0].name, "rectified", 126),
        (source.network.stages[1].name, "rectified", 16),
        (source.network.stages[2].name, "rectified", 5),
        ("output", "output", 3),
    ]
    assert source.n_trainable == 54 + 6 + 48 + 4 + 80 + 5 + 5 + 15 + 3
    assert source.input_shape == (7, 6, 2)


def test_samples_and_classes_must_fit(case: tuple[str, Any, KerasSource]) -> None:
    _, _, source = case
    size = int(np.prod(source.input_shape))
    source.check_fits(size, source.n_classes)
    with pytest.raises(InputError, match=f"= {size} values, and a sample has {size + 1}; give the samples that it was"):
        source.check_fits(size + 1, source.n_classes)
    with pytest.raises(InputError, match="classes apart, and the samples have 11; give the samples that it was"):
        source.check_fits(size, 11)


def two_inputs() -> Any:
    ends = [keras.Input((3,)), keras.Input((3,))]
    return keras.Model(ends, layers.Dense(2)(layers.Add()(ends)))


def shared() -> Any:
    given, layer = keras.Input((3,)), layers.Dense(3, name="twice")
    return keras.Model(given, layer(layer(given)))


@keras.saving.register_keras_serializable("mine")
class Own(layers.Layer):  # type: ignore[misc]
    """A layer of the user's."""

    def call(self, inputs: Any) -> Any:
        return inputs


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "lambda": (
        lambda: sequential(layers.Flatten(), layers.Lambda(lambda x: x, name="code"), layers.Dense(2)),
        "layer 'code' (Lambda): holds code, which is never run; use layers that say what they do",
    ),
    "custom": (
        lambda: sequential(layers.Flatten(), Own(name="own"), layers.Dense(2)),
        "layer 'own' (Own): a custom class of ",
    ),
    "unsupported": (
        lambda: sequential(layers.UpSampling2D(name="up"), layers.Flatten(), layers.Dense(2)),
        "layer 'up' (UpSampling2D): cannot become spiking; use InputLayer, Dense, ",
    ),
    "nested": (
        lambda: sequential(layers.Flatten(), sequential(layers.Dense(2), shape=(84,))),
        "(Sequential): a model inside the model; put its layers into the model itself",
    ),
    "activation": (
        lambda: sequential(layers.Flatten(), layers.Dense(2, activation="tanh", name="d")),
        "layer 'd' (Dense): activation is 'tanh'; use relu inside the network (spikes cannot stand for values below 0)",
    ),
    "activation of a class": (
        lambda: sequential(layers.Flatten(), layers.Dense(2, activation=layers.ReLU(), name="d")),
        "layer 'd' (Dense): activation is an object of class ",
    ),
    "sigmoid inside": (
        lambda: sequential(layers.Flatten(), layers.Dense(3, activation="sigmoid"), layers.Dense(2, name="d")),
        "layer 'd' (Dense): softmax or sigmoid comes before it; use relu inside the network",
    ),
    "leaky": (
        lambda: sequential(layers.Flatten(), layers.ReLU(negative_slope=0.1, name="leaky"), layers.Dense(2)),
        "layer 'leaky' (ReLU): negative_slope is 0.1; use a plain ReLU",
    ),
    "channels first": (
        lambda: sequential(layers.AveragePooling2D(2, data_format="channels_first", name="p"), layers.Flatten()),
        "layer 'p' (AveragePooling2D): data_format is 'channels_first'; build the model with data_format=",
    ),
    "negative maxima": (
        lambda: sequential(layers.Conv2D(2, 2), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(2, name="d")),
        "layer 'd' (Dense): maximum pooling comes before it without a rectifier between, and spikes cannot stand for "
        "values below 0; put ReLU before the pooling, or directly after it",
    ),
    "negative maxima at the end": (
        lambda: sequential(layers.Conv2D(2, 2), layers.GlobalMaxPooling2D(name="g")),
        "layer 'g' (GlobalMaxPooling2D): ends with maximum pooling of values below 0; put ReLU before it",
    ),
    "not flat": (
        lambda: sequential(layers.Dense(2, name="d")),
        "layer 'd' (Dense): an input of shape (7, 6, 2); put a Flatten layer before it",
    ),
    "axis": (
        lambda: sequential(layers.BatchNormalization(axis=1, name="b"), layers.Flatten(), layers.Dense(2)),
        "layer 'b' (BatchNormalization): axis 1; normalise along the last axis, the channels",
    ),
    "open size": (
        lambda: sequential(layers.GlobalAveragePooling2D(), layers.Dense(2), shape=(None, None, 1)),  # type: ignore[arg-type]
        "(InputLayer): an input of shape (None, None, 1); give all sizes of a sample, such as Input((28, 28, 1))",
    ),
    "two inputs": (two_inputs, "not one input alone; give a model with one input and one output"),
    "used twice": (shared, "layer 'twice' (Dense): is used 2 times; use a layer of its own in each place"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_converted_is_named(name: str, tmp_path: Path) -> None:
    make, message = REFUSED[name]
    make().save(tmp_path / "m.keras")
    with pytest.raises(InputError) as caught:
        read(tmp_path / "m.keras")
    assert str(caught.value).startswith(f"{tmp_path / 'm.keras'}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_weights_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    model = sequential(layers.Flatten(), layers.Dense(2, name="d"))
    model.get_layer("d").set_weights([np.full((84, 2), np.nan), np.zeros(2)])
    model.save(tmp_path / "m.keras")
    with pytest.raises(
        InputError, match=r"layer 'd' \(Dense\): has weights that are not finite; train the model again"
    ):
        read(tmp_path / "m.keras")


def test_connections_are_counted_before_they_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three filters of 3 x 3 x 2 at 20 positions; a window that averages brings 15 more for each unit of the last."""
    sequential(layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(2)).save(tmp_path / "m.keras")
    monkeypatch.setenv("BNSIM_MOST_BYTES", "20000")
    with pytest.raises(InputError, match="more than the 2e-05 GB that are read; if you trust it, set the environment"):
        read(tmp_path / "m.keras")
