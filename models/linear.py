"""The linear part of a network's layers as plain arrays, and products that depend on one sample alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy import sparse

from bnsim.arrays import FloatArray
from bnsim.expected import NUMBER, WHOLE, Expected, check

BLOCK = 128
"""Samples multiplied at once: they stay in the processor's cache."""


def products(matrix: sparse.csr_array, X: FloatArray, dtype: DTypeLike = np.float64) -> FloatArray:
    """Return the products M x, each from its own sample alone, bit for bit.

    Parameters
    ----------
    matrix : sparse array, shape (n_rows, n_columns)
        M.
    X : ndarray, shape (n_samples, n_columns)
        Samples x.
    dtype : data type
        In which the products are kept.

    Returns
    -------
    ndarray, shape (n_samples, n_rows)
        The products.

    Notes
    -----
    A dense matrix product would not do: its rounding changes with the number of samples.
    """
    result = np.empty((len(X), matrix.shape[0]), dtype)
    for start in range(0, len(X), BLOCK):
        block = slice(start, start + BLOCK)
        result[block] = (matrix @ X[block].T).T
    return result


def matrix_arrays(name: str, matrix: sparse.csr_array) -> dict[str, NDArray[np.generic]]:
    """Return a sparse matrix as plain arrays, for storage.

    Parameters
    ----------
    name : str
        Prefix of the names.
    matrix : sparse array
        The matrix.

    Returns
    -------
    dict of str to ndarray
        Arrays by the names "name/data", "name/indices", "name/indptr" and "name/shape".
    """
    parts = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr, "shape": np.array(matrix.shape)}
    return {f"{name}/{part}": array for part, array in parts.items()}


def matrix_from_arrays(
    name: str, arrays: Mapping[str, NDArray[np.generic]], shape: tuple[int, int] | None = None
) -> sparse.csr_array:
    """Make a sparse matrix from the arrays of `matrix_arrays`.

    Parameters
    ----------
    name : str
        Prefix of the names.
    arrays : mapping of str to ndarray
        Arrays by name; other entries are ignored.
    shape : tuple of int, optional
        Shape that the matrix must have.

    Returns
    -------
    sparse array
        The matrix.

    Raises
    ------
    ValueError
        If the arrays are not those of such a matrix.
    """
    check(arrays, {f"{name}/shape": Expected(WHOLE, (2,), low=0, high=2**62)})
    rows, columns = map(int, arrays[f"{name}/shape"])
    if shape not in (None, (rows, columns)):
        raise ValueError(f"'{name}/shape' is {(rows, columns)}, not {shape}")
    entries = ("entries",)
    of_matrix = {
        "data": Expected(NUMBER, entries),
        "indices": Expected(WHOLE, entries, below="columns"),
        "indptr": Expected(WHOLE, (rows + 1,), low=0),
    }
    check(arrays, {f"{name}/{part}": expected for part, expected in of_matrix.items()}, {"columns": columns})
    data, indices, indptr = (arrays[f"{name}/{part}"] for part in of_matrix)
    if indptr[0] != 0 or indptr[-1] != len(data) or (np.diff(indptr) < 0).any():
        raise ValueError(f"'{name}/indptr' does not divide the entries into rows")
    # SciPy computes with numbers of single and double precision in this machine's order of bytes.
    values = data.astype(np.result_type(data, np.float32))
    return sparse.csr_array((values, indices, indptr), shape=(rows, columns))


@dataclass(frozen=True, eq=False)
class LinearLayer:
    """The linear part of a layer, z = W x + b, before its activation function.

    Parameters
    ----------
    name : str
        Name of the layer.
    matrix : sparse array, shape (n_units, n_inputs)
        W, with an entry for each connection.
    bias : ndarray, shape (n_units,)
        b.
    """

    name: str
    matrix: sparse.csr_array
    bias: FloatArray

    @property
    def n_units(self) -> int:
        """Return the number of units.

        Returns
        -------
        int
            Rows of W.
        """
        return int(self.matrix.shape[0])

    @property
    def fan_out(self) -> NDArray[np.int64]:
        """Return the number of connections that leave each input.

        Returns
        -------
        ndarray of int, shape (n_inputs,)
            Connections.
        """
        return np.bincount(self.matrix.indices, minlength=self.matrix.shape[1])

    def __call__(self, X: FloatArray) -> FloatArray:
        """z (n, units) of samples X (n, inputs), each from its own sample alone."""
        return products(self.matrix, X) + self.bias

    def with_matrix(self, matrix: FloatArray) -> LinearLayer:
        """Return the layer with other weights and all possible connections, those of weight 0 included.

        Parameters
        ----------
        matrix : ndarray, shape (n_units, n_inputs)
            W.

        Returns
        -------
        LinearLayer
            With the same bias.
        """
        n_units, n_inputs = matrix.shape
        indices, bounds = np.tile(np.arange(n_inputs), n_units), n_inputs * np.arange(n_units + 1)
        data = matrix.ravel().astype(self.matrix.dtype)
        return replace(self, matrix=sparse.csr_array((data, indices, bounds), shape=matrix.shape))

    def with_kernels(self, kernels: FloatArray) -> LinearLayer:
        """Return the layer, a convolution, with other kernels.

        Parameters
        ----------
        kernels : ndarray, shape (n_inputs, n_channels)
            Weights that all positions share.

        Returns
        -------
        LinearLayer
            With the same connections and bias.
        """
        n_positions = self.n_units // kernels.shape[1]
        data = np.tile(kernels.T.ravel(), n_positions).astype(self.matrix.dtype)
        structure = self.matrix.indices, self.matrix.indptr
        return replace(self, matrix=sparse.csr_array((data, *structure), shape=self.matrix.shape))

    def scaled(self, inputs: float, outputs: float) -> LinearLayer:
        """Return the layer for scaled inputs and outputs, in float64.

        Parameters
        ----------
        inputs : float
            What inputs are divided by.
        outputs : float
            What z is divided by.

        Returns
        -------
        LinearLayer
            The scaled layer.
        """
        matrix = self.matrix.astype(np.float64) * (inputs / outputs)
        return LinearLayer(self.name, matrix, self.bias.astype(np.float64) / outputs)
