"""Fixed receptive fields, spiking cells, and a spiking read-out that learns by a three-factor rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from brian2.units import ms, mV, volt
from numpy.typing import NDArray

import bnsim
from bnsim.engine.simulator import Simulator
from models import augmentation
from models.checks import is_positive
from models.classifier import Activity, FloatArray, LabelArray, Layer, OperationCount
from models.filters import SEMISATURATION, FilterBank, Range, draw_filters
from models.online import OnlineClassifier
from models.spiking.decision import decide
from models.spiking.neuron_parameter import NAMED, decode_neuron, encode_neuron, neuron_model

CHUNK = 500
"""Presentations simulated at once: 12 MB of drive for 3000 neurons; starting costs about 3 % of the time."""
BIN = 5.0
"""Width in ms of the time bins of `activity`."""
READ_OUT = "hidden_to_output"


class ReceptiveField(OnlineClassifier):
    """Spiking cells behind fixed receptive fields; only the read-out learns, from spikes.

    Equations
    ---------
    Hidden neuron j gets the constant current I_j = gain x rheobase x r_j for the whole trial, r_j being the response
    of a fixed filter (Gabor patches, `bnsim.receptive_fields`; random directions for plain features), with or without
    divisive contrast normalisation (`models.filters.FilterBank`). Its spikes reach every output neuron k through the
    weight w_kj and an exponential synapse. Output neurons get a background current besides, the same for all, so that
    they fire without input and inhibition shows in their counts too. In the last step of a trial
    (`bnsim.ErrorModulated`)

        w_kj -= eta (1 / (1 + exp(-0.2 u_k)) - [k = label]) n_j

    with n_j the spikes of j in the trial and u_k the sum of the weights of all spikes that arrived, weights being in
    units of the rheobase. They start at 0. eta falls linearly over the training, from `learning_rate` to
    `final_rate` times that; it stays at `learning_rate` in `partial_fit`, which does not know the end.

    Decision: the output neuron with most spikes. Tie rule: of those with equally many, the one that got there first
    (whose last spike came earliest), then the first class. Membrane potentials are not looked at.

    Parameters
    ----------
    image_shape: (height, width) of the images that the samples are; None for plain features, for which patch,
        wavelength and sigma mean nothing.
    n_filters: number of filters and of hidden neurons. patch, wavelength, sigma: see `bnsim.GaborPatches`.
    semisaturation: c of the contrast normalisation, in the unit of the samples times the root of a patch's pixels; None
        for no normalisation.
    gain: current at a filter response of 1, in units of the rheobase. background: into the output neurons, likewise.
    neuron: of the hidden layer: "subtractive-lif", "lif", or any `bnsim.NeuronModel` that defines its rheobase. Output
        neurons are always "subtractive-lif", so that a count means the same whatever the hidden layer is.
    duration: length of a trial in ms, of steps of 1 ms. tau_synapse: of the read-out, in ms.
    learning_rate: change of a weight for one spike and an error of 1. final_rate: its last value over its first.
    shift: each presentation in training is moved by up to so many pixels right or left and down or up
        (`models.augmentation`); 0 for samples as they are.
    passes: presentations of each training sample. backend: see `bnsim.Network.compile`.
    random_state: drives filters, order and shifts of presentations.

    Fitted: `weights_` (n_filters, classes) in volt, `filters_`. `weights()` gives them in units of the rheobase.
    """

    kind = "BNS"
    name = "receptive-field"
    twin = "receptive-dense"
    REFERENCE = "Illing, Gerstner & Brea (2019), Neural Networks 118:90-101"
    DEVIATIONS = (
        "constant current instead of Poisson input",
        "delta rule on spike counts at the end of a trial instead of an update at every time step",
        "the error is computed from the summed synaptic input, which the output neuron's dendrite would hold",
    )
    error_signal = True
    error_gain = 0.2

    def __init__(
        self,
        image_shape: tuple[int, int] | None = None,
        n_filters: int = 2000,
        patch: int = 4,
        wavelength: Range = (2.5, 6.0),
        sigma: Range = (0.8, 1.8),
        semisaturation: float | None = None,
        gain: float = 3.0,
        shift: int = 0,
        background: float = 6.0,
        neuron: str | bnsim.NeuronModel = "subtractive-lif",
        duration: float = 50.0,
        tau_synapse: float = 5.0,
        learning_rate: float = 1e-3,
        final_rate: float = 0.02,
        passes: int = 10,
        backend: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.image_shape = image_shape
        self.n_filters = n_filters
        self.patch = patch
        self.wavelength = wavelength
        self.sigma = sigma
        self.semisaturation = semisaturation
        self.gain = gain
        self.shift = shift
        self.background = background
        self.neuron = neuron
        self.duration = duration
        self.tau_synapse = tau_synapse
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.passes = passes
        self.backend = backend
        self.random_state = random_state

    def _check_parameters(self) -> None:
        self._require_count("n_filters")
        self._require_positive("gain", "background", "duration", "tau_synapse", "learning_rate", "final_rate")
        self._require(self.duration == round(self.duration), "duration", "whole milliseconds")
        known = ("auto", "cpp", "cython", "numpy")
        self._require(self.backend in known, "backend", f"one of {', '.join(known)}")
        self._require(self.semisaturation is None or is_positive(self.semisaturation), "semisaturation", SEMISATURATION)
        self._require(augmentation.allows(self.image_shape, self.shift), "shift", augmentation.ALLOWED)
        neuron_model(type(self).__name__, self.neuron)

    @property
    def trainable_parameters(self) -> int:
        return self.n_filters * len(self.classes_)

    def record(self, X: FloatArray) -> bnsim.Recording:
        """Spike times of both layers and the output's membrane potential for each sample, with learning frozen."""
        return self._present(self._checked(X), record=("hidden", "output"))

    def tied(self, X: FloatArray) -> NDArray[np.bool_]:
        """Whether output neurons share the most spikes of a sample, so that the tie rule decides."""
        counts = self._counts(self._checked(X), "output")
        return (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) > 1

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
        self.weights_ = np.zeros((self.n_filters, len(self.classes_)))
        self.adapted_: dict[str, NDArray[Any]] = {}

    def _learn(self, X: FloatArray, labels: LabelArray, total: int | None) -> None:
        shown = self.presentations_seen_ + np.arange(len(X))
        course = np.ones(len(X)) if total is None else 1 - (1 - self.final_rate) * shown / total
        target = (labels[:, None] == np.arange(len(self.classes_))).astype(np.float64)
        images = augmentation.shifted(
            X, self.image_shape, self.shift, random_state=self.random_state_, first=self.presentations_seen_
        )
        simulator = self._simulator()
        state, _ = simulator.run(
            self._state(simulator),
            self._stimulus(images),
            trials=shown,
            signals={f"{READ_OUT}.target": target, f"{READ_OUT}.learning_rate_factor": course},
        )
        self.weights_ = state[f"{READ_OUT}.w"].reshape(self.weights_.shape)
        self.adapted_ = {name: array for name, array in state.items() if not name.startswith(READ_OUT)}

    def _chunk_size(self) -> int:
        return CHUNK

    def _predict(self, X: FloatArray) -> LabelArray:
        labels = [decide(part.counts["output"], part.spike_times("output")) for part in self._presented(X, ("output",))]
        return np.concatenate(labels)

    def _activity(self, X: FloatArray) -> Activity:
        parts = list(self._presented(X, ("hidden", "output")))
        spiking = []
        for name in ("hidden", "output"):
            counts = np.concatenate([part.counts[name] for part in parts])
            binned = np.concatenate([part.binned(name, BIN / 1e3) for part in parts])
            spiking.append(Layer(name, counts.astype(np.float64), binned.astype(np.float64)))
        return Activity((Layer("input", X, None), *spiking), bin_width=BIN / 1e3)

    def _weights(self) -> dict[str, FloatArray]:
        return {"output": self.weights_ / float(NAMED["subtractive-lif"].rheobase / volt)}

    def _operations(self, X: FloatArray) -> OperationCount:
        spikes = int(self._counts(X, "hidden").sum()) * len(self.classes_)
        products = self.filters_.multiply_accumulates * len(X)
        neurons = self.n_filters + len(self.classes_)
        updates = neurons * round(self.duration) * len(X)
        return OperationCount(spikes, products, updates, self.weights_.itemsize * (spikes + products))

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        adapted = {f"adapted/{name}": array for name, array in self.adapted_.items()}
        return {"weights": self.weights_, **adapted, **self.filters_.arrays()}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.weights_ = arrays["weights"]
        self.filters_ = FilterBank.from_arrays(arrays, self.semisaturation)
        self.adapted_ = dict(self._adapted(arrays))

    def _adapted(self, arrays: Mapping[str, NDArray[Any]]) -> Iterator[tuple[str, NDArray[Any]]]:
        for name, array in arrays.items():
            if name.startswith("adapted/"):
                yield name.removeprefix("adapted/"), array

    def _encode_parameter(self, name: str, value: Any) -> Any:
        return encode_neuron(value) if name == "neuron" else super()._encode_parameter(name, value)

    @classmethod
    def _decode_parameter(cls, name: str, value: Any) -> Any:
        return decode_neuron(value) if name == "neuron" else super()._decode_parameter(name, value)

    # The spiking network.

    def _network(self) -> bnsim.Network:
        hidden, output = neuron_model(type(self).__name__, self.neuron), NAMED["subtractive-lif"]
        drive = bnsim.ConstantCurrent(self.gain * hidden.rheobase)
        background = bnsim.ConstantCurrent(self.background * output.rheobase)
        return bnsim.Network(
            populations=[
                bnsim.Population("hidden", self.n_filters, hidden, drive),
                bnsim.Population("output", len(self.classes_), output, background),
            ],
            projections=[
                bnsim.Projection(
                    "hidden",
                    "output",
                    bnsim.ExponentialCurrent(tau=self.tau_synapse * ms),
                    weights=0 * mV,
                    plasticity=bnsim.ErrorModulated(
                        learning_rate=self.learning_rate, gain=self.error_gain, scale=output.rheobase
                    ),
                    name=READ_OUT,
                )
            ],
        )

    def _simulator(self) -> Simulator:
        return self._network().compile(
            trial=self.duration * ms,
            dt=1 * ms,
            traces={"output": ["v"]},
            backend=self.backend,  # type: ignore[arg-type]
        )

    def _stimulus(self, X: FloatArray) -> dict[str, FloatArray]:
        return {"hidden": self.filters_.responses(X), "output": np.ones((len(X), len(self.classes_)))}

    def _state(self, simulator: Simulator) -> bnsim.State:
        learned = {f"{READ_OUT}.w": self.weights_.ravel(), **self.adapted_}
        return simulator.initial_state(self.random_state_).replace(learned)

    def _counts(self, X: FloatArray, population: str) -> NDArray[np.int32]:
        return np.concatenate([part.counts[population] for part in self._presented(X)])

    def _presented(self, X: FloatArray, record: tuple[str, ...] = ()) -> Iterator[bnsim.Recording]:
        """Recordings of the samples, a chunk each: filter outputs of all at once could fill the memory."""
        for start in range(0, len(X), CHUNK):
            yield self._present(X[start : start + CHUNK], record)

    def _present(self, X: FloatArray, record: tuple[str, ...] = ()) -> bnsim.Recording:
        simulator = self._simulator()
        _, recording = simulator.run(self._state(simulator), self._stimulus(X), plastic=False, record=record)
        return recording
