"""Spiking classifiers of fully connected layers, whatever trains them: the network, its stimulus and its answers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from brian2.units import Hz, ms
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

import bnsim
from bnsim.arrays import FloatArray
from bnsim.engine.simulator import Simulator
from models.checks import is_count
from models.classifier import Activity, OperationCount
from models.differentiable import Chain, Linear
from models.intensities import IntensityScale
from models.spiking.spike_read_out import SpikingReadOut
from models.spiking.spiking_classifier import WeightArray

OUTPUT = bnsim.SubtractiveLIF(tau_m=10 * ms)
RHEOBASE = float(np.asarray(OUTPUT.rheobase))
"""In volt, of hidden and output neurons alike: the unit in which weights are given."""
TAU_OUTPUT = 5 * ms
"""Time constant of the currents into output neurons."""


class SpikingLayers(SpikingReadOut):
    """A feed-forward network of spiking neurons, of which a subclass says how its weights are learned.

    Pixel i fires as a Poisson process with rate max_rate x intensity, a bias unit with max_rate. Hidden neurons
    (`bnsim.SubtractiveLIF`, tau_m) are reached by delta synapses, output neurons (the same, 10 ms) by exponential
    currents (5 ms) and a constant background current. Weights are in units of the rheobase. Initial ones are normal:
    into hidden neurons with standard deviation `hidden_weight`, into output neurons with `output_weight`; those of the
    bias are 0.

    Decision: the output neuron with most spikes. Tie rule: of those with equally many, the one whose last spike came
    earliest, then the first class.

    Fitted attributes: `learned_` (weights by projection, in volt) and `intensities_` (scale of the samples).
    """

    twin = "dense"
    bin_width = 5.0
    WAKES = "scale X to [0, 1] feature by feature, or give a larger max_rate or hidden_weight"
    error_signal = True

    hidden: tuple[int, ...]
    max_rate: float
    tau_m: float
    hidden_weight: float
    output_weight: float
    learning_rate: float
    final_rate: float
    background: float
    intensities_: IntensityScale

    traced = (bnsim.Trace("output", "v"),)

    @property
    def recorded(self) -> tuple[str, ...]:  # type: ignore[override]
        """Return the names of all populations but the bias, from input to output."""
        return ("input", *self._layers[1:-1], "output")

    @property
    def trainable_parameters(self) -> int:
        """Return the number of forward weights, those of the bias included."""
        sizes = [self._sizes[name] for name in self._layers]
        return sum((before + 1) * after for before, after in pairwise(sizes))

    def rate_chain(self) -> Chain | None:
        """Return the network of rates with the same weights (see `models.capabilities.Differentiable`).

        Returns
        -------
        models.differentiable.Chain
            What passes between its stages are mean numbers of spikes per ms: of an input, max_rate times its intensity;
            of a neuron, its response over tau_m. Delta synapses drive a neuron by tau_m times the weights that arrive
            per ms.
        """
        check_is_fitted(self)
        low, width = self.intensities_.low, self.intensities_.high - self.intensities_.low
        per_ms = self.max_rate / 1e3
        slope = np.divide(per_ms, width, out=np.zeros_like(width), where=width > 0)
        weights = self._weights()
        bias = {name: per_ms * self.learned_[f"bias_to_{name}.w"] / RHEOBASE for name in weights}
        (first, matrix), *others = ((name, array.T) for name, array in weights.items())
        arriving = [Linear(matrix * slope, bias[first] - matrix @ (slope * low))]
        arriving += [Linear(matrix / self.tau_m, bias[name]) for name, matrix in others]
        hidden = [Linear(self.tau_m * stage.matrix, self.tau_m * stage.bias - 1) for stage in arriving[:-1]]
        return Chain((*hidden, arriving[-1]))

    def _check_parameters(self) -> None:
        layers = isinstance(self.hidden, (tuple, list)) and len(self.hidden) > 0 and all(map(is_count, self.hidden))
        self._require(layers, "hidden", "a tuple of integers of at least 1, one a hidden layer")
        self._require_positive("max_rate", "duration", "tau_m", "hidden_weight", "output_weight")
        self._require_positive("learning_rate", "final_rate", "background")
        self._require(self.duration == round(self.duration), "duration", "whole milliseconds")
        self._require(self.max_rate <= 1000, "max_rate", "at most 1000 Hz: one spike a step")
        self._check_backend()

    # What `OnlineClassifier` and `SpikingClassifier` ask for.

    def _start(self, X: FloatArray) -> None:
        self.intensities_ = IntensityScale.of(X)
        generator = np.random.default_rng([self.random_state_, 0x3FAC])
        self.learned_ = {}
        for before, after in pairwise(self._layers):
            spread = self.output_weight if after == "output" else self.hidden_weight
            shape = self._sizes[before], self._sizes[after]
            forward = spread * generator.standard_normal(shape)
            self.learned_[f"{before}_to_{after}.w"] = RHEOBASE * forward.ravel()
            self.learned_[f"bias_to_{after}.w"] = np.zeros(shape[1])
            if before != "input":  # drawn whether it is used or not: networks that learn differently start alike
                self._start_back(before, after, forward, self.output_weight * generator.standard_normal(shape))

    def _start_back(self, before: str, after: str, forward: FloatArray, other: FloatArray) -> None:
        """Give feedback its initial weights. Nothing, unless overridden.

        forward, other: the weights (before, after) forward, in units of the rheobase, and as many independent ones.
        """

    def _weight_arrays(self) -> dict[str, WeightArray]:
        return {
            after: WeightArray(f"{before}_to_{after}.w", (self._sizes[before], self._sizes[after]), RHEOBASE)
            for before, after in pairwise(self._layers)
        }

    def _activity(self, X: FloatArray) -> Activity:
        layers = self._spiking_layers(list(self._presented(X, self.recorded)))
        return Activity(tuple(layers), bin_width=self.bin_width / 1e3)

    def _operations(self, X: FloatArray) -> OperationCount:
        fan_out = {before: self._sizes[after] for before, after in pairwise(self._layers)}
        fan_out["bias"] = sum(self._sizes[name] for name in self._layers[1:])
        counts = [part.counts for part in self._presented(X)]
        synaptic = sum(int(part[name].sum()) * size for part in counts for name, size in fan_out.items())
        neurons = sum(self._sizes[name] for name in self._layers[1:])
        return OperationCount(synaptic, 0, neurons * round(self.duration) * len(X), 8 * synaptic)

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return {**super()._fitted_arrays(), **self.intensities_.arrays()}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        super()._restore(arrays)
        self.intensities_ = IntensityScale.from_arrays(arrays, self.n_features_in_)

    # The spiking network.

    @property
    def _layers(self) -> list[str]:
        return ["input", *(f"hidden_{index}" for index in range(1, len(self.hidden) + 1)), "output"]

    @property
    def _sizes(self) -> dict[str, int]:
        sizes = (self.n_features_in_, *self.hidden, len(self.classes_))
        return {"bias": 1, **dict(zip(self._layers, sizes, strict=True))}

    @property
    def _poisson(self) -> bnsim.Poisson:
        return bnsim.Poisson(self.max_rate * Hz)

    def _network(self) -> bnsim.Network:
        background = bnsim.ConstantCurrent(self.background * OUTPUT.rheobase)
        hidden = bnsim.SubtractiveLIF(tau_m=self.tau_m * ms)
        populations = [bnsim.Population(name, self._sizes[name], self._poisson) for name in ("bias", "input")]
        populations += [bnsim.Population(name, self._sizes[name], hidden) for name in self._layers[1:-1]]
        populations.append(bnsim.Population("output", self._sizes["output"], OUTPUT, background))
        return bnsim.Network(populations, list(self._projections()))

    @abstractmethod
    def _projections(self) -> Iterator[bnsim.Projection]:
        """All connections of the network; a forward one is called "<source>_to_<target>"."""

    def _simulator(self) -> Simulator:
        return self._network().compile(
            trial=self.duration * ms,
            dt=1 * ms,
            backend=self.backend,
        )

    def _stimulus(self, X: FloatArray) -> dict[str, FloatArray]:
        n = len(X)
        return {"bias": np.ones((n, 1)), "input": self.intensities_(X), "output": np.ones((n, len(self.classes_)))}
