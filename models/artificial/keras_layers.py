"""The layers of Keras that become spiking: their options, shapes and sizes, and what they compute.

A layer is known by its class, and an option by its name: whatever is not listed here is refused. To add a layer, write
a class here and enter it in `LAYERS`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy import sparse

from bnsim.arrays import FloatArray
from models.artificial.keras_values import Shape, Stages, Value, joined, summed
from models.checks import is_count
from models.windows import Windows, averages, convolution_matrix, pooling_matrix

ANSWERS = ("softmax", "sigmoid")
"""Activation functions that do not change which unit is largest."""
ACTIVATIONS = ("linear", "relu", *ANSWERS)
_NO_ACTIVATION = (
    "use relu inside the network (spikes cannot stand for values below 0), and softmax or sigmoid at its end alone"
)


class RefusedLayerError(Exception):
    """A layer that cannot be converted: reason and remedy."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")


Check = Callable[[Any], bool]


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(is_count, value))


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _among(*options: Any) -> Check:
    return lambda value: any(value == option and type(value) is type(option) for option in options)


def _is_padding(value: Any) -> bool:
    sides = value if isinstance(value, list) and len(value) == 2 else [None]
    return all(
        isinstance(side, list) and len(side) == 2 and all(_is_whole(n) and n >= 0 for n in side) for side in sides
    )


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and all(_is_whole(n) and n >= -1 for n in value) and value.count(-1) <= 1


_LAST = _among("channels_last")


class LayerKind(ABC):
    """A class of Keras' layers."""

    options: ClassVar[Mapping[str, Check]] = {}
    """The options that matter, each with what it must be; they are handed to Keras again."""
    keeps: ClassVar[bool] = False
    """Whether it may follow units whose rectifier is still to come."""

    @abstractmethod
    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        """The shape of its output, found without any array. Errors: RefusedLayerError."""

    def n_weights(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> int:
        """Numbers that its weights hold."""
        return 0

    def n_connections(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> int:
        """Connections that it makes at most."""
        return math.prod(self.shape(options, shapes))

    @abstractmethod
    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        """What it returns. Errors: RefusedLayerError."""


@dataclass(frozen=True)
class Layer:
    """A layer as its configuration describes it.

    Parameters
    ----------
    name : str
        Its name.
    kind : str
        Its class.
    options : mapping of str to object
        Those that matter, checked.
    sources : tuple of str
        Names of the layers that it takes its input from.
    shape : tuple of int
        Shape of its output, without samples.
    """

    name: str
    kind: str
    options: Mapping[str, Any]
    sources: tuple[str, ...]
    shape: Shape


def activated(name: str, layer: Layer, value: Value, stages: Stages) -> Value:
    """Return a value after an activation function.

    Parameters
    ----------
    name : str
        Name of the function.
    layer : Layer
        The layer that it belongs to.
    value : Value
        The value.
    stages : Stages
        The stages so far.

    Returns
    -------
    Value
        The value after it.
    """
    if name == "relu":
        return stages.rectified(layer.name, value)
    if name in ANSWERS:
        return Value(value.shape, value.terms, value.bias, is_answer=True)
    return value


class _Same(LayerKind):
    """A layer that leaves every unit as it is; its shape may change."""

    keeps = True

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        return shapes[0]

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        return values[0].reshaped(layer.shape)


class Input(_Same):
    """The input."""

    options: ClassVar = {"batch_shape": lambda value: isinstance(value, list)}

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        sizes = options["batch_shape"][1:]
        if not sizes or not all(map(is_count, sizes)):
            raise RefusedLayerError(
                f"an input of shape {tuple(sizes)}", "give all sizes of a sample, such as Input((28, 28, 1))"
            )
        return tuple(sizes)


class Dropout(_Same):
    """Any layer that does nothing but in training."""

    options: ClassVar = {"rate": _is_number}


class Flatten(_Same):
    """Flatten."""

    options: ClassVar = {"data_format": _LAST}

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        return (math.prod(shapes[0]),)


class Reshape(_Same):
    """Reshape."""

    options: ClassVar = {"target_shape": _is_shape}

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        wanted, size = list(options["target_shape"]), math.prod(shapes[0])
        if -1 in wanted:
            known = -math.prod(wanted)
            wanted[wanted.index(-1)] = size // known if known else 0
        if math.prod(wanted) != size:
            raise RefusedLayerError(f"{shapes[0]} cannot become {tuple(wanted)}", "give shapes of the same size")
        return tuple(wanted)


class Activation(_Same):
    """Activation."""

    options: ClassVar = {"activation": _among(*ACTIVATIONS)}

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        function = layer.options["activation"]
        if values[0].unsettled and function != "relu":
            raise _unsettled()
        return activated(function, layer, values[0], stages)


class ReLU(_Same):
    """ReLU."""

    options: ClassVar = {
        "max_value": lambda value: value is None,
        "negative_slope": _among(0, 0.0),
        "threshold": _among(0, 0.0),
    }

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        return stages.rectified(layer.name, values[0])


class Softmax(LayerKind):
    """Softmax."""

    options: ClassVar = {"axis": _among(-1)}

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        return shapes[0]

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        return activated("softmax", layer, values[0], stages)


class Dense(LayerKind):
    """Dense."""

    options: ClassVar = {"units": is_count, "use_bias": _is_flag, "activation": _among(*ACTIVATIONS)}

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


def _image(shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise RefusedLayerError(f"an input of shape {shape}", "give images (height, width, channels)")
    return shape


def _checked_windows(windows: Windows) -> Windows:
    if min(windows.shape) < 1:
        raise RefusedLayerError(f"a window larger than its input of {windows.image}", "give smaller windows")
    return windows


class Convolution(LayerKind):
    """Conv2D."""

    options: ClassVar[Mapping[str, Check]] = {
        "filters": is_count,
        "kernel_size": _is_pair,
        "strides": _is_pair,
        "padding": _among("valid", "same"),
        "data_format": _LAST,
        "dilation_rate": _is_pair,
        "groups": is_count,
        "use_bias": _is_flag,
        "activation": _among(*ACTIVATIONS),
    }

    def _windows(self, options: Mapping[str, Any], shape: Shape) -> Windows:
        height, width, channels = _image(shape)
        pairs = (tuple(options[name]) for name in ("kernel_size", "strides", "dilation_rate"))
        extent, strides, dilation = pairs
        if channels % self._groups(options, channels) or self._filters(options, channels) % self._groups(
            options, channels
        ):
            raise RefusedLayerError("groups that do not divide channels and filters", "give ones that do")
        return _checked_windows(Windows((height, width), extent, strides, options["padding"], dilation))

    def _groups(self, options: Mapping[str, Any], channels: int) -> int:
        return options["groups"]

    def _filters(self, options: Mapping[str, Any], channels: int) -> int:
        return options["filters"]

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        windows = self._windows(options, shapes[0])
        return (*windows.shape, self._filters(options, shapes[0][2]))

    def _kernel_size(self, options: Mapping[str, Any], channels: int) -> int:
        seen = channels // self._groups(options, channels)
        return math.prod(options["kernel_size"]) * seen * self._filters(options, channels)

    def n_weights(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> int:
        channels = shapes[0][2]
        return self._kernel_size(options, channels) + options["use_bias"] * self._filters(options, channels)

    def n_connections(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> int:
        return math.prod(self.shape(options, shapes)[:2]) * self._kernel_size(options, shapes[0][2])

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        channels = values[0].shape[2]
        filters, groups = self._filters(layer.options, channels), self._groups(layer.options, channels)
        kernel = weights[0].reshape(*weights[0].shape[:2], -1, filters)
        bias = np.tile(weights[1], math.prod(layer.shape[:2])) if layer.options["use_bias"] else 0.0
        matrix = convolution_matrix(kernel, self._windows(layer.options, values[0].shape), groups)
        value = values[0].mapped(matrix, bias, layer.shape, stages.limit)
        return activated(layer.options["activation"], layer, value, stages)


class DepthwiseConvolution(Convolution):
    """DepthwiseConv2D: filters of one channel each."""

    options: ClassVar = {
        **{name: check for name, check in Convolution.options.items() if name not in ("filters", "groups")},
        "depth_multiplier": is_count,
    }

    def _groups(self, options: Mapping[str, Any], channels: int) -> int:
        return channels

    def _filters(self, options: Mapping[str, Any], channels: int) -> int:
        return channels * options["depth_multiplier"]


class BatchNormalization(LayerKind):
    """BatchNormalization: (x - mean) gamma / sqrt(variance + epsilon) + beta, with what training has stored."""

    options: ClassVar = {
        "axis": _is_whole,
        "epsilon": lambda value: _is_number(value) and value >= 0,
        "center": _is_flag,
        "scale": _is_flag,
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


class Rescaling(LayerKind):
    """Rescaling: scale x + offset."""

    options: ClassVar = {"scale": _is_number, "offset": _is_number}

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        return shapes[0]

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        size = math.prod(layer.shape)
        return values[0].multiplied(
            np.full(size, float(layer.options["scale"])), np.full(size, float(layer.options["offset"]))
        )


class Pooling(LayerKind):
    """Pooling over windows."""

    options: ClassVar[Mapping[str, Check]] = {
        "pool_size": _is_pair,
        "strides": _is_pair,
        "padding": _among("valid", "same"),
        "data_format": _LAST,
    }

    def _windows(self, options: Mapping[str, Any], shape: Shape) -> Windows:
        height, width, _ = _image(shape)
        extent, strides = tuple(options["pool_size"]), tuple(options["strides"])
        return _checked_windows(Windows((height, width), extent, strides, options["padding"]))

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        return (*self._windows(options, shapes[0]).shape, shapes[0][2])

    def n_connections(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> int:
        return self._windows(options, shapes[0]).n_seen * shapes[0][2]


class GlobalPooling(Pooling):
    """Pooling over the whole image."""

    options: ClassVar = {"data_format": _LAST, "keepdims": _is_flag}

    def _windows(self, options: Mapping[str, Any], shape: Shape) -> Windows:
        height, width, _ = _image(shape)
        return Windows((height, width), (height, width))

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        channels = _image(shapes[0])[2]
        return (1, 1, channels) if options["keepdims"] else (channels,)


class _Average(Pooling):
    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        shape = values[0].shape
        matrix = averages(pooling_matrix(self._windows(layer.options, shape), shape[2]))
        return values[0].mapped(matrix, 0.0, layer.shape, stages.limit)


class _Maximum(Pooling):
    keeps = True

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        windows = self._windows(layer.options, values[0].shape)
        return stages.largest(layer.name, values[0], windows, layer.shape)


class AveragePooling(_Average):
    """AveragePooling2D."""


class MaxPooling(_Maximum):
    """MaxPooling2D."""


class GlobalAveragePooling(GlobalPooling, _Average):
    """GlobalAveragePooling2D."""


class GlobalMaxPooling(GlobalPooling, _Maximum):
    """GlobalMaxPooling2D."""


class ZeroPadding(LayerKind):
    """ZeroPadding2D."""

    options: ClassVar = {"padding": _is_padding, "data_format": _LAST}

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        height, width, channels = _image(shapes[0])
        (top, bottom), (left, right) = options["padding"]
        return height + top + bottom, width + left + right, channels

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        (top, _), (left, _) = layer.options["padding"]
        height, width, _ = values[0].shape
        places = np.arange(math.prod(layer.shape)).reshape(layer.shape)
        rows = places[top : top + height, left : left + width].ravel()
        shape = (places.size, len(rows))
        matrix = sparse.csr_array((np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=shape)
        return values[0].mapped(matrix, 0.0, layer.shape, stages.limit)


class Add(LayerKind):
    """Add: the sum of branches."""

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        if len(set(shapes)) > 1 or len(shapes) < 2:
            raise RefusedLayerError(f"inputs of shapes {list(shapes)}", "add two or more branches of one shape")
        return shapes[0]

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        return summed(values)


class Concatenate(LayerKind):
    """Concatenate: branches side by side."""

    options: ClassVar = {"axis": _is_whole}

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


def _unsettled() -> RefusedLayerError:
    return RefusedLayerError(
        "maximum pooling comes before it without a rectifier between, and spikes cannot stand for values below 0",
        "put ReLU before the pooling, or directly after it",
    )


LAYERS: Mapping[str, LayerKind] = {
    "InputLayer": Input(),
    "Dense": Dense(),
    "Conv2D": Convolution(),
    "DepthwiseConv2D": DepthwiseConvolution(),
    "BatchNormalization": BatchNormalization(),
    "AveragePooling2D": AveragePooling(),
    "MaxPooling2D": MaxPooling(),
    "GlobalAveragePooling2D": GlobalAveragePooling(),
    "GlobalMaxPooling2D": GlobalMaxPooling(),
    "Flatten": Flatten(),
    "Reshape": Reshape(),
    "ZeroPadding2D": ZeroPadding(),
    "Rescaling": Rescaling(),
    "Add": Add(),
    "Concatenate": Concatenate(),
    "Activation": Activation(),
    "ReLU": ReLU(),
    "Softmax": Softmax(),
    "Dropout": Dropout(),
    "SpatialDropout2D": Dropout(),
    "AlphaDropout": Dropout(),
    "GaussianDropout": Dropout(),
}
"""What may be converted, by the name of Keras' class."""


def remedy_for(option: str, value: object) -> str:
    """Return what to do about the value of an option that is refused.

    Parameters
    ----------
    option : str
        Name of the option.
    value : object
        Its value.

    Returns
    -------
    str
        The remedy.
    """
    return {
        "activation": _NO_ACTIVATION,
        "max_value": "use a plain ReLU",
        "negative_slope": "use a plain ReLU",
        "threshold": "use a plain ReLU",
        "data_format": "build the model with data_format='channels_last'",
    }.get(option, "build the layer with Keras 3 and save the model again")


def settled(kind: LayerKind, values: Sequence[Value]) -> None:
    """Refuse a layer that needs values which are not known yet.

    Parameters
    ----------
    kind : LayerKind
        Class of the layer.
    values : sequence of Value
        Its inputs.

    Raises
    ------
    RefusedLayerError
        If a rectifier must come first, or softmax or sigmoid came before.
    """
    if any(value.unsettled for value in values) and not kind.keeps:
        raise _unsettled()
    if any(value.is_answer for value in values) and not isinstance(kind, (Flatten, Reshape)):
        raise RefusedLayerError("softmax or sigmoid comes before it", _NO_ACTIVATION)
