"""The local rule of a rate network: errors that are sent back along weights of their own, and local products.

Sums are NumPy's own (`einsum`): those of BLAS would depend on its number of threads, in the last bits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg.blas import sger
from scipy.special import expit

from bnsim.arrays import FloatArray, LabelArray
from models.rate.network import RateNetwork

AT_ONCE = 8192
"""Weights changed by one call of BLAS, which starts no threads for so few; bears on speed alone."""


def respond(network: RateNetwork, x: FloatArray) -> list[FloatArray]:
    """Return what each layer does in response to a sample.

    Parameters
    ----------
    network : RateNetwork
        With rectified hidden units and linear output units.
    x : ndarray, shape (n_features,)
        The sample.

    Returns
    -------
    list of ndarray, shape (n_units,)
        The sample, the rates of each hidden layer, and the drives of the output units.
    """
    layers = [x]
    for matrix, bias in zip(network.weights, network.biases, strict=True):
        drive = _product(layers[-1], matrix) + bias
        layers.append(drive if matrix is network.weights[-1] else np.maximum(drive, 0))
    return layers


def error_of_output(drive: FloatArray, target: FloatArray) -> FloatArray:
    """Return the error that each output unit finds from its own drive and target alone.

    Parameters
    ----------
    drive : ndarray, shape (n_classes,)
        u.
    target : ndarray, shape (n_classes,)
        1 for the unit of the right class, 0 for the others.

    Returns
    -------
    ndarray, shape (n_classes,)
        1 / (1 + exp(-u)) - target.
    """
    return expit(drive) - target


def send_back(error: FloatArray, rates: Sequence[FloatArray], feedback: Sequence[FloatArray]) -> list[FloatArray]:
    """Return the errors of all layers.

    Parameters
    ----------
    error : ndarray, shape (n_classes,)
        Of the output units.
    rates : sequence of ndarray, shape (n_units,)
        Of each hidden layer.
    feedback : sequence of ndarray, shape (n_units_after, n_units)
        b into each hidden layer.

    Returns
    -------
    list of ndarray, shape (n_units,)
        error_j = sum_k b_kj error_k where unit j is active, else 0, of each hidden layer; last, those of the output.
    """
    errors = [error]
    for rate, back in zip(reversed(rates), reversed(feedback), strict=True):
        errors.append(_product(errors[-1], back) * (rate > 0))
    return errors[::-1]


def learn(
    network: RateNetwork,
    feedback: Sequence[FloatArray] | None,
    X: FloatArray,
    labels: LabelArray,
    learning_rates: FloatArray,
) -> RateNetwork:
    """Return the network after it has learned from samples, one after the other.

    Parameters
    ----------
    network : RateNetwork
        With rectified hidden units and linear output units, in single precision.
    feedback : sequence of ndarray, shape (n_units_after, n_units), or None
        b into each hidden layer; None for the forward weights as they are.
    X : ndarray, shape (n_samples, n_features)
        Samples.
    labels : ndarray of int, shape (n_samples,)
        Right classes.
    learning_rates : ndarray, shape (n_samples,)
        eta at each presentation.

    Returns
    -------
    RateNetwork
        The new network.
    """
    weights, biases = ([array.astype(np.float32) for array in each] for each in (network.weights, network.biases))
    learner = RateNetwork(tuple(weights), tuple(biases), network.activation, network.output)
    back = [matrix.T for matrix in weights[1:]] if feedback is None else feedback
    targets = np.eye(len(biases[-1]), dtype=np.float32)
    for x, label, eta in zip(X.astype(np.float32), labels.tolist(), learning_rates.tolist(), strict=True):
        *rates, drive = respond(learner, x)
        errors = send_back(error_of_output(drive, targets[label]), rates[1:], back)
        for matrix, bias, rate, error in zip(weights, biases, rates, errors, strict=True):
            _add_outer(matrix, -eta, rate, error)
            bias -= eta * error
    return learner


def _product(vector: FloatArray, matrix: FloatArray) -> FloatArray:
    """vector @ matrix."""
    return np.einsum("i,ij->j", vector, matrix)


def _add_outer(matrix: FloatArray, factor: float, before: FloatArray, after: FloatArray) -> None:
    """Add factor times the products of two vectors to a matrix, in place."""
    rows = max(1, AT_ONCE // len(after))
    for start in range(0, len(before), rows):
        part = slice(start, start + rows)
        sger(
            factor, after, before[part], a=matrix[part].T, overwrite_a=1
        )  # BLAS counts columns where NumPy counts rows
