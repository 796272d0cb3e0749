"""The plasticity rule of Diehl & Cook's network (2015)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from brian2.units import ms
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.plasticity.base import PlasticityRule, Where


@dataclass(frozen=True, repr=False)
class DiehlCookSTDP(PlasticityRule):
    """Triplet STDP of nearest spikes, with the incoming weights of each neuron scaled to a constant total.

    Parameters
    ----------
    tau_plus : Quantity
        Time constant of the presynaptic trace.
    tau_fast, tau_slow : Quantity
        Time constants of the postsynaptic traces.
    a_plus, a_minus : float
        Changes at trace 1, in units of w_max.
    w_max : Quantity
        Upper bound, in the unit of the weights.
    total : Quantity
        Sum of the weights that end on a neuron.

    Notes
    -----
    x (presynaptic), y_fast and y_slow (postsynaptic) decay with tau_plus, tau_fast and tau_slow, and are set to 1 by a
    spike. A presynaptic arrival: w -= a_minus y_fast. A postsynaptic spike: w += a_plus x y_slow, y_slow being that
    before the spike, so that a neuron's first spike in a trial changes nothing. w is clipped to [0, w_max]. In the
    trial's last step w is multiplied by total / (sum of the weights that end on the same neuron).

    The authors normalise before a presentation, which is the same but for the first one.

    References
    ----------
    P. Diehl and M. Cook, Frontiers in Computational Neuroscience 9:99 (2015), and the code published with it; J.-P.
    Pfister and W. Gerstner, Journal of Neuroscience 26 (2006), triplets.
    """

    tau_plus: Quantity = parameter(20 * ms)
    tau_fast: Quantity = parameter(20 * ms)
    tau_slow: Quantity = parameter(40 * ms)
    a_plus: float = parameter(1e-2, minimum=0)
    a_minus: float = parameter(1e-4, minimum=0)
    w_max: Quantity = parameter(Quantity(1.0), above=0, any_unit=True)
    total: Quantity = parameter(Quantity(78.0), above=0, any_unit=True)

    presynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"x": ("tau_plus", "x = 1")}
    postsynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {
        "y_fast": ("tau_fast", "y_fast = 1"),
        "y_slow": ("tau_slow", "y_slow = 1"),
    }
    postsynaptic: ClassVar[str] = "incoming : {weight_unit}\nscaling : 1"
    on_pre: ClassVar[str] = "w = clip(w - a_minus * w_max * y_fast, 0 * w_max, w_max)"
    on_post: ClassVar[str] = "w = clip(w + a_plus * w_max * x * y_slow, 0 * w_max, w_max)"
    trial_end: ClassVar[tuple[tuple[Where, str], ...]] = (
        ("postsynaptic", "incoming = 0 * w_max"),
        ("synapse", "incoming_post += w"),
        ("postsynaptic", "scaling = total / incoming"),
        ("synapse", "w *= scaling_post"),
    )

    @property
    def weight_bounds(self) -> tuple[float, float]:
        return 0.0, float(np.asarray(self.w_max))

    @property
    def reachable_weights(self) -> tuple[float, float]:
        """Scaling may lift a weight above w_max, where it stays until its next change; none exceeds the total."""
        return 0.0, float(max(np.asarray(self.w_max), np.asarray(self.total)))

    @property
    def weight_scale(self) -> str:
        return "w_max"
