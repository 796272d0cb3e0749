"""Triplet spike-timing-dependent plasticity (Pfister & Gerstner 2006)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.description import parameter
from bnsim.plasticity.base import PlasticityRule


@dataclass(frozen=True, repr=False)
class TripletSTDP(PlasticityRule):
    """Triplet STDP: pairs and triplets of spikes, all of which interact, change the weight.

    Parameters
    ----------
    tau_plus, tau_x : Quantity
        Time constants of the presynaptic traces of pairs and of triplets.
    tau_minus, tau_y : Quantity
        Time constants of the postsynaptic traces of pairs and of triplets.
    a2_plus, a3_plus : float
        Potentiation of a pair and of a triplet at trace 1, as a fraction of `scale`.
    a2_minus, a3_minus : float
        Depression of a pair and of a triplet at trace 1, as a fraction of `scale`.
    scale : Quantity
        Weight that amplitudes are relative to, in the unit of the weights: in the paper that before a protocol.
    w_max : Quantity
        Upper bound, in the unit of the weights.

    Raises
    ------
    InputError
        If `scale` has another unit than w_max.

    Notes
    -----
    x_pair and x_triplet are traces of the presynaptic spikes that have arrived and decay with tau_plus and tau_x
    (r_1 and r_2 of the paper); y_pair and y_triplet are traces of the postsynaptic spikes and decay with tau_minus and
    tau_y (o_1, o_2). Each spike adds 1 to the traces of its side after the weight has changed: at a presynaptic arrival

        w -= scale y_pair (a2_minus + a3_minus x_triplet),

    at a postsynaptic spike

        w += scale x_pair (a2_plus + a3_plus y_triplet).

    Afterwards w is clipped to [0, w_max], which the paper does not do.

    The minimal models leave out triplets for depression, and for the visual cortex also pairs for potentiation. Both
    and the full models, all of them for interactions of all spikes, are at hand as `visual_cortex` and `hippocampus`;
    the defaults are the minimal model of the visual cortex.

    It is NEST's `stdp_triplet_synapse` with amplitudes in units of the weight; NEST counts the delay in the dendrite,
    and leaves out a pair that meets at the synapse in the same time step, where here the presynaptic spike comes first.

    References
    ----------
    J.-P. Pfister and W. Gerstner, Journal of Neuroscience 26 (2006), table 4.
    """

    tau_plus: Quantity = parameter(16.8 * ms)
    tau_x: Quantity = parameter(101 * ms)
    tau_minus: Quantity = parameter(33.7 * ms)
    tau_y: Quantity = parameter(114 * ms)
    a2_plus: float = parameter(0.0, minimum=0)
    a3_plus: float = parameter(6.5e-3, minimum=0)
    a2_minus: float = parameter(7.1e-3, minimum=0)
    a3_minus: float = parameter(0.0, minimum=0)
    scale: Quantity = parameter(1 * mV, above=0, any_unit=True)
    w_max: Quantity = parameter(10 * mV, above=0, any_unit=True)

    presynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {
        "x_pair": ("tau_plus", "x_pair += 1"),
        "x_triplet": ("tau_x", "x_triplet += 1"),
    }
    postsynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {
        "y_pair": ("tau_minus", "y_pair += 1"),
        "y_triplet": ("tau_y", "y_triplet += 1"),
    }
    on_pre: ClassVar[str] = "w = clip(w - scale * y_pair * (a2_minus + a3_minus * x_triplet), 0 * w_max, w_max)"
    on_post: ClassVar[str] = "w = clip(w + scale * x_pair * (a2_plus + a3_plus * y_triplet), 0 * w_max, w_max)"

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.quantity(f"{type(self).__name__}.scale", self.scale, self.w_max, minimum=None, exclusive=False)

    @classmethod
    def visual_cortex(cls, scale: Quantity, w_max: Quantity, full: bool = False) -> TripletSTDP:
        """Return the model that the authors fitted to pairings at several frequencies in slices of visual cortex.

        Parameters
        ----------
        scale, w_max : Quantity
            As for the class.
        full : bool
            Whether to return the full model instead of the minimal one.

        Returns
        -------
        TripletSTDP
            The rule.
        """
        if full:
            return cls(
                tau_x=101 * ms,
                tau_y=125 * ms,
                a2_plus=5e-10,
                a3_plus=6.2e-3,
                a2_minus=7e-3,
                a3_minus=2.3e-4,
                scale=scale,
                w_max=w_max,
            )
        return cls(scale=scale, w_max=w_max)

    @classmethod
    def hippocampus(cls, scale: Quantity, w_max: Quantity, full: bool = False) -> TripletSTDP:
        """Return the model that the authors fitted to pairs, triplets and quadruplets in hippocampal cultures.

        Parameters
        ----------
        scale, w_max : Quantity
            As for the class.
        full : bool
            Whether to return the full model instead of the minimal one.

        Returns
        -------
        TripletSTDP
            The rule.
        """
        if full:
            return cls(
                tau_x=946 * ms,
                tau_y=27 * ms,
                a2_plus=6.1e-3,
                a3_plus=6.7e-3,
                a2_minus=1.6e-3,
                a3_minus=1.4e-3,
                scale=scale,
                w_max=w_max,
            )
        return cls(tau_y=40 * ms, a2_plus=5.3e-3, a3_plus=8e-3, a2_minus=3.5e-3, scale=scale, w_max=w_max)

    @property
    def weight_bounds(self) -> tuple[float, float]:
        return 0.0, float(np.asarray(self.w_max))

    @property
    def weight_scale(self) -> str:
        return "w_max"
