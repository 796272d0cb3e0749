"""The linear part of a network's layers as plain arrays, and products that depend on one sample alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy import sparse

FloatArray = NDArray[np.floating]

BLOCK = 128
"""Samples multiplied at once: they stay in the processor's cache."""


def products(matrix: sparse.csr_array, X: FloatArray, dtype: DTypeLike = np.float64) -> FloatArray:
    """M x (n, rows) for samples X (n, columns) and a matrix M (rows, columns), kept as `dtype`.

    Each depends on its own sample alone, bit for bit. A dense matrix product would not do: its rounding
    changes with the number of samples.
    """
    result = np.empty((len(X), matrix.shape[0]), dtype)
    for start in range(0, len(X), BLOCK):
        block = slice(start, start + BLOCK)
        result[block] = (matrix @ X[block].T).T
    return result


def matrix_arrays(name: str, matrix: sparse.csr_array) -> dict[str, NDArray[np.generic]]:
    """A sparse matrix as plain arrays "name/...", for storage."""
    parts = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr, "shape": np.array(matrix.shape)}
    return {f"{name}/{part}": array for part, array in parts.items()}


def matrix_from_arrays(name: str, arrays: Mapping[str, NDArray[np.generic]]) -> sparse.csr_array:
    """The inverse of `matrix_arrays`; other entries are left alone."""
    data, indices, indptr, shape = (arrays[f"{name}/{part}"] for part in ("data", "indices", "indptr", "shape"))
    return sparse.csr_array((data, indices, indptr), shape=tuple(shape))


@dataclass(frozen=True, eq=False)
class LinearLayer:
    """z = W x + b, what a layer does before its activation function.

    name: of the layer. matrix: W (units, inputs), with an entry for each connection. bias: b (units,).
    """

    name: str
    matrix: sparse.csr_array
    bias: FloatArray

    @property
    def n_units(self) -> int:
        return int(self.matrix.shape[0])

    @property
    def fan_out(self) -> NDArray[np.int64]:
        """Connections that leave each input (inputs,)."""
        return np.bincount(self.matrix.indices, minlength=self.matrix.shape[1])

    def __call__(self, X: FloatArray) -> FloatArray:
        """z (n, units) of samples X (n, inputs), each from its own sample alone."""
        return products(self.matrix, X) + self.bias

    def with_matrix(self, matrix: FloatArray) -> LinearLayer:
        """The same layer with these weights W (units, inputs), a connection for each, those of weight 0 included."""
        n_units, n_inputs = matrix.shape
        indices, bounds = np.tile(np.arange(n_inputs), n_units), n_inputs * np.arange(n_units + 1)
        data = matrix.ravel().astype(self.matrix.dtype)
        return replace(self, matrix=sparse.csr_array((data, indices, bounds), shape=matrix.shape))

    def with_kernels(self, kernels: FloatArray) -> LinearLayer:
        """The same convolution with these kernels (inputs, channels), one after the other at each position."""
        n_positions = self.n_units // kernels.shape[1]
        data = np.tile(kernels.T.ravel(), n_positions).astype(self.matrix.dtype)
        structure = self.matrix.indices, self.matrix.indptr
        return replace(self, matrix=sparse.csr_array((data, *structure), shape=self.matrix.shape))

    def scaled(self, inputs: float, outputs: float) -> LinearLayer:
        """The same layer for inputs divided by `inputs` and z divided by `outputs`, in float64."""
        matrix = self.matrix.astype(np.float64) * (inputs / outputs)
        return LinearLayer(self.name, matrix, self.bias.astype(np.float64) / outputs)


def convolution_matrix(
    kernel: FloatArray, image_shape: tuple[int, int], stride: int
) -> tuple[sparse.csr_array, tuple[int, int]]:
    """A convolution as a matrix with one row for each output unit, and the (height, width) of its output.

    kernel (height, width, input channels, filters) moves by `stride` over the positions that lie wholly
    inside the image (no flipping, as in Keras). Units are counted row by row, channels last.
    """
    height, width, channels, filters = kernel.shape
    rows, columns = ((side - extent) // stride + 1 for side, extent in zip(image_shape, (height, width), strict=True))
    y = stride * np.arange(rows)[:, None, None, None, None] + np.arange(height)[:, None, None]
    x = stride * np.arange(columns)[:, None, None, None] + np.arange(width)[:, None]
    seen = ((y * image_shape[1] + x) * channels + np.arange(channels)).reshape(rows * columns, 1, -1)
    size = seen.shape[2]
    weights = kernel.reshape(size, filters).T
    shape = (rows * columns, filters, size)
    data, indices = (np.broadcast_to(part, shape).ravel() for part in (weights, seen))
    starts = size * np.arange(rows * columns * filters + 1)
    return (
        sparse.csr_array((data, indices, starts), shape=(len(starts) - 1, image_shape[0] * image_shape[1] * channels)),
        (rows, columns),
    )
