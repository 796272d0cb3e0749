"""Training of recurrent spiking cells by backpropagation through time with surrogate gradients, in TensorFlow.

A spike is a step function of u - 1 - q (see `recurrent_network.RecurrentDynamics`), and its derivative is 0 almost
everywhere; in its place stands (Bellec et al. 2020)

    ds/du = -ds/dq = dampening max(0, 1 - abs(u - 1 - q))

The reset of u is not differentiated: through it the surrogate adds up errors from spike to spike (Zenke & Vogels 2021).
What a spike does to q, and so to later spikes, is. The loss of a trial is the mean, over the steps of the answer, of
the cross-entropy of the softmax of the read-out; that of a batch, the mean over its trials.

Forward and backward are loops over time, written out: what a step of the forward loop leaves for the backward one is an
array of a step each, and all products that sum over time are taken at once when the loops are done.

References
----------
Bellec, Scherr, Subramoney, Hajek, Salaj, Legenstein & Maass (2020), Nature Communications 11:3625; F. Zenke and T. P.
Vogels, Neural Computation 33:899-925 (2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from models.artificial.backend import tf
from models.artificial.recurrent_network import RecurrentDynamics, RecurrentTrials, RecurrentWeights
from models.optimizers import Moments, descend

DAMPENING = 0.3
"""Usual height of the surrogate derivative, per threshold."""
Precision = Literal["float32", "float64"]


@dataclass(frozen=True, eq=False)
class Learned:
    """What `train` leaves.

    Parameters
    ----------
    weights : RecurrentWeights
        After the last trial.
    moments : Moments or None
        Of Adam, to be given to the next call; None after plain steps.
    counts : ndarray of int64, shape (n_trials, n_cells)
        Spikes of each trial while it lasts, with the weights before its batch was learned.
    loss : float
        Mean over the trials, likewise.
    """

    weights: RecurrentWeights
    moments: Moments | None
    counts: NDArray[np.int64]
    loss: float


def train(
    weights: RecurrentWeights,
    dynamics: RecurrentDynamics,
    trials: RecurrentTrials,
    rates: FloatArray,
    *,
    steps_per_frame: int = 1,
    batch_size: int = 1,
    moments: Moments | None = None,
    dampening: float = DAMPENING,
    precision: Precision = "float32",
) -> Learned:
    """Take a gradient step after each batch of trials, in the order given.

    Parameters
    ----------
    weights : RecurrentWeights
        At the start.
    dynamics : RecurrentDynamics
        Of the cells.
    trials : RecurrentTrials
        The trials.
    rates : ndarray, shape (n_trials,)
        Learning rates; a batch has that of its first trial. With 0 the network is simulated and nothing is learned.
    steps_per_frame : int
        Time steps for which a frame is held.
    batch_size : int
        Trials of a step; the last batch may have fewer.
    moments : Moments or None
        Of Adam before the first step (`Moments.of("adam", weights.arrays)`); None for plain steps.
    dampening : float
        Height of the surrogate derivative, per threshold.
    precision : {"float32", "float64"}
        Of the numbers. In float64 the spikes are those of `bnsim`; in float32 a potential next to the threshold may
        fall on its other side.

    Returns
    -------
    Learned
        Weights, moments, spike counts and loss.
    """
    gradients = _Spiking(dynamics, steps_per_frame, batch_size, dampening, precision)
    counts, losses = [np.zeros((0, weights.recurrent.shape[0]), np.int64)], []
    values: Sequence[FloatArray] = weights.arrays
    for start in range(0, len(trials), batch_size):
        batch = trials.part(start, start + batch_size)
        loss, found, spikes = gradients(values, batch)
        values, moments = descend(values, found, float(rates[start]), moments)
        counts.append(spikes)
        losses.append(len(batch) * loss)
    return Learned(RecurrentWeights(*values), moments, np.concatenate(counts), sum(losses) / max(1, len(trials)))


@dataclass(frozen=True, eq=False)
class _Spiking:
    """Loss, gradients and spike counts of a batch, as a function of weights and trials."""

    dynamics: RecurrentDynamics
    steps_per_frame: int
    batch_size: int
    dampening: float
    precision: Precision

    def __call__(
        self, weights: Sequence[FloatArray], trials: RecurrentTrials
    ) -> tuple[float, list[FloatArray], NDArray[np.int64]]:
        n_trials, n_frames, _ = trials.inputs.shape
        held, n_steps = self.steps_per_frame, n_frames * self.steps_per_frame
        parts, labels = (np.repeat(each, held, axis=1) for each in (trials.parts / (held * n_trials), trials.labels))
        lasts = np.arange(n_steps) < held * trials.lengths[:, None]
        of_time = (_in_time(each, self.batch_size, self.precision) for each in (trials.inputs, parts, lasts))
        dynamics = self.dynamics
        numbers = (dynamics.alpha, dynamics.rho, dynamics.beta, dynamics.kappa, self.dampening)
        loss, gradients, counts = _of_spikes(
            [tf.constant(weight, self.precision) for weight in weights],
            [tf.constant(number, self.precision) for number in numbers],
            *of_time,
            _in_time(labels, self.batch_size, "int64"),
            held,
        )
        return float(loss), [each.numpy() for each in gradients], counts.numpy()[:n_trials].astype(np.int64)


def _padded(array: NDArray[Any], n: int) -> NDArray[Any]:
    return np.pad(array, [(0, n - len(array)), *[(0, 0)] * (array.ndim - 1)])


def _in_time(array: NDArray[Any], n: int, precision: Precision | Literal["int64"]) -> Any:
    """(trial, step, ...) as (step, trial, ...), with trials of zeros, which have no part in the loss, up to n."""
    with np.errstate(over="ignore"):  # what single precision cannot hold becomes infinite, which the user is told
        return tf.constant(_padded(array, n).swapaxes(0, 1).astype(precision))


@tf.function(jit_compile=True, autograph=False)
def _of_spikes(weights: Any, numbers: Any, inputs: Any, parts: Any, lasts: Any, labels: Any, held: int) -> Any:
    """Compiled once for each shape of network and batch."""
    of_input, recurrent, output, bias = weights
    alpha, rho, beta, kappa, dampening = numbers
    (n_steps, n_trials), n_cells, n_classes = parts.shape, recurrent.shape[0], bias.shape[0]
    recurrent = tf.linalg.set_diag(recurrent, tf.zeros(n_cells, recurrent.dtype))
    arriving = tf.tensordot(inputs, of_input, 1)
    at_rest = tf.zeros((n_trials, n_cells), recurrent.dtype)

    def step(t: Any, state: Any, found: Any) -> Any:
        u, q, s, a, y = state
        u, q, y = alpha * (u - s + a), rho * (q + beta * s), kappa * (y + s @ output + bias)
        distance = u - 1 - q
        s = tf.cast(distance > 0, u.dtype)
        a = arriving[t // held] + s @ recurrent
        slope = dampening * tf.maximum(1 - tf.abs(distance), 0)
        return t + 1, [u, q, s, a, y], _write(found, t, s, slope, y)

    rest = [at_rest, at_rest, at_rest, at_rest, tf.zeros((n_trials, n_classes), recurrent.dtype)]
    found = _through_time(step, rest, n_steps, at_rest, at_rest, rest[-1])
    spikes, slopes, read_out = found
    loss, errors = _loss(read_out, parts, labels)

    def back(index: Any, state: Any, found: Any) -> Any:
        t = n_steps - 1 - index
        of_u, of_q, of_y = state  # derivatives of the loss by u, q and y in the step after
        of_a = alpha * of_u
        of_s = kappa * of_y @ tf.transpose(output) + rho * beta * of_q + of_a @ tf.transpose(recurrent)
        through = slopes[t] * of_s
        of_u, of_q, of_y = of_a + through, rho * of_q - through, errors[t] + kappa * of_y
        return index + 1, [of_u, of_q, of_y], _write(found, t, of_a, kappa * of_y)

    of_a, of_drive = _through_time(back, [at_rest, at_rest, rest[-1]], n_steps, at_rest, rest[-1])
    of_recurrent = tf.tensordot(spikes, of_a, [[0, 1], [0, 1]])
    gradients = [
        tf.tensordot(inputs, tf.reduce_sum(tf.reshape(of_a, (-1, held, n_trials, n_cells)), axis=1), [[0, 1], [0, 1]]),
        tf.linalg.set_diag(of_recurrent, tf.zeros(n_cells, recurrent.dtype)),
        tf.tensordot(spikes[:-1], of_drive[1:], [[0, 1], [0, 1]]),
        tf.reduce_sum(of_drive, axis=(0, 1)),
    ]
    return loss, gradients, tf.reduce_sum(lasts[:, :, None] * spikes, axis=0)


def _through_time(step: Any, state: list[Any], n_steps: int, *like: Any) -> list[Any]:
    """Carry out a step (number, state, found) n times, and return what each writes to `found`, stacked.

    like: of each array that a step writes, one of the same shape.
    """
    found = [tf.TensorArray(each.dtype, n_steps, element_shape=each.shape) for each in like]
    *_, found = tf.while_loop(lambda t, *_: t < n_steps, step, [tf.constant(0), state, found])
    return [each.stack() for each in found]


def _write(arrays: list[Any], t: Any, *values: Any) -> list[Any]:
    return [array.write(t, value) for array, value in zip(arrays, values, strict=True)]


def _loss(read_out: Any, parts: Any, labels: Any) -> tuple[Any, Any]:
    """The loss, and its derivative by the read-out in each step (step, trial, class)."""
    right = tf.one_hot(labels, read_out.shape[2], dtype=read_out.dtype)
    of_step = tf.nn.softmax_cross_entropy_with_logits(right, read_out)
    return tf.reduce_sum(parts * of_step), parts[:, :, None] * (tf.nn.softmax(read_out) - right)
