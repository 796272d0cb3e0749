"""What is linear in a graph of NIR, as sparse matrices."""

from __future__ import annotations

from itertools import product
from typing import Any

import nir
import numpy as np
from scipy import sparse

from bnsim.arrays import Float64Array

MOST_ENTRIES = 10**8
"""Entries of a matrix, each of some 12 bytes."""

LINEAR = (
    *(nir.Linear, nir.Affine, nir.Scale, nir.Conv1d, nir.Conv2d),
    *(nir.SumPool2d, nir.AvgPool2d, nir.Flatten),
)


class Map:
    """A linear map with a bias, y = W x + b, and the shape of y.

    Parameters
    ----------
    matrix : sparse array, shape (n_outputs, n_inputs)
        W.
    bias : ndarray of float64, shape (n_outputs,)
        b.
    shape : tuple of int
        Shape of y, whose elements are in C order.
    """

    def __init__(self, matrix: sparse.csr_array, bias: Float64Array, shape: tuple[int, ...]) -> None:
        self.matrix, self.bias, self.shape = matrix, bias, shape

    @classmethod
    def identity(cls, shape: tuple[int, ...]) -> Map:
        """Return the map that changes nothing.

        Parameters
        ----------
        shape : tuple of int
            Shape of its input.

        Returns
        -------
        Map
            The map.
        """
        size = int(np.prod(shape))
        return cls(sparse.eye_array(size, format="csr"), np.zeros(size), shape)

    def then(self, node: Any) -> Map:
        """Return this map followed by a node.

        Parameters
        ----------
        node : nir.NIRNode
            One of `LINEAR`.

        Returns
        -------
        Map
            Both.

        Raises
        ------
        ValueError
            If the node does not take this shape.
        """
        matrix, bias, shape = _map_of(node, self.shape)
        if matrix.shape[1] != self.matrix.shape[0]:
            raise ValueError(f"{type(node).__name__} takes {matrix.shape[1]} values and gets {self.matrix.shape[0]}")
        return Map((matrix @ self.matrix).tocsr(), matrix @ self.bias + bias, shape)


def _map_of(node: Any, shape: tuple[int, ...]) -> tuple[sparse.csr_array, Float64Array, tuple[int, ...]]:
    size = int(np.prod(shape))
    if isinstance(node, nir.Flatten):
        return sparse.eye_array(size, format="csr"), np.zeros(size), (size,)
    if isinstance(node, nir.Scale):
        scale = np.asarray(node.scale, np.float64).ravel()
        return sparse.diags_array(scale, format="csr"), np.zeros(len(scale)), shape
    if isinstance(node, nir.Linear | nir.Affine):
        weight = np.asarray(node.weight, np.float64)
        if weight.ndim != 2:
            raise ValueError(f"{type(node).__name__} has weights of shape {weight.shape}, not a matrix")
        bias = np.zeros(len(weight)) if isinstance(node, nir.Linear) else np.asarray(node.bias, np.float64).ravel()
        if len(bias) != len(weight):
            raise ValueError(f"{type(node).__name__} has {len(bias)} biases for {len(weight)} units")
        return sparse.csr_array(weight), bias, (len(weight),)
    if isinstance(node, nir.Conv1d | nir.Conv2d):
        return _convolution(node, shape)
    return _pooling(node, shape)


def _pair(value: Any, n: int) -> tuple[int, ...]:
    numbers = np.broadcast_to(np.asarray(value).ravel() if np.ndim(value) else value, (n,))
    return tuple(int(number) for number in numbers)


def _convolution(node: Any, shape: tuple[int, ...]) -> tuple[sparse.csr_array, Float64Array, tuple[int, ...]]:
    weight = np.asarray(node.weight, np.float64)
    n = weight.ndim - 2
    if len(shape) != n + 1:
        raise ValueError(f"{type(node).__name__} takes channels and {n} dimensions, and gets shape {shape}")
    stride, dilation, groups = _pair(node.stride, n), _pair(node.dilation, n), int(np.asarray(node.groups))
    if isinstance(node.padding, str | bytes):
        raise ValueError(f"{type(node).__name__} has padding {node.padding!r}; numbers are read")
    padding = _pair(node.padding, n)
    outputs, inputs = weight.shape[:2]
    if groups < 1 or shape[0] != inputs * groups or outputs % groups:
        raise ValueError(f"{type(node).__name__} takes {inputs * groups} channels and gets {shape[0]}")
    kernel = weight.shape[2:]
    grid = tuple(_extent(shape[1 + k], kernel[k], stride[k], padding[k], dilation[k]) for k in range(n))
    rows, columns, values = [], [], []
    if outputs * inputs * int(np.prod(kernel)) * int(np.prod(grid)) > MOST_ENTRIES:
        raise ValueError(f"{type(node).__name__} has more than {MOST_ENTRIES:g} connections")
    places = np.indices(grid).reshape(n, -1)
    of_input = np.arange(int(np.prod(shape))).reshape(shape)
    of_output = np.arange(outputs * int(np.prod(grid))).reshape(outputs, -1)
    for offset in product(*map(range, kernel)):
        reached = [places[k] * stride[k] + offset[k] * dilation[k] - padding[k] for k in range(n)]
        inside = np.all([(r >= 0) & (r < shape[1 + k]) for k, r in enumerate(reached)], axis=0)
        at = tuple(r[inside] for r in reached)
        for channel in range(outputs):
            first = channel // (outputs // groups) * inputs
            for source in range(inputs):
                rows.append(of_output[channel][inside])
                columns.append(of_input[first + source][at])
                values.append(np.full(len(rows[-1]), weight[(channel, source, *offset)]))
    ends = np.concatenate(rows), np.concatenate(columns)
    matrix = sparse.csr_array((np.concatenate(values), ends), shape=(of_output.size, of_input.size))
    bias = np.repeat(np.asarray(node.bias, np.float64).ravel() * np.ones(outputs), int(np.prod(grid)))
    return matrix, bias, (outputs, *grid)


def _extent(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    if stride < 1 or dilation < 1 or padding < 0:
        raise ValueError("a stride or dilation is below 1, or a padding below 0")
    extent = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    if extent < 1:
        raise ValueError(f"a kernel of {kernel} does not fit into {size} values")
    return extent


def _pooling(node: Any, shape: tuple[int, ...]) -> tuple[sparse.csr_array, Float64Array, tuple[int, ...]]:
    """Pooling as a convolution of each channel with ones."""
    if len(shape) != 3:
        raise ValueError(f"{type(node).__name__} takes channels, rows and columns, and gets shape {shape}")
    kernel = _pair(node.kernel_size, 2)
    weight = np.ones((shape[0], 1, *kernel))
    if isinstance(node, nir.AvgPool2d):
        weight /= weight[0, 0].size
    stride, padding = _pair(node.stride, 2), _pair(node.padding, 2)
    return _convolution(nir.Conv2d(None, weight, stride, padding, 1, shape[0], np.zeros(shape[0])), shape)
