"""Rectifier networks that can be differentiated by their input: artificial ones, and rate networks of spiking ones.

A network is a chain of stages, each followed by a rectifier but for the last, whose outputs z decide. With x_i what
enters stage i and e the error by z,

    dL/dx_i = J_i^T (dL/dx_(i+1) [x_(i+1) > 0]),  J_i the derivative of stage i by its input

Spiking networks have no such derivative. In their rate network a neuron that is driven by I, in units of what just
makes it fire, responds by max(0, I - 1), and weights and filters are those of the spiking network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

FloatArray = NDArray[np.floating]


class Stage(Protocol):
    """What a layer does before its rectifier."""

    def forward(self, X: FloatArray) -> FloatArray:
        """(n, inputs) -> (n, units)."""

    def backward(self, X: FloatArray, error: FloatArray) -> FloatArray:
        """Error by the inputs X (n, inputs) for an error by the units (n, units)."""


@dataclass(frozen=True, eq=False)
class Linear:
    """W x + b. matrix: W (units, inputs), dense or sparse; bias: b (units,)."""

    matrix: Any
    bias: FloatArray

    def forward(self, X: FloatArray) -> FloatArray:
        return (self.matrix @ X.T).T + self.bias

    def backward(self, X: FloatArray, error: FloatArray) -> FloatArray:
        return (self.matrix.T @ error.T).T


@dataclass(frozen=True, eq=False)
class Filters:
    """gain f_j . x / (c + |x|_j) - threshold (see `models.filters.FilterBank`); without c: gain f_j . x - threshold."""

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
        responses = (self.matrix @ X.T).T
        if self.semisaturation is not None:
            responses = responses / (self.semisaturation + self._norms(X))
        return self.gain * responses - self.threshold

    def backward(self, X: FloatArray, error: FloatArray) -> FloatArray:
        error = self.gain * error
        if self.semisaturation is None:
            return (self.matrix.T @ error.T).T
        norms = self._norms(X)
        pool = self.semisaturation + norms
        pooled = error * (self.matrix @ X.T).T / (pool**2 * np.where(norms > 0, norms, 1.0))
        return (self.matrix.T @ (error / pool).T).T - X * (self._seen.T @ pooled.T).T


@dataclass(frozen=True, eq=False)
class Chain:
    """A network of such stages."""

    stages: tuple[Stage, ...]

    def outputs(self, X: FloatArray) -> FloatArray:
        """z (n, classes) for samples (n, features)."""
        return self._passed(X)[-1]

    def gradient(self, X: FloatArray, error: FloatArray) -> FloatArray:
        """Sum over the classes of `error` (n, classes) times the derivative of z by the samples: (n, features)."""
        entering = self._passed(X)
        for index in reversed(range(len(self.stages))):
            error = self.stages[index].backward(entering[index], error)
            if index > 0:
                error = error * (entering[index] > 0)
        return error

    def _passed(self, X: FloatArray) -> list[FloatArray]:
        """What enters each stage, and z."""
        values = [X]
        for stage in self.stages[:-1]:
            values.append(np.maximum(stage.forward(values[-1]), 0))
        return [*values, self.stages[-1].forward(values[-1])]


def chain_of(model: Any) -> Chain | None:
    """A fitted classifier as a chain, a spiking one by its rate network; None where it is no chain of rectifiers."""
    if model.name == "three-factor":
        return Chain(_three_factor(model))
    if hasattr(model, "filters_"):
        return Chain(_filtered(model))
    if hasattr(model, "layers_"):  # of a converted network: integrate-and-fire neurons, which any drive makes fire
        return Chain(_linear(model.layers_))
    if hasattr(model, "linear_layers") and getattr(model, "activation", "relu") == "relu":
        return Chain(_linear(model.linear_layers()))
    return None


def _linear(layers: Sequence[Any]) -> tuple[Stage, ...]:
    """A single output unit, of two classes, becomes two: 0 and z."""
    stages = [Linear(layer.matrix.astype(np.float64), layer.bias.astype(np.float64)) for layer in layers]
    if len(stages[-1].bias) == 1:
        row = stages[-1].matrix.toarray()
        stages[-1] = Linear(np.vstack([np.zeros_like(row), row]), np.array([0.0, stages[-1].bias[0]]))
    return tuple(stages)


def _filtered(model: Any) -> tuple[Stage, ...]:
    threshold = 1.0 if model.kind == "BNS" else 0.0
    read_out = model.weights()["output"].astype(np.float64).T
    return (
        Filters(model.filters_.matrix, model.gain, model.semisaturation, threshold),
        Linear(read_out, np.zeros(len(read_out))),
    )


def _three_factor(model: Any) -> tuple[Stage, ...]:
    """What passes between stages are mean numbers of spikes a ms: of an input, max_rate times its intensity; of a
    neuron, its response over tau_m. Delta synapses drive a neuron by tau_m times the weights that arrive in a ms."""
    from models.spiking.three_factor import RHEOBASE

    low, width = model.intensities_.low, model.intensities_.high - model.intensities_.low
    per_ms = model.max_rate / 1e3
    slope = np.divide(per_ms, width, out=np.zeros_like(width), where=width > 0)
    bias = {name: per_ms * model.learned_[f"bias_to_{name}.w"] / RHEOBASE for name in model.weights()}
    (first, matrix), *others = ((name, weights.T) for name, weights in model.weights().items())
    arriving = [Linear(matrix * slope, bias[first] - matrix @ (slope * low))]
    arriving += [Linear(matrix / model.tau_m, bias[name]) for name, matrix in others]
    hidden = [Linear(model.tau_m * stage.matrix, model.tau_m * stage.bias - 1) for stage in arriving[:-1]]
    return (*hidden, arriving[-1])
