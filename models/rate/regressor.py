"""A network of rates that learns numbers instead of classes."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from bnsim.arrays import FloatArray
from models.classifier import Schedule, presentation_order
from models.parameters import unfitted_on_error
from models.rate.descent import DescentEstimator, share_within
from models.rate.network import RateNetwork


class RateRegressor(DescentEstimator, MultiOutputMixin, RegressorMixin, BaseEstimator):
    """Predict numbers by the network of `rate` with linear output units, one a target; a scikit-learn regressor.

    With 100 features and 10 targets it is by default the 100-50-10 network that the article meant: 1000 steps at a
    learning rate of 0.1, each on all samples.

    Equations: as in `models.rate.classifier.Rate`, but o = r W + b, and descent on L = 1/2 sum_k (o_k - y_k)^2, mean
    over a batch. Descent knows no units: scale samples and targets to about 1 (scikit-learn's StandardScaler and
    TransformedTargetRegressor).

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
    n_features_in_ : int
        Features of a sample.
    random_state_ : int
        The integer that `random_state` came to.

    Raises
    ------
    InputError
        For a parameter out of its range, or weights that run away.

    References
    ----------
    Rumelhart, Hinton & Williams (1986), Nature 323:533-536.
    """

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

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train from the start.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.
        y : array_like, shape (n_samples,) or (n_samples, n_targets)
            Targets.

        Returns
        -------
        RateRegressor
            Itself.

        Raises
        ------
        InputError
            For a parameter out of its range, or weights that run away; the regressor is not fitted then.
        """
        with unfitted_on_error(self):
            self._fit(X, y)
        return self

    def _fit(self, X: ArrayLike, y: ArrayLike) -> None:
        self._require_count("passes")
        self._check_descent()
        samples, targets = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        self.random_state_ = self._drawn_random_state()
        self._one_target = targets.ndim == 1
        targets = targets.astype(np.float64).reshape(len(targets), -1)
        sizes = (samples.shape[1], *self.hidden, targets.shape[1])
        self.network_ = RateNetwork.draw(sizes, self.activation, "linear", self.random_state_)
        order = presentation_order(self.random_state_, len(samples), self.passes)
        self._descend(samples, targets, Schedule(order, (), watch=lambda samples_seen: None, begin=lambda: 0))

    def predict(self, X: ArrayLike) -> FloatArray:
        """Return the outputs; they depend on neither the order nor the company of the samples.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples,) or (n_samples, n_targets)
            Outputs, as `y` was.
        """
        check_is_fitted(self)
        outputs = self.network_.responses(validate_data(self, X, dtype=np.float64, reset=False))[-1]
        return outputs[:, 0] if self._one_target else outputs

    def within_tolerance(self, X: ArrayLike, y: ArrayLike, tolerance: float = 0.1) -> float:
        """Return the share of outputs that lie close to their target, which an article calls accuracy.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.
        y : array_like, shape (n_samples,) or (n_samples, n_targets)
            Targets.
        tolerance : float
            Largest distance.

        Returns
        -------
        float
            Share in [0, 1].
        """
        return share_within(self.predict(X), np.asarray(y, np.float64), tolerance)
