"""`rate`: a network of rates as a classifier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnsim.arrays import FloatArray, LabelArray
from models.classifier import Schedule
from models.rate.descent import DescentEstimator, share_within
from models.rate.network import RateNetwork
from models.rate.network_classifier import RateNetworkClassifier


class Rate(DescentEstimator, RateNetworkClassifier):
    """Classify by units that answer with a rate, trained by plain gradient descent on the squared error.

    It stands among the brain-like networks because an article offers it as one. Nothing in it spikes and nothing takes
    time: a unit's response is a number, its rate, that follows from its input at once. But for its name it is an
    artificial network.

    Equations: r_0 = x, r_i = f(r_(i-1) W_i + b_i) in the hidden layers, o = 1 / (1 + exp(-(r W + b))) in the output
    layer, one unit a class. Descent on L = 1/2 sum_k (o_k - [k = label])^2, mean over a batch: W -= eta dL/dW, b -= eta
    dL/db (`models.rate.network`). Decision: the output with the highest rate, of equals the first class.

    Parameters
    ----------
    hidden : tuple of int
        Units of each hidden layer; () leaves the output layer alone.
    activation : str
        f: "sigmoid", "tanh" or "relu".
    learning_rate : float
        eta.
    batch_size : int or None
        Presentations averaged for one step; None, or as many as there are samples: all at once.
    passes : int
        Presentations of each training sample; without batches, the number of steps.
    random_state : None, int or RandomState
        Drives initial weights and order of presentations.

    Attributes
    ----------
    network_ : models.rate.network.RateNetwork
        The trained network.

    Raises
    ------
    InputError
        For a parameter out of its range, or weights that run away.
    """

    name = "rate"
    twin = "rate-dense"
    REFERENCE = "Rumelhart, Hinton & Williams (1986), Nature 323:533-536"
    DEVIATIONS = (
        "a rate network without spikes and without time, brain-like by name only",
        "each layer has weights and biases of its own; the article's program, which has one array for both, cannot run",
        "initial weights have variance 1 / (units before), the gradient is the mean over samples: descent is stable",
    )

    def __init__(
        self,
        hidden: tuple[int, ...] = (50,),
        activation: str = "sigmoid",
        learning_rate: float = 0.1,
        batch_size: int | None = None,
        passes: int = 1000,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.passes = passes
        self.random_state = random_state

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return the rates of the output units over their sum: what descent on the squared error has for probabilities.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
            Shares, in the order of `classes_`.
        """
        rates = np.maximum(self._rates(self._checked(X)), np.finfo(np.float64).tiny)
        return rates / rates.sum(axis=1, keepdims=True)

    def within_tolerance(self, X: ArrayLike, y: ArrayLike, tolerance: float = 0.1) -> float:
        """Return the share of outputs that lie close to their target.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.
        y : array_like, shape (n_samples,)
            Labels.
        tolerance : float
            Largest distance from the target: 1 for the unit of the true class and 0 for the others.

        Returns
        -------
        float
            Share in [0, 1].

        Notes
        -----
        It is no accuracy: with K classes, outputs that stay at 0 whatever is shown reach 1 - 1/K.
        """
        samples, labels = self._checked_samples(X, y)
        return share_within(self._rates(samples), _targets(labels, self.classes_), tolerance)

    def _check_parameters(self) -> None:
        self._check_descent()

    def _fit(self, X: FloatArray, labels: LabelArray, schedule: Schedule) -> None:
        self.network_ = RateNetwork.draw(self._sizes, self.activation, "sigmoid", self.random_state_)
        self._descend(X, _targets(labels, np.arange(len(self.classes_))), schedule)

    def _rates(self, X: FloatArray) -> FloatArray:
        return self.network_.responses(X)[-1]

    def _predict(self, X: FloatArray) -> LabelArray:
        return self._rates(X).argmax(axis=1)

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.network_ = RateNetwork.from_arrays(arrays, self._sizes, self.activation, "sigmoid")


def _targets(labels: NDArray[Any], classes: NDArray[Any]) -> FloatArray:
    """What the output units (n, classes) ought to answer: 1 for the class of the sample, else 0."""
    return (labels[:, np.newaxis] == classes).astype(np.float64)
