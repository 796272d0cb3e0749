"""The fully connected network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from bnsim.arrays import FloatArray, LabelArray
from bnsim.errors import InputError
from models.artificial.backend import keras
from models.artificial.feedforward import Feedforward
from models.checks import is_count
from models.classifier import Schedule

OPTIMIZERS = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}
OUTPUTS = ("softmax", "sigmoid", "auto")
HELD_OUT = 0.1


class Dense(Feedforward):
    """Classify by a multilayer perceptron trained by backpropagation of the cross-entropy.

    Equations: h_0 = x, h_i = f(W_i h_(i-1) + b_i) for each hidden layer; output p = softmax(W h + b), one unit a class,
    or for two classes a single unit p = 1 / (1 + exp(-(W h + b))). Weights start Glorot-uniform, biases at 0.

    Parameters
    ----------
    hidden : tuple of int
        Units of each hidden layer; () leaves a linear classifier.
    activation : str
        f, by its Keras name ("relu", "sigmoid", "tanh", ...).
    output : str
        "softmax", "sigmoid" for two classes, or "auto": "sigmoid" for two classes, "softmax" for more.
    optimizer : str
        "adam" or "sgd" (plain stochastic gradient descent).
    learning_rate : float
        Of the optimizer.
    batch_size : int
        Presentations averaged for one step.
    passes : int
        Presentations of each training sample.
    early_stopping : bool
        Keep a stratified tenth of the training samples aside, measure the loss on it after each pass, stop when it has
        not improved for `patience` passes, and go back to the best weights.
    patience : int
        Passes without improvement; only read with `early_stopping`.
    random_state : None, int or RandomState
        Drives initial weights, order of presentations and what early stopping keeps aside.

    Raises
    ------
    InputError
        For a parameter out of its range, or too few samples to keep a tenth aside.

    References
    ----------
    Rumelhart, Hinton & Williams (1986), Nature 323:533-536, backpropagation; Glorot & Bengio (2010), AISTATS, initial
    weights; Kingma & Ba (2015), arXiv:1412.6980, Adam.
    """

    name = "dense"
    REFERENCE = "Rumelhart, Hinton & Williams (1986), Nature 323:533-536; Kingma & Ba (2015), arXiv:1412.6980"
    DEVIATIONS: ClassVar[tuple[str, ...]] = ()
    _course: _Course | None = None
    """While it learns with early stopping."""

    def __init__(
        self,
        hidden: tuple[int, ...] = (500,),
        activation: str = "relu",
        output: str = "softmax",
        optimizer: str = "adam",
        learning_rate: float = 1e-3,
        batch_size: int = 32,
        passes: int = 10,
        early_stopping: bool = False,
        patience: int = 5,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.output = output
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.passes = passes
        self.early_stopping = early_stopping
        self.patience = patience
        self.random_state = random_state

    def _check_parameters(self) -> None:
        self._require_count("batch_size", "patience")
        self._require_positive("learning_rate")
        layers = isinstance(self.hidden, (tuple, list)) and all(map(is_count, self.hidden))
        self._require(layers, "hidden", "a tuple of integers of at least 1, one a hidden layer")
        known = _is_activation(self.activation)
        self._require(known, "activation", "the name of a Keras activation, such as 'relu' or 'tanh'")
        self._require(self.output in OUTPUTS, "output", "'softmax', 'sigmoid' or 'auto'")
        self._require(self.optimizer in OPTIMIZERS, "optimizer", "'adam' or 'sgd'")
        self._require(isinstance(self.early_stopping, bool), "early_stopping", "True or False")
        n_classes = len(self.classes_)
        fits = self.output != "sigmoid" or n_classes == 2
        self._require(fits, "output", f"'softmax' for these {n_classes} classes")

    @property
    def error_signal(self) -> bool:
        """Return whether all layers are rectifiers and the output is a softmax (see `Classifier.error_signal`)."""
        return self.activation == "relu" and self.output == "softmax"

    def _new_network(self) -> Any:
        single = self.output != "softmax" and len(self.classes_) == 2
        output, n_outputs = ("sigmoid", 1) if single else ("softmax", len(self.classes_))
        units = [*self.hidden, n_outputs]
        names = [*(f"hidden_{index}" for index in range(1, len(units))), "output"]
        seeds = np.random.SeedSequence(self.random_state_).generate_state(len(units))
        network = keras.Sequential([keras.Input((self.n_features_in_,))])
        for index, (size, name, seed) in enumerate(zip(units, names, seeds, strict=True)):
            network.add(
                keras.layers.Dense(
                    size,
                    activation=self.activation if index < len(self.hidden) else output,
                    kernel_initializer=keras.initializers.GlorotUniform(seed=int(seed)),
                    name=name,
                )
            )
        return network

    def _optimizer(self) -> Any:
        return OPTIMIZERS[self.optimizer](learning_rate=self.learning_rate)

    def _present_all(self, X: FloatArray, labels: LabelArray, schedule: Schedule) -> None:
        if self.early_stopping:
            self._present_until_no_better(X, labels, schedule)
        else:
            super()._present_all(X, labels, schedule)

    def _present_until_no_better(self, X: FloatArray, labels: LabelArray, schedule: Schedule) -> None:
        held_out = self._held_out(labels)
        order = schedule.order[~np.isin(schedule.order, held_out)]
        n_kept = len(labels) - len(held_out)
        # Batches run across the ends of passes: a pass counts as over with the batch that completes it.
        ends = [-(-end // self.batch_size) * self.batch_size for end in range(n_kept, len(order), n_kept)]
        self._course = _Course(
            X[held_out], labels[held_out], frozenset([*ends, len(order)]), best_weights=self.network_.get_weights()
        )
        cuts = tuple(sorted({*schedule.checkpoints, *ends}))
        try:
            self._train(X, labels, replace(schedule, order=order, checkpoints=cuts))
            self.network_.set_weights(self._course.best_weights)
        finally:
            del self._course

    def _judge(self, samples_seen: int) -> None:
        course = self._course
        if course is None or samples_seen not in course.ends:
            return
        loss = self._loss(course.X, course.labels)
        if loss < course.best_loss:
            course.best_loss, course.best_weights, course.stale = loss, self.network_.get_weights(), 0
        else:
            course.stale += 1

    def _is_enough(self) -> bool:
        return self._course is not None and self._course.stale == self.patience

    def _unfinished_arrays(self) -> dict[str, NDArray[Any]]:
        return {**super()._unfinished_arrays(), **({} if self._course is None else self._course.arrays())}

    def _go_on(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        super()._go_on(arrays)
        if self._course is not None:
            self._course.take(arrays)

    def _held_out(self, labels: LabelArray) -> LabelArray:
        """Indices of a stratified tenth of the training samples."""
        try:
            _, held_out = train_test_split(
                np.arange(len(labels)), test_size=HELD_OUT, stratify=labels, random_state=self.random_state_
            )
        except ValueError as error:
            raise InputError(
                f"Dense.early_stopping: {len(labels)} samples are too few to keep a stratified tenth aside; "
                "give more, or early_stopping=False"
            ) from error
        return held_out

    def _loss(self, X: FloatArray, labels: LabelArray) -> float:
        """Mean cross-entropy."""
        right = self._probabilities(X)[np.arange(len(labels)), labels]
        return float(-np.mean(np.log(np.maximum(right, np.finfo(np.float32).tiny))))


@dataclass
class _Course:
    """What early stopping has seen so far."""

    X: FloatArray
    labels: LabelArray
    ends: frozenset[int]
    """Presentations after which a pass is over."""
    best_weights: list[FloatArray]
    best_loss: float = np.inf
    stale: int = 0
    """Passes without improvement."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        weights = {f"best/{index}": array for index, array in enumerate(self.best_weights)}
        return {**weights, "course/loss": np.array(self.best_loss), "course/stale": np.array(self.stale)}

    def take(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.best_weights = [arrays[f"best/{index}"] for index in range(len(self.best_weights))]
        self.best_loss, self.stale = float(arrays["course/loss"]), int(arrays["course/stale"])


def _is_activation(name: object) -> bool:
    """Whether Keras knows an activation by this name."""
    if not isinstance(name, str):
        return False
    try:
        keras.activations.get(name)
    except ValueError:
        return False
    return True
