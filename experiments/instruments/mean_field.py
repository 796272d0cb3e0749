"""Theory to hold measurements against: firing rates of LIF neurons."""

from __future__ import annotations

import numpy as np
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
