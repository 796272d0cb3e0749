"""Trained artificial networks whose weights run as integrate-and-fire neurons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from bnsim.expected import NUMBER, TEXT, Expected, check
from models import registry
from models.classifier import Classifier, Schedule
from models.differentiable import Chain, linear_chain
from models.linear import LinearLayer, matrix_arrays, matrix_from_arrays
from models.spiking.conversion import CALIBRATION, currents, normalised, spiking_network
from models.spiking.converted_classifier import OUTPUT, ConvertedClassifier

SOURCE = "source/"
"""What the names of the source's arrays begin with, in a training that is kept."""


class Converted(ConvertedClassifier):
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

    layers_: tuple[LinearLayer, ...]
    n_trainable_: int
    _source: Any
    """While it learns."""
    _saved_integers = (*Classifier._saved_integers, "n_trainable_")

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

    # What `ConvertedClassifier` asks for.

    def _names(self) -> tuple[str, ...]:
        return tuple(layer.name for layer in self.layers_)

    def _network(self, neuron: bnsim.SubtractiveIF | bnsim.SubtractiveLIF) -> bnsim.Network:
        return spiking_network(self.layers_, neuron)

    def _currents(self, X: FloatArray) -> dict[str, FloatArray]:
        return currents(self.layers_, X)

    def _connections(self) -> Iterator[tuple[str, str, sparse.csr_array]]:
        for before, layer in pairwise(self.layers_):
            yield before.name, layer.name, layer.matrix

    def _n_outside(self) -> int:
        return int(self.layers_[0].matrix.nnz)

    def _n_neurons(self) -> int:
        return sum(layer.n_units for layer in self.layers_)


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
