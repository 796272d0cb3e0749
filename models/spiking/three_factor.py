"""Spiking layers that all learn, the hidden ones from errors that are sent back to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from brian2.units import Hz, ms, mV
from brian2.units.fundamentalunits import Quantity
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from bnsim.engine.simulator import Simulator
from models.checks import is_count
from models.classifier import Activity, OperationCount
from models.differentiable import Chain, Linear
from models.intensities import IntensityScale
from models.schedule import falling
from models.spiking.neuron_parameter import NAMED
from models.spiking.spike_read_out import SpikingReadOut
from models.spiking.spiking_classifier import WeightArray

FEEDBACK = ("symmetric", "random")
OUTPUT = NAMED["subtractive-lif"]
RHEOBASE = float(np.asarray(OUTPUT.rheobase))
"""In volt, of hidden and output neurons alike: the unit in which weights are given."""


class ThreeFactor(SpikingReadOut):
    """Classify by a feed-forward network of spiking neurons, every layer of which learns by a three-factor rule.

    Pixel i fires as a Poisson process with rate max_rate x intensity, a bias unit with max_rate. Hidden neurons
    (`bnsim.SubtractiveLIF`, tau_m) are reached by delta synapses, output neurons (the same, 10 ms) by exponential
    currents (5 ms) and a constant background current. With n the spikes of a neuron in the trial and u_k the summed
    weights of all spikes that reached output neuron k, weights in units of the rheobase, the trial's last step does

        error_k = 1 / (1 + exp(-0.2 u_k)) - [k = label]        w_jk -= eta error_k n_j      (`bnsim.ErrorModulated`)
        error_j = sum_k b_kj error_k where n_j > 0, else 0     w_ij -= eta_h error_j n_i    (`bnsim.FeedbackModulated`)

    and so on, layer by layer. b are feedback weights of their own (`bnsim.ErrorFeedback`): "random" ones stay as they
    were drawn; "symmetric" ones start equal to the forward weights and are changed by the same local product of their
    two neurons' activity, so that they remain equal without being copied. Both learning rates fall linearly over the
    training to `final_rate` of their start; in `partial_fit`, which does not know the end, they stay.

    Initial weights are normal: into hidden neurons with standard deviation `hidden_weight`, forward and back between
    other layers with `output_weight`.

    Decision: the output neuron with most spikes. Tie rule: of those with equally many, the one whose last spike came
    earliest, then the first class.

    Parameters
    ----------
    hidden : tuple of int
        Neurons of each hidden layer.
    feedback : str
        "symmetric" or "random".
    max_rate : float
        Rate of a pixel of full intensity and of the bias unit, in Hz.
    duration : float
        Of a trial, in ms, in steps of 1 ms.
    tau_m : float
        Membrane time constant of the hidden neurons, in ms.
    hidden_weight, output_weight : float
        Standard deviations of the initial weights, in units of the rheobase.
    learning_rate, hidden_learning_rate : float
        eta and eta_h.
    final_rate : float
        Last learning rate over the first.
    background : float
        Current into the output neurons, in units of the rheobase.
    passes : int
        Presentations of each training sample.
    backend : str
        "auto", "cpp", "cython" or "numpy"; see `bnsim.Network.compile`.
    random_state : None, int or RandomState
        Drives initial weights, spikes and order of presentations.

    Attributes
    ----------
    learned_ : dict of str to ndarray
        Weights by projection, in volt.
    intensities_ : models.intensities.IntensityScale
        Scale of the samples.

    Raises
    ------
    InputError
        For a parameter out of its range.

    References
    ----------
    Neftci, Augustine, Paul & Detorakis (2017), Frontiers in Neuroscience 11:324.
    """

    name = "three-factor"
    twin = "dense"
    REFERENCE = "Neftci, Augustine, Paul & Detorakis (2017), Frontiers in Neuroscience 11:324"
    DEVIATIONS = (
        "weights change at the end of a trial, by spike counts, instead of at every presynaptic spike",
        "the postsynaptic factor is 1 where the neuron fired, instead of where its synaptic current lies in a range",
        "errors are numbers that the feedback synapses carry, instead of spikes of error neurons",
        "feedback weights are symmetric by default, and random only where asked for",
    )
    bin_width = 5.0
    WAKES = "scale X to [0, 1] feature by feature, or give a larger max_rate or hidden_weight"
    error_signal = True
    error_gain = 0.2

    def __init__(
        self,
        hidden: tuple[int, ...] = (500,),
        feedback: str = "symmetric",
        max_rate: float = 200.0,
        duration: float = 50.0,
        tau_m: float = 20.0,
        hidden_weight: float = 0.05,
        output_weight: float = 0.1,
        learning_rate: float = 1e-3,
        hidden_learning_rate: float = 3e-3,
        final_rate: float = 0.02,
        background: float = 6.0,
        passes: int = 10,
        backend: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden = hidden
        self.feedback = feedback
        self.max_rate = max_rate
        self.duration = duration
        self.tau_m = tau_m
        self.hidden_weight = hidden_weight
        self.output_weight = output_weight
        self.learning_rate = learning_rate
        self.hidden_learning_rate = hidden_learning_rate
        self.final_rate = final_rate
        self.background = background
        self.passes = passes
        self.backend = backend
        self.random_state = random_state

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
        self._require(self.feedback in FEEDBACK, "feedback", f"one of {', '.join(FEEDBACK)}")
        self._require_positive("max_rate", "duration", "tau_m", "hidden_weight", "output_weight")
        self._require_positive("learning_rate", "hidden_learning_rate", "final_rate", "background")
        self._require(self.duration == round(self.duration), "duration", "whole milliseconds")
        self._require(self.max_rate <= 1000, "max_rate", "at most 1000 Hz: one spike a step")
        self._check_backend()

    # What `OnlineClassifier` asks for.

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
            if before != "input":
                fixed = self.output_weight * generator.standard_normal(shape)
                back = forward if self.feedback == "symmetric" else fixed
                self.learned_[f"{after}_to_{before}.w"] = back.T.ravel()

    def _learn(self, X: FloatArray, labels: LabelArray, total: int | None) -> None:
        self._train(X, self._signals(labels, total))

    def _signals(self, labels: LabelArray, total: int | None) -> dict[str, FloatArray]:
        course = falling(self.final_rate, self.presentations_seen_, len(labels), total)
        target = (labels[:, None] == np.arange(len(self.classes_))).astype(np.float64)
        rates = {f"{name.removesuffix('.w')}.learning_rate_factor": course for name in self.learned_}
        return rates | {f"{source}_to_output.target": target for source in ("bias", self._layers[-2])}

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

    def _network(self) -> bnsim.Network:
        poisson = bnsim.Poisson(self.max_rate * Hz)
        background = bnsim.ConstantCurrent(self.background * OUTPUT.rheobase)
        hidden = bnsim.SubtractiveLIF(tau_m=self.tau_m * ms)
        populations = [bnsim.Population(name, self._sizes[name], poisson) for name in ("bias", "input")]
        populations += [bnsim.Population(name, self._sizes[name], hidden) for name in self._layers[1:-1]]
        populations.append(bnsim.Population("output", self._sizes["output"], OUTPUT, background))
        return bnsim.Network(populations, list(self._projections()))

    def _projections(self) -> Iterator[bnsim.Projection]:
        """From the output backwards, as errors travel: what learns, then what sends its errors on."""
        scale = OUTPUT.rheobase
        rate = self.learning_rate
        synapse: bnsim.SynapseModel = bnsim.ExponentialCurrent(tau=5 * ms)
        rule: bnsim.PlasticityRule = bnsim.ErrorModulated(learning_rate=rate, gain=self.error_gain, scale=scale)
        for before, after in reversed(list(pairwise(self._layers))):
            for source in ("bias", before):
                yield bnsim.Projection(source, after, synapse, 0 * mV, plasticity=rule)
            if before != "input":
                back = bnsim.ErrorFeedback(learning_rate=rate if self.feedback == "symmetric" else 0.0)
                yield bnsim.Projection(after, before, bnsim.Modulatory(), Quantity(0.0), plasticity=back)
            rate = self.hidden_learning_rate
            synapse, rule = bnsim.Delta(), bnsim.FeedbackModulated(learning_rate=rate, scale=scale)

    def _simulator(self) -> Simulator:
        return self._network().compile(
            trial=self.duration * ms,
            dt=1 * ms,
            backend=self.backend,
        )

    def _stimulus(self, X: FloatArray) -> dict[str, FloatArray]:
        n = len(X)
        return {"bias": np.ones((n, 1)), "input": self.intensities_(X), "output": np.ones((n, len(self.classes_)))}
