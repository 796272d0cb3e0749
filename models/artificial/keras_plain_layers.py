"""Layers of Keras for values of any shape."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from scipy import sparse

from bnsim.arrays import FloatArray
from models.artificial.keras_kind import (
    ACTIVATIONS,
    Layer,
    LayerKind,
    RefusedLayerError,
    activated,
    among,
    is_flag,
    is_last,
    is_number,
    is_shape,
    is_whole,
    unsettled,
)
from models.artificial.keras_values import Shape, Stages, Value, joined, summed
from models.checks import is_count


class _Same(LayerKind):
    """A layer that leaves every unit as it is; its shape may change."""

    keeps = True

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        return shapes[0]

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        return values[0].reshaped(layer.shape)


class _Input(_Same):
    """The input."""

    options: ClassVar = {"batch_shape": lambda value: isinstance(value, list)}

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        sizes = options["batch_shape"][1:]
        if not sizes or not all(map(is_count, sizes)):
            raise RefusedLayerError(
                f"an input of shape {tuple(sizes)}", "give all sizes of a sample, such as Input((28, 28, 1))"
            )
        return tuple(sizes)


class _Dropout(_Same):
    """Any layer that does nothing but in training."""

    options: ClassVar = {"rate": is_number}


class _Flatten(_Same):
    """Flatten."""

    keeps_answers = True

    options: ClassVar = {"data_format": is_last}

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        return (math.prod(shapes[0]),)


class _Reshape(_Same):
    """Reshape."""

    keeps_answers = True

    options: ClassVar = {"target_shape": is_shape}

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        wanted, size = list(options["target_shape"]), math.prod(shapes[0])
        if -1 in wanted:
            known = -math.prod(wanted)
            wanted[wanted.index(-1)] = size // known if known else 0
        if math.prod(wanted) != size:
            raise RefusedLayerError(f"{shapes[0]} cannot become {tuple(wanted)}", "give shapes of the same size")
        return tuple(wanted)


class _Activation(_Same):
    """Activation."""

    options: ClassVar = {"activation": among(*ACTIVATIONS)}

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        function = layer.options["activation"]
        if values[0].unsettled and function != "relu":
            raise unsettled()
        return activated(function, layer, values[0], stages)


class _ReLU(_Same):
    """ReLU."""

    options: ClassVar = {
        "max_value": lambda value: value is None,
        "negative_slope": among(0, 0.0),
        "threshold": among(0, 0.0),
    }

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        return stages.rectified(layer.name, values[0])


class _Softmax(LayerKind):
    """Softmax."""

    options: ClassVar = {"axis": among(-1)}

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        return shapes[0]

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        return activated("softmax", layer, values[0], stages)


class _Dense(LayerKind):
    """Dense."""

    options: ClassVar = {"units": is_count, "use_bias": is_flag, "activation": among(*ACTIVATIONS)}

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        if len(shapes[0]) != 1:
            raise RefusedLayerError(f"an input of shape {shapes[0]}", "put a Flatten layer before it")
        return (options["units"],)

    def n_weights(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> int:
        return options["units"] * (shapes[0][0] + options["use_bias"])

    def n_connections(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> int:
        return options["units"] * shapes[0][0]

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        bias = weights[1] if layer.options["use_bias"] else 0.0
        matrix = sparse.csr_array(np.ascontiguousarray(weights[0].T))
        value = values[0].mapped(matrix, bias, layer.shape, stages.limit)
        return activated(layer.options["activation"], layer, value, stages)


class _BatchNormalization(LayerKind):
    """BatchNormalization: (x - mean) gamma / sqrt(variance + epsilon) + beta, with what training has stored."""

    options: ClassVar = {
        "axis": is_whole,
        "epsilon": lambda value: is_number(value) and value >= 0,
        "center": is_flag,
        "scale": is_flag,
    }

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        if options["axis"] not in (-1, len(shapes[0])):
            raise RefusedLayerError(f"axis {options['axis']}", "normalise along the last axis, the channels")
        return shapes[0]

    def n_weights(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> int:
        return shapes[0][-1] * (2 + options["center"] + options["scale"])

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        held = iter(weights)
        size = layer.shape[-1]
        gamma = next(held) if layer.options["scale"] else np.ones(size)
        beta = next(held) if layer.options["center"] else np.zeros(size)
        mean, variance = held
        if (variance < 0).any():
            raise RefusedLayerError("a variance below 0", "train the model again")
        factor = gamma / np.sqrt(variance + layer.options["epsilon"])
        if not np.isfinite(factor).all():
            raise RefusedLayerError("a variance and an epsilon of 0", "give epsilon=1e-3")
        repeats = math.prod(layer.shape[:-1])
        return values[0].multiplied(np.tile(factor, repeats), np.tile(beta - mean * factor, repeats))


class _Rescaling(LayerKind):
    """Rescaling: scale x + offset."""

    options: ClassVar = {"scale": is_number, "offset": is_number}

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        return shapes[0]

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        size = math.prod(layer.shape)
        return values[0].multiplied(
            np.full(size, float(layer.options["scale"])), np.full(size, float(layer.options["offset"]))
        )


class _Add(LayerKind):
    """Add: the sum of branches."""

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        if len(set(shapes)) > 1 or len(shapes) < 2:
            raise RefusedLayerError(f"inputs of shapes {list(shapes)}", "add two or more branches of one shape")
        return shapes[0]

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        return summed(values)


class _Concatenate(LayerKind):
    """Concatenate: branches side by side."""

    options: ClassVar = {"axis": is_whole}

    def _axis(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> int:
        axis, n_axes = options["axis"], len(shapes[0])
        axis = axis - 1 if axis > 0 else axis + n_axes
        if len({len(shape) for shape in shapes}) > 1 or not 0 <= axis < n_axes:
            raise RefusedLayerError(f"inputs of shapes {list(shapes)}", "join branches along one of their axes")
        return axis

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        axis = self._axis(options, shapes)
        if len({(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}) > 1:
            raise RefusedLayerError(f"inputs of shapes {list(shapes)}", "join branches that fit together")
        return (*shapes[0][:axis], sum(shape[axis] for shape in shapes), *shapes[0][axis + 1 :])

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        axis = self._axis(layer.options, [value.shape for value in values])
        return joined(values, axis, layer.shape)


PLAIN: Mapping[str, LayerKind] = {
    "InputLayer": _Input(),
    "Dense": _Dense(),
    "BatchNormalization": _BatchNormalization(),
    "Rescaling": _Rescaling(),
    "Flatten": _Flatten(),
    "Reshape": _Reshape(),
    "Add": _Add(),
    "Concatenate": _Concatenate(),
    "Activation": _Activation(),
    "ReLU": _ReLU(),
    "Softmax": _Softmax(),
    "Dropout": _Dropout(),
    "SpatialDropout2D": _Dropout(),
    "AlphaDropout": _Dropout(),
    "GaussianDropout": _Dropout(),
}
"""By the name of Keras' class."""
