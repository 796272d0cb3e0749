"""Rectifier networks as integrate-and-fire neurons: normalisation, the spiking network, the decision."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity
from numpy.typing import NDArray
from scipy import sparse

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from bnsim.errors import InputError
from models.linear import LinearLayer
from models.spiking.neuron_parameter import NAMED, neuron_model

DT = 1 * ms
CALIBRATION = 5000
"""Training samples over which activations are measured, at most."""
CONVERTIBLE: dict[str, bnsim.NeuronModel] = {
    "subtractive-if": bnsim.SubtractiveIF(v_initial=-57.5 * mV),  # half-way to threshold
    "subtractive-lif": NAMED["subtractive-lif"],
}


def convertible_neuron(owner: str, neuron: str | bnsim.NeuronModel) -> bnsim.SubtractiveIF | bnsim.SubtractiveLIF:
    """Return the neuron model that a parameter stands for.

    Parameters
    ----------
    owner : str
        Class that errors name.
    neuron : str or bnsim.NeuronModel
        A name or a model.

    Returns
    -------
    bnsim.SubtractiveIF or bnsim.SubtractiveLIF
        The model.

    Raises
    ------
    InputError
        For a model that does not reset by subtraction.
    """
    model = neuron_model(owner, neuron, CONVERTIBLE)
    if not isinstance(model, bnsim.SubtractiveIF | bnsim.SubtractiveLIF):
        raise InputError(
            f"{owner}.neuron: {type(model).__name__} does not keep what lies above threshold; "
            "give SubtractiveIF, SubtractiveLIF or a model derived from them"
        )
    return model


def normalised(layers: Sequence[LinearLayer], X: FloatArray, percentile: float) -> tuple[LinearLayer, ...]:
    """Scale layers one after the other so that a percentile of the activations of each becomes 1.

    Parameters
    ----------
    layers : sequence of models.linear.LinearLayer
        From input to output.
    X : ndarray, shape (n_samples, n_features)
        Samples over which activations are measured.
    percentile : float
        In (0, 100].

    Returns
    -------
    tuple of models.linear.LinearLayer
        The scaled layers.

    Notes
    -----
    With s_l the percentile of max(0, z_l) over all units and samples: W_l s_(l-1) / s_l and b_l / s_l, s_0 being 1. A
    layer of which the percentile is 0 keeps its scale.
    """
    scaled, values, scale = [], X, 1.0
    for layer in layers:
        values = np.maximum(layer(values), 0)
        previous, scale = scale, float(np.percentile(values, percentile)) or 1.0
        scaled.append(layer.scaled(previous, scale))
    return tuple(scaled)


def spiking_network(layers: Sequence[LinearLayer], neuron: bnsim.SubtractiveIF | bnsim.SubtractiveLIF) -> bnsim.Network:
    """Describe the spiking network: a population per layer, driven by a constant current and by spikes.

    Parameters
    ----------
    layers : sequence of models.linear.LinearLayer
        The scaled layers. The connections of the first are left out: they are applied outside, to give its current.
    neuron : bnsim.SubtractiveIF or bnsim.SubtractiveLIF
        Model of all neurons.

    Returns
    -------
    bnsim.Network
        A current of 1 brings a threshold's worth in every step, a spike the weight times the threshold at once.
    """
    threshold, current = units_of(neuron)
    return bnsim.Network(
        [bnsim.Population(layer.name, layer.n_units, neuron, current) for layer in layers],
        [
            bnsim.Projection(before.name, layer.name, bnsim.Delta(), threshold, edges(layer.matrix))
            for before, layer in pairwise(layers)
        ],
    )


def units_of(neuron: bnsim.SubtractiveIF | bnsim.SubtractiveLIF) -> tuple[Quantity, bnsim.ConstantCurrent]:
    """Return what a weight of 1 and a current of 1 are.

    Parameters
    ----------
    neuron : bnsim.SubtractiveIF or bnsim.SubtractiveLIF
        The neuron model.

    Returns
    -------
    threshold : Quantity
        The height of the threshold.
    current : bnsim.ConstantCurrent
        Brings a threshold's worth in every step.
    """
    threshold = neuron.v_threshold - neuron.v_rest
    return threshold, bnsim.ConstantCurrent(threshold * float(neuron.tau_m / DT))


def edges(matrix: sparse.csr_array) -> bnsim.EdgeList:
    """Return the connections that a matrix stands for.

    Parameters
    ----------
    matrix : sparse array, shape (n_units, n_source)
        Weights.

    Returns
    -------
    bnsim.EdgeList
        From source to units, with the weights as factors.
    """
    target = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return bnsim.EdgeList(matrix.indices, target, matrix.data)


def currents(layers: Sequence[LinearLayer], X: FloatArray) -> dict[str, FloatArray]:
    """Return the stimulus of each population: all of the first layer's z, the biases of the others.

    Parameters
    ----------
    layers : sequence of models.linear.LinearLayer
        The scaled layers.
    X : ndarray, shape (n_samples, n_features)
        Samples.

    Returns
    -------
    dict of str to ndarray
        Currents (n_samples, n_units) of each population.
    """
    later = {layer.name: np.tile(layer.bias, (len(X), 1)) for layer in layers[1:]}
    return {layers[0].name: layers[0](X), **later}


def decide(counts: NDArray[np.integer], received: FloatArray) -> LabelArray:
    """Return the unit with most spikes; of equals the one that received most input, then the first.

    Parameters
    ----------
    counts : ndarray of int, shape (..., n_units)
        Spikes.
    received : ndarray, shape (..., n_units)
        Input received.

    Returns
    -------
    ndarray of int, shape (...)
        Index of the unit.
    """
    best = counts == counts.max(axis=-1, keepdims=True)
    return np.where(best, received, -np.inf).argmax(axis=-1)
