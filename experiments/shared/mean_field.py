"""Theory to compare measurements with: firing rates of LIF neurons, activations of wide random networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from scipy.integrate import quad
from scipy.special import erfcx

from bnsim.arrays import FloatArray


def lif_rate(mu: float, threshold: float, tau: float, refractory: float) -> float:
    """Return the firing rate of a LIF neuron under constant input.

    1 / (t_ref + tau ln(mu / (mu - threshold))), and 0 up to the threshold. Resting and reset potential are 0.

    Parameters
    ----------
    mu
        Membrane potential that the input alone would lead to, in the unit of the threshold.
    threshold
        Threshold above rest.
    tau
        Membrane time constant, in s.
    refractory
        Refractory period, in s.

    Returns
    -------
    float
        Firing rate, in Hz.

    References
    ----------
    W. Gerstner et al., Neuronal Dynamics (2014), section 1.3.
    """
    if mu <= threshold:
        return 0.0
    return float(1 / (refractory + tau * np.log(mu / (mu - threshold))))


def siegert_rate(mu: float, sigma: float, threshold: float, tau: float, refractory: float, reset: float = 0.0) -> float:
    """Return the firing rate of a LIF neuron under white noise.

    1 / (t_ref + tau sqrt(pi) F), where F is the integral of exp(x²) (1 + erf x) from (reset - mu) / sigma to
    (threshold - mu) / sigma. The resting potential is 0.

    Parameters
    ----------
    mu
        Mean of the membrane potential without a threshold, in the unit of the threshold.
    sigma
        sqrt(2) times the standard deviation of the membrane potential without a threshold, in the same unit.
    threshold
        Threshold above rest.
    tau
        Membrane time constant, in s.
    refractory
        Refractory period, in s.
    reset
        Reset potential above rest.

    Returns
    -------
    float
        Firing rate, in Hz.

    References
    ----------
    A. Siegert, Physical Review 81 (1951).
    N. Brunel, Journal of Computational Neuroscience 8 (2000), eq. 21.
    """
    low, high = (reset - mu) / sigma, (threshold - mu) / sigma
    # exp(x²) (1 + erf x) = erfcx(-x), which does not overflow below 0.
    integral, _ = quad(lambda x: float(erfcx(-x)), low, high, limit=200)
    return float(1 / (refractory + tau * np.sqrt(np.pi) * integral))


Activation: TypeAlias = Callable[[FloatArray], FloatArray]
_Z, _WEIGHT = np.polynomial.hermite_e.hermegauss(101)
_WEIGHT = _WEIGHT / _WEIGHT.sum()
"""Gauss-Hermite quadrature: nodes and weights for a standard normal variable."""


def activation_sizes(size: float, depth: int, scale: float, activation: Activation) -> list[float]:
    """Return the sizes of the activations of an infinitely wide random network.

    q' = E[f(scale sqrt(q) z)²], where z is standard normal, q is the mean square of one layer and q' that of the next.
    Weights into a layer have mean 0 and variance scale² / n, n being the number of units before it; biases are 0.

    Parameters
    ----------
    size
        Root mean square of the input.
    depth
        Number of layers.
    scale
        Scale of the weights.
    activation
        Activation function f.

    Returns
    -------
    list of float
        Root mean square of the input and of the activations of each layer.

    References
    ----------
    B. Poole et al., Advances in Neural Information Processing Systems 29 (2016).
    """
    found = [size]
    for _ in range(depth):
        found.append(float(np.sqrt(_WEIGHT @ activation(scale * found[-1] * _Z) ** 2)))
    return found


def settled_size(scale: float, activation: Activation) -> float:
    """Return the size at which activations settle.

    Parameters
    ----------
    scale
        Scale of the weights.
    activation
        Activation function.

    Returns
    -------
    float
        Root mean square of the activations after many layers; 1e-3 where they die out, so that small activations can
        be examined.
    """
    return max(activation_sizes(1.0, 200, scale, activation)[-1], 1e-3)


def correlations(c: float, size: float, depth: int, scale: float, activation: Activation) -> list[float]:
    """Return the correlations of the responses of such a network to two inputs of equal size.

    c' = E[f(u) f(v)] / E[f(u)²], where u and v are normal with standard deviation scale sqrt(q) and correlation c.

    Parameters
    ----------
    c
        Cosine of the inputs.
    size
        Root mean square of the inputs.
    depth
        Number of layers.
    scale
        Scale of the weights.
    activation
        Activation function f.

    Returns
    -------
    list of float
        Cosine of the inputs and of the activations of each layer.

    References
    ----------
    B. Poole et al., Advances in Neural Information Processing Systems 29 (2016).
    """
    found = [c]
    for before in activation_sizes(size, depth - 1, scale, activation):
        c = min(found[-1], 1.0)
        u = scale * before * _Z[:, None]
        v = scale * before * (c * _Z[:, None] + np.sqrt(1 - c**2) * _Z)
        product = _WEIGHT @ (activation(u) * activation(v)) @ _WEIGHT
        found.append(float(product / (_WEIGHT @ activation(scale * before * _Z) ** 2)))
    return found


def slope_at_one(size: float, scale: float, activation: Activation) -> float:
    """Return chi, the factor by which 1 - c grows or shrinks in a layer where c is close to 1.

    chi = scale² E[f'(scale sqrt(q) z)²], where f' is computed by finite differences.

    Parameters
    ----------
    size
        Root mean square at which activations have settled.
    scale
        Scale of the weights.
    activation
        Activation function f.

    Returns
    -------
    float
        Below 1 in the ordered regime, above 1 in the chaotic one.

    References
    ----------
    S. Schoenholz et al., International Conference on Learning Representations (2017).
    """
    u, step = scale * size * _Z, 1e-5
    slope = (activation(u + step) - activation(u - step)) / (2 * step)
    return float(scale**2 * (_WEIGHT @ slope**2))
