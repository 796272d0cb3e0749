"""Pair-based STDP whose changes depend on a power of the weight, between additive and multiplicative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bnsim.description import parameter
from bnsim.plasticity.pair_stdp import PairSTDP


@dataclass(frozen=True, repr=False)
class WeightDependentSTDP(PairSTDP):
    """Pair-based STDP whose changes depend on powers of the weight: all pairs interact.

    Parameters
    ----------
    tau_plus, tau_minus : Quantity
        Time constants of the presynaptic and the postsynaptic trace.
    a_plus, a_minus : float
        Largest change of one pair, as a fraction of w_max; both positive, a_minus depresses.
    w_max : Quantity
        Upper bound, in the unit of the weights.
    mu_plus, mu_minus : float
        Exponents of the weight dependence of potentiation and depression; 0 is additive, 1 is multiplicative.

    Notes
    -----
    As `bnsim.PairSTDP`, with x and y the traces of the presynaptic and the postsynaptic spikes, but a presynaptic
    arrival changes the weight by -a_minus w_max (w / w_max)^mu_minus y and a postsynaptic spike by a_plus w_max
    (1 - w / w_max)^mu_plus x. The family holds

    ==================  =======  ========  ============================
    rule                mu_plus  mu_minus  source
    ==================  =======  ========  ============================
    additive            0        0         `bnsim.PairSTDP`
    multiplicative      1        1         `bnsim.SoftPairSTDP`
    mixed               0        1         van Rossum et al. 2000
    in between          mu       mu        Guetig et al. 2003, 0 < mu < 1
    ==================  =======  ========  ============================

    It is NEST's `stdp_synapse` with lambda = a_plus and alpha = a_minus / a_plus, but for two conventions. NEST counts
    the delay in the dendrite, so that the postsynaptic spike reaches the synapse late; here the delay is that of the
    presynaptic spike. NEST leaves out a pair that meets at the synapse in the same time step; here the presynaptic
    spike comes first and the pair counts.

    References
    ----------
    R. Guetig, R. Aharonov, S. Rotter and H. Sompolinsky, Journal of Neuroscience 23 (2003); the default exponents are
    those of M. van Rossum, G. Bi and G. Turrigiano, Journal of Neuroscience 20 (2000), the other defaults those of
    `bnsim.PairSTDP`.
    """

    mu_plus: float = parameter(0.0, minimum=0)
    mu_minus: float = parameter(1.0, minimum=0)

    on_pre: ClassVar[str] = "w = clip(w - a_minus * w_max * (w / w_max)**mu_minus * y, 0 * w_max, w_max)"
    on_post: ClassVar[str] = "w = clip(w + a_plus * w_max * (1 - w / w_max)**mu_plus * x, 0 * w_max, w_max)"
