"""A recurrent network with gates, which reads a sequence step after step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bnsim.arrays import FloatArray, LabelArray
from models import sequences
from models.artificial.backend import keras
from models.artificial.keras_classifier import BYTES_PER_WEIGHT, NO_CLASS, KerasClassifier
from models.checks import is_count
from models.classifier import OperationCount
from models.sequence_reader import SequenceReader


class GatedRecurrent(SequenceReader, KerasClassifier):
    """Gated recurrent units whose last state is read by a softmax, trained by Adam on the cross-entropy through time.

    Parameters
    ----------
    sequence_shape : tuple of int or None
        (time, channel) of the samples, whose last channel is the mask (see `models.sequences`). None: a sample is a
        single step, which lasts.
    predict_next
        Whether a sequence is a string of symbols, one channel each, and its class the one that follows. The softmax
        then reads h in every step while it learns, and the loss is the mean over all steps of a batch; it is asked
        after the last.
    units
        Number of hidden units.
    memory
        Longest time constant of a unit at the start, in steps; None: as many as a sample has. 1: biases begin at 0.
    learning_rate
        Of Adam.
    final_rate
        Last learning rate over the first; it falls linearly from batch to batch.
    batch_size
        Presentations of a batch.
    passes
        How often each training sample is presented.
    random_state
        Determines the initial weights and the order of presentations.

    Raises
    ------
    InputError
        For a parameter out of its range, or samples that are no sequences of that shape.

    Notes
    -----
    At step t of a sequence: z = s(W_z x_t + U_z h + b_z), r = s(W_r x_t + U_r h + b_r), with s the logistic function;
    c = tanh(W_c x_t + b_c + r (U_c h + d_c)); h <- z h + (1 - z) c, from h = 0. After the last step of the sequence h
    stands still, so that nothing after the end counts, and p = softmax(V h + b). The mask is no input. W and V are
    initialised Glorot-uniform, U orthogonal, biases at 0, except for b_z = log(m) with m uniform in [1, memory], so
    that h begins with time constants of up to so many steps (Tallec & Ollivier 2018): with biases of 0 a state halves
    in every step, and what is to be remembered for a hundred steps leaves no gradient.
    """

    name = "gru"
    REFERENCE = "Cho et al. (2014), arXiv:1406.1078; Kingma & Ba (2015), arXiv:1412.6980"
    DEVIATIONS = (
        "the reset gate acts on what the recurrent weights give, with a bias of its own, as in Keras",
        "update gates begin with time constants of up to `memory` steps (Tallec & Ollivier 2018, arXiv:1804.11188)",
    )

    def __init__(
        self,
        sequence_shape: tuple[int, int] | None = None,
        predict_next: bool = False,
        units: int = 100,
        memory: int | None = None,
        learning_rate: float = 1e-3,
        final_rate: float = 1.0,
        batch_size: int = 32,
        passes: int = 10,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.sequence_shape = sequence_shape
        self.predict_next = predict_next
        self.units = units
        self.memory = memory
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.batch_size = batch_size
        self.passes = passes
        self.random_state = random_state

    def _check_parameters(self) -> None:
        self._check_shape()
        self._require(self.memory is None or is_count(self.memory), "memory", "an integer of at least 1, or None")
        self._require_count("units", "batch_size")
        self._require_positive("learning_rate", "final_rate")

    def _front_end(self, X: FloatArray) -> FloatArray:
        return super()._front_end(self._rows(X))

    def _new_network(self) -> Any:
        *seeds, of_memory = map(int, np.random.SeedSequence(self.random_state_).generate_state(4))
        of_input, recurrent, output = seeds
        shape = self._shape
        network = keras.Sequential(
            [
                keras.Input((shape[0] * shape[1],)),
                _Steps(shape),
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

        longest = np.random.default_rng(of_memory).uniform(1, self.memory or shape[0], self.units)
        hidden = network.get_layer("hidden")
        kernels = hidden.get_weights()
        kernels[2][0, : self.units] = np.log(longest)
        hidden.set_weights(kernels)
        return network

    def _taught_network(self) -> Any:
        if not self.predict_next:
            return self.network_
        steps, hidden, output = self.network_.layers
        in_each_step = keras.layers.RNN(hidden.cell, return_sequences=True)
        rows = keras.Input(self.network_.input_shape[1:])
        return keras.Model(rows, output(in_each_step(steps(rows))))

    def _targets(self, X: FloatArray, labels: LabelArray) -> LabelArray:
        if not self.predict_next:
            return labels
        taught, parts = self._following(X, labels)
        return np.where(parts > 0, taught, NO_CLASS)

    def _sizes(self) -> Iterator[int]:
        yield from (self._shape[1] - 1, self.units)

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

    def _operations(self, X: FloatArray) -> OperationCount:
        """Steps after the end of a sequence cost nothing; the weights are fetched once for a sample."""
        hidden, output = self._layers()
        of_input, recurrent, _ = hidden.get_weights()
        n_steps = int(sequences.lasting(self._front_end(X), self._shape).sum())
        products, units = self._layer_work(output)
        return OperationCount(
            synaptic_operations=0,
            multiply_accumulates=n_steps * (of_input.size + recurrent.size) + len(X) * products,
            neuron_updates=n_steps * self.units + len(X) * units,
            bytes=len(X) * self.trainable_parameters * BYTES_PER_WEIGHT,
        )


class _Steps(keras.layers.Layer):
    """Reads rows as steps, without their mask, and says to the next layer which of them last."""

    def __init__(self, shape: sequences.SequenceShape) -> None:
        super().__init__()
        self.supports_masking = True
        self.shape = shape

    def call(self, rows: Any) -> Any:
        steps = self._steps(rows)
        return keras.ops.where(steps[:, :, -1:] > 0, steps[:, :, :-1], 0.0)

    def compute_mask(self, rows: Any, previous_mask: Any = None) -> Any:
        return self._steps(rows)[:, :, -1] > 0

    def _steps(self, rows: Any) -> Any:
        return keras.ops.reshape(rows, (-1, *self.shape))
