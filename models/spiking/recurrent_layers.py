"""Recurrent spiking networks that read sequences, whatever trains them: the network, its stimulus and its answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2.units import ms, mV
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from sklearn.utils.validation import check_is_fitted

import bnsim
from bnsim.arrays import Float64Array, FloatArray, LabelArray
from bnsim.binning import steps_of
from bnsim.engine.simulator import Simulator
from models import sequences
from models.artificial.recurrent_network import RecurrentDynamics, RecurrentWeights
from models.classifier import Activity, Layer, OperationCount
from models.optimizers import Moments
from models.sequence_reader import SequenceLearner
from models.spiking.spiking_classifier import CHUNK, SpikingClassifier, WeightArray

THRESHOLD = 1e-3
"""In volt, above rest: the unit in which weights are given."""
READOUT = "output"
AT_ONCE = 100
"""Samples whose hidden neurons are followed at once; bears on memory, not on results."""


@dataclass(frozen=True, eq=False)
class Sequences:
    """Samples as a network reads them.

    Parameters
    ----------
    values : ndarray, shape (n_samples, n_frames, n_channels)
        The sequences, 0 after the end of each. The last channel is the mask, and serves as the input of the bias.
    lengths : ndarray of int, shape (n_samples,)
        Number of frames that the network takes for each: until its end has reached the readout.
    asked : ndarray, shape (n_samples, n_frames)
        Which part each frame has in the answer.
    """

    values: FloatArray
    lengths: LabelArray
    asked: Float64Array


class SpikingRecurrent(SequenceLearner, SpikingClassifier):
    """A recurrent network of spiking neurons with a leaky readout; a subclass says how its weights are learned.

    A step of a sequence, a frame, lasts for `frame` ms. While it lasts, its values reach all hidden neurons through
    graded synapses (`bnsim.Graded`) in every time step; the mask does so too, as a bias. Hidden neurons
    (`bnsim.AdaptiveThresholdLIF`) are connected to each other and to the readout by delta synapses. The readout has a
    leaky integrator a class (`bnsim.LeakyReadout`) and a bias. Weights are in units of the distance from rest to
    threshold.

    What comes in acts on the readout two time steps later. So that the end of a sequence counts, the answer is read as
    many frames later as it takes: two where a frame is one time step, one where it is two, else none.

    Decision: the class with the largest mean of the softmax of the readout over the time steps in which the answer is
    asked for, of equals the first.

    Fitted attributes: `learned_` (weights by projection, in volt) and `moments_` (of Adam; None with plain steps).
    """

    twin = "rate-recurrent"
    recorded = ("hidden",)
    traced = (bnsim.Trace(READOUT, "v"),)
    WAKES = "scale X to about 1 channel by channel, or give a larger input_weight"

    LOOK = CHUNK
    adaptive: float
    adaptation: float
    tau_theta: float
    tau_m: float
    tau_output: float
    dampening: float
    frame: float
    dt: float
    input_weight: float
    recurrent_weight: float
    output_weight: float
    moments_: Moments | None

    @property
    def bin_width(self) -> float:  # type: ignore[override]
        """Return the duration of a frame in ms."""
        return self.frame

    @property
    def trainable_parameters(self) -> int:
        """Return the number of forward weights, those of the biases included."""
        n_inputs, n_classes = self._shape[1], len(self.classes_)
        return n_inputs * self.units + self.units * (self.units - 1) + (self.units + 1) * n_classes

    def predict_proba(self, X: ArrayLike) -> Float64Array:
        """Return the mean of the softmax of the readout over the time steps in which the answer is asked for.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`.
        """
        check_is_fitted(self)
        return np.concatenate([answer for _, _, answer in self._answered(self._checked(X))])

    def time_steps(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return how many time steps the network takes for each sample: until its end has reached the readout.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of int, shape (n_samples,)
            Numbers of time steps.
        """
        check_is_fitted(self)
        return self._held * self._read(self._checked(X)).lengths

    def predictions_over_time(self, X: ArrayLike) -> NDArray[Any]:
        """Return the class of each sample after each time step, of what has been asked for up to then.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples, n_steps)
            Classes, after 1, 2, ... time steps of a trial. Before the answer is asked for, that of the readout in this
            time step alone; from the end of a sequence on, that of `predict`.
        """
        samples = self._checked(X)
        found = []
        for read, recording, answer in self._answered(samples):
            chances, asked = self._chances(recording), self._asked(read)
            so_far = (chances * asked[:, :, None]).cumsum(axis=1)
            labels = np.where(asked.cumsum(axis=1) > 0, so_far.argmax(axis=2), chances.argmax(axis=2))
            over = np.arange(recording.n_steps) >= self._held * read.lengths[:, None] - 1
            found.append(np.where(over, answer.argmax(axis=1)[:, None], labels))
        return self.classes_[np.concatenate(found)]

    def course(self, X: ArrayLike, steps: Sequence[int]) -> dict[str, FloatArray]:
        """Return what the hidden neurons hold as some frames begin (see `models.capabilities.Remembering`).

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.
        steps : sequence of int
            Increasing numbers of frames, counted from 0.

        Returns
        -------
        dict of str to ndarray
            "membrane potential" above rest and "adaptation" of the threshold, in thresholds, and "spikes" in the frame
            before (n_samples, len(steps), n_units).

        Raises
        ------
        InputError
            If there is no such frame.
        """
        samples = self._checked(X)
        chosen = sequences.check_moments(type(self).__name__, steps, self._shape[0])
        names = {"membrane potential": "v", "adaptation": "theta"}
        traces = tuple(bnsim.Trace("hidden", symbol, every=self.frame * ms) for symbol in names.values())
        found: dict[str, list[FloatArray]] = {name: [] for name in (*names, "spikes")}
        for start in range(0, len(samples), AT_ONCE):
            recording = self._present(samples[start : start + AT_ONCE], ("hidden",), traces)
            for name, symbol in names.items():
                found[name].append(recording.trace("hidden", symbol).values[:, chosen] / THRESHOLD)
            frames = np.pad(recording.binned("hidden", self.frame / 1e3), [(0, 0), (1, 0), (0, 0)])
            found["spikes"].append(frames[:, chosen].astype(np.float64))
        return {name: np.concatenate(parts) for name, parts in found.items()}

    def _check_parameters(self) -> None:
        self._check_learning()
        self._require(self.units >= 2, "units", "an integer of at least 2")
        for name in ("adaptive", "adaptation"):
            value = getattr(self, name)
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            self._require(number and 0 <= value < np.inf, name, "a number of at least 0")
        self._require(self.adaptive <= 1, "adaptive", "a share of 0 to 1")
        self._require_positive("tau_theta", "tau_m", "tau_output", "dampening", "frame", "dt")
        self._require_positive("input_weight", "recurrent_weight", "output_weight")
        steps = self.frame / self.dt
        self._require(steps >= 1 and abs(steps - round(steps)) < 1e-6, "frame", "a whole number of time steps dt")
        self._check_backend()

    @property
    def _held(self) -> int:
        """Time steps of a frame."""
        return round(self.frame / self.dt)

    @property
    def _late(self) -> int:
        """Frames by which the answer is later than what is asked."""
        return {1: 2, 2: 1}.get(self._held, 0)

    def _read(self, X: FloatArray) -> Sequences:
        rows = self._rows(X)
        steps = rows.reshape(len(X), *self._shape)
        lengths = sequences.as_sequences(rows, self._shape)[1] + self._late
        values = np.pad(np.where(steps[:, :, -1:] > 0, steps, 0.0), [(0, 0), (0, self._late), (0, 0)])
        return Sequences(values, lengths, sequences.asked(lengths, values.shape[1], self.answer_steps))

    def _lessons(self, X: FloatArray, labels: LabelArray, read: Sequences) -> tuple[LabelArray, FloatArray]:
        """The right class of each frame, and which part the frame has in the loss (sample, frame)."""
        taught, parts = self._taught(X, labels, read.asked)
        if not self.predict_next:
            return taught, parts
        frames = [(0, 0), (self._late, 0)]  # what follows a step is asked for when the step has reached the readout
        return np.pad(taught, frames), np.pad(parts, frames)

    # What `OnlineClassifier` asks for.

    def _start(self, X: FloatArray) -> None:
        self._rows(X)  # refuses samples that are no sequences
        generator = np.random.default_rng([self.random_state_, 0x5EC5])
        n_channels, n, n_classes = self._shape[1], self.units, len(self.classes_)
        inputs = self.input_weight / np.sqrt(n_channels) * generator.standard_normal((n_channels, n))
        inputs[-1] = 0.0  # the bias
        recurrent = self.recurrent_weight / np.sqrt(n) * generator.standard_normal((n, n))
        output, other = self.output_weight / np.sqrt(n) * generator.standard_normal((2, n, n_classes))
        np.fill_diagonal(recurrent, 0.0)
        self.learned_ = self._stored(RecurrentWeights(inputs, recurrent, output, np.zeros(n_classes)))
        self.moments_ = Moments.of(self.optimizer, self._matrices().arrays)
        self._start_back(output, other)  # drawn whether it is used or not: networks that learn differently start alike

    def _start_back(self, forward: FloatArray, other: FloatArray) -> None:
        """Give feedback its initial weights. Nothing, unless overridden.

        forward, other: the weights (cell, class) into the readout, and as many independent ones.
        """

    def _stored(self, weights: RecurrentWeights) -> dict[str, FloatArray]:
        """Weights as `learned_` holds them."""
        return {
            "input_to_hidden.w": THRESHOLD * weights.inputs.ravel(),
            "hidden_to_hidden.w": THRESHOLD * weights.recurrent[self._others],
            "hidden_to_output.w": THRESHOLD * weights.output.ravel(),
            "bias_to_output.w": THRESHOLD * weights.bias,
        }

    def _matrices(self) -> RecurrentWeights:
        recurrent = np.zeros((self.units, self.units))
        recurrent[self._others] = self.learned_["hidden_to_hidden.w"] / THRESHOLD
        return RecurrentWeights(
            self.learned_["input_to_hidden.w"].reshape(-1, self.units) / THRESHOLD,
            recurrent,
            self.learned_["hidden_to_output.w"].reshape(self.units, -1) / THRESHOLD,
            self.learned_["bias_to_output.w"] / THRESHOLD,
        )

    @property
    def _others(self) -> NDArray[np.bool_]:
        """Pairs of hidden neurons that are connected."""
        return ~np.eye(self.units, dtype=bool)

    def _dynamics(self) -> RecurrentDynamics:
        decays = (float(np.exp(-self.dt / tau)) for tau in (self.tau_m, self.tau_theta, self.tau_output))
        alpha, rho, kappa = decays
        return RecurrentDynamics(alpha, rho, self._increments(), kappa)

    def _increments(self) -> Float64Array:
        """What a spike adds to the threshold of each cell: the first ones adapt."""
        return np.where(np.arange(self.units) < round(self.adaptive * self.units), self.adaptation, 0.0)

    # What `Classifier` asks for.

    def _answered(self, X: FloatArray) -> Iterator[tuple[Sequences, bnsim.Recording, Float64Array]]:
        """Samples, recordings and probabilities (sample, class) with learning frozen, a chunk each."""
        for start in range(0, len(X), CHUNK):
            samples = X[start : start + CHUNK]
            recording = self._present(samples, self.recorded, self.traced)
            read = self._read(samples)
            yield read, recording, np.einsum("ntk,nt->nk", self._chances(recording), self._asked(read))

    def _chances(self, recording: bnsim.Recording) -> Float64Array:
        """The softmax of the readout (sample, time step, class)."""
        # A trace shows the start of a step, with what has arrived; what comes out is what is left after the step.
        decay = self._dynamics().kappa
        return softmax(decay / THRESHOLD * recording.trace(READOUT, "v").values, axis=2)

    def _asked(self, read: Sequences) -> Float64Array:
        """Which part each time step has in the answer (sample, time step)."""
        return np.repeat(read.asked, self._held, axis=1) / self._held

    def _predict(self, X: FloatArray) -> LabelArray:
        return np.concatenate([answer.argmax(axis=1) for _, _, answer in self._answered(X)])

    def _activity(self, X: FloatArray) -> Activity:
        answered = list(self._answered(X))
        (hidden,) = self._spiking_layers([recording for _, recording, _ in answered])
        answers = np.concatenate([answer for _, _, answer in answered])
        layers = (Layer("input", X, None), hidden, Layer(READOUT, answers, None))
        return Activity(layers, bin_width=self.bin_width / 1e3)

    def _operations(self, X: FloatArray) -> OperationCount:
        """Time steps after the end of a sequence cost nothing; a value that is 0 is not transmitted."""
        n_spikes, n_values, n_steps, n_classes = 0, 0, 0, len(self.classes_)
        for read, recording, _ in self._answered(X):
            spikes = recording.spike_times("hidden")
            ends = self._held * read.lengths
            n_spikes += int((steps_of(spikes.time, recording.dt) < ends[spikes.trial]).sum())
            n_values += self._held * int(np.count_nonzero(read.values))
            n_steps += int(ends.sum())
        synaptic = n_spikes * (self.units - 1 + n_classes)
        products = n_values * self.units + n_steps * n_classes
        return OperationCount(synaptic, products, n_steps * (self.units + n_classes), 8 * (synaptic + products))

    def _weights(self) -> dict[str, FloatArray]:
        """Into the hidden layer those of the input above those of its own spikes, where self-connections are 0."""
        matrices = self._matrices()
        return {"hidden": np.vstack([matrices.inputs[:-1], matrices.recurrent]), READOUT: matrices.output}

    def _replace_weights(self, weights: Mapping[str, FloatArray]) -> None:
        """Self-connections stay absent."""
        matrices = self._matrices()
        changed = {**self._weights(), **weights}
        inputs, recurrent = np.split(changed["hidden"], [self._shape[1] - 1])
        inputs = np.vstack([inputs, matrices.inputs[-1:]])
        given = self._stored(RecurrentWeights(inputs, recurrent, changed[READOUT], matrices.bias))
        same = self._stored(matrices)
        self.learned_ = self.learned_ | {
            name: np.where(array == same[name], self.learned_[name], array) for name, array in given.items()
        }

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return {**super()._fitted_arrays(), **({} if self.moments_ is None else self.moments_.arrays())}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        super()._restore(arrays)
        self.moments_ = Moments.from_arrays(self.optimizer, arrays, self._matrices().arrays)

    def _weight_arrays(self) -> dict[str, WeightArray]:
        return {READOUT: WeightArray("hidden_to_output.w", (self.units, len(self.classes_)), THRESHOLD)}

    def _learned_sizes(self, network: bnsim.Network) -> dict[str, int]:
        n, n_classes = self.units, len(self.classes_)
        return {
            "input_to_hidden.w": self._shape[1] * n,
            "hidden_to_hidden.w": n * (n - 1),
            "hidden_to_output.w": n * n_classes,
            "bias_to_output.w": n_classes,
        }

    # The spiking network.

    def _populations(self) -> list[bnsim.Population]:
        cell = bnsim.AdaptiveThresholdLIF(
            tau_m=self.tau_m * ms,
            v_rest=0 * mV,
            v_threshold=1 * mV,
            theta_increment=self._increments() * mV,
            tau_theta=self.tau_theta * ms,
        )
        readout = bnsim.LeakyReadout(tau_m=self.tau_output * ms)
        return [
            bnsim.Population("input", self._shape[1], bnsim.GradedInput()),
            bnsim.Population("bias", 1, bnsim.GradedInput()),
            bnsim.Population("hidden", self.units, cell),
            bnsim.Population(READOUT, len(self.classes_), readout),
        ]

    def _network(self) -> bnsim.Network:
        """Without what only learning needs: it takes most of the time."""
        others = bnsim.AllToAll(autapses=False)
        return bnsim.Network(
            self._populations(),
            [
                bnsim.Projection("bias", READOUT, bnsim.Graded(), 0 * mV),
                bnsim.Projection("hidden", READOUT, bnsim.Delta(), 0 * mV),
                bnsim.Projection("input", "hidden", bnsim.Graded(), 0 * mV),
                bnsim.Projection("hidden", "hidden", bnsim.Delta(), 0 * mV, others),
            ],
        )

    def _compiled(self, network: bnsim.Network) -> Simulator:
        trial = (self._shape[0] + self._late) * self._held * self.dt
        return network.compile(trial=trial * ms, dt=self.dt * ms, backend=self.backend)

    def _simulator(self) -> Simulator:
        return self._compiled(self._network())

    def _state(self, simulator: Simulator) -> bnsim.State:
        known = {f"{projection.name}.w" for projection in simulator.network.projections}
        learned = {name: array for name, array in self.learned_.items() if name in known}
        return simulator.initial_state(self.random_state_).replace(learned)

    def _stimulus(self, X: FloatArray) -> dict[str, FloatArray]:
        return self._shown(self._read(X))

    def _shown(self, read: Sequences) -> dict[str, FloatArray]:
        return {"input": read.values, "bias": np.ones((len(read.values), 1))}
