"""The rate network itself: its forward pass, its gradient, one step of descent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from bnsim.arrays import FloatArray
from bnsim.expected import REAL, Expected, check


@dataclass(frozen=True)
class Activation:
    """An activation function f.

    Parameters
    ----------
    function : callable
        f.
    slope : callable
        The slope of f as a function of the response f(z), so that z need not be kept.
    """

    function: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "sigmoid": Activation(expit, lambda response: response * (1 - response)),
        "tanh": Activation(np.tanh, lambda response: 1 - response**2),
        "relu": Activation(lambda z: np.maximum(z, 0), lambda response: (response > 0).astype(np.float64)),
        "linear": Activation(lambda z: z, np.ones_like),
    }
)


@dataclass(frozen=True, eq=False)
class RateNetwork:
    """Layers of rate units, each with weights and biases.

    Equations: r_0 = x, r_i = f(r_(i-1) W_i + b_i); f is `activation` in the hidden layers and `output` in the last.

    Parameters
    ----------
    weights : tuple of ndarray
        W_i, shape (n_units_before, n_units).
    biases : tuple of ndarray
        b_i, shape (n_units,).
    activation, output : str
        Names in `ACTIVATIONS`.
    """

    weights: tuple[FloatArray, ...]
    biases: tuple[FloatArray, ...]
    activation: str
    output: str

    @classmethod
    def draw(cls, sizes: Sequence[int], activation: str, output: str, seed: int) -> RateNetwork:
        """Draw an untrained network.

        Parameters
        ----------
        sizes : sequence of int
            Units of each layer, the input's first.
        activation, output : str
            Activation functions of the hidden layers and of the last.
        seed : int
            Seed.

        Returns
        -------
        RateNetwork
            Weights are normal with variance 1 / (units before), so that the summed input of a unit has the spread of
            the units before it, however many they are; biases are 0.
        """
        generator = np.random.default_rng([seed, 0x7A7E])
        weights = [generator.standard_normal(pair) / np.sqrt(pair[0]) for pair in pairwise(sizes)]
        return cls(tuple(weights), tuple(np.zeros(size) for size in sizes[1:]), activation, output)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the number of units of each layer, the input's first.

        Returns
        -------
        tuple of int
            Numbers.
        """
        return (len(self.weights[0]), *map(len, self.biases))

    @property
    def n_parameters(self) -> int:
        """Return the number of weights and biases."""
        return sum(array.size for array in (*self.weights, *self.biases))

    @property
    def dtype(self) -> np.dtype:
        """Return the precision of the weights."""
        return self.weights[0].dtype

    def responses(self, X: FloatArray) -> list[FloatArray]:
        """Return the rates of each layer after the input.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        list of ndarray
            Rates (n_samples, n_units) of each layer.

        Notes
        -----
        There is one product of vector and matrix for each sample: a product of all samples at once would round
        differently with their number.
        """
        layers = self._forward(X[:, np.newaxis])
        return [layer[:, 0] for layer in layers[1:]]

    def loss(self, X: FloatArray, targets: FloatArray) -> float:
        """Return L = 1/2 sum over outputs of (output - target)^2, mean over the samples.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.
        targets : ndarray, shape (n_samples, n_outputs)
            Targets.

        Returns
        -------
        float
            L.
        """
        return float(np.sum((self._forward(X)[-1] - targets) ** 2) / (2 * len(X)))

    def gradient(self, X: FloatArray, targets: FloatArray) -> tuple[tuple[FloatArray, ...], tuple[FloatArray, ...]]:
        """Compute the gradient of the loss by backpropagation.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.
        targets : ndarray, shape (n_samples, n_outputs)
            Targets.

        Returns
        -------
        weights : tuple of ndarray
            dL/dW of each layer.
        biases : tuple of ndarray
            dL/db of each layer.
        """
        layers, weights, biases = self._forward(X), [], []
        error = (layers[-1] - targets) / len(X) * ACTIVATIONS[self.output].slope(layers[-1])
        for index in reversed(range(len(self.weights))):
            weights.append(layers[index].T @ error)
            biases.append(error.sum(axis=0))
            if index > 0:
                error = error @ self.weights[index].T * ACTIVATIONS[self.activation].slope(layers[index])
        return tuple(weights[::-1]), tuple(biases[::-1])

    def step(self, X: FloatArray, targets: FloatArray, learning_rate: float) -> RateNetwork:
        """Return the network after one step of gradient descent.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.
        targets : ndarray, shape (n_samples, n_outputs)
            Targets.
        learning_rate : float
            Factor on the gradient.

        Returns
        -------
        RateNetwork
            The new network.
        """
        weights, biases = self.gradient(X, targets)
        return RateNetwork(
            tuple(old - learning_rate * slope for old, slope in zip(self.weights, weights, strict=True)),
            tuple(old - learning_rate * slope for old, slope in zip(self.biases, biases, strict=True)),
            self.activation,
            self.output,
        )

    def is_finite(self) -> bool:
        """Return whether all weights and biases are finite.

        Returns
        -------
        bool
            False where descent has run away.
        """
        return all(np.isfinite(array).all() for array in (*self.weights, *self.biases))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return weights and biases as plain arrays, for storage.

        Returns
        -------
        dict of str to ndarray
            Arrays by name.
        """
        named = {"weights": self.weights, "biases": self.biases}
        return {f"{name}/{index}": array for name, arrays in named.items() for index, array in enumerate(arrays)}

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray], sizes: Sequence[int], activation: str, output: str
    ) -> RateNetwork:
        """Make a network from the arrays of `arrays`.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            Arrays by name.
        sizes : sequence of int
            Units of each layer, from input to output.
        activation, output : str
            Activation functions of the hidden layers and of the last.

        Returns
        -------
        RateNetwork
            The network.

        Raises
        ------
        ValueError
            If the arrays are not those of such a network.
        """
        n_layers = len(sizes) - 1
        for index, (before, after) in enumerate(pairwise(sizes)):
            of_layer = {
                f"weights/{index}": Expected(REAL, (before, after)),
                f"biases/{index}": Expected(REAL, (after,)),
            }
            check(arrays, of_layer)
        weights, biases = ([arrays[f"{name}/{index}"] for index in range(n_layers)] for name in ("weights", "biases"))
        return cls(tuple(weights), tuple(biases), activation, output)

    def _forward(self, X: FloatArray) -> list[FloatArray]:
        """The samples and the rates of each layer; any axes before the last."""
        layers = [X]
        for index, (matrix, bias) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            name = self.output if index == len(self.weights) else self.activation
            layers.append(ACTIVATIONS[name].function(layers[-1] @ matrix + bias))
        return layers
