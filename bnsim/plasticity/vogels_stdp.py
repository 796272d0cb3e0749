"""Inhibitory spike-timing-dependent plasticity, which holds the postsynaptic rate at a target (Vogels et al. 2011)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from brian2.units import Hz, ms, nS
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.description import parameter
from bnsim.plasticity.base import PlasticityRule


@dataclass(frozen=True, repr=False)
class VogelsSTDP(PlasticityRule):
    """Inhibitory STDP: coincident spikes in either order strengthen a synapse, presynaptic spikes alone weaken it.

    Parameters
    ----------
    tau_stdp : Quantity
        Time constant of both traces.
    target_rate : Quantity
        Rate of the postsynaptic neuron at which the synapse stays as it is (rho_0).
    learning_rate : float
        Change for a trace of 1, as a fraction of `scale` (eta).
    scale : Quantity
        Unit of the weights.
    w_max : Quantity
        Upper bound, in the unit of the weights.

    Raises
    ------
    InputError
        If `scale` has another unit than w_max.

    Notes
    -----
    x and y are traces of the presynaptic spikes that have arrived and of the postsynaptic spikes; both decay with
    tau_stdp, and a spike adds 1 after the weight has changed. At a presynaptic arrival

        w += learning_rate scale (y - alpha), alpha = 2 target_rate tau_stdp,

    at a postsynaptic spike

        w += learning_rate scale x.

    Afterwards w is clipped to [0, w_max]. For independent Poisson trains the mean change is 0 where the postsynaptic
    rate is target_rate. w is the strength of the inhibition, at or above 0, so the rule is meant for synapses that
    are inhibitory by their reversal potential, such as `bnsim.ExponentialConductance(reversal=-80*mV)`.

    It is NEST's `vogels_sprekeler_synapse`, which clips once before and once after it subtracts alpha; the delay and
    pairs in the same time step differ as in `bnsim.WeightDependentSTDP`.

    References
    ----------
    T. Vogels, H. Sprekeler, F. Zenke, C. Clopath and W. Gerstner, Science 334 (2011). The defaults are those of the
    example in Brian2's documentation.
    """

    tau_stdp: Quantity = parameter(20 * ms)
    target_rate: Quantity = parameter(3 * Hz, above=0)
    learning_rate: float = parameter(0.01, minimum=0)
    scale: Quantity = parameter(1 * nS, above=0, any_unit=True)
    w_max: Quantity = parameter(100 * nS, above=0, any_unit=True)

    presynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"x": ("tau_stdp", "x += 1")}
    postsynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"y": ("tau_stdp", "y += 1")}
    on_pre: ClassVar[str] = "w = clip(w + learning_rate * scale * (y - 2 * target_rate * tau_stdp), 0 * w_max, w_max)"
    on_post: ClassVar[str] = "w = clip(w + learning_rate * scale * x, 0 * w_max, w_max)"

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.quantity(f"{type(self).__name__}.scale", self.scale, self.w_max, minimum=None, exclusive=False)

    @property
    def weight_bounds(self) -> tuple[float, float]:
        return 0.0, float(np.asarray(self.w_max))

    @property
    def weight_scale(self) -> str:
        return "w_max"
