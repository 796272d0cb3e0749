"""The rate of the network in theory: that with which a neuron answers input of the same rate."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from experiments.classics.brunel import REFRACTORY, RESET, TAU, THRESHOLD
from experiments.shared.siegert import siegert_rate

LEAST = 1e-3
"""Smallest rate that is sought, in Hz."""


def moments(rate: float, point: tuple[float, float], inputs: int, weight: float) -> tuple[float, float]:
    """Return mean and strength of the input of a neuron when all fire at a rate.

    Parameters
    ----------
    rate
        Rate of all neurons, in Hz.
    point
        Relative strength of inhibition g and relative external rate eta.
    inputs
        Number of excitatory inputs C of a neuron; a quarter as many are inhibitory.
    weight
        Excitatory weight J in mV.

    Returns
    -------
    mean, sigma : float
        In mV: eta theta + J C tau rate (1 - g / 4), and the square root of J (eta theta + J C tau rate (1 + g² / 4)).

    References
    ----------
    N. Brunel, Journal of Computational Neuroscience 8 (2000), equation 4.
    """
    strength, external = point
    outer, inner = external * THRESHOLD, weight * inputs * TAU * 1e-3 * rate
    mean = outer + inner * (1 - strength / 4)
    return mean, float(np.sqrt(weight * (outer + inner * (1 + strength**2 / 4))))


def settled(point: tuple[float, float], inputs: int, weight: float, dt: float) -> float:
    """Return the self-consistent rate, the largest where there are several.

    Parameters
    ----------
    point
        Relative strength of inhibition g and relative external rate eta, which is above 0.
    inputs
        Number of excitatory inputs of a neuron.
    weight
        Excitatory weight in mV.
    dt
        Time step in ms.

    Returns
    -------
    float
        The rate in Hz, 0 where it is below 0.001.
    """

    def excess(rate: float) -> float:
        mean, sigma = moments(rate, point, inputs, weight)
        return siegert_rate(mean, sigma, TAU, THRESHOLD, RESET, REFRACTORY, dt) - rate

    # No neuron fires faster than the refractory period allows: there the excess is negative.
    above = 1e3 / REFRACTORY
    for below in np.geomspace(above, LEAST, 200)[1:]:
        if excess(below) >= 0:
            return float(brentq(excess, below, above))
        above = below
    return 0.0
