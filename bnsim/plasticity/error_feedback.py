"""Learning in hidden layers: errors sent back along separate synapses, and the rule of hidden synapses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.plasticity.base import PlasticityRule, SignalKind, Where


@dataclass(frozen=True, repr=False)
class ErrorFeedback(PlasticityRule):
    """Feedback of the errors of one population to another, for a projection of `bnsim.Modulatory` synapses.

    Parameters
    ----------
    learning_rate : float
        Change for an error of 1 and one spike.
    scale : Quantity
        Unit of the weights.

    Notes
    -----
    In a trial's last step, for the synapse from the unit k that has an error to the hidden neuron j,

        error_j += w_jk error_k
        w_jk -= learning_rate x learning_rate_factor x error_k n_j

    n_j being the spikes of j in the trial. With learning_rate 0 the feedback is fixed (feedback alignment). Otherwise
    the two ends of the synapse change it as `bnsim.ErrorModulated` changes the forward weight between the same neurons,
    so feedback weights that start equal to the forward ones stay equal.

    Signals: learning_rate_factor (shared, default 1).

    References
    ----------
    T. Lillicrap, D. Cownden, D. Tweed and C. Akerman, Nature Communications 7:13276 (2016), random feedback; J. Kolen
    and J. Pollack, IEEE International Conference on Neural Networks (1994), equal changes at both ends.
    """

    learning_rate: float = parameter(0.0, minimum=0)
    scale: Quantity = parameter(Quantity(1.0), above=0, any_unit=True)

    common: ClassVar[dict[str, str]] = {"error": "1"}
    trial_end: ClassVar[tuple[tuple[Where, str], ...]] = (
        ("synapse", "error_post += w / scale * error_pre"),
        ("synapse", "w -= learning_rate * learning_rate_factor * scale * error_pre * spike_count_post"),
    )
    signals: ClassVar[dict[str, SignalKind]] = {"learning_rate_factor": "shared"}
    signal_defaults: ClassVar[dict[str, float]] = {"learning_rate_factor": 1.0}

    @property
    def weight_scale(self) -> str:
        return "scale"


@dataclass(frozen=True, repr=False)
class FeedbackModulated(PlasticityRule):
    """Three-factor rule of a hidden synapse: presynaptic spikes, postsynaptic activity, and the error sent back.

    Parameters
    ----------
    learning_rate : float
        Change for an error of 1 and one spike, in units of `scale`.
    scale : Quantity
        Unit of the weights.

    Notes
    -----
    In a trial's last step, after the errors have arrived (`bnsim.ErrorFeedback`), with n the spikes in the trial,

        error_j = 0 where n_j = 0
        w_ij -= learning_rate x learning_rate_factor x scale x error_j n_i

    A neuron that did not fire does not learn: the slope of its count over its input is taken as 0, else as constant.

    Signals: learning_rate_factor (shared, default 1).

    References
    ----------
    E. Neftci, C. Augustine, S. Paul and G. Detorakis, Frontiers in Neuroscience 11:324 (2017), event-driven random
    backpropagation, whose postsynaptic factor is 1 within a range of the synaptic current.
    """

    learning_rate: float = parameter(1e-3, minimum=0)
    scale: Quantity = parameter(1 * mV, above=0, any_unit=True)

    common: ClassVar[dict[str, str]] = {"error": "1"}
    trial_end: ClassVar[tuple[tuple[Where, str], ...]] = (
        ("postsynaptic", "error = error * int(spike_count > 0)"),
        ("synapse", "w -= learning_rate * learning_rate_factor * scale * error_post * spike_count_pre"),
    )
    signals: ClassVar[dict[str, SignalKind]] = {"learning_rate_factor": "shared"}
    signal_defaults: ClassVar[dict[str, float]] = {"learning_rate_factor": 1.0}

    @property
    def weight_scale(self) -> str:
        return "scale"
