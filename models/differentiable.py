"""Rectifier networks that can be differentiated by their input: artificial ones, and rate networks of spiking ones.

A network is a chain of stages, each followed by a rectifier but for the last, whose outputs z decide. With x_i the
input of stage i and e the error by z,

    dL/dx_i = J_i^T (dL/dx_(i+1) [x_(i+1) > 0]),  J_i the derivative of stage i by its input

Spiking networks have no such derivative. In their rate network a neuron that is driven by I, in units of its rheobase,
responds with max(0, I - 1); weights and filters are those of the spiking network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from scipy import sparse

from bnsim.arrays import FloatArray
from models.filters import FilterBank
from models.linear import LinearLayer


class Stage(Protocol):
    """What a layer computes before its rectifier."""

    def forward(self, X: FloatArray) -> FloatArray:
        """Return what reaches the rectifier.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_inputs)
            Inputs.

        Returns
        -------
        ndarray, shape (n_samples, n_units)
            Outputs.
        """
        ...

    def backward(self, X: FloatArray, error: FloatArray) -> FloatArray:
        """Return the error by the inputs.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_inputs)
            Inputs.
        error : ndarray, shape (n_samples, n_units)
            Error by the outputs.

        Returns
        -------
        ndarray, shape (n_samples, n_inputs)
            J^T error.
        """
        ...


@dataclass(frozen=True, eq=False)
class Linear:
    """The stage W x + b.

    Parameters
    ----------
    matrix : ndarray or sparse array, shape (n_units, n_inputs)
        W.
    bias : ndarray, shape (n_units,)
        b.
    """

    matrix: Any
    bias: FloatArray

    def forward(self, X: FloatArray) -> FloatArray:
        """Return W x + b.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_inputs)
            Inputs.

        Returns
        -------
        ndarray, shape (n_samples, n_units)
            Outputs.
        """
        return (self.matrix @ X.T).T + self.bias

    def backward(self, X: FloatArray, error: FloatArray) -> FloatArray:
        """Return W^T e.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_inputs)
            Inputs.
        error : ndarray, shape (n_samples, n_units)
            e.

        Returns
        -------
        ndarray, shape (n_samples, n_inputs)
            Error by the inputs.
        """
        return (self.matrix.T @ error.T).T


@dataclass(frozen=True, eq=False)
class Filters:
    """The stage gain f_j . x / (c + |x|_j) - threshold; without c: gain f_j . x - threshold.

    Parameters
    ----------
    matrix : sparse array, shape (n_filters, n_features)
        The filters f.
    gain : float
        Factor on the responses.
    semisaturation : float or None
        c of the contrast normalisation (see `models.filters.FilterBank`).
    threshold : float
        What a response must exceed.
    """

    matrix: sparse.csr_array
    gain: float
    semisaturation: float | None = None
    threshold: float = 0.0

    @cached_property
    def _seen(self) -> sparse.csr_array:
        """1 where a filter sees a pixel."""
        return sparse.csr_array((np.ones(self.matrix.nnz), self.matrix.indices, self.matrix.indptr), self.matrix.shape)

    def _norms(self, X: FloatArray) -> FloatArray:
        return np.sqrt((self._seen @ (X**2).T).T)

    def forward(self, X: FloatArray) -> FloatArray:
        """Return the responses of the filters.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples, n_filters)
            Responses.
        """
        responses = (self.matrix @ X.T).T
        if self.semisaturation is not None:
            responses = responses / (self.semisaturation + self._norms(X))
        return self.gain * responses - self.threshold

    def backward(self, X: FloatArray, error: FloatArray) -> FloatArray:
        """Return the error by the features.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.
        error : ndarray, shape (n_samples, n_filters)
            Error by the responses.

        Returns
        -------
        ndarray, shape (n_samples, n_features)
            J^T error.
        """
        error = self.gain * error
        if self.semisaturation is None:
            return (self.matrix.T @ error.T).T
        norms = self._norms(X)
        pool = self.semisaturation + norms
        pooled = error * (self.matrix @ X.T).T / (pool**2 * np.where(norms > 0, norms, 1.0))
        return (self.matrix.T @ (error / pool).T).T - X * (self._seen.T @ pooled.T).T


@dataclass(frozen=True, eq=False)
class Chain:
    """A network of stages with a rectifier between each and the next.

    Parameters
    ----------
    stages : tuple of Stage
        From input to output.
    """

    stages: tuple[Stage, ...]

    def outputs(self, X: FloatArray) -> FloatArray:
        """Return the outputs z, the largest of which decides.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
            z.
        """
        return self._passed(X)[-1]

    def gradient(self, X: FloatArray, error: FloatArray) -> FloatArray:
        """Return the sum over the classes of an error times the derivative of z by the samples.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.
        error : ndarray, shape (n_samples, n_classes)
            Derivative of a loss by z.

        Returns
        -------
        ndarray, shape (n_samples, n_features)
            Derivative of the loss by the samples.
        """
        entering = self._passed(X)
        for index in reversed(range(len(self.stages))):
            error = self.stages[index].backward(entering[index], error)
            if index > 0:
                error = error * (entering[index] > 0)
        return error

    def _passed(self, X: FloatArray) -> list[FloatArray]:
        """The input of each stage, and z."""
        values = [X]
        for stage in self.stages[:-1]:
            values.append(np.maximum(stage.forward(values[-1]), 0))
        return [*values, self.stages[-1].forward(values[-1])]


def linear_chain(layers: Sequence[LinearLayer]) -> Chain:
    """Return the chain of fully connected or convolutional layers.

    Parameters
    ----------
    layers : sequence of models.linear.LinearLayer
        From input to output. A single output unit, of two classes, becomes two: 0 and z.

    Returns
    -------
    Chain
        In float64.
    """
    stages = [Linear(layer.matrix.astype(np.float64), layer.bias.astype(np.float64)) for layer in layers]
    if len(stages[-1].bias) == 1:
        row = stages[-1].matrix.toarray()
        stages[-1] = Linear(np.vstack([np.zeros_like(row), row]), np.array([0.0, stages[-1].bias[0]]))
    return Chain(tuple(stages))


def filtered_chain(filters: FilterBank, gain: float, threshold: float, read_out: FloatArray) -> Chain:
    """Return the chain of a bank of filters and a linear read-out without bias.

    Parameters
    ----------
    filters : models.filters.FilterBank
        The front end.
    gain : float
        Response of a unit to a filter response of 1.
    threshold : float
        What a response must exceed: 1 for spiking neurons (the rheobase), 0 for rectified units.
    read_out : ndarray, shape (n_filters, n_classes)
        Weights of the read-out.

    Returns
    -------
    Chain
        In float64.
    """
    weights = read_out.astype(np.float64).T
    stage = Filters(filters.matrix, gain, filters.semisaturation, threshold)
    return Chain((stage, Linear(weights, np.zeros(len(weights)))))
