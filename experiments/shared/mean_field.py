"""Theory to hold measurements against: firing rates of LIF neurons, size of activations in wide random networks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import erfcx


def lif_rate(mu: float, threshold: float, tau: float, refractory: float) -> float:
    """Firing rate of a LIF neuron that rests and is reset at 0, under a constant drive.

    1 / (t_ref + tau ln(mu / (mu - threshold))), 0 up to the threshold. mu, threshold: in one unit. tau, refractory: in
    seconds; the rate in hertz.

    Reference: W. Gerstner et al., Neuronal Dynamics (2014), section 1.3.
    """
    if mu <= threshold:
        return 0.0
    return float(1 / (refractory + tau * np.log(mu / (mu - threshold))))


def siegert_rate(mu: float, sigma: float, threshold: float, tau: float, refractory: float, reset: float = 0.0) -> float:
    """Firing rate of a LIF neuron that rests at 0, under white noise.

    1 / (t_ref + tau sqrt(pi) F), F being the integral of exp(x²) (1 + erf x) from (reset - mu) / sigma to
    (threshold - mu) / sigma, and sigma sqrt(2) times the standard deviation that the membrane potential would have
    without a threshold.

    Reference: A. Siegert, Physical Review 81 (1951); N. Brunel, Journal of Computational Neuroscience 8 (2000), eq. 21.
    """
    low, high = (reset - mu) / sigma, (threshold - mu) / sigma
    # exp(x²) (1 + erf x) = erfcx(-x): no overflow below 0, and above it what the integral grows like.
    integral, _ = quad(lambda x: float(erfcx(-x)), low, high, limit=200)
    return float(1 / (refractory + tau * np.sqrt(np.pi) * integral))


Activation = Callable[[NDArray[np.floating]], NDArray[np.floating]]
_Z, _WEIGHT = np.polynomial.hermite_e.hermegauss(101)
_WEIGHT = _WEIGHT / _WEIGHT.sum()
"""Gauss-Hermite quadrature: places and weights of a standard normal variable."""


def activation_sizes(size: float, depth: int, scale: float, activation: Activation) -> list[float]:
    """Root mean square of the input, `size`, and of the activations of each layer of an infinitely wide random network.

    q' = E[f(scale sqrt(q) z)²], z normal, q being the mean square of a layer and q' that of the next; weights have
    mean 0 and variance scale² over the number of units before them, biases are 0.

    Reference: B. Poole et al., Advances in Neural Information Processing Systems 29 (2016).
    """
    found = [size]
    for _ in range(depth):
        found.append(float(np.sqrt(_WEIGHT @ activation(scale * found[-1] * _Z) ** 2)))
    return found


def settled_size(scale: float, activation: Activation) -> float:
    """Root mean square to which activations settle; where they die out, a little, to see how that behaves."""
    return max(activation_sizes(1.0, 200, scale, activation)[-1], 1e-3)


def correlations(c: float, size: float, depth: int, scale: float, activation: Activation) -> list[float]:
    """Cosine of two inputs of one size, and of the activations that they cause in each layer of such a network.

    c' = E[f(u) f(v)] / E[f(u)²], u and v normal with standard deviation scale sqrt(q) and correlation c.
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
    """chi, by which 1 - c grows or shrinks in a layer where c is near 1 and the size has settled.

    scale² E[f'(scale sqrt(q) z)²], f' by differences.
    """
    u, step = scale * size * _Z, 1e-5
    slope = (activation(u + step) - activation(u - step)) / (2 * step)
    return float(scale**2 * (_WEIGHT @ slope**2))
