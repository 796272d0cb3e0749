"""What classifier and regressor share: their settings and how they are trained."""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from models.checks import is_count
from models.classifier import Schedule
from models.parameters import ParameterChecks
from models.rate.network import RateNetwork

HIDDEN_ACTIVATIONS = ("sigmoid", "tanh", "relu")
BATCHES_AT_ONCE = 128
"""Batches trained between two looks at progress; bears on nothing else."""


class DescentEstimator(ParameterChecks):
    """An estimator around a `RateNetwork` trained by gradient descent.

    Fitted attribute: `network_`.
    """

    hidden: tuple[int, ...]
    activation: str
    learning_rate: float
    batch_size: int | None
    network_: RateNetwork

    def _check_descent(self) -> None:
        layers = isinstance(self.hidden, (tuple, list)) and all(map(is_count, self.hidden))
        self._require(layers, "hidden", "a tuple of integers of at least 1, one a hidden layer")
        self._require(self.activation in HIDDEN_ACTIVATIONS, "activation", "'sigmoid', 'tanh' or 'relu'")
        self._require_positive("learning_rate")
        whole = self.batch_size is None or is_count(self.batch_size)
        self._require(whole, "batch_size", "an integer of at least 1, or None for all samples at once")

    def _descend(self, X: FloatArray, targets: FloatArray, schedule: Schedule) -> None:
        """Take one step of descent after another, a batch of the common order each; batches run across passes."""
        batch = len(X) if self.batch_size is None else min(self.batch_size, len(X))
        for start, stop in schedule.chunks(batch * BATCHES_AT_ONCE, batch):
            with np.errstate(over="ignore", invalid="ignore"):  # found out below
                for first in range(start, stop, batch):
                    chosen = schedule.order[first : min(first + batch, stop)]
                    self.network_ = self.network_.step(X[chosen], targets[chosen], self.learning_rate)
            if not self.network_.is_finite():
                raise InputError(
                    f"{type(self).__name__}.learning_rate: {self.learning_rate!r} made the weights run away; "
                    "give a smaller one, or samples and targets scaled to about 1"
                )
            schedule.watch(stop)


def share_within(outputs: FloatArray, targets: FloatArray, tolerance: float) -> float:
    """Return the share of outputs that lie close to their target.

    Parameters
    ----------
    outputs, targets : ndarray
        Numbers of the same shape.
    tolerance : float
        Largest distance.

    Returns
    -------
    float
        Share in [0, 1].
    """
    return float(np.mean(np.abs(outputs - targets) <= tolerance))
