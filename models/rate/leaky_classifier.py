"""What classifiers around a `LeakyNetwork` share, whatever trains them: sequences, batches, answers, storage."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnsim.arrays import FloatArray, LabelArray
from models import sequences
from models.classifier import Activity, Layer, OperationCount
from models.divergence import diverged, too_large
from models.optimizers import Moments, descend
from models.rate.leaky_network import LeakyNetwork
from models.schedule import falling
from models.sequence_reader import SequenceLearner

AT_ONCE = 64
"""Sequences whose course is computed at once; bears on speed and memory, not on results."""


class LeakyClassifier(SequenceLearner):
    """A classifier that answers by a `LeakyNetwork`.

    Decision: the largest mean of the softmax over the steps of the answer. Fitted attributes: `network_`, and
    `moments_` of Adam (None with plain steps).
    """

    LOOK = 256
    memory: float | None
    input_scale: float
    network_: LeakyNetwork
    moments_: Moments | None

    @abstractmethod
    def _gradients(
        self, network: LeakyNetwork, inputs: FloatArray, parts: FloatArray, labels: LabelArray
    ) -> tuple[FloatArray, ...]:
        """What the learning rate is multiplied with, for each of `network.learned`.

        inputs: sequences (sample, step, channel); parts: which part each step (sample, step) has in the loss, in all
        1; labels: right class of each step (sample, step).
        """

    @property
    def trainable_parameters(self) -> int:
        """Return the number of weights and biases; time constants are not learned."""
        return self.network_.n_parameters

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return the mean of the softmax over the steps of the answer.

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
            For samples so large that rates overflow.
        """
        return self._answers(self._checked(X))[1]

    def course(self, X: ArrayLike, steps: Sequence[int]) -> dict[str, FloatArray]:
        """Return the rates of the hidden units as some steps begin (see `models.capabilities.Remembering`).

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.
        steps : sequence of int
            Increasing numbers of steps, counted from 0.

        Returns
        -------
        dict of str to ndarray
            "rate", h of the step before (n_samples, len(steps), n_units).

        Raises
        ------
        InputError
            If there is no such step.
        """
        samples, found = self._checked(X), []
        chosen = sequences.check_moments(type(self).__name__, steps, self._shape[0])
        for start in range(0, len(samples), AT_ONCE):
            rates, _ = self.network_.run(self._read(samples[start : start + AT_ONCE])[0])
            found.append(np.pad(rates, [(0, 0), (1, 0), (0, 0)])[:, chosen])
        return {"rate": np.concatenate(found)}

    def _check_parameters(self) -> None:
        self._check_learning()
        number = isinstance(self.memory, (int, float)) and not isinstance(self.memory, bool)
        self._require(
            self.memory is None or (number and 1 <= self.memory < np.inf), "memory", "a number of at least 1, or None"
        )
        self._require_positive("input_scale")

    def _read(self, X: FloatArray) -> tuple[FloatArray, FloatArray, LabelArray]:
        """The sequences (sample, step, channel), which part each step has in the answer, and the lengths."""
        values, lengths = sequences.as_sequences(self._rows(X), self._shape)
        steps = np.arange(self._shape[0])
        inputs = np.where((steps < lengths[:, None])[:, :, None], values, 0).astype(np.float32)
        return inputs, sequences.asked(lengths, len(steps), self.answer_steps).astype(np.float32), lengths

    # What `OnlineClassifier` asks for.

    def _start(self, X: FloatArray) -> None:
        self._rows(X)  # refuses what is no sequence by its place in X, before samples come in another order
        generator = np.random.default_rng([self.random_state_, 0x1EA4])
        n_steps, n_channels = self._shape
        memory = n_steps if self.memory is None else self.memory
        self.network_ = LeakyNetwork.draw(
            n_channels - 1, self.units, len(self.classes_), memory, generator, self.input_scale
        )
        self.moments_ = Moments.of(self.optimizer, self.network_.learned)

    def _learn(self, X: FloatArray, labels: LabelArray, total: int | None) -> None:
        rates = self.learning_rate * falling(self.final_rate, self.presentations_seen_, len(labels), total)
        inputs, asked, _ = self._read(X)
        taught, parts = self._taught(X, labels, asked)
        parts = parts.astype(np.float32)
        network, moments = self.network_, self.moments_
        with np.errstate(over="ignore", invalid="ignore"):  # found out below
            for start in range(0, len(labels), self.batch_size):
                batch = slice(start, start + self.batch_size)
                n = len(labels[batch])
                gradients = self._gradients(network, inputs[batch], parts[batch] / n, taught[batch])
                learned, moments = descend(network.learned, gradients, float(rates[start]), moments)
                network = network.with_learned(learned)
        if not network.is_finite():
            raise diverged(self, X, "weights")
        self.network_, self.moments_ = network, moments

    def _finish(self, X: FloatArray, labels: LabelArray, order: LabelArray) -> None:
        _, probabilities = self._computed(X[:AT_ONCE])
        if not np.isfinite(probabilities).all():
            raise diverged(self, X, "outputs")

    # What `Classifier` asks for.

    def _computed(self, X: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean rates (sample, unit) and probabilities (sample, class) over the steps of the answer."""
        found = []
        with np.errstate(over="ignore", invalid="ignore"):  # found out by whoever asks
            for start in range(0, len(X), AT_ONCE):
                inputs, parts, _ = self._read(X[start : start + AT_ONCE])
                found.append(self.network_.answer(inputs, parts))
        rates, probabilities = (np.concatenate(each) for each in zip(*found, strict=True))
        return rates, probabilities

    def _answers(self, X: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The same, if all are finite. Errors: InputError."""
        rates, probabilities = self._computed(X)
        if not (np.isfinite(rates).all() and np.isfinite(probabilities).all()):
            raise too_large(self, X)
        return rates, probabilities

    def _predict(self, X: FloatArray) -> LabelArray:
        return self._answers(X)[1].argmax(axis=1)

    def _activity(self, X: FloatArray) -> Activity:
        rates, probabilities = self._answers(X)
        layers = (Layer("input", X, None), Layer("hidden", rates, None), Layer("output", probabilities, None))
        return Activity(layers, bin_width=None)

    def _weights(self) -> dict[str, FloatArray]:
        """Into the hidden layer those of the input above those of its own rates, where self-connections are 0."""
        network = self.network_
        return {"hidden": np.vstack([network.inputs, network.recurrent]), "output": network.output}

    def _replace_weights(self, weights: Mapping[str, FloatArray]) -> None:
        changed = {name: weights.get(name, matrix).astype(np.float32) for name, matrix in self._weights().items()}
        inputs, recurrent = np.split(changed["hidden"], [len(self.network_.inputs)])
        recurrent = np.where(np.eye(self.units, dtype=bool), np.float32(0), recurrent)
        self.network_ = replace(self.network_, inputs=inputs, recurrent=recurrent, output=changed["output"])

    def _operations(self, X: FloatArray) -> OperationCount:
        """Steps after the end of a sequence cost nothing; the weights are fetched once for a sample."""
        _, parts, lengths = self._read(X)
        network, n_steps, n_answers = self.network_, int(lengths.sum()), int((parts > 0).sum())
        return OperationCount(
            synaptic_operations=0,
            multiply_accumulates=n_steps * (network.inputs.size + self.units * (self.units - 1))
            + n_answers * network.output.size,
            neuron_updates=n_steps * self.units + n_answers * len(self.classes_),
            bytes=len(X) * network.n_parameters * network.inputs.itemsize,
        )

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return {**self.network_.arrays(), **({} if self.moments_ is None else self.moments_.arrays())}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.network_ = LeakyNetwork.from_arrays(arrays, self._shape[1] - 1, self.units, len(self.classes_))
        self.moments_ = Moments.from_arrays(self.optimizer, arrays, self.network_.learned)
