"""What some classifiers can do beyond the contract of `models.classifier`.

Each capability is a protocol that a study asks for by `isinstance`; neither the name nor the class of a classifier
matters. A classifier has a capability as soon as it has its methods: nothing is registered, and no base class is
needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnsim.arrays import FloatArray, LabelArray

if TYPE_CHECKING:
    from bnsim.recording import Recording
    from models.classifier import Activity
    from models.differentiable import Chain
    from models.linear import LinearLayer

Train = tuple[NDArray[np.integer], NDArray[np.integer]]
"""Spikes of one trial: time steps and units, both of shape (n_spikes,)."""


@runtime_checkable
class Recordable(Protocol):
    """A spiking classifier that returns the spike times behind its decision."""

    def record(self, X: ArrayLike) -> Recording:
        """Return spike times and traces for samples, with learning frozen.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        bnsim.Recording
            One trial for each sample.
        """
        ...


@runtime_checkable
class Remembering(Protocol):
    """A classifier that reads sequences, and shows what its hidden units hold in the course of one."""

    def course(self, X: ArrayLike, steps: Sequence[int]) -> dict[str, FloatArray]:
        """Return variables of the hidden units as some steps of a sequence begin, with learning frozen.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.
        steps : sequence of int
            Increasing numbers of steps, counted from 0.

        Returns
        -------
        dict of str to ndarray
            By variable, such as "rate" or "adaptation", the values (n_samples, len(steps), n_units) before the network
            has seen that step; 0 at the beginning. What follows the end of a sequence means nothing.
        """
        ...


@runtime_checkable
class Anytime(Protocol):
    """A spiking classifier that shows the samples again to answer after each time step."""

    def predictions_over_time(self, X: ArrayLike) -> NDArray[Any]:
        """Return the class of each sample after each time step.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples, n_steps)
            Classes, up to the last time step of a trial; the last column is what `predict` returns. A sequence that
            is over keeps its answer.
        """
        ...


@runtime_checkable
class Lasting(Protocol):
    """A spiking classifier that works as long as a sequence lasts, through all of its weights in every time step."""

    trainable_parameters: int

    def time_steps(self, X: ArrayLike) -> NDArray[np.integer]:
        """Return how many time steps the network takes for each sample.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of int, shape (n_samples,)
            Time steps until the end of the sequence has reached the answer.
        """
        ...


@runtime_checkable
class CountDecision(Protocol):
    """A spiking classifier whose answer follows from the spikes of its layer "output" alone."""

    def decisions_until(self, recording: Recording, steps: Sequence[int]) -> NDArray[Any]:
        """Return the class of each recorded trial, had it ended early.

        Parameters
        ----------
        recording : bnsim.Recording
            Spike times of the layer "output".
        steps : sequence of int
            Time steps at which the trial ends; spikes before them count.

        Returns
        -------
        ndarray, shape (n_times, n_trials)
            Classes.
        """
        ...


@runtime_checkable
class Receptive(Protocol):
    """A classifier whose cells have learned receptive fields."""

    def receptive_fields(self) -> tuple[FloatArray, LabelArray]:
        """Return the receptive field and the label of each cell.

        Returns
        -------
        weights : ndarray, shape (n_cells, n_features)
            Weights from the input, in the unit of the model.
        labels : ndarray of int, shape (n_cells,)
            Index into `classes_` of the class that a cell stands for; -1 for none.
        """
        ...


@runtime_checkable
class Probabilistic(Protocol):
    """A classifier that assigns a probability to each class."""

    classes_: NDArray[Any]

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return the probability of each class.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`.
        """
        ...


@runtime_checkable
class Tolerant(Protocol):
    """A classifier whose output units have target values."""

    def within_tolerance(self, X: ArrayLike, y: ArrayLike, tolerance: float = 0.1) -> float:
        """Return the share of outputs that lie close to their target.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.
        y : array_like, shape (n_samples,)
            True classes.
        tolerance : float
            Largest distance from the target that counts as close.

        Returns
        -------
        float
            Share of all outputs of all samples, in [0, 1].
        """
        ...


@runtime_checkable
class Layered(Protocol):
    """A classifier that returns the linear part of its trained layers."""

    def linear_layers(self) -> Sequence[LinearLayer]:
        """Return weights and biases of each trained layer, from input to output.

        Returns
        -------
        sequence of models.linear.LinearLayer
            Layers without their activation functions.
        """
        ...


@runtime_checkable
class ActivationReadOut(Protocol):
    """An artificial network whose last layer can be applied to given activations of the layer before."""

    def read_out_activations(self, activations: FloatArray) -> NDArray[Any]:
        """Return the classes that the last layer reads from activations of the last hidden layer.

        Parameters
        ----------
        activations : ndarray, shape (n_samples, n_units)
            Activations of the layer before the output, as `activity` returns them.

        Returns
        -------
        ndarray, shape (n_samples,)
            Classes.
        """
        ...


@dataclass(frozen=True, eq=False)
class HiddenSpikes:
    """Spikes of the last hidden layer.

    Parameters
    ----------
    trains : tuple of (ndarray, ndarray)
        Time steps and units of the spikes of each trial, in order of time.
    n_units : int
        Units of the layer.
    n_steps : int
        Time steps of a trial.
    dt : float
        Time step, in s.
    """

    trains: tuple[Train, ...]
    n_units: int
    n_steps: int
    dt: float

    @cached_property
    def counts(self) -> FloatArray:
        """Return the number of spikes of each unit in each trial.

        Returns
        -------
        ndarray, shape (n_trials, n_units)
            Counts, as float64.
        """
        rows = [np.bincount(units, minlength=self.n_units) for _, units in self.trains]
        return np.stack(rows).astype(np.float64)


@runtime_checkable
class SpikeReadOut(Protocol):
    """A spiking network whose output neurons can be simulated alone, with given spikes of the last hidden layer."""

    def hidden_spikes(self, X: ArrayLike) -> HiddenSpikes:
        """Return the spikes of the last hidden layer, with learning frozen.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        HiddenSpikes
            One trial for each sample.
        """
        ...

    def read_out_spikes(self, X: ArrayLike, trains: Sequence[Train]) -> NDArray[Any]:
        """Return the classes that the output neurons answer to given spikes of the last hidden layer.

        Given the spikes of `hidden_spikes`, the answers are those of `predict`.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples; they select the random numbers of input that does not come from the hidden layer, such as a bias.
        trains : sequence of (ndarray, ndarray)
            Time steps and units of the spikes of each trial.

        Returns
        -------
        ndarray, shape (n_samples,)
            Classes.
        """
        ...


@runtime_checkable
class Differentiable(Protocol):
    """A classifier with a rectifier network that can be differentiated by its input."""

    def rate_chain(self) -> Chain | None:
        """Return the rectifier network that an attack or an attribution differentiates.

        For an artificial network of rectifiers this is the network itself; for a spiking one it is a network of rates
        with the same weights and filters.

        Returns
        -------
        models.differentiable.Chain or None
            None where the parameters of this classifier make it something else than a chain of rectifiers.
        """
        ...


@runtime_checkable
class Taught(Protocol):
    """A classifier whose learning can be held against backpropagation; ask for `error_signal` too.

    Attributes
    ----------
    error_gain : float
        Slope of the error on the drive of an output unit, the sum over its inputs of weights times responses.
    """

    classes_: NDArray[Any]
    error_gain: float

    @property
    def error_signal(self) -> bool:
        """Whether an error of the output drives what all `weights` learn (see `models.classifier.Classifier`)."""
        ...

    def activity(self, X: ArrayLike) -> Activity:
        """Return the responses of every layer (see `models.classifier.Classifier`).

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        models.classifier.Activity
            Responses, layer by layer.
        """
        ...

    def weights(self) -> dict[str, FloatArray]:
        """Return the weights of each trained layer (see `models.classifier.Classifier`).

        Returns
        -------
        dict of str to ndarray
            Weights (n_inputs, n_units) by layer.
        """
        ...

    def weight_change(self, X: ArrayLike, y: ArrayLike, step: float = 1.0) -> dict[str, FloatArray]:
        """Return what learning from samples once would change in `weights`, without changing the classifier.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples, in the order of their presentation.
        y : array_like, shape (n_samples,)
            Their classes.
        step : float
            Factor on the learning rate.

        Returns
        -------
        dict of str to ndarray
            Change of the weights (n_inputs, n_units) of each layer.
        """
        ...
