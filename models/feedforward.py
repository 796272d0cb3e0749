"""What follows from the linear layers of a feed-forward classifier alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from models.differentiable import Chain, linear_chain
from models.linear import LinearLayer


class FeedforwardLayers(ABC):
    """Mixed into classifiers whose trained layers are linear maps, each followed by an activation function."""

    classes_: NDArray[Any]
    activation: str = "relu"
    """Activation function of the hidden layers."""

    @abstractmethod
    def linear_layers(self) -> tuple[LinearLayer, ...]:
        """Return the trained layers after the front end, without their activation functions.

        Returns
        -------
        tuple of models.linear.LinearLayer
            From input to output.
        """

    def read_out_activations(self, activations: FloatArray) -> NDArray[Any]:
        """Return the classes that the last layer reads from activations of the last hidden layer.

        Parameters
        ----------
        activations : ndarray, shape (n_samples, n_units)
            Activations of the layer before the output, as `activity` returns them.

        Returns
        -------
        ndarray, shape (n_samples,)
            Classes.
        """
        drive = self.linear_layers()[-1](activations)
        chosen = drive.argmax(axis=1) if drive.shape[1] > 1 else (drive[:, 0] > 0).astype(np.int64)
        return self.classes_[chosen]

    def rate_chain(self) -> Chain | None:
        """Return this network as a chain of rectifiers; None for another activation function than "relu".

        Returns
        -------
        models.differentiable.Chain or None
            See `models.capabilities.Differentiable`.
        """
        layers = self.linear_layers()
        return linear_chain(layers) if self.activation == "relu" else None
