"""Disturbed weights: noise on them, synapses or hidden units deleted, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from models.classifier import Classifier

FloatArray = NDArray[np.floating]
Weights = Mapping[str, FloatArray]
"""Layer -> (inputs, units), as `Classifier.weights` gives them."""
Places = Mapping[str, tuple[str, int]]
"""Hidden layer -> the layer of weights that its deletion clears, and the axis along which its units lie there."""


def noisy(weights: Weights, strength: float, generator: np.random.Generator) -> dict[str, FloatArray]:
    """Normal noise on every weight, `strength` times the standard deviation of the weights of its layer.

    In a layer without negative weights, as of conductances, none becomes negative.
    """
    changed = {}
    for name, matrix in weights.items():
        moved = matrix + strength * matrix.std() * generator.standard_normal(matrix.shape)
        changed[name] = np.maximum(moved, 0) if matrix.min() >= 0 else moved
    return changed


def without_synapses(weights: Weights, share: float, generator: np.random.Generator) -> dict[str, FloatArray]:
    """This share of the weights of each layer set to 0."""
    changed = {}
    for name, matrix in weights.items():
        flat = matrix.flatten()  # a copy
        flat[_chosen(matrix.size, share, generator)] = 0
        changed[name] = flat.reshape(matrix.shape)
    return changed


def without_neurons(
    weights: Weights, places: Places, share: float, generator: np.random.Generator
) -> dict[str, FloatArray]:
    """This share of the units of each hidden layer cut off; for `places` see `hidden_layers`."""
    changed = {name: matrix.copy() for name, matrix in weights.items()}
    for name, axis in places.values():
        units = np.moveaxis(changed[name], axis, 0)
        units[_chosen(len(units), share, generator)] = 0
    return changed


def hidden_layers(model: Classifier, X: FloatArray) -> dict[str, tuple[str, int]]:
    """Where the units of each hidden layer can be cut off (see `Places`); X: any sample.

    A unit is deleted by clearing the trained weights out of it. Where these are not trained, as in a layer whose cells
    vote, the weights into it are cleared, so that it stays silent. Units that share weights cannot be deleted singly.
    """
    layers, weights = model.activity(X[:1]).layers, model.weights()
    sizes = {layer.name: layer.responses.shape[1] for layer in layers}
    found = {}
    for before, after in pairwise(layers):
        leaving = weights.get(after.name)
        if before is not layers[0] and leaving is not None and len(leaving) == sizes[before.name]:
            found[before.name] = (after.name, 0)
    for name, matrix in weights.items():
        if name != layers[-1].name and name not in found and matrix.shape[1] == sizes[name]:
            found[name] = (name, 1)
    return found


def _chosen(n: int, share: float, generator: np.random.Generator) -> NDArray[np.intp]:
    return generator.permutation(n)[: round(share * n)]
