"""A network of rates that learns numbers instead of classes."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from models.classifier import FloatArray, Schedule, presentation_order
from models.parameters import unfitted_on_error
from models.rate.descent import DescentEstimator, share_within
from models.rate.network import RateNetwork


class RateRegressor(DescentEstimator, MultiOutputMixin, RegressorMixin, BaseEstimator):
    """The network of `rate` with linear output units, one a target; a scikit-learn regressor.

    With 100 features and 10 targets it is by default the 100-50-10 network that the article meant: 1000 steps at a
    learning rate of 0.1, each on all samples.

    Equations: as in `models.rate.classifier.Rate`, but o = r W + b, and descent on L = 1/2 sum_k (o_k - y_k)^2, mean
    over a batch. Descent knows no units: scale samples and targets to about 1 (scikit-learn's StandardScaler and
    TransformedTargetRegressor).

    Parameters: those of `Rate`.

    Fitted: `network_`, a `RateNetwork`; `n_features_in_`; `random_state_`, the integer that `random_state` came to.

    Errors: InputError for a parameter out of its range, or weights that run away.

    References: Rumelhart, Hinton & Williams (1986), Nature 323:533-536.
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
        """Train from the start on X (n, features) and y (n,) or (n, targets)."""
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
        self._descend(samples, targets, Schedule(order, (), watch=lambda samples_seen: None))

    def predict(self, X: ArrayLike) -> FloatArray:
        """Outputs (n,) or (n, targets), as `y` was; depends on neither the order nor the company of the samples."""
        check_is_fitted(self)
        outputs = self.network_.responses(validate_data(self, X, dtype=np.float64, reset=False))[-1]
        return outputs[:, 0] if self._one_target else outputs

    def within_tolerance(self, X: ArrayLike, y: ArrayLike, tolerance: float = 0.1) -> float:
        """Share of outputs within `tolerance` of their target: what the article calls accuracy."""
        return share_within(self.predict(X), np.asarray(y, np.float64), tolerance)
