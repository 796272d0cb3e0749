"""A trained Keras network from a file: checked, and read as a network of rectifiers."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bnsim import npz
from bnsim.arrays import FloatArray, LabelArray
from bnsim.errors import InputError, first_line
from models.artificial import keras_archive
from models.artificial.backend import keras
from models.artificial.keras_configuration import described, refused
from models.artificial.keras_kind import Layer, RefusedLayerError, settled
from models.artificial.keras_layers import LAYERS
from models.artificial.keras_values import BYTES, Limit, Shape, Stages, Value, units_of
from models.rectifiers import INPUT, RectifierNetwork

ROWS = 256
"""Samples that Keras is given at once."""


@dataclass(frozen=True, eq=False)
class KerasSource:
    """A trained network.

    Parameters
    ----------
    path : pathlib.Path
        Its file.
    input_shape : tuple of int
        Shape of a sample.
    n_outputs : int
        Units of its output.
    n_trainable : int
        Values that training has changed.
    network : RectifierNetwork
        What it computes before softmax or sigmoid.
    model : keras.Model
        The network itself.
    is_squashed : bool
        Whether softmax or sigmoid comes last.
    """

    path: Path
    input_shape: Shape
    n_outputs: int
    n_trainable: int
    network: RectifierNetwork
    model: Any
    is_squashed: bool

    @property
    def n_classes(self) -> int:
        """Classes that its output tells apart; a single unit tells two."""
        return max(2, self.n_outputs)

    def check_fits(self, n_features: int, n_classes: int) -> None:
        """Refuse samples or classes that are not the network's.

        Parameters
        ----------
        n_features : int
            Features of a sample.
        n_classes : int
            Classes of the samples.

        Raises
        ------
        InputError
            If their numbers differ.
        """
        expected = math.prod(self.input_shape)
        if n_features != expected:
            shape = " x ".join(map(str, self.input_shape))
            raise InputError(
                f"{self.path}: the model takes {shape} = {expected} values, and a sample has {n_features}; "
                "give the samples that it was trained on"
            )
        if n_classes != self.n_classes:
            raise InputError(
                f"{self.path}: the model tells {self.n_classes} classes apart, and the samples have {n_classes}; "
                "give the samples that it was trained on"
            )

    def predict(self, X: FloatArray) -> LabelArray:
        """Return what Keras itself answers.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of int, shape (n_samples,)
            Number of the class.
        """
        outputs = self.outputs(X)
        if self.n_outputs > 1:
            return outputs.argmax(axis=1)
        # A sigmoid is at 1/2 where its argument is at 0, and without one the output is the argument.
        return (outputs[:, 0] > (0.5 if self.is_squashed else 0.0)).astype(np.int64)

    def outputs(self, X: FloatArray) -> FloatArray:
        """Return the outputs that Keras itself computes.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples, n_outputs)
            The outputs.
        """
        shaped = X.astype(np.float32).reshape(len(X), *self.input_shape)
        blocks = [self.model(shaped[start : start + ROWS], training=False) for start in range(0, len(X), ROWS)]
        return np.concatenate([block.numpy() for block in blocks]).reshape(len(X), -1)


def read(path: str | Path) -> KerasSource:
    """Read a trained network.

    Parameters
    ----------
    path : str or pathlib.Path
        A .keras file of Keras 3: a Sequential or functional model of the layers in `models.artificial.keras_layers`,
        with one input and one output.

    Returns
    -------
    KerasSource
        The network.

    Raises
    ------
    InputError
        If the file is missing, damaged or too large, or holds what cannot be converted; the message names the layer.

    Notes
    -----
    The file may come from a stranger. Keras gets a configuration that is written anew, of known layers and plain
    numbers, and its safe mode is on; so no code in the file, nor any that it names, is run. Sizes are known, and held
    against what the file holds, before anything of that size is made.
    """
    path = Path(path)
    with keras_archive.opened(path) as (configuration, weights, n_values):
        layers, output = described(path, configuration)
        _check_sizes(path, layers, n_values)
        model = _model(path, layers, output, weights)
    return _converted(path, layers, output, model)


def _check_sizes(path: Path, layers: Sequence[Layer], n_values: int) -> None:
    """Refuse what would be larger than the limit, or than the weights that the file holds, before any of it is made."""
    shapes = {layer.name: layer.shape for layer in layers}
    n_weights, n_connections = 0, 0
    for layer in layers:
        inputs = [shapes[source] for source in layer.sources]
        n_weights += LAYERS[layer.kind].n_weights(layer.options, inputs)
        n_connections += LAYERS[layer.kind].n_connections(layer.options, inputs)
        if n_weights > n_values:
            what = f"with it the model has {n_weights:,} weights, and the file holds {n_values:,}"
            raise refused(path, layer.name, layer.kind, f"{what}; {keras_archive.SAVE_AGAIN}")
    npz.check_size(path, BYTES * n_connections)


def _model(path: Path, layers: Sequence[Layer], output: str, weights: Path) -> Any:
    """The network itself, from a configuration that holds nothing but what was checked."""
    name = next(layer.name for layer in layers if layer.kind == "InputLayer")
    config = {
        "name": "model",
        "layers": [_entry(layer, {each.name: each.shape for each in layers}) for layer in layers],
        "input_layers": [name, 0, 0],
        "output_layers": [output, 0, 0],
    }
    configuration = {"module": "keras", "class_name": "Model", "config": config, "registered_name": None}
    try:
        model = keras.saving.deserialize_keras_object(configuration, safe_mode=True)
        model.load_weights(weights)
    except Exception as error:  # Keras raises errors of many kinds
        reason = first_line(error)[:200]
        raise InputError(f"{path}: Keras cannot load its weights ({reason}); {keras_archive.SAVE_AGAIN}") from None
    return model


def _entry(layer: Layer, shapes: Mapping[str, Shape]) -> dict[str, Any]:
    tensors = [
        {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None, *shapes[source]], "dtype": "float32", "keras_history": [source, 0, 0]},
        }
        for source in layer.sources
    ]
    several = layer.kind in ("Add", "Concatenate")
    nodes: list[Any] = [{"args": [tensors] if several else tensors, "kwargs": {}}] if tensors else []
    return {
        "module": "keras.layers",
        "class_name": layer.kind,
        "config": {**layer.options, "name": layer.name},
        "registered_name": None,
        "name": layer.name,
        "inbound_nodes": nodes,
    }


def _converted(path: Path, layers: Sequence[Layer], output: str, model: Any) -> KerasSource:
    stages = Stages(Limit(path))
    values: dict[str, Value] = {}
    for layer in layers:
        held = [np.asarray(array, np.float64) for array in model.get_layer(layer.name).get_weights()]
        if not all(np.isfinite(array).all() for array in held):
            raise refused(path, layer.name, layer.kind, "has weights that are not finite; train the model again")
        values[layer.name] = _value(path, layer, held, values, stages)
    last, answer = values[output], next(layer for layer in layers if layer.name == output)
    if last.unsettled:
        raise refused(path, output, answer.kind, "ends with maximum pooling of values below 0; put ReLU before it")
    shape = next(layer.shape for layer in layers if layer.kind == "InputLayer")
    n_trainable = int(sum(math.prod(weight.shape) for weight in model.trainable_weights))
    return KerasSource(path, shape, len(last.bias), n_trainable, stages.finished(last), model, last.is_answer)


def _value(
    path: Path, layer: Layer, weights: Sequence[FloatArray], values: Mapping[str, Value], stages: Stages
) -> Value:
    if layer.kind == "InputLayer":
        return units_of(INPUT, layer.shape)
    kind, inputs = LAYERS[layer.kind], [values[source] for source in layer.sources]
    named = Layer(_population(layer.name), layer.kind, layer.options, layer.sources, layer.shape)
    try:
        settled(kind, inputs)
        return kind.value(named, weights, inputs, stages)
    except RefusedLayerError as error:
        raise refused(path, layer.name, layer.kind, str(error)) from None


def _population(name: str) -> str:
    """The name of a layer as that of a population can be."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    return plain if re.match(r"[A-Za-z]", plain) and not keyword.iskeyword(plain) else f"layer_{plain}"
