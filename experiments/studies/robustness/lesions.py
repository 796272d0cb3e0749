"""Disturbed weights: noise, deleted synapses or deleted hidden units, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray

if TYPE_CHECKING:
    from models.classifier import Classifier

Weights = Mapping[str, FloatArray]
"""Weights (inputs, units) by layer, as `Classifier.weights` returns them."""
Places = Mapping[str, tuple[str, int]]
"""For each hidden layer, the weights that its deletion clears, and the axis of its units in these weights."""


def noisy(weights: Weights, strength: float, generator: np.random.Generator) -> dict[str, FloatArray]:
    """Add normal noise to every weight.

    In a layer without negative weights, for instance conductances, no weight becomes negative.

    Parameters
    ----------
    weights
        Weights (inputs, units) by layer.
    strength
        Standard deviation of the noise, in standard deviations of the weights of the layer.
    generator
        Source of random numbers.

    Returns
    -------
    dict of str to array (inputs, units)
        The noisy weights by layer.
    """
    changed = {}
    for name, matrix in weights.items():
        moved = matrix + strength * matrix.std() * generator.standard_normal(matrix.shape)
        changed[name] = np.maximum(moved, 0) if matrix.min() >= 0 else moved
    return changed


def without_synapses(weights: Weights, share: float, generator: np.random.Generator) -> dict[str, FloatArray]:
    """Set a share of the weights of each layer to 0.

    Parameters
    ----------
    weights
        Weights (inputs, units) by layer.
    share
        Share of the weights, between 0 and 1.
    generator
        Source of random numbers.

    Returns
    -------
    dict of str to array (inputs, units)
        The remaining weights by layer.
    """
    changed = {}
    for name, matrix in weights.items():
        flat = matrix.flatten()  # a copy
        flat[_chosen(matrix.size, share, generator)] = 0
        changed[name] = flat.reshape(matrix.shape)
    return changed


def without_neurons(
    weights: Weights, places: Places, share: float, generator: np.random.Generator
) -> dict[str, FloatArray]:
    """Cut off a share of the units of each hidden layer.

    Parameters
    ----------
    weights
        Weights (inputs, units) by layer.
    places
        Result of `hidden_layers`.
    share
        Share of the units, between 0 and 1.
    generator
        Source of random numbers.

    Returns
    -------
    dict of str to array (inputs, units)
        The remaining weights by layer.
    """
    changed = {name: matrix.copy() for name, matrix in weights.items()}
    for name, axis in places.values():
        units = np.moveaxis(changed[name], axis, 0)
        units[_chosen(len(units), share, generator)] = 0
    return changed


def hidden_layers(model: Classifier, X: FloatArray) -> dict[str, tuple[str, int]]:
    """Return where the units of each hidden layer can be cut off.

    A unit is deleted by clearing the trained weights of its output. If these are not trained, as in a layer whose cells
    vote, the weights of its input are cleared, so that it stays silent. Units that share weights cannot be deleted
    individually.

    Parameters
    ----------
    model
        A fitted classifier.
    X
        At least one sample (sample, feature); its values do not matter.

    Returns
    -------
    dict of str to tuple
        Name of the weights and axis of the units, by hidden layer (see `Places`).
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
