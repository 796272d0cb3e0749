"""`rflo`: leaky rates with connections among them, every synapse of which learns from what is at hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray, LabelArray
from bnsim.expected import REAL, Expected, check
from models.rate.glorot import glorot
from models.rate.leaky_classifier import LeakyClassifier
from models.rate.leaky_network import LeakyNetwork
from models.rate.leaky_rules import local_changes
from models.sequence_reader import LearnsByFeedback


class RandomFeedbackLocalOnline(LearnsByFeedback, LeakyClassifier):
    """Classify sequences by the network of `rate-recurrent`, trained by random-feedback local online learning.

    Equations: the network is that of `models.artificial.rate_recurrent.RateRecurrent`, with the same initial weights
    and time constants. In the steps of the answer an output unit has the error

        err_k(t) = (1 / (1 + exp(-y_k(t))) - [k = label]) / steps of the answer

    and unit i is told e_i(t) = sum_k B_ki err_k(t). Each synapse keeps a trace of how it has acted on its own unit,

        p_ij(t) = (1 - 1/tau_i) p_ij(t-1) + 1/tau_i (1 - tanh(u_i(t))^2) z_j(t)

    with z_j(t) = h_j(t-1) among the units, x_j(t) from the input, and 1 for the bias. After a sequence

        w_ij -= eta sum_t e_i(t) p_ij(t)        w_ki -= eta sum_t err_k(t) h_i(t)

    all from the weights before it; eta falls linearly over the training to `final_rate` of its start; in `partial_fit`,
    which does not know the end, it stays. B are feedback weights of their own: "random" ones are drawn Glorot-uniform
    and stay; "symmetric" ones are the output weights at any time.

    What makes the rule local: no trace follows what a synapse does to other units through the recurrent weights; an
    output unit's error follows from its own drive, where softmax knows those of all; and errors come back along weights
    that need not know the forward ones. Changes are made at the end of a sequence, not in every step. Decision: the
    class with the largest mean of the softmax of y over the steps of the answer, as in `rate-recurrent`.

    Parameters
    ----------
    sequence_shape : tuple of int or None
        (time, channel) of the samples, whose last channel is the mask (see `models.sequences`). None: a sample is a
        single step, which lasts.
    answer_steps : int or None
        In how many last steps of a sequence the answer is asked for, of a shorter one in all; None: in all.
    predict_next : bool
        Whether a sequence is a string of symbols, one channel each, and its class the one that follows. In every
        step that which follows is learned then, as the error of that step; it is asked for after the last.
    units : int
        Number of rate units.
    memory : float or None
        Longest time constant of a unit, in steps; None: as many as a sample has. 1: no unit leaks slowly.
    input_scale : float
        Factor on the initial weights from the input, which is worth more than 1 where one channel of many is 1.
    feedback : str
        "random" or "symmetric".
    feedback_scale : float
        Factor on random feedback weights, which have the size of the initial forward ones where it is 1. It sets how
        fast hidden units learn beside the output, which learns with `learning_rate` alone. Symmetric feedback has the
        size of the forward weights, whatever it is.
    optimizer : str
        "plain": as above; "adam": the sums take the place of the gradient in Adam (Kingma & Ba 2015), which keeps two
        numbers more for each synapse.
    learning_rate : float
        eta of the first presentation.
    final_rate : float
        Last learning rate over the first.
    batch_size : int
        Presentations whose changes are averaged before they are made. With more than one the rule is not local in
        time: a synapse must know when to wait.
    passes : int
        Presentations of each training sample.
    random_state : None, int or RandomState
        Drives initial weights, time constants, feedback and order of presentations.

    Attributes
    ----------
    network_ : models.rate.leaky_network.LeakyNetwork
        The trained network.
    feedback_ : ndarray, shape (n_classes, n_units), or None
        Random feedback weights B; None where they are symmetric.
    moments_ : models.optimizers.Moments or None
        Of Adam.

    Raises
    ------
    InputError
        For a parameter out of its range, samples that are no sequences of that shape, a training that diverges, or
        samples so large that rates overflow.

    References
    ----------
    Murray (2019), eLife 8:e43299; Lillicrap, Cownden, Tweed & Akerman (2016), Nature Communications 7:13276, random
    feedback.
    """

    kind = "BNS"
    name = "rflo"
    twin = "rate-recurrent"
    REFERENCE = "Murray (2019), eLife 8:e43299"
    DEVIATIONS = (
        "rates without spikes, brain-like in how they learn",
        "time constants differ from unit to unit",
        "a sigmoid error for each class in place of the squared error, and changes at the end of a sequence",
    )

    def __init__(
        self,
        sequence_shape: tuple[int, int] | None = None,
        answer_steps: int | None = None,
        predict_next: bool = False,
        units: int = 100,
        memory: float | None = None,
        input_scale: float = 1.0,
        feedback: str = "random",
        feedback_scale: float = 1.0,
        optimizer: str = "plain",
        learning_rate: float = 0.05,
        final_rate: float = 0.02,
        batch_size: int = 1,
        passes: int = 10,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.sequence_shape = sequence_shape
        self.answer_steps = answer_steps
        self.predict_next = predict_next
        self.units = units
        self.memory = memory
        self.input_scale = input_scale
        self.feedback = feedback
        self.feedback_scale = feedback_scale
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.batch_size = batch_size
        self.passes = passes
        self.random_state = random_state

    def _check_parameters(self) -> None:
        super()._check_parameters()
        self._check_feedback()

    def _start(self, X: FloatArray) -> None:
        super()._start(X)
        generator = np.random.default_rng([self.random_state_, 0xF33D])
        shape = len(self.classes_), self.units
        scale = np.float32(self.feedback_scale)
        self.feedback_ = scale * glorot(generator, shape) if self.feedback == "random" else None

    def _gradients(
        self, network: LeakyNetwork, inputs: FloatArray, parts: FloatArray, labels: LabelArray
    ) -> tuple[FloatArray, ...]:
        return local_changes(network, self.feedback_, inputs, parts, labels)

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return {**super()._fitted_arrays(), **({} if self.feedback_ is None else {"feedback": self.feedback_})}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        super()._restore(arrays)
        if self.feedback == "random":
            check(arrays, {"feedback": Expected(REAL, (len(self.classes_), self.units))})
        self.feedback_ = arrays["feedback"] if self.feedback == "random" else None
