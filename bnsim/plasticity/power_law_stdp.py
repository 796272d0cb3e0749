"""Pair-based STDP with power-law potentiation and multiplicative depression, without an upper bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.plasticity.base import PlasticityRule


@dataclass(frozen=True, repr=False)
class PowerLawSTDP(PlasticityRule):
    """Pair-based STDP with power-law potentiation and multiplicative depression: all pairs interact.

    Parameters
    ----------
    tau_plus, tau_minus : Quantity
        Time constants of the presynaptic and the postsynaptic trace.
    a_plus : float
        Largest potentiation of one pair at the weight `scale`, as a fraction of `scale` (lambda).
    a_minus : float
        Largest depression of one pair, as a fraction of the weight (lambda alpha).
    mu : float
        Exponent of the weight dependence of potentiation.
    scale : Quantity
        Reference weight, in the unit of the weights (w_0).

    Notes
    -----
    x and y are the traces of `bnsim.PairSTDP`. A presynaptic arrival: w -= a_minus w y, then x += 1. A postsynaptic
    spike: w += a_plus scale (w / scale)^mu x, then y += 1. w stays at or above 0 and has no upper bound: weights of
    independent spike trains settle near (a_plus tau_plus / (a_minus tau_minus))^(1 / (1 - mu)) times `scale`, 46 with
    the defaults. A weight of 0 stays 0.

    It is NEST's `stdp_pl_synapse_hom` with alpha = a_minus / a_plus and `scale` the unit of its weights; the delay and
    pairs in the same time step differ as in `bnsim.WeightDependentSTDP`.

    References
    ----------
    A. Morrison, A. Aertsen and M. Diesmann, Neural Computation 19 (2007), with time constants of 20 ms, lambda 0.1 and
    mu 0.4; a_minus is this package's, since it follows from the weights that are wanted.
    """

    tau_plus: Quantity = parameter(20 * ms)
    tau_minus: Quantity = parameter(20 * ms)
    a_plus: float = parameter(0.1, minimum=0)
    a_minus: float = parameter(0.01, minimum=0)
    mu: float = parameter(0.4, minimum=0)
    scale: Quantity = parameter(1 * mV, above=0, any_unit=True)

    presynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"x": ("tau_plus", "x += 1")}
    postsynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"y": ("tau_minus", "y += 1")}
    on_pre: ClassVar[str] = "w = w * clip(1 - a_minus * y, 0, 1)"
    on_post: ClassVar[str] = "w += a_plus * scale * (w / scale)**mu * x"

    @property
    def weight_bounds(self) -> tuple[float, float]:
        return 0.0, float("inf")

    @property
    def weight_scale(self) -> str:
        return "scale"
