"""`rate-recurrent`: leaky rates with connections among them, trained by backpropagation through time."""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray, LabelArray
from models.rate.leaky_classifier import LeakyClassifier
from models.rate.leaky_network import LeakyNetwork
from models.rate.leaky_rules import gradients


class RateRecurrent(LeakyClassifier):
    """Classify sequences by leaky rates whose weights follow the gradient of the loss through time.

    Equations: from h = 0, in step t of a sequence x, whose mask is no input,

        u(t) = W_in' x(t) + W_rec' h(t-1) + b      h(t) = (1 - 1/tau) h(t-1) + 1/tau tanh(u(t))
        y(t) = W_out' h(t) + c                     p(t) = softmax(y(t))

    The loss of a sequence is the mean over the steps of the answer of -ln p_k(t), k the right class, and that of a
    batch the mean over its sequences. After each batch W_in, W_rec, b, W_out and c take one step down its gradient.
    Decision: the class with the largest mean of p over the steps of the answer, of equals the first.

    W_in and W_out start Glorot-uniform, W_in times `input_scale`, W_rec as a random orthogonal matrix without its
    diagonal, for no unit is connected to itself, biases at 0. Time constants are drawn for each unit, so that log tau
    is uniform between 0 and log `memory`, and stay. Numbers have single precision.

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
    optimizer : str
        "plain": w -= eta g; "adam": that of Kingma & Ba (2015).
    learning_rate : float
        eta of the first presentation.
    final_rate : float
        Last learning rate over the first; it falls linearly from batch to batch. In `partial_fit`, which does not know
        the end, it stays.
    batch_size : int
        Presentations of a step.
    passes : int
        Presentations of each training sample.
    random_state : None, int or RandomState
        Drives initial weights, time constants and order of presentations.

    Attributes
    ----------
    network_ : models.rate.leaky_network.LeakyNetwork
        The trained network.
    moments_ : models.optimizers.Moments or None
        Of Adam.

    Raises
    ------
    InputError
        For a parameter out of its range, samples that are no sequences of that shape, a training that diverges, or
        samples so large that rates overflow.

    References
    ----------
    Werbos (1990), Proceedings of the IEEE 78:1550-1560.
    """

    kind = "ANN"
    name = "rate-recurrent"
    REFERENCE = "Werbos (1990), Proceedings of the IEEE 78:1550-1560"
    DEVIATIONS = ("time constants differ from unit to unit and are not learned",)

    def __init__(
        self,
        sequence_shape: tuple[int, int] | None = None,
        answer_steps: int | None = None,
        predict_next: bool = False,
        units: int = 100,
        memory: float | None = None,
        input_scale: float = 1.0,
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
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.final_rate = final_rate
        self.batch_size = batch_size
        self.passes = passes
        self.random_state = random_state

    def _gradients(
        self, network: LeakyNetwork, inputs: FloatArray, parts: FloatArray, labels: LabelArray
    ) -> tuple[FloatArray, ...]:
        return gradients(network, inputs, parts, labels)
