"""`local-rate`: a network of rates that learns by local rules alone."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.special import expit, softmax
from sklearn.utils.validation import check_is_fitted

from bnsim.arrays import FloatArray, LabelArray
from bnsim.errors import InputError
from bnsim.expected import REAL, Expected, check
from models.checks import is_count
from models.divergence import diverged, too_large
from models.feedforward import FeedforwardLayers
from models.linear import LinearLayer
from models.online import OnlineClassifier
from models.rate.glorot import glorot
from models.rate.local_rule import learn, respond
from models.rate.network import RateNetwork
from models.rate.network_classifier import RateNetworkClassifier
from models.schedule import falling

CHUNK = 1000
"""Presentations learned between two looks at progress; bears on nothing else."""
FEEDBACK = ("random", "symmetric")


class LocalRate(FeedforwardLayers, RateNetworkClassifier, OnlineClassifier):
    """Classify by rectified rate units, every layer of which learns by the rule of `three-factor`, sample by sample.

    Equations: r_0 = x, r = max(0, W r_before + b) in the hidden layers, u = W r + b of the output units, one a class.
    After each sample

        error_k = 1 / (1 + exp(-u_k)) - [k = label]            w_jk -= eta error_k r_j
        error_j = sum_k b_kj error_k where r_j > 0, else 0     w_ij -= eta error_j r_i

    and so on, layer by layer, all errors from the weights before the sample. Biases learn as weights from a unit whose
    rate is 1. b are feedback weights of their own: "random" ones stay as they were drawn; "symmetric" ones start equal
    to the forward weights and are changed by the same local product, so that they are the forward weights at any time.
    eta falls linearly over the training to `final_rate` of its start; in `partial_fit`, which does not know the end, it
    stays.

    These are the equations of `three-factor` with rates r in place of numbers of spikes n, with gain 1 and one learning
    rate for all layers. What is left between this network and `dense-sgd`, its twin, is what makes the rule local: an
    output unit's error follows from its own drive, where softmax knows those of all, and errors come back along weights
    that need not know the forward ones. All weights, those of the feedback too, start Glorot-uniform as the twin's do,
    and biases at 0; numbers have single precision, as the twin's. Decision: the output unit with the largest drive, of
    equals the first class.

    Parameters
    ----------
    hidden : tuple of int
        Units of each hidden layer; () leaves a linear classifier.
    feedback : str
        "random" or "symmetric".
    learning_rate : float
        eta of the first presentation.
    final_rate : float
        Last learning rate over the first.
    passes : int
        Presentations of each training sample.
    random_state : None, int or RandomState
        Drives initial weights, feedback and order of presentations.

    Attributes
    ----------
    network_ : models.rate.network.RateNetwork
        The trained network.
    feedback_ : tuple of ndarray, shape (n_units_after, n_units)
        Random feedback weights into each hidden layer; empty where they are symmetric.

    Raises
    ------
    InputError
        For a parameter out of its range, a training that diverges, or samples so large that rates overflow.

    References
    ----------
    Lillicrap, Cownden, Tweed & Akerman (2016), Nature Communications 7:13276, random feedback; Kolen & Pollack (1994),
    IEEE International Conference on Neural Networks, equal changes at both ends; Neftci, Augustine, Paul & Detorakis
    (2017), Frontiers in Neuroscience 11:324, the spiking rule.
    """

    name = "local-rate"
    twin = "dense-sgd"
    REFERENCE = "Lillicrap, Cownden, Tweed & Akerman (2016), Nature Communications 7:13276"
    DEVIATIONS = (
        "a rate network without spikes and without time, brain-like in how it learns",
        "rectified hidden units and a sigmoid error for each class, as in three-factor",
        "feedback weights are drawn as the forward weights are",
    )
    error_signal = True
    error_gain = 1.0

    def __init__(
        self,
        hidden: tuple[int, ...] = (500,),
        feedback: str = "random",
        learning_rate: float = 0.05,
        final_rate: float = 0.02,
        passes: int = 10,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden = hidden
        self.feedback = feedback
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.passes = passes
        self.random_state = random_state

    def linear_layers(self) -> tuple[LinearLayer, ...]:
        """Return the layers without their rectifiers.

        Returns
        -------
        tuple of models.linear.LinearLayer
            From input to output.
        """
        check_is_fitted(self)
        layers = zip(self._weights().items(), self.network_.biases, strict=True)
        return tuple(LinearLayer(name, sparse.csr_array(matrix.T), bias) for (name, matrix), bias in layers)

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return the softmax of the output units' drives, as the twin has it.

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
        return softmax(self._drives(self._checked(X))[-1].astype(np.float64), axis=1)

    def _check_parameters(self) -> None:
        layers = isinstance(self.hidden, (tuple, list)) and all(map(is_count, self.hidden))
        self._require(layers, "hidden", "a tuple of integers of at least 1, one a hidden layer")
        self._require_one_of("feedback", FEEDBACK)
        self._require_positive("learning_rate", "final_rate")

    # What `OnlineClassifier` asks for.

    def _start(self, X: FloatArray) -> None:
        generator = np.random.default_rng([self.random_state_, 0x10CA])
        shapes = list(pairwise(self._sizes))
        weights = tuple(glorot(generator, shape) for shape in shapes)
        biases = tuple(np.zeros(size, np.float32) for size in self._sizes[1:])
        self.network_ = RateNetwork(weights, biases, "relu", "linear")
        random = self.feedback == "random"
        self.feedback_ = tuple(glorot(generator, shape[::-1]) for shape in shapes[1:]) if random else ()

    def _learn(self, X: FloatArray, labels: LabelArray, total: int | None) -> None:
        course = falling(self.final_rate, self.presentations_seen_, len(labels), total)
        feedback = self.feedback_ if self.feedback == "random" else None
        with np.errstate(over="ignore", invalid="ignore"):  # found out below
            learned = learn(self.network_, feedback, X, labels, self.learning_rate * course)
        if not learned.is_finite():
            raise diverged(self, X, "weights")
        self.network_ = learned

    def _finish(self, X: FloatArray, labels: LabelArray, order: LabelArray) -> None:
        try:
            self._drives(X[:CHUNK])
        except InputError:
            raise diverged(self, X, "outputs") from None

    def _chunk_size(self) -> int:
        return CHUNK

    def _drives(self, X: FloatArray) -> list[FloatArray]:
        """Rates (samples, units) of each hidden layer, and the drives of the output units. Errors: InputError."""
        with np.errstate(over="ignore", invalid="ignore"):
            rows = [respond(self.network_, x)[1:] for x in X.astype(np.float32)]
        layers = [np.array(each) for each in zip(*rows, strict=True)]
        if not all(np.isfinite(layer).all() for layer in layers):
            raise too_large(self, X)
        return layers

    def _responses(self, X: FloatArray) -> list[FloatArray]:
        *hidden, drive = self._drives(X)
        return [*hidden, expit(drive)]

    def _predict(self, X: FloatArray) -> LabelArray:
        return self._drives(X)[-1].argmax(axis=1)  # not of the rates, which single precision rounds to 1

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return {**super()._fitted_arrays(), **{f"feedback/{index}": back for index, back in enumerate(self.feedback_)}}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.network_ = RateNetwork.from_arrays(arrays, self._sizes, "relu", "linear")
        shapes = [shape[::-1] for shape in pairwise(self._sizes)][1:] if self.feedback == "random" else []
        expected = {f"feedback/{index}": Expected(REAL, shape) for index, shape in enumerate(shapes)}
        check(arrays, expected)
        self.feedback_ = tuple(arrays[name] for name in expected)
