"""Pair-based STDP of nearest spikes, in the three pairing schemes of Morrison, Diesmann & Gerstner (2008)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bnsim.plasticity.weight_dependent_stdp import WeightDependentSTDP


@dataclass(frozen=True, repr=False)
class NearestSymmetricSTDP(WeightDependentSTDP):
    """Pair-based STDP of nearest spikes, symmetric scheme: each spike pairs with the last one of the other side.

    Parameters
    ----------
    tau_plus, tau_minus : Quantity
        Time constants of the presynaptic and the postsynaptic trace.
    a_plus, a_minus : float
        Largest change of one pair, as a fraction of w_max; both positive, a_minus depresses.
    w_max : Quantity
        Upper bound, in the unit of the weights.
    mu_plus, mu_minus : float
        Exponents of the weight dependence, as in `bnsim.WeightDependentSTDP`.

    Notes
    -----
    Scheme a of Morrison et al., figure 7: a presynaptic arrival pairs with the last postsynaptic spike, and a
    postsynaptic spike with the last presynaptic arrival. As `bnsim.WeightDependentSTDP`, but a spike sets its trace to
    1 instead of adding 1. NEST has it as `stdp_nn_symm_synapse`.

    In the same time step the presynaptic arrival comes first, and the postsynaptic spike pairs with it at lag 0. NEST
    pairs each of the two with the last spike of the other side before them.

    References
    ----------
    A. Morrison, M. Diesmann and W. Gerstner, Biological Cybernetics 98 (2008); A. Morrison, A. Aertsen and M. Diesmann,
    Neural Computation 19 (2007).
    """

    presynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"x": ("tau_plus", "x = 1")}
    postsynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"y": ("tau_minus", "y = 1")}


@dataclass(frozen=True, repr=False)
class NearestPresynapticSTDP(WeightDependentSTDP):
    """Pair-based STDP of nearest spikes, presynaptic-centered scheme: each arrival pairs with its two neighbours.

    Parameters
    ----------
    tau_plus, tau_minus : Quantity
        Time constants of the presynaptic and the postsynaptic trace.
    a_plus, a_minus : float
        Largest change of one pair, as a fraction of w_max; both positive, a_minus depresses.
    w_max : Quantity
        Upper bound, in the unit of the weights.
    mu_plus, mu_minus : float
        Exponents of the weight dependence, as in `bnsim.WeightDependentSTDP`.

    Notes
    -----
    Scheme b of Morrison et al., figure 7: a presynaptic arrival pairs with the last postsynaptic spike and with the
    next one; a postsynaptic spike thus pairs with all arrivals since the postsynaptic spike before. As
    `bnsim.WeightDependentSTDP`, but a postsynaptic spike sets y to 1 and, after potentiation, x to 0. NEST has it as
    `stdp_nn_pre_centered_synapse`.

    In the same time step the presynaptic arrival comes first, and the postsynaptic spike pairs with it at lag 0. NEST
    pairs each of the two with spikes of the other side before them.

    References
    ----------
    A. Morrison, M. Diesmann and W. Gerstner, Biological Cybernetics 98 (2008); E. Izhikevich and N. Desai, Neural
    Computation 15 (2003).
    """

    equations: ClassVar[str] = "dx/dt = -x / tau_plus : 1 (event-driven)"
    presynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {}
    postsynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"y": ("tau_minus", "y = 1")}
    on_pre: ClassVar[str] = f"{WeightDependentSTDP.on_pre}\nx += 1"
    on_post: ClassVar[str] = f"{WeightDependentSTDP.on_post}\nx = 0"


@dataclass(frozen=True, repr=False)
class NearestReducedSTDP(WeightDependentSTDP):
    """Pair-based STDP of nearest spikes, reduced symmetric scheme: only immediate neighbours pair.

    Parameters
    ----------
    tau_plus, tau_minus : Quantity
        Time constants of the presynaptic and the postsynaptic trace.
    a_plus, a_minus : float
        Largest change of one pair, as a fraction of w_max; both positive, a_minus depresses.
    w_max : Quantity
        Upper bound, in the unit of the weights.
    mu_plus, mu_minus : float
        Exponents of the weight dependence, as in `bnsim.WeightDependentSTDP`.

    Notes
    -----
    Scheme c of Morrison et al., figure 7: as `bnsim.NearestSymmetricSTDP`, but only two spikes with no other between
    them pair, so that no spike takes part in two potentiations or in two depressions. As `bnsim.WeightDependentSTDP`,
    but a spike sets the trace of its side to 1 and, after the change of the weight, that of the other side to 0. NEST
    has it as `stdp_nn_restr_synapse`.

    In the same time step the presynaptic arrival comes first, and the postsynaptic spike pairs with it at lag 0. NEST
    pairs each of the two with a spike of the other side before them.

    References
    ----------
    A. Morrison, M. Diesmann and W. Gerstner, Biological Cybernetics 98 (2008).
    """

    equations: ClassVar[str] = "dx/dt = -x / tau_plus : 1 (event-driven)\ndy/dt = -y / tau_minus : 1 (event-driven)"
    presynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {}
    postsynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {}
    on_pre: ClassVar[str] = f"{WeightDependentSTDP.on_pre}\nx = 1\ny = 0"
    on_post: ClassVar[str] = f"{WeightDependentSTDP.on_post}\ny = 1\nx = 0"
