"""What converted networks share: presentation, decision, activity and operations of integrate-and-fire neurons."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from brian2.units import ms
from numpy.typing import NDArray
from scipy import sparse

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from models.checks import is_positive
from models.classifier import Activity, Classifier, Layer, OperationCount
from models.linear import products
from models.spiking.conversion import DT, convertible_neuron, decide
from models.spiking.degeneracy import ResponseSurvey
from models.spiking.neuron_parameter import decode_neuron, encode_neuron
from models.spiking.spiking_classifier import BACKENDS

CHUNK = 200
"""Presentations simulated at once at most: spikes of thousands of neurons are recorded, a hundred steps each."""
BINNED = 2**25
"""Spike counts of a chunk that are held at once, over trials, time steps and units."""
SURVEYED = 100
"""Training samples shown to the spiking network to see whether it responds, at most."""
BIN = 10.0
"""Width in ms of the time bins of `activity`."""
OUTPUT = "output"
STORED = 8
"""Bytes of a weight, in float64."""


class ConvertedClassifier(Classifier):
    """A classifier whose neurons fire in proportion to what the units of a trained network compute.

    The population "output" decides after any number of steps: the neuron with most spikes up to then; of those with
    equally many the one that has received most input, currents and weights of spikes summed; then the first class.
    """

    kind = "BNS"

    percentile: float
    neuron: str | bnsim.NeuronModel
    duration: int
    backend: str

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
        names = self._names()
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
        samples = self._checked(X)
        labels, deciding = [], (OUTPUT, *self._before_output())
        for current, recording in self._presented(samples, deciding, chunk=self._held_at_once()):
            counts = {name: recording.binned(name, float(DT)).cumsum(axis=1) for name in deciding}
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

    # What a subclass fills in.

    @abstractmethod
    def _names(self) -> tuple[str, ...]:
        """The populations, from input to output."""

    @abstractmethod
    def _network(self, neuron: bnsim.SubtractiveIF | bnsim.SubtractiveLIF) -> bnsim.Network:
        """The spiking network."""

    @abstractmethod
    def _currents(self, X: FloatArray) -> dict[str, FloatArray]:
        """The constant current (sample, unit) of each population that has one."""

    @abstractmethod
    def _connections(self) -> Iterator[tuple[str, str, sparse.csr_array]]:
        """Source, target and weights (unit, unit of the source) of each projection."""

    @abstractmethod
    def _n_outside(self) -> int:
        """Products of weights and features of a sample, which are computed outside the spiking network."""

    @abstractmethod
    def _n_neurons(self) -> int:
        """Neurons of all populations."""

    # What `Classifier` asks for.

    def _check_parameters(self) -> None:
        self._require(is_positive(self.percentile) and self.percentile <= 100, "percentile", "a number in (0, 100]")
        self._require_count("duration")
        self._require_one_of("backend", BACKENDS)
        convertible_neuron(type(self).__name__, self.neuron)

    def _degeneracies(self, X: FloatArray) -> Iterator[str]:
        survey = ResponseSurvey()
        for _, recording in self._presented(X[:SURVEYED]):
            survey.add(0, recording.counts)
        yield from survey.findings(
            list(self._names()), "scale X to about 1, or train longer, so that the source responds"
        )

    def _predict(self, X: FloatArray) -> LabelArray:
        return np.concatenate(
            [
                decide(recording.counts[OUTPUT], self._received(current, recording.counts))
                for current, recording in self._presented(X)
            ]
        )

    def _activity(self, X: FloatArray) -> Activity:
        names = self._names()
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
            for source, _, matrix in self._connections():
                fan_out = np.bincount(matrix.indices, minlength=matrix.shape[1])
                spikes += int((recording.counts[source] @ fan_out).sum())
        outside = self._n_outside() * len(X)
        updates = self._n_neurons() * self.duration * len(X)
        return OperationCount(spikes, outside, updates, STORED * (spikes + outside))

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
        simulator = self._network(neuron).compile(trial=self.duration * ms, dt=DT, backend=self.backend)
        state = simulator.initial_state(0)  # nothing is drawn
        wanted: list[bnsim.Spikes | bnsim.Trace] = [bnsim.Spikes(name) for name in record]
        wanted += traced
        for start in range(0, len(X), chunk):
            stimulus = self._currents(X[start : start + chunk])
            _, recording = simulator.run(state, stimulus, plastic=False, record=wanted)
            yield stimulus[OUTPUT], recording

    def _before_output(self) -> dict[str, sparse.csr_array]:
        """The weights onto the output, by the populations that they come from."""
        return {source: matrix for source, target, matrix in self._connections() if target == OUTPUT}

    def _held_at_once(self) -> int:
        """Presentations of which all spikes that decide are held at once, step by step."""
        units = len(self.classes_) + sum(matrix.shape[1] for matrix in self._before_output().values())
        return max(1, min(CHUNK, BINNED // (units * self.duration)))

    def _received(self, current: FloatArray, counts: Mapping[str, NDArray[np.integer]]) -> FloatArray:
        """Input (sample, class), or (sample, step, class), that output neurons received, in thresholds.

        counts: spikes of the output and of those before it up to the end, or up to each step.
        """
        output = counts[OUTPUT]
        if output.ndim == 2:
            received = self.duration * current
        else:
            received = np.arange(1, self.duration + 1)[:, None] * current[:, None]
        for source, matrix in self._before_output().items():
            before = counts[source]
            rows = before.reshape(-1, before.shape[-1]).astype(np.float64)
            received = received + products(matrix, rows).reshape(output.shape)
        return received
