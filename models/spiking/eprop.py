"""`eprop`: a recurrent network of spiking neurons that learns by eligibility propagation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity
from numpy.typing import NDArray

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from bnsim.engine.simulator import Simulator
from bnsim.errors import DivergenceError
from models.artificial.recurrent_network import RecurrentWeights
from models.optimizers import descend
from models.schedule import falling
from models.sequence_reader import LearnsByFeedback
from models.spiking.recurrent_layers import READOUT, THRESHOLD, SpikingRecurrent

BACK = "output_to_hidden"


class Eprop(LearnsByFeedback, SpikingRecurrent):
    """Classify sequences by a recurrent network of spiking neurons that learns by eligibility propagation (e-prop).

    The network is that of `models.spiking.recurrent_layers.SpikingRecurrent`: a step of a sequence, a frame, is shown
    for a time; its values reach adaptive neurons, connected to each other, whose spikes a leaky readout adds up. Each
    synapse onto a hidden neuron keeps an eligibility trace of what its presynaptic spikes did to the membrane and to
    the adaptation of the neuron, forward in time (`bnsim.EligibilityPropagation`). In every time step in which the
    answer is asked for, each readout unit has an error, 1 / (1 + exp(-y_k)) - [k = label], which reaches the hidden
    neurons along feedback weights of their own (`bnsim.ErrorBroadcast`); eligibility times what arrives adds up to the
    gradient of the trial. The weights into the readout follow the exact gradient of its loss (`bnsim.ReadoutError`).

    "random" feedback weights stay as they were drawn; "symmetric" ones start equal to the forward weights and are
    changed by the same local product, so that they stay equal without being copied.

    With optimizer "plain" and batch_size 1 everything is local: after each trial each weight changes by its own
    gradient. A batch of several trials must be waited for. "adam" divides by running means over batches of each
    gradient's square; it is applied between the trials, outside of the network, and is no part of a local rule.

    Parameters
    ----------
    sequence_shape : tuple of int or None
        (time, channel) of the samples, whose last channel is the mask (see `models.sequences`). None: a sample is a
        single frame, which lasts.
    answer_steps : int or None
        In how many last frames of a sequence the answer is asked for, of a shorter one in all; None: in all.
    predict_next : bool
        Whether a sequence is a string of symbols, one channel each, and its class the one that follows. In every
        frame that which follows is learned then, as the error of that frame; it is asked for after the last.
    units : int
        Number of hidden neurons.
    adaptive : float
        Share of the hidden neurons whose threshold adapts.
    adaptation : float
        Rise of such a threshold with a spike, in units of the distance from rest to threshold.
    tau_theta, tau_m, tau_output : float
        Time constants of adaptation, of the hidden neurons' membrane and of the readout, in ms.
    dampening : float
        Height of the surrogate derivative of a spike by the membrane potential in units of the threshold.
    frame : float
        Duration of a step of a sequence, in ms.
    dt : float
        Time step of the simulation, in ms; a whole number of them make a frame.
    input_weight, recurrent_weight, output_weight : float
        Standard deviation of the initial weights, times the square root of the number of channels or hidden neurons.
    feedback : str
        "random" or "symmetric".
    feedback_scale : float
        Factor on random feedback weights, which have the size of the initial forward ones where it is 1. It sets how
        fast hidden neurons learn beside the readout, which learns with `learning_rate` alone. Symmetric feedback has
        the size of the forward weights, whatever it is.
    optimizer : str
        "plain": w -= eta g; "adam": that of Kingma & Ba (2015).
    learning_rate : float
        eta of the first trial.
    final_rate : float
        Last learning rate over the first; it falls linearly over the training. In `partial_fit`, which does not know
        the end, it stays.
    batch_size : int
        Trials of a step; their gradients are averaged.
    passes : int
        Presentations of each training sample.
    backend : str
        "auto", "cpp", "cython" or "numpy"; see `bnsim.Network.compile`.
    random_state : None, int or RandomState
        Drives initial weights and order of presentations.

    Attributes
    ----------
    learned_ : dict of str to ndarray
        Weights by projection, in volt; those of the feedback without unit.
    moments_ : models.optimizers.Moments or None
        Of Adam.

    Raises
    ------
    InputError
        For a parameter out of its range, samples that are no sequences of that shape, or a training that diverged.

    References
    ----------
    G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein and W. Maass, Nature Communications 11:3625
    (2020).
    """

    name = "eprop"
    REFERENCE = "Bellec, Scherr, Subramoney, Hajek, Salaj, Legenstein & Maass (2020), Nature Communications 11:3625"
    DEVIATIONS = (
        "plain gradient steps, one trial at a time, by default, instead of Adam on batches",
        "the error of a class follows from its own readout alone, by a logistic function, instead of a softmax",
        "no refractory period and no regularisation of firing rates",
        "a spike reaches the readout one time step later, as it reaches the other neurons",
        "where a frame is one or two time steps the answer is read some frames later, when the last has reached it",
    )

    def __init__(
        self,
        sequence_shape: tuple[int, int] | None = None,
        answer_steps: int | None = None,
        predict_next: bool = False,
        units: int = 100,
        adaptive: float = 0.5,
        adaptation: float = 0.2,
        tau_theta: float = 10_000.0,
        tau_m: float = 20.0,
        tau_output: float = 50.0,
        dampening: float = 1.0,
        frame: float = 10.0,
        dt: float = 10.0,
        input_weight: float = 4.0,
        recurrent_weight: float = 1.0,
        output_weight: float = 0.8,
        feedback: str = "random",
        feedback_scale: float = 1.0,
        optimizer: str = "plain",
        learning_rate: float = 0.05,
        final_rate: float = 0.02,
        batch_size: int = 1,
        passes: int = 10,
        backend: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.sequence_shape = sequence_shape
        self.answer_steps = answer_steps
        self.predict_next = predict_next
        self.units = units
        self.adaptive = adaptive
        self.adaptation = adaptation
        self.tau_theta = tau_theta
        self.tau_m = tau_m
        self.tau_output = tau_output
        self.dampening = dampening
        self.frame = frame
        self.dt = dt
        self.input_weight = input_weight
        self.recurrent_weight = recurrent_weight
        self.output_weight = output_weight
        self.feedback = feedback
        self.feedback_scale = feedback_scale
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.batch_size = batch_size
        self.passes = passes
        self.backend = backend
        self.random_state = random_state

    def _check_parameters(self) -> None:
        super()._check_parameters()
        self._check_feedback()

    def _start_back(self, forward: FloatArray, other: FloatArray) -> None:
        back = forward if self.feedback == "symmetric" else self.feedback_scale * other
        self.learned_[f"{BACK}.w"] = back.T.ravel()

    def _learn(self, X: FloatArray, labels: LabelArray, total: int | None) -> None:
        rates = falling(self.final_rate, self.presentations_seen_, len(labels), total)
        simulator = self._compiled(self._learning_network())
        try:
            if self.optimizer == "plain":
                self._learn_locally(simulator, X, labels, rates)
            else:
                self._learn_in_batches(simulator, X, labels, rates)
        except DivergenceError as error:
            raise self._diverged(str(error).removeprefix("simulation: ").partition(";")[0]) from error

    def _learn_locally(self, simulator: Simulator, X: FloatArray, labels: LabelArray, rates: FloatArray) -> None:
        """All trials in one run: the network changes its weights where a batch ends."""
        places = np.arange(len(labels))
        last = (places % self.batch_size == self.batch_size - 1) | (places == len(labels) - 1)
        within = places % self.batch_size
        state = self._run(simulator, self._state(simulator), X, labels, last, rates[places - within] / (within + 1))
        self.learned_ = {name: state[name] for name in self.learned_}

    def _learn_in_batches(self, simulator: Simulator, X: FloatArray, labels: LabelArray, rates: FloatArray) -> None:
        """The network adds up the gradients of a batch; the optimizer changes the weights."""
        nowhere, empty = np.zeros(len(labels), bool), self._state(simulator)
        for start in range(0, len(labels), self.batch_size):
            batch = slice(start, start + self.batch_size)
            n = len(labels[batch])
            state = empty.replace(self.learned_)
            found = self._run(simulator, state, X[batch], labels[batch], nowhere[batch], rates[batch])
            gradients = [gradient / n for gradient in self._gradients(found).arrays]
            rate = self.learning_rate * float(rates[start])
            learned, self.moments_ = descend(self._matrices().arrays, gradients, rate, self.moments_)
            self.learned_ = self.learned_ | self._stored(RecurrentWeights(*learned))
            if self.feedback == "symmetric":
                self.learned_[f"{BACK}.w"] = learned[2].T.ravel()

    def _run(
        self,
        simulator: Simulator,
        state: bnsim.State,
        X: FloatArray,
        labels: LabelArray,
        applied: NDArray[np.bool_],
        rates: FloatArray,
    ) -> bnsim.State:
        n_classes = len(self.classes_)
        read = self._read(X)
        taught, parts = self._lessons(X, labels, read)
        shown = taught[:, :, None] if self.predict_next else labels[:, None]  # of each frame, or of the whole trial
        target = (shown == np.arange(n_classes)).astype(np.float64)
        asked = np.repeat(parts[:, :, None] / self._held, n_classes, axis=2)
        signals: dict[str, Any] = {}
        for projection in simulator.network.projections:
            signals[f"{projection.name}.applied"] = applied.astype(np.float64)
            signals[f"{projection.name}.learning_rate_factor"] = rates
            if projection.target == READOUT:
                signals |= {f"{projection.name}.target": target, f"{projection.name}.asked": asked}
        numbers = self.presentations_seen_ + np.arange(len(X))
        state, recording = simulator.run(state, self._shown(read), self.random_state_, trials=numbers, signals=signals)
        if self._survey is not None:
            self._survey.add(self.presentations_seen_, {"hidden": recording.counts["hidden"]})
        return state

    def _gradients(self, state: bnsim.State) -> RecurrentWeights:
        recurrent = np.zeros((self.units, self.units))
        recurrent[self._others] = state["hidden_to_hidden.gradient"]
        return RecurrentWeights(
            state["input_to_hidden.gradient"].reshape(-1, self.units),
            recurrent,
            state["hidden_to_output.gradient"].reshape(self.units, -1),
            state["bias_to_output.gradient"],
        )

    def _replace_weights(self, weights: Mapping[str, FloatArray]) -> None:
        super()._replace_weights(weights)
        if self.feedback == "symmetric":
            self.learned_[f"{BACK}.w"] = self._matrices().output.T.ravel()

    def _learned_sizes(self, network: bnsim.Network) -> dict[str, int]:
        return {**super()._learned_sizes(network), f"{BACK}.w": self.units * len(self.classes_)}

    def _learning_network(self) -> bnsim.Network:
        """With rules: from the readout backwards, as errors travel."""
        scale, rate, tau_output = THRESHOLD * 1e3 * mV, self.learning_rate, self.tau_output * ms
        readout: dict[str, Any] = {"tau_output": tau_output, "learning_rate": rate, "scale": scale}
        cells: dict[str, Any] = {
            **readout,
            "tau_m": self.tau_m * ms,
            "tau_theta": self.tau_theta * ms,
            "dampening": self.dampening,
        }
        back = bnsim.ErrorBroadcast(tau_output=tau_output, learning_rate=rate if self.feedback == "symmetric" else 0.0)
        rules: dict[str, bnsim.PlasticityRule] = {
            "bias_to_output": bnsim.GradedReadoutError(**readout),
            "hidden_to_output": bnsim.ReadoutError(**readout),
            "input_to_hidden": bnsim.GradedEligibilityPropagation(**cells),
            "hidden_to_hidden": bnsim.EligibilityPropagation(**cells),
        }
        plain = self._network()
        to_readout, to_cells = (
            [
                bnsim.Projection(
                    each.source, each.target, each.synapse, 0 * mV, each.connectivity, plasticity=rules[each.name]
                )
                for each in plain.projections
                if (each.target == READOUT) == readout_first
            ]
            for readout_first in (True, False)
        )
        feedback = bnsim.Projection(READOUT, "hidden", bnsim.Modulatory(), Quantity(0.0), plasticity=back)
        return bnsim.Network(plain.populations, [*to_readout, feedback, *to_cells])
