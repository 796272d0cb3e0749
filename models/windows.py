"""Windows that move over an image: convolutions and pooling as sparse matrices.

Images are flattened row by row, channels last, as in Keras.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bnsim.arrays import FloatArray

Padding = Literal["valid", "same"]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Windows:
    """Positions of a window on an image.

    Parameters
    ----------
    image : tuple of int
        (height, width) of the image.
    extent : tuple of int
        (height, width) of the window, in pixels that it sees.
    strides : tuple of int
        Distances of its positions, in pixels.
    padding : {"valid", "same"}
        "valid": positions lie wholly inside the image. "same": as many positions as the image has pixels, divided by
        the stride and rounded up; what lies outside is not seen. Of an odd number of pixels outside, the larger part
        lies below and to the right, as in Keras.
    dilation : tuple of int
        Distances of the pixels that a window sees.
    """

    image: Pair
    extent: Pair
    strides: Pair = (1, 1)
    padding: Padding = "valid"
    dilation: Pair = (1, 1)

    @property
    def shape(self) -> Pair:
        """Return how many positions there are.

        Returns
        -------
        tuple of int
            (rows, columns); 0 or less where the window is larger than the image.
        """
        rows, columns = (self._positions(axis) for axis in (0, 1))
        return rows, columns

    @property
    def n_seen(self) -> int:
        """Return how many pixels all windows see at most, summed up."""
        rows, columns = self.shape
        return rows * columns * self.extent[0] * self.extent[1]

    def _reach(self, axis: int) -> int:
        return (self.extent[axis] - 1) * self.dilation[axis] + 1

    def _positions(self, axis: int) -> int:
        if self.padding == "same":
            return -(-self.image[axis] // self.strides[axis])
        return (self.image[axis] - self._reach(axis)) // self.strides[axis] + 1

    def _places(self, axis: int) -> NDArray[np.int64]:
        """Rows or columns (position, pixel of the window) that are seen; some lie outside."""
        n_positions, stride = self._positions(axis), self.strides[axis]
        outside = (n_positions - 1) * stride + self._reach(axis) - self.image[axis]
        before = max(outside, 0) // 2 if self.padding == "same" else 0
        first = stride * np.arange(n_positions) - before
        return first[:, None] + self.dilation[axis] * np.arange(self.extent[axis])

    @cached_property
    def _seen(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Pixels (position, pixel of the window), and which of them lie inside the image."""
        y, x = self._places(0)[:, None, :, None], self._places(1)[None, :, None, :]
        height, width = self.image
        inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
        size = self.extent[0] * self.extent[1]
        return (y * width + x).reshape(-1, size), inside.reshape(-1, size)

    def matrix(self, weights: FloatArray, channels: NDArray[np.integer], n_channels: int) -> sparse.csr_array:
        """Return the matrix with a row for each position and each output channel.

        Parameters
        ----------
        weights : ndarray, shape (n_outputs, n_pixels, n_seen_channels)
            Weights of the pixels of a window, for each output channel.
        channels : ndarray of int, shape (n_outputs, n_seen_channels)
            The channels of the image that each output channel sees.
        n_channels : int
            Channels of the image.

        Returns
        -------
        sparse array, shape (n_units, n_inputs)
            With an entry for each pixel and channel that a unit sees.
        """
        pixels, inside = self._seen
        shape = (len(pixels), *weights.shape)
        columns = np.broadcast_to(pixels[:, None, :, None] * n_channels + channels[:, None, :], shape)
        kept = np.broadcast_to(inside[:, None, :, None], shape)
        starts = np.append(0, np.cumsum(kept.sum(axis=(2, 3)).ravel()))
        n_inputs = self.image[0] * self.image[1] * n_channels
        data = np.broadcast_to(weights, shape)[kept]
        return sparse.csr_array((data, columns[kept], starts), shape=(len(starts) - 1, n_inputs))


def convolution_matrix(kernel: FloatArray, windows: Windows, groups: int = 1) -> sparse.csr_array:
    """Return a convolution as a matrix with one row for each output unit.

    Parameters
    ----------
    kernel : ndarray, shape (height, width, n_channels / groups, n_filters)
        Kernel; it is not flipped, as in Keras.
    windows : Windows
        Positions of the kernel.
    groups : int
        Parts into which channels and filters are divided; filters see the channels of their own part alone.

    Returns
    -------
    sparse array, shape (n_units, n_inputs)
        Units are counted row by row, channels last.
    """
    height, width, seen, filters = kernel.shape
    weights = np.moveaxis(kernel.reshape(height * width, seen, filters), -1, 0)
    group = np.arange(filters) // (filters // groups)
    return windows.matrix(weights, group[:, None] * seen + np.arange(seen), groups * seen)


def pooling_matrix(windows: Windows, n_channels: int) -> sparse.csr_array:
    """Return which units pooling brings together, each channel by itself.

    Parameters
    ----------
    windows : Windows
        Positions of the window.
    n_channels : int
        Channels.

    Returns
    -------
    sparse array, shape (n_units, n_inputs)
        1 where an output unit sees an input.
    """
    weights = np.ones((n_channels, windows.extent[0] * windows.extent[1], 1))
    return windows.matrix(weights, np.arange(n_channels)[:, None], n_channels)


def averages(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return the matrix of the means over what each row sees.

    Parameters
    ----------
    matrix : sparse array
        1 where a row sees a column.

    Returns
    -------
    sparse array
        1 / n there, n being the number of columns that the row sees.
    """
    sizes = np.diff(matrix.indptr)
    data = np.repeat(1.0 / np.maximum(sizes, 1), sizes)
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
