"""Random-feedback local online learning of leaky rates (Murray 2019): the change that a batch of sequences asks for.

A synapse from j to i keeps a trace of how it has acted on the rate of its own cell, and nothing of other cells,

    p_ij(t) = (1 - 1/tau_i) p_ij(t-1) + 1/tau_i (1 - tanh(u_i(t))^2) h_j(t-1)

and changes by -eta sum_t e_i(t) p_ij(t), with e_i(t) = sum_k B_ki err_k(t) the error that arrives at its cell in step
t. For the sum at the end of a sequence no trace is needed for each synapse: with g_i(t) = e_i(t) + (1 - 1/tau_i)
g_i(t+1), computed for each cell from the last step back,

    sum_t e_i(t) p_ij(t) = sum_t g_i(t) 1/tau_i (1 - tanh(u_i(t))^2) h_j(t-1)

which is the same number; the test computes the traces. What is missing of the gradient is what passes through W_rec
from cell to cell: with it g would have one more term, and this would be backpropagation through time.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from bnsim.arrays import FloatArray, LabelArray
from models.rate.leaky_network import LeakyNetwork


def changes(
    network: LeakyNetwork, feedback: FloatArray | None, inputs: FloatArray, parts: FloatArray, labels: LabelArray
) -> tuple[FloatArray, ...]:
    """Compute what stands in the place of the gradient.

    Parameters
    ----------
    network : LeakyNetwork
        The network.
    feedback : ndarray, shape (n_classes, n_units), or None
        B; None for W_out as it is.
    inputs : ndarray, shape (n_samples, n_steps, n_inputs)
        Sequences.
    parts : ndarray, shape (n_samples, n_steps)
        Which part each step has in the loss.
    labels : ndarray of int, shape (n_samples,)
        Right classes.

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
    errors = parts[:, :, None] * (expit(network.read(rates)) - np.eye(len(network.output_bias))[labels][:, None])
    errors = errors.astype(rates.dtype)
    back = network.output.T if feedback is None else feedback
    arriving = np.einsum("stk,ki->tsi", errors, back)
    kept, later = network.kept, np.zeros_like(arriving[0])
    for t in reversed(range(len(arriving))):
        later = arriving[t] + kept * later
        arriving[t] = later
    local = arriving.swapaxes(0, 1) * ((1 - responses**2) / network.tau)
    return (
        np.einsum("sti,stj->ij", inputs, local),
        np.einsum("sti,stj->ij", rates[:, :-1], local[:, 1:]),
        local.sum(axis=(0, 1)),
        np.einsum("sti,stk->ik", rates, errors),
        errors.sum(axis=(0, 1)),
    )
