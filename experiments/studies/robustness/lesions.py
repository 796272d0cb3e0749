"""Fitted classifiers whose weights have been disturbed: noise on them, synapses or hidden units deleted.

What is changed are the `weights()` of a classifier, layer by layer; biases, thresholds, filters and labels stay.
Nothing is trained again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bnsim import archive
from bnsim.errors import InputError

if TYPE_CHECKING:
    from models.classifier import Classifier

FloatArray = NDArray[np.floating]
Weights = Mapping[str, FloatArray]
"""Layer -> (inputs, units), as `Classifier.weights` gives them."""
Places = Mapping[str, tuple[str, int]]
"""Hidden layer -> the layer of weights that its deletion clears, and the axis along which its units lie there."""

SAME = 1e-6
"""Relative difference up to which stored weights are those that `weights()` shows: in another unit, or in float32."""


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


def with_weights(model: Classifier, weights: Weights) -> Classifier:
    """A copy of a fitted classifier with these `weights()`; what they leave as it was stays so to the last bit.

    The copy is loaded from what `save` wrote, with the arrays of weights replaced. The array of a layer is known by its
    values: the layer's weights in some unit, row by row or column by column, once or (a convolution's) many times over.

    Errors: InputError where no array holds a layer's weights.
    """
    owner, before = type(model).__name__, model.weights()
    with tempfile.TemporaryDirectory(prefix="bnsim-lesion-") as folder:
        path = Path(folder) / "classifier.npz"
        model.save(path)
        arrays = archive.read(owner, path)
        for layer, wanted in weights.items():
            name = _replace(arrays, before[layer], wanted)
            if name is None:
                raise InputError(f"{owner}: no saved array holds the weights of layer {layer!r}; leave the model out")
        archive.write(owner, path, arrays)
        return type(model).load(path)


def covers(model: Classifier) -> bool:
    """Whether `with_weights` finds all weights of this model."""
    try:
        with_weights(model, model.weights())
    except InputError:
        return False
    return True


def _chosen(n: int, share: float, generator: np.random.Generator) -> NDArray[np.intp]:
    return generator.permutation(n)[: round(share * n)]


def _replace(arrays: dict[str, NDArray[Any]], before: FloatArray, after: FloatArray) -> str | None:
    """Put other weights in place of those before; the name of the array that holds them, None for none."""
    for old, new in ((before.ravel(), after.ravel()), (before.T.ravel(), after.T.ravel())):
        for name, stored in arrays.items():
            unit = _unit(stored, old)
            if unit is not None:
                rows = stored.reshape(-1, old.size)
                changed = np.where(new == old, rows, unit * new)
                arrays[name] = changed.astype(stored.dtype).reshape(stored.shape)
                return name
    return None


def _unit(stored: NDArray[Any], weights: FloatArray) -> float | None:
    """What these weights (flat) are multiplied by in an array that holds them, None for one that does not."""
    largest = np.abs(weights).argmax()
    if stored.dtype.kind != "f" or stored.size == 0 or stored.size % weights.size or weights[largest] == 0:
        return None
    rows = stored.reshape(-1, weights.size)
    unit = float(rows[0, largest] / weights[largest])
    return unit if unit > 0 and np.allclose(rows, unit * weights, rtol=SAME, atol=0) else None
