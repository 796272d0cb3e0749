"""A recurrent network that reads a sample step after step."""

from __future__ import annotations

from typing import Any

import numpy as np

from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from models.artificial.backend import keras
from models.artificial.keras_classifier import KerasClassifier


class Recurrent(KerasClassifier):
    """Gated recurrent units whose last state is read by a softmax, trained by Adam on the cross-entropy through time.

    Parameters
    ----------
    n_steps
        Number of equally long steps that a sample holds, one after the other.
    units
        Number of hidden units.
    learning_rate, batch_size
        Of Adam.
    passes
        How often each training sample is presented.
    random_state
        Determines the initial weights and the order of presentations.

    Raises
    ------
    InputError
        For a parameter out of its range, or steps into which the features cannot be divided.

    Notes
    -----
    At step t: z = s(W_z x_t + U_z h + b_z), r = s(W_r x_t + U_r h + b_r), with s the logistic function;
    c = tanh(W_c x_t + b_c + r (U_c h + d_c)); h <- z h + (1 - z) c, from h = 0. After the last step
    p = softmax(V h + b). W and V are initialised Glorot-uniform, U orthogonal, biases at 0.
    """

    name = "recurrent"
    REFERENCE = "Cho et al. (2014), arXiv:1406.1078; Kingma & Ba (2015), arXiv:1412.6980"
    DEVIATIONS = ("the reset gate acts on what the recurrent weights give, with a bias of its own, as in Keras",)

    def __init__(
        self,
        n_steps: int = 8,
        units: int = 40,
        learning_rate: float = 1e-3,
        batch_size: int = 32,
        passes: int = 10,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_steps = n_steps
        self.units = units
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.passes = passes
        self.random_state = random_state

    def _check_parameters(self) -> None:
        self._require_count("n_steps", "units", "batch_size")
        self._require_positive("learning_rate")
        if self.n_features_in_ % self.n_steps:
            raise InputError(
                f"Recurrent.n_steps: {self.n_features_in_} features do not make {self.n_steps} equally long steps; "
                "give one of their divisors"
            )

    def _new_network(self) -> Any:
        of_input, recurrent, output = map(int, np.random.SeedSequence(self.random_state_).generate_state(3))
        return keras.Sequential(
            [
                keras.Input((self.n_features_in_,)),
                keras.layers.Reshape((self.n_steps, -1)),
                keras.layers.GRU(
                    self.units,
                    kernel_initializer=keras.initializers.GlorotUniform(seed=of_input),
                    recurrent_initializer=keras.initializers.Orthogonal(seed=recurrent),
                    name="hidden",
                ),
                keras.layers.Dense(
                    len(self.classes_),
                    activation="softmax",
                    kernel_initializer=keras.initializers.GlorotUniform(seed=output),
                    name="output",
                ),
            ]
        )

    def _optimizer(self) -> Any:
        return keras.optimizers.Adam(learning_rate=self.learning_rate)

    def _matrix(self, layer: Any) -> FloatArray:
        """In the hidden layer the weights of the input above those of its own state, gate beside gate."""
        if layer.name != "hidden":
            return super()._matrix(layer)
        of_input, recurrent, _ = layer.get_weights()
        return np.vstack([of_input, recurrent])

    def _set_matrix(self, layer: Any, matrix: FloatArray) -> None:
        if layer.name != "hidden":
            return super()._set_matrix(layer, matrix)
        of_input, _, bias = layer.get_weights()
        of_input, recurrent = np.split(matrix.astype(of_input.dtype), [len(of_input)])
        return layer.set_weights([of_input, recurrent, bias])

    def _layer_work(self, layer: Any) -> tuple[int, int]:
        if layer.name != "hidden":
            return super()._layer_work(layer)
        of_input, recurrent, _ = layer.get_weights()
        return self.n_steps * (of_input.size + recurrent.size), self.n_steps * self.units
