"""How leaky rates learn: backpropagation through time, and random-feedback local online learning (Murray 2019).

In the local rule a synapse from j to i keeps a trace of how it has acted on the rate of its own unit, and nothing of
other units,

    p_ij(t) = (1 - 1/tau_i) p_ij(t-1) + 1/tau_i (1 - tanh(u_i(t))^2) h_j(t-1)

and changes by -eta sum_t e_i(t) p_ij(t), with e_i(t) = sum_k B_ki err_k(t) the error that arrives at its unit in step
t. For the sum at the end of a sequence no synapse needs a trace: with g_i(t) = e_i(t) + (1 - 1/tau_i) g_i(t+1),
computed for each unit from the last step back,

    sum_t e_i(t) p_ij(t) = sum_t g_i(t) 1/tau_i (1 - tanh(u_i(t))^2) h_j(t-1)

which is the same number, as a test with the traces shows. Backpropagation differs in three ways: g_i(t) has one term
more, what unit i does through W_rec to the units of step t+1; e_i comes back along W_out; and the error of an output
unit knows the drives of all.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, softmax

from bnsim.arrays import FloatArray, LabelArray
from models.rate.leaky_network import LeakyNetwork


def gradients(
    network: LeakyNetwork, inputs: FloatArray, parts: FloatArray, labels: LabelArray
) -> tuple[FloatArray, ...]:
    """Compute the gradient of the loss by backpropagation through time.

    Parameters
    ----------
    network : LeakyNetwork
        The network.
    inputs : ndarray, shape (n_samples, n_steps, n_inputs)
        Sequences.
    parts : ndarray, shape (n_samples, n_steps)
        Which part each step has in the loss.
    labels : ndarray of int, shape (n_samples, n_steps)
        Right class of each step.

    Returns
    -------
    tuple of ndarray
        Derivative of the sum over all steps of part times -ln p_label, p = softmax(y), by each of `network.learned`.
    """
    rates, responses = network.run(inputs)
    errors = parts[:, :, None] * (softmax(network.read(rates), axis=2) - _targets(network, labels))
    of_drives = np.einsum("stk,ik->tsi", errors, network.output)
    slopes, kept = _slopes(network, responses), network.kept
    later = np.zeros_like(of_drives[0])
    for t in reversed(range(len(of_drives))):
        of_rates = of_drives[t] + later
        of_drives[t] = slopes[:, t] * of_rates
        later = kept * of_rates + np.einsum("si,ji->sj", of_drives[t], network.recurrent)
    return _products(inputs, rates, of_drives.swapaxes(0, 1), errors)


def local_changes(
    network: LeakyNetwork, feedback: FloatArray | None, inputs: FloatArray, parts: FloatArray, labels: LabelArray
) -> tuple[FloatArray, ...]:
    """Compute what the local rule has in the place of the gradient.

    Parameters
    ----------
    network : LeakyNetwork
        The network.
    feedback : ndarray, shape (n_classes, n_units), or None
        B; None for W_out as it is.
    inputs, parts, labels
        As for `gradients`.

    Returns
    -------
    tuple of ndarray
        For each of `network.learned`, summed over steps and sequences.

    Notes
    -----
    An output unit finds its error from its own drive and target alone: err_k(t) = part(t) (1 / (1 + exp(-y_k(t))) - [k
    = label]).
    """
    rates, responses = network.run(inputs)
    errors = parts[:, :, None] * (expit(network.read(rates)) - _targets(network, labels))
    arriving = np.einsum("stk,ki->tsi", errors, network.output.T if feedback is None else feedback)
    kept, later = network.kept, np.zeros_like(arriving[0])
    for t in reversed(range(len(arriving))):
        later = arriving[t] + kept * later
        arriving[t] = later
    return _products(inputs, rates, _slopes(network, responses) * arriving.swapaxes(0, 1), errors)


def _targets(network: LeakyNetwork, labels: LabelArray) -> FloatArray:
    """1 for the right class (sample, step, class), else 0."""
    return np.eye(len(network.output_bias), dtype=network.output.dtype)[labels]


def _slopes(network: LeakyNetwork, responses: FloatArray) -> FloatArray:
    """Derivative of h(t) by u(t) (sample, step, unit)."""
    return (1 - responses**2) / network.tau


def _products(
    inputs: FloatArray, rates: FloatArray, of_drives: FloatArray, errors: FloatArray
) -> tuple[FloatArray, ...]:
    """Sums over all steps of what comes before a weight times what is told to the unit after it."""
    recurrent = np.einsum("sti,stj->ij", rates[:, :-1], of_drives[:, 1:])
    np.fill_diagonal(recurrent, 0.0)
    return (
        np.einsum("sti,stj->ij", inputs, of_drives),
        recurrent,
        of_drives.sum(axis=(0, 1)),
        np.einsum("sti,stk->ik", rates, errors),
        errors.sum(axis=(0, 1)),
    )
