"""Angle between the changes that a learning rule makes and the gradient that backpropagation would follow.

The gradient is that of a rate network with the same weights. Its units have the responses of the measured network
(`activity`, whatever their cause). Their derivative is that of a rectifier: 1 where a unit responded, 0 elsewhere. The
probabilities of the classes are the softmax of the output's summed drive. With h_0 the responses of the layer before
the first trained one, W_i the weights from h_(i-1) to layer i, and the mean over samples,

    e_L = softmax(g h_(L-1) W_L) - [k = label],  e_(i-1) = (e_i W_i^T) [h_(i-1) > 0],  dL/dW_i ~ h_(i-1)^T e_i

g is the slope of the model's own error (`error_gain`); as a common factor of all gradients it leaves angles unchanged.
A network with `predict_proba` brings its own softmax, biases included.

References
----------
Rumelhart, Hinton & Williams (1986), Nature 323:533-536.
Lillicrap, Cownden, Tweed & Akerman (2016), Nature Communications 7:13276, who compare the changes of a learning rule
with the gradient by their angle.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from models.capabilities import Probabilistic, Taught

Layers = Mapping[str, FloatArray]


def descent(model: Taught, X: FloatArray, y: NDArray[Any]) -> dict[str, FloatArray]:
    """Return the negative gradient over some samples at the present weights of a model.

    Parameters
    ----------
    model
        Fitted, or in training.
    X, y
        Samples (sample, feature) and their classes (sample,), as in `model.classes_`.

    Returns
    -------
    dict
        Trained layer -> direction of steepest descent, in the shape of its weights (inputs, units).
    """
    weights = model.weights()
    layers = model.activity(X).layers[-len(weights) - 1 :]
    inputs = {after.name: before.responses for before, after in pairwise(layers)}
    gradients = backpropagated(weights, inputs, _error(model, X, y, inputs, weights))
    return {name: -gradient for name, gradient in gradients.items()}


def backpropagated(weights: Layers, inputs: Layers, error: FloatArray) -> dict[str, FloatArray]:
    """Return the gradient of the mean cross-entropy with respect to the weights of each layer.

    Parameters
    ----------
    weights
        Layer -> (inputs, units), from input to output.
    inputs
        Layer -> responses (sample, inputs) of the layer before it.
    error
        Softmax of the output's drive, minus 1 for the true class (sample, class).

    Returns
    -------
    dict
        Layer -> gradient (inputs, units), in the order of `weights`.
    """
    gradients = {}
    error = error / len(error)
    for name in reversed(list(weights)):
        gradients[name] = inputs[name].T @ error
        error = (error @ weights[name].T) * (inputs[name] > 0)
    return {name: gradients[name] for name in weights}


def angle(first: FloatArray, second: FloatArray) -> float | None:
    """Return the angle between two arrays.

    Parameters
    ----------
    first
        Any array.
    second
        An array of the same shape.

    Returns
    -------
    float or None
        Angle in degrees; None if one of the arrays is zero.

    Notes
    -----
    Between the change of a learning rule and the descent, 0 is gradient descent, and 90 is expected by chance for many
    weights. The descent is computed at the weights before learning, which change from sample to sample (or from batch
    to batch). Large steps therefore produce an angle for any rule; small steps leave the angle of the rule itself.
    """
    scale = float(np.linalg.norm(first)) * float(np.linalg.norm(second))
    if scale == 0:
        return None
    return float(np.degrees(np.arccos(np.clip(np.vdot(first, second) / scale, -1, 1))))


def softmax(drive: FloatArray) -> FloatArray:
    """Compute the softmax over classes.

    Parameters
    ----------
    drive
        Summed input of the output units (sample, class).

    Returns
    -------
    array (sample, class)
        Probabilities.
    """
    exponentials = np.exp(drive - drive.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def _error(model: Taught, X: FloatArray, y: NDArray[Any], inputs: Layers, weights: Layers) -> FloatArray:
    if isinstance(model, Probabilistic):
        probabilities = model.predict_proba(X)
    else:
        output = list(weights)[-1]
        probabilities = softmax(model.error_gain * inputs[output] @ weights[output])
    return probabilities - (y[:, np.newaxis] == model.classes_)
