"""Keras classifiers whose trained layers are linear maps, each followed by an activation function."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from models.artificial.keras_classifier import KerasClassifier
from models.feedforward import FeedforwardLayers
from models.linear import LinearLayer


class Feedforward(FeedforwardLayers, KerasClassifier):
    """A Keras classifier made of fully connected and convolutional layers."""

    def linear_layers(self) -> tuple[LinearLayer, ...]:
        """Return the trained layers after the front end, without their activation functions.

        Returns
        -------
        tuple of models.linear.LinearLayer
            From input to output.
        """
        check_is_fitted(self)
        return tuple(self._linear_layer(layer) for layer in self._layers())

    def _linear_layer(self, layer: Any) -> LinearLayer:
        """A layer of `network_` that has weights, as plain arrays: here a fully connected one."""
        kernel, *rest = layer.get_weights()
        bias = rest[0] if rest else np.zeros(kernel.shape[1], kernel.dtype)
        return LinearLayer(layer.name, sparse.csr_array(kernel.T), bias)
