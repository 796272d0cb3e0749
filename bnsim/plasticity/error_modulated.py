"""Error-modulated three-factor rule: presynaptic eligibility times an error given at the end of the trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.plasticity.base import PlasticityRule, SignalKind, Where


@dataclass(frozen=True, repr=False)
class ErrorModulated(PlasticityRule):
    """Error-modulated three-factor rule: a delta rule on spikes, with one signal a postsynaptic neuron.

    Parameters
    ----------
    learning_rate : float
        Change for an error of 1 and one spike, in units of `scale`.
    gain : float
        Slope of the error's sigmoid.
    scale : Quantity
        Unit of the weights, for which the neuron's distance from rest to threshold is a natural choice.

    Notes
    -----
    In a trial, eligibility_j counts the spikes of presynaptic neuron j, and u_k sums the weights of all spikes that
    arrive at postsynaptic neuron k, through all its projections that have this rule. In the trial's last step

        error_k = 1 / (1 + exp(-gain u_k / scale)) - target_k
        w_kj -= learning_rate x learning_rate_factor x scale x error_k x eligibility_j

    Signals: target (postsynaptic, required where learning is on): 1 for the neuron of the right class, 0 for the
    others. learning_rate_factor (shared, default 1): the course of the learning rate over trials.

    References
    ----------
    B. Widrow and M. Hoff (1960) for the rule; N. Fremaux and W. Gerstner, Frontiers in Neural Circuits 9:85 (2016) for
    three factors.
    """

    learning_rate: float = parameter(1e-3, minimum=0)
    gain: float = parameter(0.2, above=0)
    scale: Quantity = parameter(1 * mV, above=0, any_unit=True)

    presynaptic: ClassVar[str] = "eligibility : 1"
    postsynaptic: ClassVar[str] = "target : 1"
    common: ClassVar[dict[str, str]] = {"u": "{weight_unit}", "error": "1"}
    on_presynaptic_spike: ClassVar[str] = "eligibility += 1"
    on_pre: ClassVar[str] = "u_post += w"
    trial_end: ClassVar[tuple[tuple[Where, str], ...]] = (
        ("postsynaptic", "error = 1 / (1 + exp(-gain * u / scale)) - target"),
        ("synapse", "w -= learning_rate * learning_rate_factor * scale * error_post * eligibility_pre"),
    )
    signals: ClassVar[dict[str, SignalKind]] = {"target": "postsynaptic", "learning_rate_factor": "shared"}
    signal_defaults: ClassVar[dict[str, float]] = {"learning_rate_factor": 1.0}

    @property
    def weight_scale(self) -> str:
        return "scale"
