"""What pairs of spikes at a constant frequency change, in closed form, and the pair rule that comes closest to data."""

from __future__ import annotations

import numpy as np
from brian2.units import ms, mV
from scipy.optimize import nnls

import bnsim
from bnsim.arrays import Float64Array
from experiments.classics.pairing_frequency import DATA, FREQUENCIES, LAGS, STANDARD_ERRORS

INITIAL = 0.1 * mV
"""Weight before the pairs: so small that it never makes a neuron fire."""


def change(rule: bnsim.TripletSTDP, lag: float, frequency: float, pairings: int) -> float:
    """Return the relative change by pairs at a constant frequency, for a rule without triplets for depression.

    Parameters
    ----------
    rule
        The rule; bounds of the weight are left out.
    lag
        Time in ms from the presynaptic to the postsynaptic spike, not 0, shorter than the interval between pairs.
    frequency
        Pairs a second.
    pairings
        Number of pairs n.

    Returns
    -------
    float
        Change of the weight, as a fraction of the rule's `scale`.

    Notes
    -----
    With p, m and y = exp(-interval / tau) for the traces of pairs that potentiate and depress and for that of triplets,
    the k-th postsynaptic spike finds p' (1 - p^j) / (1 - p) in the first, where j is the number of presynaptic spikes
    before it, k - 1 or k, and p' the decay since the last of these; and y (1 - y^(k - 1)) / (1 - y) in the third. The
    k-th presynaptic spike finds the second likewise. Sums over k are geometric series.
    """
    interval = 1e3 / frequency
    pre_first = lag > 0
    tau_plus, tau_minus, tau_y = (float(tau / ms) for tau in (rule.tau_plus, rule.tau_minus, rule.tau_y))
    p, m, y = (np.exp(-interval / tau) for tau in (tau_plus, tau_minus, tau_y))
    since_pre = lag if pre_first else interval + lag
    since_post = interval - lag if pre_first else -lag
    # 1 - p^j = 1 - first p^(k-1), with j = k where the presynaptic spike of a pair comes first.
    first = p if pre_first else 1.0
    pairs = pairings - first * _series(p, pairings)
    triplets = pairs - _series(y, pairings) + first * _series(p * y, pairings)
    potentiation = (
        np.exp(-since_pre / tau_plus) / (1 - p) * (rule.a2_plus * pairs + rule.a3_plus * y / (1 - y) * triplets)
    )
    depressed = pairings - (1.0 if pre_first else m) * _series(m, pairings)
    return float(potentiation - rule.a2_minus * np.exp(-since_post / tau_minus) / (1 - m) * depressed)


def triplet_rule() -> bnsim.TripletSTDP:
    """Return the rule that was fitted to the data."""
    return bnsim.TripletSTDP.visual_cortex(scale=INITIAL, w_max=10 * INITIAL)


def pair_rule(tau_plus: float = 16.8, tau_minus: float = 33.7, pairings: int = 60) -> bnsim.TripletSTDP:
    """Return the pair rule with the least error of all with these time constants.

    Parameters
    ----------
    tau_plus, tau_minus
        Time constants, in ms.
    pairings
        Number of pairs that the data are held against.

    Returns
    -------
    TripletSTDP
        A rule whose amplitudes of triplets are 0.
    """
    errors = np.concatenate([STANDARD_ERRORS[lag] for lag in LAGS])
    effects = [data_of(_pair_rule(tau_plus, tau_minus, *unit), pairings) / errors for unit in ((1, 0), (0, 1))]
    amplitudes, _ = nnls(np.transpose(effects), np.concatenate([DATA[lag] for lag in LAGS]) / errors)
    return _pair_rule(tau_plus, tau_minus, *amplitudes)


def data_of(rule: bnsim.TripletSTDP, pairings: int) -> Float64Array:
    """Return the changes of a rule under the conditions of all data, by lag, then frequency.

    Parameters
    ----------
    rule
        The rule.
    pairings
        Number of pairs.

    Returns
    -------
    array of float
        Changes (lag x frequency,), as fractions of the weight before.
    """
    return np.array([change(rule, lag, frequency, pairings) for lag in LAGS for frequency in FREQUENCIES])


def fit_error(changes: Float64Array) -> float:
    """Return the mean squared difference from the data, in units of the squared standard error.

    Parameters
    ----------
    changes
        Changes (lag x frequency,), as `data_of` returns them.

    Returns
    -------
    float
        The error.
    """
    data, errors = (np.concatenate([values[lag] for lag in LAGS]) for values in (DATA, STANDARD_ERRORS))
    return float(np.mean(((changes - data) / errors) ** 2))


def _pair_rule(tau_plus: float, tau_minus: float, a_plus: float, a_minus: float) -> bnsim.TripletSTDP:
    return bnsim.TripletSTDP(
        tau_plus=tau_plus * ms,
        tau_minus=tau_minus * ms,
        a2_plus=a_plus,
        a2_minus=a_minus,
        a3_plus=0.0,
        scale=INITIAL,
        w_max=10 * INITIAL,
    )


def _series(ratio: float, terms: int) -> float:
    """1 + r + ... of so many terms."""
    return (1 - ratio**terms) / (1 - ratio)
