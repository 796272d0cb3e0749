"""What spiking classifiers behind a bank of fixed filters have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from brian2.units import ms
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from bnsim.engine.simulator import Simulator
from models import augmentation
from models.checks import is_positive
from models.classifier import Activity, Layer, OperationCount
from models.differentiable import Chain, filtered_chain
from models.filters import SEMISATURATION, FilterBank, Range, draw_filters
from models.schedule import falling
from models.spiking.neuron_parameter import NAMED
from models.spiking.output_decision import OutputDecision
from models.spiking.spiking_classifier import WeightArray

READ_OUT = "hidden_to_output"
"""The projection whose weights are learned."""
CELL = NAMED["subtractive-lif"]
RHEOBASE = float(np.asarray(CELL.rheobase))
"""In volt: the unit in which weights are given."""


class FilteredClassifier(OutputDecision):
    """Filters drive hidden neurons by constant currents; only the projection from these to the output learns.

    Decision: the output neuron with most spikes. Tie rule: of those with equally many, the one that got there first
    (whose last spike came earliest), then the first class. Membrane potentials are not looked at.

    A subclass has the parameters below, and describes the network (`_network`: populations "hidden" and "output"), the
    initial weights and the signals of a training. Fitted attribute besides `learned_`: `filters_`.
    """

    twin = "receptive-dense"
    recorded = ("hidden", "output")
    traced = (bnsim.Trace("output", "v"),)
    WAKES = "scale X to about 1, or give a larger gain"
    bin_width = 5.0
    output_fan_out: ClassVar[bool]
    """Whether a spike of an output neuron reaches all the others."""

    image_shape: tuple[int, int] | None
    n_filters: int
    patch: int
    wavelength: Range
    sigma: Range
    semisaturation: float | None
    gain: float
    shift: int
    duration: float
    final_rate: float
    filters_: FilterBank

    @abstractmethod
    def _network(self) -> bnsim.Network:
        """The description of the spiking network."""

    @abstractmethod
    def _initial_weights(self) -> FloatArray:
        """Weights (n_filters x classes,) before training, in volt."""

    @abstractmethod
    def _teaching(self, labels: LabelArray) -> dict[str, FloatArray]:
        """What the network is told in presentations of these classes, as signals of `Simulator.run`."""

    @property
    def trainable_parameters(self) -> int:
        """Return the number of weights from the hidden layer to the output."""
        return self.n_filters * len(self.classes_)

    def rate_chain(self) -> Chain:
        """Return the network of rates with the same filters and weights (see `models.capabilities.Differentiable`)."""
        check_is_fitted(self)
        return filtered_chain(self.filters_, self.gain, 1.0, self._weights()["output"])

    def _check_front_end(self) -> None:
        self._require_count("n_filters")
        self._require_positive("gain", "duration", "final_rate")
        self._require(self.duration == round(self.duration), "duration", "whole milliseconds")
        self._require(self.semisaturation is None or is_positive(self.semisaturation), "semisaturation", SEMISATURATION)
        self._require(augmentation.allows(self.image_shape, self.shift), "shift", augmentation.ALLOWED)
        self._check_backend()

    # What `OnlineClassifier` asks for.

    def _start(self, X: FloatArray) -> None:
        self.filters_ = draw_filters(
            self.n_features_in_,
            image_shape=self.image_shape,
            n_filters=self.n_filters,
            patch=self.patch,
            wavelength=self.wavelength,
            sigma=self.sigma,
            semisaturation=self.semisaturation,
            seed=self.random_state_,
            owner=type(self).__name__,
        )
        self.learned_ = {f"{READ_OUT}.w": self._initial_weights()}

    def _learn(self, X: FloatArray, labels: LabelArray, total: int | None) -> None:
        course = falling(self.final_rate, self.presentations_seen_, len(X), total)
        images = augmentation.shifted(
            X, self.image_shape, self.shift, random_state=self.random_state_, first=self.presentations_seen_
        )
        self._train(images, {**self._teaching(labels), f"{READ_OUT}.learning_rate_factor": course})

    def _weight_arrays(self) -> dict[str, WeightArray]:
        return {"output": WeightArray(f"{READ_OUT}.w", (self.n_filters, len(self.classes_)), RHEOBASE)}

    def _activity(self, X: FloatArray) -> Activity:
        layers = self._spiking_layers(list(self._presented(X, self.recorded)))
        return Activity((Layer("input", X, None), *layers), bin_width=self.bin_width / 1e3)

    def _operations(self, X: FloatArray) -> OperationCount:
        classes, products = len(self.classes_), self.filters_.multiply_accumulates * len(X)
        others = classes - 1 if self.output_fan_out else 0
        counts = [part.counts for part in self._presented(X)]
        spikes = sum(int(part["hidden"].sum()) * classes + int(part["output"].sum()) * others for part in counts)
        updates = (self.n_filters + classes) * round(self.duration) * len(X)
        return OperationCount(spikes, products, updates, 8 * (spikes + products))

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return {**super()._fitted_arrays(), **self.filters_.arrays()}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        super()._restore(arrays)
        self.filters_ = FilterBank.from_arrays(arrays, self.semisaturation, (self.n_filters, self.n_features_in_))

    # What `SpikingClassifier` asks for.

    def _simulator(self) -> Simulator:
        return self._network().compile(
            trial=self.duration * ms,
            dt=1 * ms,
            backend=self.backend,
        )

    def _stimulus(self, X: FloatArray) -> dict[str, FloatArray]:
        return {"hidden": self.filters_.responses(X), "output": np.ones((len(X), len(self.classes_)))}
