"""Firing rate of a leaky integrate-and-fire neuron driven by white noise, in theory."""

from __future__ import annotations

import math

from scipy.integrate import quad
from scipy.special import erfcx

OVERSHOOT = 0.5826
"""-zeta(1/2) / sqrt(2 pi): mean distance by which a random walk passes a boundary, in standard deviations of a step."""


def siegert_rate(
    mu: float, sigma: float, tau: float, threshold: float, reset: float, refractory: float, dt: float = 0.0
) -> float:
    """Return the stationary firing rate.

    Parameters
    ----------
    mu, sigma
        Mean and strength of the input, in mV; without a threshold, the potential has the standard deviation sigma /
        sqrt(2).
    tau
        Membrane time constant, in ms.
    threshold, reset
        Potentials above rest, in mV.
    refractory
        Refractory period, in ms.
    dt
        Time step in ms; 0 for continuous time. Between grid points the threshold cannot be crossed, which acts like a
        threshold that is higher by 0.5826 sigma sqrt(dt / tau).

    Returns
    -------
    float
        The rate in Hz: 1 / (refractory + tau sqrt(pi) int exp(x^2) (1 + erf x) dx), from (reset - mu) / sigma to
        (threshold - mu) / sigma.

    References
    ----------
    A. Siegert, Physical Review 81 (1951); N. Brunel, Journal of Computational Neuroscience 8 (2000), equation 21. For
    the boundary: D. Siegmund, Sequential Analysis, Springer (1985), chapter X.
    """
    top = (threshold + OVERSHOOT * sigma * math.sqrt(dt / tau) - mu) / sigma
    integral, _ = quad(lambda x: erfcx(-x), (reset - mu) / sigma, top)
    return 1e3 / (refractory + tau * math.sqrt(math.pi) * integral)
