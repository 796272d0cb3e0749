"""Trained artificial networks whose weights run as integrate-and-fire neurons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from brian2.units import ms
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from bnsim.expected import NUMBER, TEXT, Expected, check
from models import registry
from models.checks import is_positive
from models.classifier import Activity, Classifier, Layer, OperationCount, Schedule
from models.differentiable import Chain, linear_chain
from models.linear import LinearLayer, matrix_arrays, matrix_from_arrays, products
from models.spiking.conversion import DT, convertible_neuron, currents, decide, normalised, spiking_network
from models.spiking.degeneracy import ResponseSurvey
from models.spiking.neuron_parameter import decode_neuron, encode_neuron

CHUNK = 200
"""Presentations simulated at once: spikes of thousands of neurons are recorded, a hundred steps each."""
CALIBRATION = 5000
"""Training samples over which activations are measured, at most."""
SURVEYED = 100
"""Training samples shown to the spiking network to see whether it responds, at most."""
BIN = 10.0
"""Width in ms of the time bins of `activity`."""
OUTPUT = "output"
SOURCE = "source/"
"""What the names of the source's arrays begin with, in a training that is kept."""


class Converted(Classifier):
    """Train a rectifier network, then turn its units into integrate-and-fire neurons.

    The source, this classifier's twin, is trained by backpropagation: z_l = W_l a_(l-1) + b_l, a_l = max(0, z_l), and
    the largest z of the last layer decides. Each layer is scaled so that the given percentile of its activations over
    training samples becomes 1: W_l s_(l-1) / s_l, b_l / s_l. A neuron with a threshold of 1 then gets in every time
    step of 1 ms its scaled bias as a constant current, and the scaled weight of each spike that arrives; what a reset
    by subtraction leaves is kept. Its spikes a step approach min(1, a / s). In the first layer all of z is a constant
    current, computed outside the spiking network (and counted as multiply-accumulates).

    Decision, after any number of steps: the output neuron with most spikes up to then. Tie rule: of those with equally
    many, the one that has received most input up to then, currents and weights of spikes summed, then the first class.
    `tied` returns which decisions need it.

    A subclass has the parameters of its source and those of the conversion.

    Attributes
    ----------
    layers_ : tuple of models.linear.LinearLayer
        The scaled layers as plain arrays.

    Raises
    ------
    InputError
        For a parameter out of its range; those of the source are named by the source.

    References
    ----------
    Diehl et al. (2015), IJCNN, weight normalisation; Rueckauer et al. (2017), Frontiers in Neuroscience 11:682, biases,
    reset by subtraction, the percentile, input as current.
    """

    kind = "BNS"
    REFERENCE = (
        "Diehl, Neil, Binas, Cook, Liu & Pfeiffer (2015), IJCNN; "
        "Rueckauer, Lungu, Hu, Pfeiffer & Liu (2017), Frontiers in Neuroscience 11:682"
    )
    DEVIATIONS = (
        "the first layer's weights are applied to the analogue input outside the spiking network",
        "neurons start half-way to threshold by default, so that their counts round to the nearest",
        f"activations are measured on {CALIBRATION} training samples at most",
        "equal output counts are told apart by the summed input, which is no spike: see tie_share",
    )

    percentile: float
    neuron: str | bnsim.NeuronModel
    duration: int
    backend: str
    layers_: tuple[LinearLayer, ...]
    n_trainable_: int
    _source: Any
    """While it learns."""
    _saved_integers = (*Classifier._saved_integers, "n_trainable_")

    def record(self, X: FloatArray) -> bnsim.Recording:
        """Return spike times of all layers and the output's membrane potential.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        bnsim.Recording
            One trial for each sample.
        """
        samples = self._checked(X)
        names = tuple(layer.name for layer in self.layers_)
        traced = (bnsim.Trace(OUTPUT, "v"),)
        return next(self._presented(samples, names, traced, chunk=len(samples)))[1]

    def predictions_over_time(self, X: FloatArray) -> NDArray[Any]:
        """Return the decision after 1, 2, ... `duration` time steps.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples, n_steps)
            Classes.
        """
        labels = []
        for current, recording in self._presented(self._checked(X), self._deciding()):
            counts = {name: recording.binned(name, float(DT)).cumsum(axis=1) for name in self._deciding()}
            labels.append(decide(counts[OUTPUT], self._received(current, counts)))
        return self.classes_[np.concatenate(labels)]

    def tied(self, X: FloatArray) -> NDArray[np.bool_]:
        """Return whether output neurons share the most spikes, so that the tie rule decides.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of bool, shape (n_samples,)
            Whether they do.
        """
        counts = np.concatenate([recording.counts[OUTPUT] for _, recording in self._presented(self._checked(X))])
        return (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) > 1

    def linear_layers(self) -> tuple[LinearLayer, ...]:
        """Return the scaled layers as plain arrays.

        Returns
        -------
        tuple of models.linear.LinearLayer
            From input to output.
        """
        check_is_fitted(self)
        return self.layers_

    def rate_chain(self) -> Chain:
        """Return the rectifier network that the spiking one approximates.

        Returns
        -------
        models.differentiable.Chain
            The scaled layers; integrate-and-fire neurons respond to any drive above 0.
        """
        return linear_chain(self.linear_layers())

    @property
    def trainable_parameters(self) -> int:
        """Return the number of weights and biases of the source."""
        return self.n_trainable_

    # What `Classifier` asks for.

    def _check_parameters(self) -> None:
        self._require(is_positive(self.percentile) and self.percentile <= 100, "percentile", "a number in (0, 100]")
        self._require_count("duration")
        known = ("auto", "cpp", "cython", "numpy")
        self._require(self.backend in known, "backend", f"one of {', '.join(known)}")
        convertible_neuron(type(self).__name__, self.neuron)

    def _fit(self, X: FloatArray, labels: LabelArray, schedule: Schedule) -> None:
        assert self.twin is not None
        shared = {name: getattr(self, name) for name in registry.entry(self.name).shared}
        self._source = source = registry.create(self.twin, **shared, random_state=self.random_state_)
        converted = 0

        def convert(done: int) -> None:
            seen = X[schedule.order[: done or CALIBRATION][:CALIBRATION]]
            self.layers_ = normalised(source.linear_layers(), seen, self.percentile)
            self.n_trainable_ = source.trainable_parameters

        def begin() -> int:
            nonlocal converted
            convert(0)
            converted = schedule.begin()
            return converted

        def watch(done: int) -> None:
            nonlocal converted
            if done == len(schedule) or any(converted < point <= done for point in schedule.checkpoints):
                convert(done)
                converted = done
            schedule.watch(done)

        source.n_features_in_ = self.n_features_in_
        source._begin_fit(X, np.arange(len(self.classes_)))
        try:
            source._fit(X, labels, replace(schedule, watch=watch, begin=begin))
        finally:
            del self._source

    def _unfinished_arrays(self) -> dict[str, NDArray[Any]]:
        source = {f"{SOURCE}{name}": array for name, array in self._source._unfinished_arrays().items()}
        return {**self._fitted_arrays(), **source}

    def _go_on(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._restore(arrays)
        source = {name.removeprefix(SOURCE): array for name, array in arrays.items() if name.startswith(SOURCE)}
        self._source._go_on(source)

    def _degeneracies(self, X: FloatArray) -> Iterator[str]:
        survey = ResponseSurvey()
        for _, recording in self._presented(X[:SURVEYED]):
            survey.add(0, recording.counts)
        names = [layer.name for layer in self.layers_]
        yield from survey.findings(names, "scale X to about 1, or train longer, so that the source responds")

    def _predict(self, X: FloatArray) -> LabelArray:
        return np.concatenate(
            [
                decide(recording.counts[OUTPUT], self._received(current, recording.counts))
                for current, recording in self._presented(X)
            ]
        )

    def _activity(self, X: FloatArray) -> Activity:
        names = tuple(layer.name for layer in self.layers_)
        parts = [
            {name: (recording.counts[name], recording.binned(name, BIN / 1e3)) for name in names}
            for _, recording in self._presented(X, names)
        ]
        layers = []
        for name in names:
            found = zip(*(part[name] for part in parts), strict=True)
            counts, binned = (np.concatenate(arrays).astype(np.float64) for arrays in found)
            layers.append(Layer(name, counts, binned))
        return Activity((Layer("input", X, None), *layers), bin_width=BIN / 1e3)

    def _operations(self, X: FloatArray) -> OperationCount:
        spikes = 0
        for _, recording in self._presented(X):
            for before, layer in pairwise(self.layers_):
                spikes += int((recording.counts[before.name] @ layer.fan_out).sum())
        outside = self.layers_[0].matrix.nnz * len(X)
        updates = sum(layer.n_units for layer in self.layers_) * self.duration * len(X)
        stored = self.layers_[0].matrix.dtype.itemsize
        return OperationCount(spikes, outside, updates, stored * (spikes + outside))

    def _weights(self) -> dict[str, FloatArray]:
        return {layer.name: layer.matrix.T.toarray() for layer in self.layers_}

    def _replace_weights(self, weights: Mapping[str, FloatArray]) -> None:
        present = self._weights()
        changed = {name for name, matrix in weights.items() if not np.array_equal(matrix, present[name])}
        self.layers_ = tuple(
            self._reweighted(layer, weights[layer.name]) if layer.name in changed else layer for layer in self.layers_
        )

    def _reweighted(self, layer: LinearLayer, weights: FloatArray) -> LinearLayer:
        return layer.with_matrix(weights.T)

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        arrays: dict[str, NDArray[Any]] = {"layers": np.array([layer.name for layer in self.layers_])}
        for layer in self.layers_:
            arrays |= {**matrix_arrays(layer.name, layer.matrix), f"{layer.name}/bias": layer.bias}
        return arrays

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        check(arrays, {"layers": Expected(TEXT, ("layers",))})
        layers, size = [], self.n_features_in_
        for name in arrays["layers"].tolist():
            matrix = matrix_from_arrays(name, arrays)
            check(arrays, {f"{name}/bias": Expected(NUMBER, (matrix.shape[0],))})
            if matrix.shape[1] != size:
                raise ValueError(f"'{name}/shape' has {matrix.shape[1]} inputs, of {size} units")
            layers.append(LinearLayer(name, matrix, arrays[f"{name}/bias"]))
            size = matrix.shape[0]
        if not layers or layers[-1].name != OUTPUT or size != len(self.classes_):
            raise ValueError(f"the last of 'layers' is no {OUTPUT!r} of {len(self.classes_)} units")
        self.layers_ = tuple(layers)

    def _encode_parameter(self, name: str, value: Any) -> Any:
        return encode_neuron(value) if name == "neuron" else super()._encode_parameter(name, value)

    @classmethod
    def _decode_parameter(cls, name: str, value: Any) -> Any:
        return decode_neuron(value) if name == "neuron" else super()._decode_parameter(name, value)

    # The spiking network.

    def _presented(
        self,
        X: FloatArray,
        record: tuple[str, ...] = (),
        traced: tuple[bnsim.Trace, ...] = (),
        chunk: int = CHUNK,
    ) -> Iterator[tuple[FloatArray, bnsim.Recording]]:
        """The output's constant current (sample, class) and the recording of the samples, a chunk each."""
        neuron = convertible_neuron(type(self).__name__, self.neuron)
        simulator = spiking_network(self.layers_, neuron).compile(
            trial=self.duration * ms,
            dt=DT,
            backend=self.backend,
        )
        state = simulator.initial_state(0)  # nothing is drawn
        wanted: list[bnsim.Spikes | bnsim.Trace] = [bnsim.Spikes(name) for name in record]
        wanted += traced
        for start in range(0, len(X), chunk):
            stimulus = currents(self.layers_, X[start : start + chunk])
            _, recording = simulator.run(state, stimulus, plastic=False, record=wanted)
            yield stimulus[OUTPUT], recording

    def _deciding(self) -> tuple[str, ...]:
        """The layers whose spikes the decision rests on: the last two, or the output alone."""
        return tuple(layer.name for layer in self.layers_[-2:])

    def _received(self, current: FloatArray, counts: Mapping[str, NDArray[np.integer]]) -> FloatArray:
        """Input (sample, class), or (sample, step, class), that output neurons received, in thresholds.

        counts: spikes of the layers that the decision rests on up to the end, or up to each step.
        """
        output = counts[OUTPUT]
        if output.ndim == 2:
            received = self.duration * current
        else:
            received = np.arange(1, self.duration + 1)[:, None] * current[:, None]
        if len(self.layers_) > 1:
            before = counts[self.layers_[-2].name]
            rows = before.reshape(-1, before.shape[-1]).astype(np.float64)
            received = received + products(self.layers_[-1].matrix, rows).reshape(output.shape)
        return received


class ConvertedDense(Converted):
    """Convert `models.artificial.dense.Dense` (see `Converted`).

    Parameters
    ----------
    hidden : tuple of int
        Units of each hidden layer; () leaves a linear classifier.
    learning_rate : float
        Of Adam.
    batch_size : int
        Presentations averaged for one step.
    passes : int
        Presentations of each training sample.
    percentile : float
        Of the activations, in (0, 100].
    neuron : str or bnsim.NeuronModel
        "subtractive-if" (no leak; starts half-way to threshold), "subtractive-lif", or any such model with reset by
        subtraction.
    duration : int
        Time steps of 1 ms in which a sample is shown.
    backend : str
        "auto", "cpp", "cython" or "numpy"; see `bnsim.Network.compile`.
    random_state : None, int or RandomState
        Drives the training of the source as it does in the source itself.
    """

    name = "converted"
    twin = "dense"

    def __init__(
        self,
        hidden: tuple[int, ...] = (500,),
        learning_rate: float = 1e-3,
        batch_size: int = 32,
        passes: int = 10,
        percentile: float = 99.9,
        neuron: str | bnsim.NeuronModel = "subtractive-if",
        duration: int = 100,
        backend: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden = hidden
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.passes = passes
        self.percentile = percentile
        self.neuron = neuron
        self.duration = duration
        self.backend = backend
        self.random_state = random_state


class ConvertedConvolutional(Converted):
    """Convert `models.artificial.convolutional.Convolutional` (see `Converted`).

    Parameters
    ----------
    image_shape : tuple of int
        (height, width) of the images that the samples are, in one channel.
    filters : tuple of int
        Number of filters of each convolution.
    kernel : int
        Side of the square kernels, in pixels.
    stride : int
        Distance of the kernels' positions, in pixels.
    hidden : tuple of int
        Units of each fully connected hidden layer.
    dropout : float
        Share of the inputs of each fully connected layer that is set to 0 in training, in [0, 1).
    learning_rate : float
        First learning rate of Adam.
    final_rate : float
        Last learning rate over the first.
    batch_size : int
        Presentations averaged for one step.
    passes : int
        Presentations of each training sample.
    percentile : float
        Of the activations, in (0, 100].
    neuron : str or bnsim.NeuronModel
        "subtractive-if" (no leak; starts half-way to threshold), "subtractive-lif", or any such model with reset by
        subtraction.
    duration : int
        Time steps of 1 ms in which a sample is shown.
    backend : str
        "auto", "cpp", "cython" or "numpy"; see `bnsim.Network.compile`.
    random_state : None, int or RandomState
        Drives the training of the source as it does in the source itself.
    """

    name = "converted-convolutional"
    twin = "convolutional"

    def __init__(
        self,
        image_shape: tuple[int, int] | None = None,
        filters: tuple[int, ...] = (16, 32),
        kernel: int = 5,
        stride: int = 2,
        hidden: tuple[int, ...] = (128,),
        dropout: float = 0.3,
        learning_rate: float = 1e-3,
        final_rate: float = 0.02,
        batch_size: int = 32,
        passes: int = 10,
        percentile: float = 99.9,
        neuron: str | bnsim.NeuronModel = "subtractive-if",
        duration: int = 100,
        backend: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.image_shape = image_shape
        self.filters = filters
        self.kernel = kernel
        self.stride = stride
        self.hidden = hidden
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.batch_size = batch_size
        self.passes = passes
        self.percentile = percentile
        self.neuron = neuron
        self.duration = duration
        self.backend = backend
        self.random_state = random_state

    def _weights(self) -> dict[str, FloatArray]:
        """Of a convolution, whose units come channel by channel, the kernels: the weights of the first position."""
        weights = super()._weights()
        for layer, channels in zip(self.layers_, self.filters, strict=False):
            kernels = layer.matrix[:channels]
            weights[layer.name] = kernels.data.reshape(channels, -1).T
        return weights

    def _reweighted(self, layer: LinearLayer, weights: FloatArray) -> LinearLayer:
        convolutions = self.layers_[: len(self.filters)]
        return layer.with_kernels(weights) if layer in convolutions else super()._reweighted(layer, weights)
