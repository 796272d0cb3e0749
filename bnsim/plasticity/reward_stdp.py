"""Reward-modulated spike-timing-dependent plasticity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.plasticity.base import PlasticityRule, SignalKind, Where


@dataclass(frozen=True, repr=False)
class RewardModulatedSTDP(PlasticityRule):
    """Reward-modulated STDP: pairs of spikes change an eligibility, and the trial's reward decides its sign.

    Parameters
    ----------
    tau_plus, tau_minus : Quantity
        Time constants of the presynaptic and the postsynaptic trace.
    a_plus, a_minus : float
        Amount that a pair adds to the eligibility, or subtracts from it.
    learning_rate : float
        In units of `scale`, for one pair of coincident spikes and an unexpected reward.
    gain : float
        Slope of the expectation.
    scale : Quantity
        Unit of the weights.

    Notes
    -----
    x (presynaptic) and y (postsynaptic) are traces of all spikes, decaying with tau_plus and tau_minus. A postsynaptic
    spike: eligibility += a_plus x. A presynaptic arrival: eligibility -= a_minus y. u_k sums the weights of all spikes
    that arrive at neuron k. In the trial's last step

        expected_k = 1 / (1 + exp(-gain u_k / scale))
        w_kj += learning_rate x learning_rate_factor x scale x (reward - expected_k) x eligibility_kj

    expected_k, the success that neuron k expects of its own answer, is the baseline: an expected reward changes
    nothing. A neuron that did not fire has no eligibility for a_minus = 0, so that with lateral inhibition only the
    neuron that answered learns.

    Signals: reward (given by the network's `bnsim.Reward`), learning_rate_factor (shared, default 1).

    References
    ----------
    E. Izhikevich, Cerebral Cortex 17 (2007); R. Florian, Neural Computation 19 (2007); N. Fremaux, H. Sprekeler and
    W. Gerstner, Journal of Neuroscience 30 (2010), why the baseline must be the expected success.
    """

    tau_plus: Quantity = parameter(20 * ms)
    tau_minus: Quantity = parameter(20 * ms)
    a_plus: float = parameter(1.0, minimum=0)
    a_minus: float = parameter(0.0, minimum=0)
    learning_rate: float = parameter(1e-3, minimum=0)
    gain: float = parameter(0.2, above=0)
    scale: Quantity = parameter(1 * mV, above=0, any_unit=True)

    equations: ClassVar[str] = "eligibility : 1"
    presynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"x": ("tau_plus", "x += 1")}
    postsynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"y": ("tau_minus", "y += 1")}
    postsynaptic: ClassVar[str] = "u : {weight_unit}\nexpected : 1"
    on_pre: ClassVar[str] = "u_post += w\neligibility -= a_minus * y"
    on_post: ClassVar[str] = "eligibility += a_plus * x"
    trial_end: ClassVar[tuple[tuple[Where, str], ...]] = (
        ("postsynaptic", "expected = 1 / (1 + exp(-gain * u / scale))"),
        ("synapse", "w += learning_rate * learning_rate_factor * scale * (reward - expected_post) * eligibility"),
    )
    signals: ClassVar[dict[str, SignalKind]] = {"reward": "reward", "learning_rate_factor": "shared"}
    signal_defaults: ClassVar[dict[str, float]] = {"learning_rate_factor": 1.0}

    @property
    def weight_scale(self) -> str:
        return "scale"
