"""Training through time, by surrogate gradients, of a feed-forward network of spiking neurons in TensorFlow.

The simulation is exact (see `surrogate_network.Dynamics`). A spike is a step function of the membrane potential x, and
its derivative is 0 almost everywhere; in its place stands that of a fast sigmoid (Zenke & Ganguli 2018),

    ds/dx = 1 / (1 + SLOPE |x - 1|)^2

Resets are not differentiated: through them the surrogate adds up errors from spike to spike (Zenke & Vogels 2021). What
arrives then acts on later potentials as in a linear filter, so that the way back through time is one product with the
matrix of its responses. The loss of a trial is the cross-entropy of a softmax of GAIN times the spike counts of the
last layer, by which the classifier decides.

References
----------
F. Zenke and S. Ganguli, Neural Computation 30:1514-1541 (2018); F. Zenke and T. P. Vogels, Neural Computation
33:899-925 (2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray, LabelArray
from models.artificial.backend import tf
from models.artificial.surrogate_network import Dynamics, LayerWeights, Trials

BLOCK = 100
"""Trials in one call of the compiled loop, whose shapes are fixed; bears on speed, not on results."""
SLOPE = 2.0
"""Of the fast sigmoid, per threshold."""
GAIN = 0.2
"""What a spike of an output neuron adds to the logit of its class."""
Precision = Literal["float32", "float64"]


def train(
    weights: Sequence[LayerWeights],
    dynamics: Sequence[Dynamics],
    trials: Trials,
    labels: LabelArray,
    rates: FloatArray,
    precision: Precision = "float32",
) -> tuple[list[LayerWeights], list[NDArray[np.int64]]]:
    """Take a gradient step after each trial, in the order given.

    Parameters
    ----------
    weights : sequence of LayerWeights
        Of each layer, from the first hidden one to the output, in thresholds.
    dynamics : sequence of Dynamics
        Of each layer.
    trials : Trials
        Input spikes of at most `BLOCK` trials.
    labels : ndarray of int, shape (n_trials,)
        The output neuron of each trial's class.
    rates : ndarray, shape (n_trials,)
        Learning rate of each trial. With 0 the network is simulated and nothing is learned.
    precision : {"float32", "float64"}
        Of the numbers. In float64 the spikes are those of `bnsim`; in float32 a potential next to the threshold may
        fall on its other side, which costs or brings a spike now and then.

    Returns
    -------
    weights : list of LayerWeights
        After the last trial.
    counts : list of ndarray of int64, shape (n_trials, n_units)
        Spikes of each layer in each trial, with the weights before its step.
    """
    n_trials, n_steps, _ = trials.inputs.shape
    with np.errstate(over="ignore"):  # a rate beyond single precision becomes infinite, which its user is told
        given = rates.astype(precision)
    state, counts = _train(
        [(tf.constant(each.matrix, precision), tf.constant(each.bias, precision)) for each in weights],
        [tf.constant(each.numbers, precision) for each in dynamics],
        [tf.constant(each.responses(n_steps), precision) for each in dynamics],
        *(_whole_block(each) for each in (trials.inputs, trials.bias, labels, given)),
        tf.constant(n_trials),
    )
    learned = [LayerWeights(*(each.numpy().astype(np.float64) for each in pair)) for pair in state]
    return learned, [of_layer.numpy()[:n_trials].astype(np.int64) for of_layer in counts]


def _whole_block(array: NDArray[Any]) -> Any:
    return tf.constant(np.pad(array, [(0, BLOCK - len(array)), *[(0, 0)] * (array.ndim - 1)]))


@tf.function(jit_compile=True, autograph=False)
def _train(
    weights: Any, numbers: Any, responses: Any, inputs: Any, bias: Any, labels: Any, rates: Any, n_trials: Any
) -> Any:
    """Compiled once for each shape of network and trial. Without compilation by XLA it takes ten times as long."""
    dtype = rates.dtype

    def step(trial: Any, weights: Any, counts: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(weights)
            spikes, of_bias, found = tf.cast(inputs[trial], dtype), tf.cast(bias[trial], dtype)[:, None], []
            for (matrix, from_bias), number, response in zip(weights, numbers, responses, strict=True):
                spikes = _fire(spikes @ matrix + of_bias * from_bias, number, response)
                found.append(tf.reduce_sum(spikes, axis=0))
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels[trial], GAIN * found[-1])
        gradients = tape.gradient(loss, weights)
        learned = tf.nest.map_structure(lambda weight, gradient: weight - rates[trial] * gradient, weights, gradients)
        return trial + 1, learned, [each.write(trial, count) for each, count in zip(counts, found, strict=True)]

    counts = [tf.TensorArray(dtype, BLOCK, element_shape=from_bias.shape) for _, from_bias in weights]
    _, learned, counts = tf.while_loop(
        lambda trial, *_: trial < n_trials, step, [tf.constant(0, n_trials.dtype), weights, counts]
    )
    return learned, [each.stack() for each in counts]


def _fire(arriving: Any, numbers: Any, response: Any) -> Any:
    """Spikes (step, unit) that are caused by what arrives (step, unit)."""
    decay, transfer, synaptic_decay, constant = tf.unstack(numbers)
    n_steps, n_units = arriving.shape
    dtype = arriving.dtype

    @tf.custom_gradient
    def fire(arriving: Any) -> Any:
        def step(t: Any, left: Any, current: Any, potentials: Any, spikes: Any) -> Any:
            potential = decay * left + transfer * current + constant
            spike = tf.cast(potential > 1, dtype)
            current = synaptic_decay * current + arriving[t]
            return t + 1, potential - spike, current, potentials.write(t, potential), spikes.write(t, spike)

        rest = tf.zeros(n_units, dtype)
        empty = [tf.TensorArray(dtype, n_steps, element_shape=(n_units,)) for _ in ("potentials", "spikes")]
        *_, potentials, spikes = tf.while_loop(lambda t, *_: t < n_steps, step, [tf.constant(0), rest, rest, *empty])
        distance = tf.abs(potentials.stack() - 1)
        return spikes.stack(), lambda upstream: response @ (upstream / tf.square(1 + SLOPE * distance))

    return fire(arriving)
