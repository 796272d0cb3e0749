"""A network whose output is the intensity of a point process, trained by the Poisson likelihood."""

from __future__ import annotations

from typing import Any

import numpy as np

from bnsim.arrays import FloatArray
from models.artificial.backend import keras


class IntensityNetwork:
    """Give the logarithm of an intensity, by one hidden layer of tanh.

    Equations: h = tanh(W x + b), log intensity = v h + c, with inputs x standardised by those of training. The loss is
    the mean of intensity - y log intensity, for observed rates y, and a penalty on the squares of W and v.

    Parameters
    ----------
    random_state : int
        Drives initial weights and the order of samples.
    hidden : int
        Hidden units.
    penalty : float
        Weight of the sum of the squares of all weights.
    learning_rate : float
        Of Adam.
    batch_size, passes : int
        Samples averaged for one step, and presentations of each sample.

    Attributes
    ----------
    hidden_weights : ndarray of float, shape (n_inputs, hidden)
        W, for inputs that are not standardised.
    hidden_biases : ndarray of float, shape (hidden,)
        b, likewise.

    References
    ----------
    Kingma & Ba (2015), arXiv:1412.6980, Adam.
    """

    hidden_weights: FloatArray
    hidden_biases: FloatArray

    def __init__(
        self,
        random_state: int,
        hidden: int = 16,
        penalty: float = 5e-3,
        learning_rate: float = 3e-3,
        batch_size: int = 256,
        passes: int = 20,
    ) -> None:
        self.random_state = random_state
        self.hidden = hidden
        self.penalty = penalty
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.passes = passes

    def fit(self, X: FloatArray, y: FloatArray) -> IntensityNetwork:
        """Learn the intensity.

        Parameters
        ----------
        X : ndarray of float, shape (n_samples, n_inputs)
            Inputs.
        y : ndarray of float, shape (n_samples,)
            Observed rates, such as spikes in a step divided by its length.

        Returns
        -------
        IntensityNetwork
            Itself.
        """
        mean, spread = X.mean(axis=0), X.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        network = self._new(X.shape[1], float(y.mean()))
        inputs, targets = ((X - mean) / spread).astype(np.float32), y[:, np.newaxis].astype(np.float32)
        generator = np.random.default_rng(self.random_state)
        for _ in range(self.passes):
            order = generator.permutation(len(inputs))
            network.fit(inputs[order], targets[order], batch_size=self.batch_size, shuffle=False, verbose=0)
        weights, biases, output, constant = (np.asarray(each, np.float64) for each in network.get_weights())
        self.hidden_weights = weights / spread[:, np.newaxis]
        self.hidden_biases = biases - mean @ self.hidden_weights
        self._output, self._constant = output[:, 0], float(constant[0])
        return self

    def log_intensity(self, X: FloatArray) -> FloatArray:
        """Return the logarithm of the intensity.

        Parameters
        ----------
        X : ndarray of float, shape (n_samples, n_inputs)
            Inputs.

        Returns
        -------
        ndarray of float, shape (n_samples,)
            In the unit of the observed rates.
        """
        return self.output(X @ self.hidden_weights + self.hidden_biases)

    def output(self, summed: FloatArray) -> FloatArray:
        """Return the logarithm of the intensity for given inputs of the hidden units.

        Parameters
        ----------
        summed : ndarray of float, shape (n_samples, hidden)
            W x + b.

        Returns
        -------
        ndarray of float, shape (n_samples,)
            In the unit of the observed rates.
        """
        return np.tanh(summed) @ self._output + self._constant

    def _new(self, n_inputs: int, rate: float) -> Any:
        """An untrained network that gives about the mean rate."""
        first, second = (int(seed) for seed in np.random.SeedSequence(self.random_state).generate_state(2))
        initial = keras.initializers.GlorotUniform
        penalty = keras.regularizers.L2(self.penalty)
        network = keras.Sequential(
            [
                keras.Input((n_inputs,)),
                keras.layers.Dense(
                    self.hidden, activation="tanh", kernel_initializer=initial(seed=first), kernel_regularizer=penalty
                ),
                keras.layers.Dense(
                    1,
                    kernel_initializer=initial(seed=second),
                    kernel_regularizer=penalty,
                    bias_initializer=keras.initializers.Constant(np.log(rate)),
                ),
            ]
        )
        optimizer = keras.optimizers.Adam(self.learning_rate)
        network.compile(optimizer=optimizer, loss=_poisson_loss, jit_compile=False)
        return network


def _poisson_loss(rates: Any, logarithm: Any) -> Any:
    return keras.ops.mean(keras.ops.exp(logarithm) - rates * logarithm)
