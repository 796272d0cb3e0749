"""`convolutional`: its arithmetic and its parameters; the contract itself is tested for all models together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bnsim.errors import InputError
from models.artificial.convolutional import Convolutional

from ..conftest import Digits, quick

SMALL: dict[str, Any] = {"image_shape": (8, 8), "filters": (3, 5), "kernel": 3, "stride": 1, "hidden": (7,)}


@pytest.fixture(scope="module")
def small(digits: Digits) -> Convolutional:
    return Convolutional(**SMALL, passes=2, random_state=0).fit(digits.X, digits.y)


def test_layers_and_counts(small: Convolutional, digits: Digits) -> None:
    activity = small.activity(digits.X_held[:6])
    sizes = {layer.name: layer.responses.shape[1] for layer in activity.layers}
    units = {"convolution_1": 6 * 6 * 3, "convolution_2": 4 * 4 * 5, "hidden_1": 7, "output": 10}
    assert sizes == {"input": 64, **units}
    assert small.trainable_parameters == (9 * 3 + 3) + (9 * 3 * 5 + 5) + (80 * 7 + 7) + (7 * 10 + 10)
    operations = small.operations(digits.X_held[:6])
    products = 36 * 9 * 3 + 16 * (9 * 3) * 5 + 80 * 7 + 7 * 10
    assert operations.multiply_accumulates == 6 * products
    assert operations.neuron_updates == 6 * sum(units.values())
    assert operations.bytes == 6 * 4 * small.trainable_parameters


@pytest.mark.parametrize("stride", [1, 2])
def test_linear_layers_are_what_keras_computes(digits: Digits, stride: int) -> None:
    model = Convolutional(**{**SMALL, "stride": stride}, passes=1, random_state=0).fit(digits.X, digits.y)
    activity = model.activity(digits.X_held)
    values = digits.X_held
    for layer in model.linear_layers()[:-1]:
        values = np.maximum(layer(values), 0)
        np.testing.assert_allclose(activity[layer.name].responses, values, atol=1e-5)
        assert values.max() > 0.1
    scores = np.exp(model.linear_layers()[-1](values))
    np.testing.assert_allclose(activity["output"].responses, scores / scores.sum(axis=1, keepdims=True), atol=1e-5)


def test_operations_are_the_connections_of_the_linear_layers(small: Convolutional, digits: Digits) -> None:
    connections = sum(layer.matrix.nnz for layer in small.linear_layers())
    assert small.operations(digits.X_held[:1]).multiply_accumulates == connections


def test_dropout_acts_in_training_alone(digits: Digits) -> None:
    without, much = (
        Convolutional(**SMALL, dropout=share, passes=2, random_state=0).fit(digits.X, digits.y) for share in (0.0, 0.8)
    )
    assert not np.array_equal(without.network_.get_weights()[-1], much.network_.get_weights()[-1])
    assert np.array_equal(much.predict_proba(digits.X_held), much.predict_proba(digits.X_held))


def test_without_convolutions_or_hidden_layers_it_is_linear(digits: Digits) -> None:
    model = Convolutional((8, 8), filters=(), hidden=(), dropout=0, passes=5, learning_rate=0.02, random_state=0)
    model.fit(digits.X, digits.y)
    assert model.trainable_parameters == 64 * 10 + 10
    assert model.score(digits.X_held, digits.y_held) > 0.85


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"image_shape": None},
            "Convolutional.image_shape: got None; give (height, width) of the images; samples that are no images need",
        ),
        ({"image_shape": (8, 8, 1)}, "Convolutional.image_shape: got (8, 8, 1); give (height, width)"),
        ({"image_shape": (8, 7)}, "Convolutional.image_shape: 8 x 7 pixels do not make samples of 64 features; give"),
        ({"filters": (4, 0)}, "Convolutional.filters: got (4, 0); give a tuple of integers of at least 1"),
        ({"filters": 4}, "Convolutional.filters: got 4; give a tuple of integers of at least 1, one a convolution"),
        ({"hidden": (2.5,)}, "Convolutional.hidden: got (2.5,); give a tuple of integers"),
        (
            {"filters": (4, 4, 4, 4)},
            "Convolutional.kernel: 3 pixels do not fit into the 2 x 2 that a convolution is given; give a smaller",
        ),
        ({"kernel": 0}, "Convolutional.kernel: got 0; give an integer of at least 1"),
        ({"stride": -1}, "Convolutional.stride: got -1; give an integer of at least 1"),
        ({"dropout": 1.0}, "Convolutional.dropout: got 1.0; give a number of at least 0 and below 1"),
        ({"learning_rate": 0.0}, "Convolutional.learning_rate: got 0.0; give a positive finite number"),
        ({"final_rate": -1.0}, "Convolutional.final_rate: got -1.0; give a positive finite number"),
        ({"batch_size": 0}, "Convolutional.batch_size: got 0; give an integer of at least 1"),
    ],
)
def test_errors_name_the_parameter(digits: Digits, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        quick("convolutional", **changed).fit(digits.X, digits.y)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)
