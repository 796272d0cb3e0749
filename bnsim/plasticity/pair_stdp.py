"""Pair-based spike-timing-dependent plasticity: additive with hard bounds, or multiplicative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.plasticity.base import PlasticityRule


@dataclass(frozen=True, repr=False)
class PairSTDP(PlasticityRule):
    """Additive pair-based STDP: all pairs interact, hard bounds.

    Parameters
    ----------
    tau_plus, tau_minus : Quantity
        Time constants of the presynaptic and the postsynaptic trace.
    a_plus, a_minus : float
        Largest change of one pair, as a fraction of w_max; both positive, a_minus depresses.
    w_max : Quantity
        Upper bound, in the unit of the weights.

    Notes
    -----
    tau_plus dx/dt = -x and tau_minus dy/dt = -y are traces of the presynaptic spikes that have arrived and of the
    postsynaptic spikes. A presynaptic arrival: w -= a_minus w_max y, then x += 1. A postsynaptic spike: w += a_plus
    w_max x, then y += 1. Afterwards w is clipped to [0, w_max]. A pair with lag s = t_post - t_pre thus changes w by
    a_plus w_max exp(-s / tau_plus) for s > 0 and by -a_minus w_max exp(s / tau_minus) for s < 0, whatever w is; in the
    same time step presynaptic arrivals come first. `bnsim.WeightDependentSTDP` with both exponents 0.

    References
    ----------
    The defaults are those of S. Song, K. Miller and L. Abbott, Nature Neuroscience 3 (2000).
    """

    tau_plus: Quantity = parameter(20 * ms)
    tau_minus: Quantity = parameter(20 * ms)
    a_plus: float = parameter(0.005, minimum=0)
    a_minus: float = parameter(0.00525, minimum=0)
    w_max: Quantity = parameter(1 * mV, above=0, any_unit=True)

    presynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"x": ("tau_plus", "x += 1")}
    postsynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"y": ("tau_minus", "y += 1")}
    on_pre: ClassVar[str] = "w = clip(w - a_minus * w_max * y, 0 * w_max, w_max)"
    on_post: ClassVar[str] = "w = clip(w + a_plus * w_max * x, 0 * w_max, w_max)"

    @property
    def weight_bounds(self) -> tuple[float, float]:
        return 0.0, float(np.asarray(self.w_max))

    @property
    def weight_scale(self) -> str:
        return "w_max"


@dataclass(frozen=True, repr=False)
class SoftPairSTDP(PairSTDP):
    """Multiplicative pair-based STDP: all pairs interact, the change shrinks towards the bound (soft bounds).

    Parameters
    ----------
    tau_plus, tau_minus : Quantity
        Time constants of the presynaptic and the postsynaptic trace.
    a_plus, a_minus : float
        Change of one pair, as a fraction of the distance from the bound; both positive, a_minus depresses.
    w_max : Quantity
        Upper bound, in the unit of the weights.

    Notes
    -----
    As `PairSTDP`, but w -= a_minus w y at a presynaptic arrival and w += a_plus (w_max - w) x at a postsynaptic spike.
    Clipping remains, for a train fast enough to step over a bound. `bnsim.WeightDependentSTDP` with both exponents 1.

    References
    ----------
    J. Rubin, D. Lee and H. Sompolinsky, Physical Review Letters 86 (2001).
    """

    on_pre: ClassVar[str] = "w = clip(w - a_minus * w * y, 0 * w_max, w_max)"
    on_post: ClassVar[str] = "w = clip(w + a_plus * (w_max - w) * x, 0 * w_max, w_max)"
