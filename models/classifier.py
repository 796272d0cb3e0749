"""The contract that every classifier keeps, spiking or artificial.

A classifier is a scikit-learn estimator (parameters are checked in `fit`, fitted attributes end in an
underscore) with six additions that a comparison needs: `activity`, `weights`, `operations`, `history_`,
`save`/`load` and a view of the training (progress, the model at checkpoints). `kind` says "BNS" or "ANN"; a
BNS names its `twin`, the ANN that shares front end, topology and the number of trainable parameters, and
with which alone it is compared by a verdict.

To write one: derive from `Classifier` (or from `models.online.OnlineClassifier`, which adds `partial_fit`)
and fill in the methods that begin with one underscore. Samples reach them checked, as float64 (n,
features), and labels as integers 0..K-1.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from bnsim.arrays import FloatArray, LabelArray
from bnsim.errors import DegenerateNetworkWarning, InputError
from bnsim.identity import checksum
from bnsim.interruption import deferred
from models import storage
from models.checks import is_count, is_positive
from models.keeping import Observer, keeping, usual_period
from models.parameters import ParameterChecks, unfitted_on_error
from models.schedule import Schedule, presentation_order
from models.watching import HistoryPoint, Keeping, Watcher

LARGEST = float(np.finfo(np.float32).max)
"""Largest absolute value of a sample."""
Progress = Callable[[int, int], None]
"""Called as progress(done, total) with presentations done so far and in all."""


@dataclass(frozen=True)
class Layer:
    """Responses of one layer.

    Parameters
    ----------
    name : str
        Name of the layer.
    responses : ndarray, shape (n_samples, n_units)
        Spike counts, or activations where nothing spikes.
    binned : ndarray, shape (n_samples, n_bins, n_units), or None
        Spike counts in time bins; None without a time axis (an ANN, or a BNS of rates).
    """

    name: str
    responses: FloatArray
    binned: FloatArray | None


@dataclass(frozen=True)
class Activity:
    """What a network did, layer by layer, from input to output.

    Parameters
    ----------
    layers : tuple of Layer
        From input to output.
    bin_width : float or None
        In s; None for a network without a time axis. A network has spikes exactly if it has one.
    """

    layers: tuple[Layer, ...]
    bin_width: float | None

    def __getitem__(self, name: str) -> Layer:
        for layer in self.layers:
            if layer.name == name:
                return layer
        known = ", ".join(repr(layer.name) for layer in self.layers)
        raise InputError(f"Activity: unknown layer {name!r}; it holds {known}")


@dataclass(frozen=True)
class OperationCount:
    """Work done to classify samples, summed over them.

    Parameters
    ----------
    synaptic_operations : int
        Accumulates caused by spikes (spikes x fan-out), counted, not assumed.
    multiply_accumulates : int
        Of dense arithmetic, filters applied outside a spiking network included.
    neuron_updates : int
        Neurons x time steps, or neurons where there is no time.
    bytes : int
        Read to fetch the weights that those operations use, at the precision they are stored in.
    """

    synaptic_operations: int
    multiply_accumulates: int
    neuron_updates: int
    bytes: int


def _checked_classes(arrays: dict[str, NDArray[Any]]) -> NDArray[Any]:
    """Take the classes out of the arrays of a file: two or more, in order, each once."""
    classes = arrays.pop("classes_")
    if classes.ndim != 1 or classes.dtype.kind not in "biufUO" or len(classes) < 2:
        raise ValueError(f"'classes_' is of shape {classes.shape} and type {classes.dtype}, not two classes or more")
    if not (classes[1:] > classes[:-1]).all():
        raise ValueError("'classes_' is not in order")
    return classes


class Classifier(ParameterChecks, ClassifierMixin, BaseEstimator, ABC):
    """Base of all classifiers.

    Every classifier has the parameters `passes` (presentations of each training sample) and `random_state`
    (None, int or RandomState: the only source of chance).

    Fitted attributes: `classes_`, `n_features_in_`, `random_state_` (the integer that `random_state` came
    to), `history_` (the learning curve, a tuple of `HistoryPoint`; empty without validation samples),
    `warnings_` (what `fit` warned of with a `bnsim.errors.DegenerateNetworkWarning`, a line each) and `seconds_` (how
    long `fit` took, interrupted parts included; not saved).
    """

    kind: ClassVar[Literal["BNS", "ANN"]]
    name: ClassVar[str]
    """Its name in `models.registry`."""
    REFERENCE: ClassVar[str]
    """The paper it follows."""
    DEVIATIONS: ClassVar[tuple[str, ...]]
    """Where it does otherwise, and why."""
    twin: ClassVar[str | None] = None
    """Name of the ANN with which alone a verdict is drawn; None for an ANN that is nobody's twin."""

    passes: int
    classes_: NDArray[Any]
    n_features_in_: int
    random_state_: int
    history_: tuple[HistoryPoint, ...]
    warnings_: tuple[str, ...]
    seconds_: float
    _saved_integers: ClassVar[tuple[str, ...]] = ("n_features_in_", "random_state_")

    @final
    def check_parameters(self, n_features: int, n_classes: int) -> None:
        """Refuse the parameters that `fit` would refuse, without samples and without any change.

        Parameters
        ----------
        n_features : int
            Number of features of a sample.
        n_classes : int
            Number of classes.

        Raises
        ------
        InputError
            For a parameter out of its range.
        """
        tried = clone(self)
        tried.n_features_in_, tried.classes_ = n_features, np.arange(n_classes)
        tried._drawn_random_state()
        tried._check_all_parameters()

    @final
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        checkpoints: Sequence[int] = (),
        at_checkpoint: Callable[[Self, int], None] | None = None,
        progress: Progress | None = None,
        keep: str | Path | None = None,
        keep_every: float | None = None,
    ) -> Self:
        """Train from the start, or from where an interrupted training that was kept ends.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Training samples, images flattened.
        y : array_like, shape (n_samples,)
            Labels of any type.
        validation : tuple of (X, y) or None
            Samples on which the learning curve is measured at the checkpoints, with learning frozen.
        checkpoints : sequence of int
            Increasing numbers of presentations; those beyond the end of training are never reached.
        at_checkpoint : callable or None
            Called as at_checkpoint(self, samples_seen) at each checkpoint, and once before the first presentation with
            0. It may look at the model but must not change it. With `keep`, a `models.keeping.Observer`.
        progress : callable or None
            Called as progress(done, total), in presentations, at the checkpoints too.
        keep : str, pathlib.Path or None
            Folder in which the state of the training is kept: a new one, or that of the same training, which is gone
            on with. The result is the same to the last bit. A training that has come to its end there is not repeated.
        keep_every : float or None
            Least time between two states, in s; None for what the environment variable BNSIM_KEEP_EVERY says, or 30.

        Returns
        -------
        Classifier
            Itself.

        Raises
        ------
        InputError
            For a parameter out of its range, one class only, checkpoints that do not increase, samples beyond single
            precision, or a training that diverged. The classifier is not fitted then. With `keep`, also for a folder
            with another training, or one that another process uses.
        MachineError
            If the state cannot be kept.

        Warns
        -----
        DegenerateNetworkWarning
            For a network that cannot tell samples apart (see `warnings_`).
        UserWarning
            If a state that was kept is damaged; the one before is used.

        Notes
        -----
        Being watched changes nothing in what is learned. With `keep`, Ctrl-C waits for the end of the chunk, a few
        hundred presentations, and keeps its state; a second Ctrl-C does not.
        """
        samples, targets = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(targets)
        classes, labels = np.unique(targets, return_inverse=True)
        with unfitted_on_error(self), ExitStack() as stack:
            self._begin_fit(samples, classes)
            order = presentation_order(self.random_state_, len(samples), self.passes)
            watched = self._checked_checkpoints(checkpoints)
            measured = self._checked_samples(*validation) if validation is not None else None
            kept = None
            if keep is not None:
                every = self._checked_keeping(at_checkpoint, keep_every)
                described = repr((self._encoded_parameters(), self.random_state_, classes.tolist(), watched))
                held_out = {} if measured is None else dict(zip(("held X", "held y"), measured, strict=True))
                identify = partial(checksum, described, {"X": samples, "y": labels, **held_out})
                name = type(self).__name__
                keeper = keeping(f"{name}.fit(keep)", Path(keep), name, identify, every)
                kept = Keeping(stack.enter_context(keeper), stack.enter_context(deferred()))
            watch = Watcher(self, measured, watched, len(order), at_checkpoint, progress, kept)
            if not watch.is_finished():
                self._fit(samples, labels, Schedule(order, watched, watch, watch.begin))
                self.warnings_ = tuple(self._degeneracies(samples))
                watch.finish()
            self.seconds_ = watch.seconds
        for message in self.warnings_:
            warnings.warn(f"{type(self).__name__}: {message}", DegenerateNetworkWarning, stacklevel=2)
        return self

    @final
    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the class of each sample; it depends on neither the order nor the company of the samples.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples,)
            Classes.
        """
        samples = self._checked(X)
        return self.classes_[self._predict(samples)]

    @final
    def activity(self, X: ArrayLike) -> Activity:
        """Return the responses of every layer, with learning frozen.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        Activity
            Layer by layer, from input to output.
        """
        return self._activity(self._checked(X))

    @final
    def weights(self) -> dict[str, FloatArray]:
        """Return copies of the weights of each trained layer, from input to output, without biases.

        Returns
        -------
        dict of str to ndarray
            Weights (n_inputs, n_units), in the model's own unit, by the name that the layer to which they lead has in
            `activity`. Where units share weights, as in a convolution, a column stands for all units that share it.
        """
        check_is_fitted(self)
        return {name: np.array(weights) for name, weights in self._weights().items()}

    @final
    def with_weights(self, weights: Mapping[str, ArrayLike]) -> Self:
        """Return a copy of this fitted classifier with other trained weights; nothing is trained again.

        Parameters
        ----------
        weights : mapping of str to array_like
            Weights (n_inputs, n_units) of all layers or some, by the names and in the units of `weights`. Where a
            weight is the one that `weights` returns, the stored one is kept to the last bit.

        Returns
        -------
        Classifier
            The copy. Biases, thresholds, filters and labels are those of this classifier, which stays as it is.

        Raises
        ------
        InputError
            For an unknown layer, a wrong shape, or a weight that is not finite.
        """
        present = self.weights()
        wanted = {layer: self._checked_weights(layer, matrix, present) for layer, matrix in weights.items()}
        changed = deepcopy(self)
        changed._replace_weights(wanted)
        return changed

    @final
    def operations(self, X: ArrayLike) -> OperationCount:
        """Count the work done to classify samples.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        OperationCount
            Summed over the samples.
        """
        return self._operations(self._checked(X))

    @property
    def error_signal(self) -> bool:
        """Whether an error told to the output units drives what all `weights` learn, those of a chain of fully
        connected layers of rectifying units. Such a classifier also has `weight_change`, so that the way it
        learns can be held against backpropagation.
        """
        return False

    @property
    @abstractmethod
    def trainable_parameters(self) -> int:
        """Number of values that training changes."""

    @final
    def save(self, path: str | Path) -> None:
        """Write the fitted classifier to one .npz of plain arrays and JSON, without pickle.

        Parameters
        ----------
        path : str or pathlib.Path
            The file.

        Raises
        ------
        InputError
            For a parameter that cannot be written.
        MachineError
            For a file that cannot be written.
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        check_is_fitted(self)
        storage.write(Path(path), self._header(), {"classes_": self.classes_, **self._fitted_arrays()})

    @final
    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote.

        Parameters
        ----------
        path : str or pathlib.Path
            The file.

        Returns
        -------
        Classifier
            The fitted classifier. A RandomState given as `random_state` comes back as the integer it led to.

        Raises
        ------
        InputError
            For a missing, damaged or foreign file, or one of another class.
        """
        with storage.reading(Path(path), cls.__name__) as (header, arrays):
            parameters = {
                key: cls._decode_parameter(key, storage.with_tuples(value))
                for key, value in header["parameters"].items()
            }
            classifier = cls(**parameters)
            classifier.classes_ = _checked_classes(arrays)
            classifier._take(header, arrays, is_finished=True)
        return classifier

    def _degeneracies(self, X: FloatArray) -> Iterable[str]:
        """What keeps the trained network from telling samples apart, a line each that names culprit and remedy.

        X: the training samples. Nothing, unless overridden.
        """
        return ()

    # What a subclass fills in.

    @abstractmethod
    def _check_parameters(self) -> None:
        """Raise InputError (see `_require`) for a parameter out of range.

        `passes` is checked already; `n_features_in_` and `classes_` are known.
        """

    @abstractmethod
    def _fit(self, X: FloatArray, labels: LabelArray, schedule: Schedule) -> None:
        """Train from the start by `schedule`, with `random_state_` as the only source of chance."""

    @abstractmethod
    def _predict(self, X: FloatArray) -> LabelArray:
        """Label 0..K-1 of each sample."""

    @abstractmethod
    def _activity(self, X: FloatArray) -> Activity:
        """See `activity`."""

    @abstractmethod
    def _weights(self) -> dict[str, FloatArray]:
        """See `weights`; no need to copy."""

    @abstractmethod
    def _replace_weights(self, weights: Mapping[str, FloatArray]) -> None:
        """Take over the weights of these layers, which have the shapes of `_weights`."""

    @abstractmethod
    def _operations(self, X: FloatArray) -> OperationCount:
        """See `operations`."""

    @abstractmethod
    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        """All that training set and `_restore` needs, as plain arrays by name."""

    @abstractmethod
    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Become fitted again from `_fitted_arrays`; parameters and `Classifier`'s attributes are set."""

    def _unfinished_arrays(self) -> dict[str, NDArray[Any]]:
        """All that the rest of the training depends on, as plain arrays by name; after a chunk.

        Override together with `_go_on` where that is more than `_fitted_arrays`.
        """
        return self._fitted_arrays()

    def _go_on(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Become what `_unfinished_arrays` was taken of; the training is begun, with its initial weights."""
        self._restore(arrays)

    def _encode_parameter(self, name: str, value: Any) -> Any:
        """A parameter as JSON holds it; override for one that is neither number, string nor tuple of them."""
        return storage.plain(f"{type(self).__name__}.{name}", value)

    @classmethod
    def _decode_parameter(cls, name: str, value: Any) -> Any:
        """The inverse of `_encode_parameter`; lists have become tuples."""
        return value

    # What subclasses use, beside `ParameterChecks`.

    @final
    def _check_all_parameters(self) -> None:
        self._require_count("passes")
        self._check_parameters()

    @final
    def _begin_fit(self, X: FloatArray, classes: NDArray[Any]) -> None:
        """Set the attributes that `_fit` starts from and check the samples and the parameters."""
        self._require_single_precision(X)
        if len(classes) < 2:
            raise InputError(f"{type(self).__name__}.fit: y holds one class only; give samples of two classes at least")
        self.classes_ = classes
        self.random_state_ = self._drawn_random_state()
        self.history_ = ()
        self.warnings_ = ()
        self._check_all_parameters()

    @final
    def _take(self, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], *, is_finished: bool) -> None:
        """Become fitted, or half fitted, from what `_header` and the arrays say; parameters and classes are set."""
        for name in self._saved_integers:
            setattr(self, name, int(header[name]))
        self.history_ = tuple(HistoryPoint(**point) for point in header["history_"])
        self.warnings_ = tuple(header["warnings_"])
        if "feature_names_in_" in header:
            self.feature_names_in_ = np.array(header["feature_names_in_"], dtype=object)
        self._check_all_parameters()
        if is_finished:
            self._restore(arrays)
        else:
            self._go_on(arrays)

    def _checked_keeping(self, at_checkpoint: object, keep_every: float | None) -> float:
        name = f"{type(self).__name__}.fit"
        if self.random_state is None:
            raise InputError(f"{name}(keep): random_state is None, another one at each call; give an integer")
        if at_checkpoint is not None and not isinstance(at_checkpoint, Observer):
            raise InputError(
                f"{name}(at_checkpoint): a function forgets what it has found when the process ends; with keep, give "
                "an object with notes and take_notes (models.keeping.Observer)"
            )
        if keep_every is None:
            return usual_period()
        if keep_every != 0 and not is_positive(keep_every):
            raise InputError(f"{name}(keep_every): got {keep_every!r}; give seconds, at least 0")
        return keep_every

    def _checked(self, X: ArrayLike) -> FloatArray:
        check_is_fitted(self)
        samples = validate_data(self, X, dtype=np.float64, reset=False)
        self._require_single_precision(samples)
        return samples

    def _require_single_precision(self, X: FloatArray) -> None:
        """Refuse samples beyond the range of float32, in which artificial networks compute, for all alike."""
        largest = float(max(X.max(initial=0), -X.min(initial=0)))  # without a copy of X, which may be large
        if largest > LARGEST:
            raise InputError(
                f"{type(self).__name__}: X holds {largest:.3g}, too large for single precision; scale X to about 1"
            )

    def _checked_samples(self, X: ArrayLike, y: ArrayLike) -> tuple[FloatArray, NDArray[Any]]:
        samples, labels = self._checked(X), np.asarray(y)
        check_consistent_length(samples, labels)
        return samples, labels

    def _checked_weights(self, layer: str, matrix: ArrayLike, present: Mapping[str, FloatArray]) -> FloatArray:
        name = f"{type(self).__name__}.with_weights"
        if layer not in present:
            known = ", ".join(map(repr, present))
            raise InputError(f"{name}: unknown layer {layer!r}; choose from {known}")
        result, shape = np.asarray(matrix), present[layer].shape
        if result.shape != shape:
            raise InputError(f"{name}: layer {layer!r} got weights of shape {result.shape}; give {shape}")
        if result.dtype.kind not in "fiu" or not np.isfinite(result).all():
            raise InputError(f"{name}: layer {layer!r} got weights that are not all finite numbers; give finite ones")
        return result

    def _checked_checkpoints(self, checkpoints: Sequence[int]) -> tuple[int, ...]:
        result = tuple(checkpoints)
        if not all(map(is_count, result)) or any(a >= b for a, b in pairwise(result)):
            name = type(self).__name__
            raise InputError(f"{name}.fit: got checkpoints {result!r}; give increasing integers of at least 1")
        return result

    def _encoded_parameters(self) -> dict[str, Any]:
        parameters = self.get_params(deep=False)
        if isinstance(self.random_state, np.random.RandomState):
            parameters["random_state"] = self.random_state_
        return {key: self._encode_parameter(key, value) for key, value in parameters.items()}

    def _header(self) -> dict[str, Any]:
        """What JSON holds of a fitted classifier."""
        header = {
            "class": type(self).__name__,
            "parameters": self._encoded_parameters(),
            **{name: getattr(self, name) for name in self._saved_integers},
            "history_": [vars(point) for point in self.history_],
            "warnings_": self.warnings_,
        }
        if hasattr(self, "feature_names_in_"):
            header["feature_names_in_"] = self.feature_names_in_.tolist()
        return header
