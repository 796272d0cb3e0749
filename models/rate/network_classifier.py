"""What classifiers around a `RateNetwork` share: activity, weights, operations, storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from models.classifier import Activity, Classifier, Layer, OperationCount
from models.rate.network import RateNetwork


class RateNetworkClassifier(Classifier):
    """A classifier that answers by a `RateNetwork`, one output unit a class. Fitted attribute: `network_`."""

    kind = "BNS"
    hidden: tuple[int, ...]
    network_: RateNetwork

    @property
    def trainable_parameters(self) -> int:
        """Return the number of weights and biases."""
        return self.network_.n_parameters

    @property
    def _sizes(self) -> tuple[int, ...]:
        """Units of each layer, the input's first."""
        return (self.n_features_in_, *self.hidden, len(self.classes_))

    def _responses(self, X: FloatArray) -> list[FloatArray]:
        """Rates (samples, units) of each layer after the input."""
        return self.network_.responses(X)

    def _activity(self, X: FloatArray) -> Activity:
        *hidden, output = self._responses(X)
        layers = (Layer(f"hidden_{index}", rates, None) for index, rates in enumerate(hidden, start=1))
        return Activity((Layer("input", X, None), *layers, Layer("output", output, None)), bin_width=None)

    def _weights(self) -> dict[str, FloatArray]:
        names = (*(f"hidden_{index}" for index in range(1, len(self.hidden) + 1)), "output")
        return dict(zip(names, self.network_.weights, strict=True))

    def _replace_weights(self, weights: Mapping[str, FloatArray]) -> None:
        changed = {name: weights.get(name, matrix) for name, matrix in self._weights().items()}
        dtype = self.network_.dtype
        self.network_ = replace(self.network_, weights=tuple(matrix.astype(dtype) for matrix in changed.values()))

    def _operations(self, X: FloatArray) -> OperationCount:
        products = sum(matrix.size for matrix in self.network_.weights)
        units = sum(self.network_.sizes[1:])
        stored = self.network_.n_parameters * self.network_.dtype.itemsize
        return OperationCount(0, len(X) * products, len(X) * units, len(X) * stored)

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return self.network_.arrays()
