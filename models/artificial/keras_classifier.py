"""What all Keras classifiers share: training in the common order, activity, operations, storage."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnsim.arrays import FloatArray, LabelArray
from bnsim.expected import REAL, Expected, check
from models.artificial.backend import keras, tf
from models.classifier import Activity, Classifier, Layer, OperationCount, Schedule
from models.divergence import diverged, too_large

BATCHES_AT_ONCE = 128
"""Batches trained in one call of the compiled loop; bears on speed and progress, not on results."""
ROWS = 256
"""Samples evaluated at once, always as many: rounding changes with the number of rows, which would let a
prediction depend on the company of its sample."""
BYTES_PER_WEIGHT = 4
NO_CLASS = -1
"""In place of a right class: the output is not learned."""


class KerasClassifier(Classifier):
    """A Keras Sequential trained with cross-entropy on batches of `batch_size` presentations.

    The network takes flat samples; layers without weights, which only change the shape, are no layers of its
    activity. Batches are cut from the common order of presentations straight through, across the ends of passes.
    Weights and activations are float32. Fitted attribute: `network_`, the keras.Sequential.
    """

    kind = "ANN"
    error_gain = 1.0
    """Slope of the error on the drive of an output unit: of the softmax."""
    learning_rate: float
    batch_size: int
    final_rate: float = 1.0
    """Last learning rate over the first; it falls linearly over the training, batch after batch."""
    network_: Any
    _training: _Training | None = None
    """While it learns."""

    @abstractmethod
    def _new_network(self) -> Any:
        """An untrained keras.Sequential; initial weights drawn from `random_state_` alone."""

    @abstractmethod
    def _optimizer(self) -> Any:
        """A new Keras optimizer at the first learning rate."""

    def _layers(self) -> list[Any]:
        """The layers of `network_` that have weights."""
        return [layer for layer in self.network_.layers if layer.weights]

    def _front_end(self, X: FloatArray) -> FloatArray:
        """What the network sees of the samples, float32; fixed, not trained."""
        return X.astype(np.float32)

    def _inputs(self, X: FloatArray) -> FloatArray:
        """What the network sees, if single precision can hold it. Errors: InputError."""
        with np.errstate(over="ignore", invalid="ignore"):
            inputs = self._front_end(X)
        if not np.isfinite(inputs).all():
            raise too_large(self, X)
        return inputs

    def _front_end_operations(self) -> OperationCount:
        """Work of the front end for one sample."""
        return OperationCount(0, 0, 0, 0)

    def weight_change(self, X: ArrayLike, y: ArrayLike, step: float = 1.0) -> dict[str, FloatArray]:
        """Return what learning from samples once would change in `weights`; the classifier stays as it is.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.
        y : array_like, shape (n_samples,)
            Labels.
        step : float
            Factor on the learning rate; with a small one the weights hardly move from batch to batch.

        Returns
        -------
        dict of str to ndarray
            Change of the weights (n_inputs, n_units) of each layer.

        Notes
        -----
        In training, as from `at_checkpoint`, the optimizer goes on from its present moments and stays at its present
        learning rate; after it, or once loaded, it starts anew.
        """
        samples, targets = self._checked_samples(X, y)
        labels = np.searchsorted(self.classes_, targets)
        training = self._training or _Training.of(self._taught_network(), self._optimizer(), self.batch_size)
        before = self.weights()
        with training.undone():
            training.hold(step)
            training.run(self._inputs(samples), self._targets(samples, labels))
            learned = self.weights()
        return {name: learned[name] - before[name] for name in before}

    def _fit(self, X: FloatArray, labels: LabelArray, schedule: Schedule) -> None:
        self.network_ = self._new_network()
        self._present_all(X, labels, schedule)
        first = next(self._responses(self._inputs(X[:ROWS])))
        if not np.isfinite(first[-1]).all():
            raise diverged(self, X, "outputs")

    def _present_all(self, X: FloatArray, labels: LabelArray, schedule: Schedule) -> None:
        """Train `network_`, which has its initial weights, by the schedule."""
        self._train(X, labels, schedule)

    def _require_finite(self, X: FloatArray) -> None:
        for layer in self._layers():
            if not all(np.isfinite(weights).all() for weights in layer.get_weights()):
                raise diverged(self, X, f"weights of layer {layer.name!r}")

    def _presenter(self, X: FloatArray) -> Callable[[LabelArray, int], FloatArray]:
        """A function (indices, number of their first presentation) -> what the network sees of these in training.

        Override where that depends on the presentation, as with augmentation.
        """
        inputs = self._inputs(X)
        return lambda chosen, first: inputs[chosen]

    def _taught_network(self) -> Any:
        """The network whose outputs are held against `_targets`: `network_`, or another one with its weights."""
        return self.network_

    def _targets(self, X: FloatArray, labels: LabelArray) -> LabelArray:
        """The right class of each sample; of each of its outputs (sample, output) if it has several.

        Of several, `NO_CLASS` where any will do.
        """
        return labels

    def _judge(self, samples_seen: int) -> None:
        """Look at the network after a chunk, and decide whether to go on. Nothing, unless overridden."""

    def _is_enough(self) -> bool:
        """Whether the training ends before its time. No, unless overridden."""
        return False

    def _train(self, X: FloatArray, labels: LabelArray, schedule: Schedule) -> None:
        """Train `network_` by the schedule."""
        present = self._presenter(X)
        n_steps = -(-len(schedule) // self.batch_size)
        self._training = _Training.of(
            self._taught_network(), self._optimizer(), self.batch_size, fall=(1 - self.final_rate) / n_steps
        )
        targets = self._targets(X, labels)
        try:
            for start, stop in schedule.chunks(self.batch_size * BATCHES_AT_ONCE, self.batch_size):
                if self._is_enough():
                    break
                chosen = schedule.order[start:stop]
                self._training.run(present(chosen, start), targets[chosen])
                self._require_finite(X)
                self._judge(stop)
                schedule.watch(stop)
        finally:
            del self._training

    def predict_proba(self, X: FloatArray) -> FloatArray:
        """Return the probability of each class.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`.

        Raises
        ------
        InputError
            For samples so large that responses overflow.
        """
        return self._probabilities(self._checked(X))

    def _predict(self, X: FloatArray) -> LabelArray:
        return self._probabilities(X).argmax(axis=1)

    def _probabilities(self, X: FloatArray) -> FloatArray:
        blocks = [responses[-1] for responses in self._responses(self._inputs(X))]
        output = np.concatenate(blocks).astype(np.float64)
        if not np.isfinite(output).all():
            raise too_large(self, X)
        if output.shape[1] == 1:
            return np.hstack([1 - output, output])
        return output / output.sum(axis=1, keepdims=True)

    def _responses(self, inputs: FloatArray) -> Iterator[list[FloatArray]]:
        """Activations (rows, units) of every layer after its activation function, a block of samples each."""
        for start in range(0, len(inputs), ROWS):
            rows = inputs[start : start + ROWS]
            values, found = tf.constant(np.pad(rows, ((0, ROWS - len(rows)), (0, 0)))), []
            for layer in self.network_.layers:
                values = layer(values)
                if layer.weights:
                    found.append(values.numpy()[: len(rows)].reshape(len(rows), -1))
            yield found

    def _activity(self, X: FloatArray) -> Activity:
        inputs = self._inputs(X)
        responses = zip(self._layers(), zip(*self._responses(inputs), strict=True), strict=True)
        layers = (Layer(layer.name, np.concatenate(blocks), None) for layer, blocks in responses)
        activity = Activity((*self._front_end_layers(X, inputs), *layers), bin_width=None)
        if not all(np.isfinite(layer.responses).all() for layer in activity.layers):
            raise too_large(self, X)
        return activity

    def _front_end_layers(self, X: FloatArray, inputs: FloatArray) -> tuple[Layer, ...]:
        """The layers before the trained ones."""
        return (Layer("input", X, None),)

    def _weights(self) -> dict[str, FloatArray]:
        return {layer.name: self._matrix(layer) for layer in self.network_.layers if layer.trainable_weights}

    def _replace_weights(self, weights: Mapping[str, FloatArray]) -> None:
        for name, matrix in weights.items():
            self._set_matrix(self.network_.get_layer(name), matrix)

    def _matrix(self, layer: Any) -> FloatArray:
        """Weights (inputs, units) of a layer that has some; override together with `_set_matrix`."""
        kernel = layer.get_weights()[0]
        return kernel.reshape(-1, kernel.shape[-1])

    def _set_matrix(self, layer: Any, matrix: FloatArray) -> None:
        """The inverse of `_matrix`; biases stay."""
        kernel, *rest = layer.get_weights()
        layer.set_weights([matrix.reshape(kernel.shape).astype(kernel.dtype), *rest])

    def _operations(self, X: FloatArray) -> OperationCount:
        front = self._front_end_operations()
        products, updates = map(sum, zip(*map(self._layer_work, self._layers()), strict=True))
        stored = sum(layer.count_params() for layer in self._layers()) * BYTES_PER_WEIGHT
        return OperationCount(
            synaptic_operations=0,
            multiply_accumulates=len(X) * (front.multiply_accumulates + products),
            neuron_updates=len(X) * (front.neuron_updates + updates),
            bytes=len(X) * (front.bytes + stored),
        )

    def _layer_work(self, layer: Any) -> tuple[int, int]:
        """Multiply-accumulates and updates of units of a layer for one sample."""
        kernel, units = layer.get_weights()[0], int(np.prod(layer.output.shape[1:]))
        # A convolution's kernel is applied once for each position of its output.
        return kernel.size * units // kernel.shape[-1], units

    @property
    def trainable_parameters(self) -> int:
        """Return the number of weights and biases that training changes."""
        return int(sum(np.prod(weight.shape) for weight in self.network_.trainable_weights))

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return {f"weights/{index}": weights for index, weights in enumerate(self.network_.get_weights())}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        held = sum(array.size for array in arrays.values())
        for size in self._sizes():
            if size > held:  # before a network of that size is made
                raise ValueError(f"{held} weights are no network with {size} units")
        self.network_ = self._new_network()
        shapes = {f"weights/{index}": found.shape for index, found in enumerate(self.network_.get_weights())}
        check(arrays, {name: Expected(REAL, shape) for name, shape in shapes.items()})
        self.network_.set_weights([arrays[name] for name in shapes])

    def _sizes(self) -> Iterator[int]:
        """Sizes of layers that features and parameters say."""
        yield self.n_features_in_
        for name in ("hidden", "filters", "n_filters"):
            yield from np.ravel(getattr(self, name, ())).tolist()

    def _unfinished_arrays(self) -> dict[str, NDArray[Any]]:
        assert self._training is not None
        return {f"training/{index}": variable.numpy() for index, variable in enumerate(self._training.variables)}

    def _go_on(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        assert self._training is not None
        for index, variable in enumerate(self._training.variables):
            variable.assign(arrays[f"training/{index}"])

    def __getstate__(self) -> dict[str, Any]:
        working = ("_training", "_course")
        state = {name: value for name, value in super().__getstate__().items() if name not in working}
        if "network_" in state:  # as arrays: smaller, and free of Keras' own file format
            return {**state, "network_": self.network_.get_weights()}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "network_" in state:
            weights = state["network_"]
            self.network_ = self._new_network()
            self.network_.set_weights(weights)


@dataclass(frozen=True, eq=False)
class _Training:
    """A network and its optimizer at work by a compiled `loop` (see `_training_loop`)."""

    network: Any
    optimizer: Any
    factor: Any
    """Variable: what the learning rate is multiplied by, whatever its course."""
    last: Any
    """Variable: number of the batch from which on the learning rate stays."""
    loop: Any

    @classmethod
    def of(cls, network: Any, optimizer: Any, batch_size: int, fall: float = 0.0) -> _Training:
        """fall: of the learning rate from batch to batch, as a share of the first."""
        factor, last = tf.Variable(1.0), tf.Variable(tf.int64.max)
        loop = _training_loop(network, optimizer, batch_size, factor, fall, last)
        return cls(network, optimizer, factor, last, loop)

    @property
    def variables(self) -> list[Any]:
        """All that a batch changes, or that decides what it changes."""
        return [*self.network.variables, *self.optimizer.variables, self.factor, self.last]

    def run(self, inputs: FloatArray, labels: LabelArray) -> None:
        """Train on batch after batch, in the order given."""
        self.loop(tf.constant(inputs), tf.constant(labels))

    def hold(self, step: float) -> None:
        """Keep the learning rate where it is now, times `step`."""
        self.last.assign(tf.cast(self.optimizer.iterations, tf.int64))
        self.factor.assign(step * self.factor)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back, to the last bit, what is changed inside."""
        kept = [variable.numpy() for variable in self.variables]
        try:
            yield
        finally:
            for variable, value in zip(self.variables, kept, strict=True):
                variable.assign(value)


def _training_loop(network: Any, optimizer: Any, batch_size: int, factor: Any, fall: float, last: Any) -> Any:
    """A compiled function (inputs, labels) that trains on batch after batch, in the order given.

    Keras' own `fit(shuffle=False)` does the same but costs three to eight times as long for networks of
    this size (50 passes over 1149 digits: 4.2 s against 0.5 s; one over MNIST: 4.9 s against 1.5 s), spent
    between the batches.
    """
    binary = network.layers[-1].units == 1
    ignored = None if len(network.output_shape) == 2 else NO_CLASS
    several = keras.losses.SparseCategoricalCrossentropy(ignore_class=ignored)
    loss = keras.losses.BinaryCrossentropy() if binary else several
    optimizer.build(network.trainable_variables)
    rate = optimizer.learning_rate
    first = float(rate.numpy())

    def train(inputs: Any, labels: Any) -> None:
        n_samples = tf.shape(inputs)[0]

        def step(start: Any) -> Any:
            chosen = inputs[start : start + batch_size]
            target = labels[start : start + batch_size, ..., None]
            with tf.GradientTape() as tape:
                error = loss(target, network(chosen, training=True))
            gradients = tape.gradient(error, network.trainable_variables)
            done = tf.minimum(tf.cast(optimizer.iterations, tf.int64), last)
            rate.assign(first * factor * (1 - fall * tf.cast(done, tf.float32)))
            optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
            return start + batch_size

        # Written out, since the rewriting of Python loops (AutoGraph) fails at times on Python 3.13.
        tf.while_loop(lambda start: start < n_samples, step, [tf.constant(0)])

    of_outputs = (None, *network.output_shape[1:-1])
    signature = [tf.TensorSpec((None, network.input_shape[1]), tf.float32), tf.TensorSpec(of_outputs, tf.int64)]
    return tf.function(train, input_signature=signature, autograph=False)
