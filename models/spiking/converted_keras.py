"""A user's own trained Keras network as a spiking one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from bnsim.memory import check_fits
from models.classifier import Classifier, Schedule
from models.rectifiers import INPUT, RectifierNetwork, Stage, network_from_arrays
from models.spiking.conversion import CALIBRATION, edges, units_of
from models.spiking.converted_classifier import ConvertedClassifier
from models.spiking.pooling import Counting, LargestCount

HELD = 2**26
"""Activations that calibration holds at once: of large networks, fewer samples are measured."""


class ConvertedKeras(ConvertedClassifier):
    """Turn the units of a Keras network, trained elsewhere, into integrate-and-fire neurons.

    `fit` trains nothing: it reads the network, measures its activations on training samples, and scales them as
    `models.spiking.converted.Converted` does. A population stands for each rectifier of the network. What is linear
    between two of them (convolutions, batch normalisation with its stored means and variances, average pooling, sums
    of branches, padding, rescaling) is folded into one matrix for each pair of populations; what comes from the input
    alone is a constant current, computed outside the spiking network. Maximum pooling is a population of its own,
    whose neurons have fired as often as the most active of their inputs (`models.spiking.pooling.LargestCount`). A
    population's scale s is a percentile of its activations; weights from population j to k become W s_j / s_k, biases
    b / s_k, and a population of maxima has the scale of what it pools.

    A network with a single sigmoid unit gets two output neurons, driven by z and -z.

    It is not in `models.registry`, whose classifiers learn any task from its samples and take part in every study: this
    one knows the task that its file was trained on and no other, and has neither a default that works nor a twin.
    `bnsim convert` and `experiments.convert` carry it out.

    Parameters
    ----------
    source : str
        A .keras file of Keras 3; see `models.artificial.keras_source.read` for what it may hold. It is read by `fit`
        alone.
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
        Drives which training samples activations are measured on, where there are more than 5000.

    Attributes
    ----------
    network_ : models.rectifiers.RectifierNetwork
        The scaled network as plain arrays.

    Raises
    ------
    InputError
        For a parameter out of its range, a file that is no network of such layers, and samples or classes that do not
        fit it.

    References
    ----------
    Diehl et al. (2015), IJCNN, weight normalisation; Rueckauer et al. (2017), Frontiers in Neuroscience 11:682, batch
    normalisation, biases, maximum pooling, reset by subtraction, the percentile, input as current.
    """

    name = "converted-keras"
    twin = None
    REFERENCE = (
        "Diehl, Neil, Binas, Cook, Liu & Pfeiffer (2015), IJCNN; "
        "Rueckauer, Lungu, Hu, Pfeiffer & Liu (2017), Frontiers in Neuroscience 11:682"
    )
    DEVIATIONS = (
        "the weights of the input are applied to analogue values outside the spiking network",
        "neurons start half-way to threshold by default, so that their counts round to the nearest",
        f"activations are measured on {CALIBRATION} training samples at most",
        "equal output counts are told apart by the summed input, which is no spike",
        "maximum pooling passes a spike only where its neuron overtakes all others of the window, so that spikes are "
        "not counted twice when the lead changes",
        "where the largest output is below 0, a number is added to all outputs, so that some neuron fires",
        "branches of different depth reach their sum some steps apart",
    )

    passes = 1
    """Nothing is presented again: the network comes trained."""
    network_: RectifierNetwork
    n_trainable_: int
    _saved_integers = (*Classifier._saved_integers, "n_trainable_")

    def __init__(
        self,
        source: str = "model.keras",
        percentile: float = 99.9,
        neuron: str | bnsim.NeuronModel = "subtractive-if",
        duration: int = 200,
        backend: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.source = source
        self.percentile = percentile
        self.neuron = neuron
        self.duration = duration
        self.backend = backend
        self.random_state = random_state

    @property
    def trainable_parameters(self) -> int:
        """Return the number of values that the training of the source has changed."""
        return self.n_trainable_

    def _check_parameters(self) -> None:
        super()._check_parameters()
        self._require(isinstance(self.source, str) and bool(self.source), "source", "the path of a .keras file")

    def _fit(self, X: FloatArray, labels: LabelArray, schedule: Schedule) -> None:
        from models.artificial.keras_source import read

        source = read(self.source)
        source.check_fits(self.n_features_in_, len(self.classes_))
        n_seen = max(1, min(CALIBRATION, HELD // source.network.n_units))
        self.network_ = source.network.normalised(X[schedule.order[:n_seen]], self.percentile)
        self.n_trainable_ = source.n_trainable
        schedule.begin()
        schedule.watch(len(schedule))

    def _weights(self) -> dict[str, FloatArray]:
        n_bytes = 8 * sum(matrix.shape[0] * matrix.shape[1] for stage in self._weighted() for matrix in _all(stage))
        check_fits(f"{type(self).__name__}.weights", n_bytes, "look at `network_`, whose matrices are sparse")
        return {stage.name: sparse.hstack(_all(stage)).toarray().T for stage in self._weighted()}

    def _replace_weights(self, weights: Mapping[str, FloatArray]) -> None:
        present = self._weights()
        changed = {name for name, matrix in weights.items() if not np.array_equal(matrix, present[name])}
        self.network_ = RectifierNetwork(
            tuple(
                _with_weights(stage, weights[stage.name]) if stage.name in changed else stage
                for stage in self.network_.stages
            )
        )

    def _weighted(self) -> list[Stage]:
        """The stages with weights that were trained."""
        return [stage for stage in self.network_.stages if stage.kind != "largest"]

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return self.network_.arrays()

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        network = network_from_arrays(arrays, self.n_features_in_)
        if network.output.n_units != len(self.classes_):
            raise ValueError(f"an output of {network.output.n_units} units for {len(self.classes_)} classes")
        self.network_ = network

    # What `ConvertedClassifier` asks for.

    def _names(self) -> tuple[str, ...]:
        return tuple(stage.name for stage in self.network_.stages)

    def _network(self, neuron: bnsim.SubtractiveIF | bnsim.SubtractiveLIF) -> bnsim.Network:
        threshold, current = units_of(neuron)
        populations = [
            bnsim.Population(stage.name, stage.n_units, LargestCount())
            if stage.kind == "largest"
            else bnsim.Population(stage.name, stage.n_units, neuron, current)
            for stage in self.network_.stages
        ]
        projections = [
            bnsim.Projection(source, stage.name, Counting(), 1.0, edges(matrix))
            if stage.kind == "largest"
            else bnsim.Projection(source, stage.name, bnsim.Delta(), threshold, edges(matrix))
            for source, stage, matrix in self.network_.connections()
        ]
        return bnsim.Network(populations, projections)

    def _currents(self, X: FloatArray) -> dict[str, FloatArray]:
        return {stage.name: stage.outside(X) for stage in self._weighted()}

    def _connections(self) -> Iterator[tuple[str, str, sparse.csr_array]]:
        for source, stage, matrix in self.network_.connections():
            yield source, stage.name, matrix

    def _n_outside(self) -> int:
        return int(sum(stage.matrices[INPUT].nnz for stage in self.network_.stages if INPUT in stage.matrices))

    def _n_neurons(self) -> int:
        return self.network_.n_units


def _all(stage: Stage) -> list[sparse.csr_array]:
    return list(stage.matrices.values())


def _with_weights(stage: Stage, weights: FloatArray) -> Stage:
    """The stage with other weights (n_inputs, n_units), its sources one below the other."""
    ends = np.cumsum([matrix.shape[1] for matrix in _all(stage)])[:-1]
    parts = np.split(weights, ends)
    matrices = {source: sparse.csr_array(part.T) for source, part in zip(stage.matrices, parts, strict=True)}
    return replace(stage, matrices=matrices)
