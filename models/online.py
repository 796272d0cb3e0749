"""Classifiers that learn from one presentation after another."""

from __future__ import annotations

from abc import abstractmethod
from copy import deepcopy
from typing import ClassVar, Self, final

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from bnsim.arrays import FloatArray, LabelArray
from bnsim.errors import InputError
from models.classifier import Classifier, Schedule
from models.parameters import unfitted_on_error


class OnlineClassifier(Classifier):
    """A classifier that learns from one presentation after another, and may therefore also `partial_fit`.

    Fitted attribute: `presentations_seen_`, how many presentations it has learned from.
    """

    error_gain: ClassVar[float]
    """Where there is an `error_signal`: slope of the error on the drive of an output unit, which is the sum over its
    inputs of `weights` times responses."""

    presentations_seen_: int
    _saved_integers = (*Classifier._saved_integers, "presentations_seen_")

    @final
    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> Self:
        """Learn from samples once, in the order given.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.
        y : array_like, shape (n_samples,)
            Labels.
        classes : array_like or None
            All labels; the first call needs them.

        Returns
        -------
        OnlineClassifier
            Itself.

        Raises
        ------
        InputError
            For a first call without `classes`, or a label that is not among them.
        """
        name = f"{type(self).__name__}.partial_fit"
        first = not hasattr(self, "presentations_seen_")
        if first and classes is None:
            raise InputError(f"{name}: the first call needs classes=; give all labels")
        samples, targets = validate_data(self, X, y, dtype=np.float64, reset=first)
        check_classification_targets(targets)
        known = np.unique(np.asarray(classes)) if classes is not None else self.classes_
        unknown = np.setdiff1d(targets, known)
        if unknown.size:
            raise InputError(f"{name}: label {unknown.tolist()[0]!r} is not in classes; name it in the first call")
        if first:
            with unfitted_on_error(self):
                self._begin_fit(samples, known)
                self._start(samples)
            self.presentations_seen_ = 0
        elif not np.array_equal(known, self.classes_):
            raise InputError(f"{name}: classes differ from those of the first call; give the same")
        self._require_single_precision(samples)
        self._learn(samples, np.searchsorted(self.classes_, targets), None)
        self.presentations_seen_ += len(samples)
        return self

    @final
    def weight_change(self, X: ArrayLike, y: ArrayLike, step: float = 1.0) -> dict[str, FloatArray]:
        """Return what learning from samples once would change in `weights`; the classifier stays as it is.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.
        y : array_like, shape (n_samples,)
            Labels.
        step : float
            Factor on the parameter `learning_rate`; a small one shows where the rule points from these weights, before
            they move.

        Returns
        -------
        dict of str to ndarray
            Change of the weights (n_inputs, n_units) of each layer.
        """
        learner = deepcopy(self)
        if step != 1:
            learner.set_params(learning_rate=step * self.get_params()["learning_rate"])
        learned = learner.partial_fit(X, y).weights()
        return {name: learned[name] - before for name, before in self.weights().items()}

    @final
    def _fit(self, X: FloatArray, labels: LabelArray, schedule: Schedule) -> None:
        self._start(X)
        self._survey_from(len(schedule) - len(X))
        self.presentations_seen_ = 0
        for start, stop in schedule.chunks(self._chunk_size(), self._presentations_of_batch()):
            chosen = schedule.order[start:stop]
            self._learn(X[chosen], labels[chosen], len(schedule))
            self.presentations_seen_ = stop
            if stop == len(schedule):
                self._finish(X, labels, schedule.order)
            schedule.watch(stop)

    @abstractmethod
    def _start(self, X: FloatArray) -> None:
        """Give all that learning changes its initial value.

        X: the training samples (of a first `partial_fit`: those of the call), for constants such as a scale.
        """

    @abstractmethod
    def _learn(self, X: FloatArray, labels: LabelArray, total: int | None) -> None:
        """Learn from these presentations, in order; the first has the number `presentations_seen_`.

        total: presentations in all, for a learning rate that falls over the training; None where the end is
        not known (`partial_fit`).
        """

    def _survey_from(self, first: int) -> None:
        """Learn from `fit` with which presentation its last pass begins. Nothing, unless overridden."""

    def _finish(self, X: FloatArray, labels: LabelArray, order: LabelArray) -> None:
        """What `fit` does once all is learned, with the training samples and the order of their presentations.

        Nothing, unless overridden. `partial_fit`, whose end is not known, never comes to it.
        """

    @abstractmethod
    def _chunk_size(self) -> int:
        """Most presentations that `_learn` is given at once in `fit`: a matter of memory, not of results."""

    def _presentations_of_batch(self) -> int:
        """Presentations between two changes of the weights; `fit` ends no chunk within a batch, but at its end."""
        return 1
