"""What dynamic synapses release, in closed form and in mean-field theory."""

from __future__ import annotations

import numpy as np
from brian2.units import ms, second

import bnsim
from bnsim.arrays import FloatArray

SYNAPSES = {
    "depressing": bnsim.ShortTermPlasticity(U=0.5, tau_rec=800 * ms),
    "facilitating": bnsim.ShortTermPlasticity(U=0.03, tau_rec=130 * ms, tau_facil=530 * ms),
}
"""The two synapses."""


def regular(synapse: bnsim.ShortTermPlasticity, rate: float) -> float:
    """Return the part of the weight that a spike of a regular train transmits in the end.

    Parameters
    ----------
    synapse
        The synapse.
    rate
        Rate in Hz.

    Returns
    -------
    float
        Utilization times resources, as a spike finds them.
    """
    recovery, facilitation = _time_constants(synapse)
    left = np.exp(-1 / (rate * facilitation)) if facilitation else 0.0
    used = synapse.U / (1 - (1 - synapse.U) * left)
    depleted = np.exp(-1 / (rate * recovery))
    return float(used * (1 - depleted) / (1 - (1 - used) * depleted))


def mean_field(synapse: bnsim.ShortTermPlasticity, rate: float) -> float:
    """Return the mean part of the weight that a spike of a Poisson train transmits.

    Parameters
    ----------
    synapse
        The synapse; without facilitation the result is exact.
    rate
        Rate in Hz.

    Returns
    -------
    float
        Mean utilization times mean resources, as a spike finds them.
    """
    recovery, facilitation = _time_constants(synapse)
    used = synapse.U * (1 + rate * facilitation) / (1 + synapse.U * rate * facilitation)
    return float(used / (1 + rate * used * recovery))


def after_step(synapse: bnsim.ShortTermPlasticity, before: float, after: float, times: FloatArray) -> FloatArray:
    """Return what a synapse without facilitation releases a second after a step of the rate of a Poisson train.

    Parameters
    ----------
    synapse
        The synapse.
    before, after
        Rates in Hz, the first for so long that the resources have settled.
    times
        Times in s since the step.

    Returns
    -------
    array of float
        Mean release a second, in units of the weight.
    """
    recovery, _ = _time_constants(synapse)
    first, last = (1 / (1 + rate * synapse.U * recovery) for rate in (before, after))
    decay = np.exp(-times * (1 / recovery + after * synapse.U))
    return after * synapse.U * (last + (first - last) * decay)


def _time_constants(synapse: bnsim.ShortTermPlasticity) -> tuple[float, float]:
    """Those of recovery and facilitation, in s."""
    return float(synapse.tau_rec / second), float(synapse.tau_facil / second)
