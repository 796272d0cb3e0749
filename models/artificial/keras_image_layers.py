"""Layers of Keras for images: convolutions and pooling."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from scipy import sparse

from bnsim.arrays import FloatArray
from models.artificial.keras_kind import (
    ACTIVATIONS,
    Check,
    Layer,
    LayerKind,
    RefusedLayerError,
    activated,
    among,
    is_flag,
    is_last,
    is_padding,
    is_pair,
)
from models.artificial.keras_values import Shape, Stages, Value
from models.checks import is_count
from models.windows import Windows, averages, convolution_matrix, pooling_matrix


def _image(shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise RefusedLayerError(f"an input of shape {shape}", "give images (height, width, channels)")
    return shape


def _checked_windows(windows: Windows) -> Windows:
    if min(windows.shape) < 1:
        raise RefusedLayerError(f"a window larger than its input of {windows.image}", "give smaller windows")
    return windows


class _Convolution(LayerKind):
    """Conv2D."""

    options: ClassVar[Mapping[str, Check]] = {
        "filters": is_count,
        "kernel_size": is_pair,
        "strides": is_pair,
        "padding": among("valid", "same"),
        "data_format": is_last,
        "dilation_rate": is_pair,
        "groups": is_count,
        "use_bias": is_flag,
        "activation": among(*ACTIVATIONS),
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


class _DepthwiseConvolution(_Convolution):
    """DepthwiseConv2D: filters of one channel each."""

    options: ClassVar = {
        **{name: check for name, check in _Convolution.options.items() if name not in ("filters", "groups")},
        "depth_multiplier": is_count,
    }

    def _groups(self, options: Mapping[str, Any], channels: int) -> int:
        return channels

    def _filters(self, options: Mapping[str, Any], channels: int) -> int:
        return channels * options["depth_multiplier"]


class _Pooling(LayerKind):
    """Pooling over windows."""

    options: ClassVar[Mapping[str, Check]] = {
        "pool_size": is_pair,
        "strides": is_pair,
        "padding": among("valid", "same"),
        "data_format": is_last,
    }

    def _windows(self, options: Mapping[str, Any], shape: Shape) -> Windows:
        height, width, _ = _image(shape)
        extent, strides = tuple(options["pool_size"]), tuple(options["strides"])
        return _checked_windows(Windows((height, width), extent, strides, options["padding"]))

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        return (*self._windows(options, shapes[0]).shape, shapes[0][2])

    def n_connections(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> int:
        return self._windows(options, shapes[0]).n_seen * shapes[0][2]


class _GlobalPooling(_Pooling):
    """Pooling over the whole image."""

    options: ClassVar = {"data_format": is_last, "keepdims": is_flag}

    def _windows(self, options: Mapping[str, Any], shape: Shape) -> Windows:
        height, width, _ = _image(shape)
        return Windows((height, width), (height, width))

    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        channels = _image(shapes[0])[2]
        return (1, 1, channels) if options["keepdims"] else (channels,)


class _Average(_Pooling):
    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        shape = values[0].shape
        matrix = averages(pooling_matrix(self._windows(layer.options, shape), shape[2]))
        return values[0].mapped(matrix, 0.0, layer.shape, stages.limit)


class _Maximum(_Pooling):
    keeps = True

    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        windows = self._windows(layer.options, values[0].shape)
        return stages.largest(layer.name, values[0], windows, layer.shape)


class _AveragePooling(_Average):
    """AveragePooling2D."""


class _MaxPooling(_Maximum):
    """MaxPooling2D."""


class _GlobalAveragePooling(_GlobalPooling, _Average):
    """GlobalAveragePooling2D."""


class _GlobalMaxPooling(_GlobalPooling, _Maximum):
    """GlobalMaxPooling2D."""


class _ZeroPadding(LayerKind):
    """ZeroPadding2D."""

    options: ClassVar = {"padding": is_padding, "data_format": is_last}

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


IMAGES: Mapping[str, LayerKind] = {
    "Conv2D": _Convolution(),
    "DepthwiseConv2D": _DepthwiseConvolution(),
    "AveragePooling2D": _AveragePooling(),
    "MaxPooling2D": _MaxPooling(),
    "GlobalAveragePooling2D": _GlobalAveragePooling(),
    "GlobalMaxPooling2D": _GlobalMaxPooling(),
    "ZeroPadding2D": _ZeroPadding(),
}
"""By the name of Keras' class."""
