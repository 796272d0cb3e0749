"""Eligibility propagation (e-prop): eligibility traces of recurrent synapses times a learning signal, in every step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.plasticity.descent import SEEN, GradientDescent


@dataclass(frozen=True, repr=False)
class EligibilityPropagation(GradientDescent):
    """Eligibility propagation (e-prop) for synapses of delta type onto `bnsim.AdaptiveThresholdLIF` neurons.

    Parameters
    ----------
    learning_rate : float
        Change for a gradient of 1, in units of `scale`.
    scale : Quantity
        Unit of the weights: the distance from rest to threshold of the postsynaptic neurons.
    tau_m : Quantity
        Membrane time constant of the postsynaptic neurons.
    tau_theta : Quantity
        Time constant of their adaptation.
    tau_output : Quantity
        Membrane time constant of the readout whose errors come back.
    dampening : float
        Height of the surrogate derivative of a spike by the membrane potential.

    Notes
    -----
    In step t, with potentials and thresholds before the spikes of that step act, in units of `scale`; s the spikes of
    presynaptic neuron i, beta the rise of the threshold with a spike, and decays a, r and k of membrane, adaptation and
    readout in a step,

        seen_i(t) = a (seen_i(t-1) + s_i(t-1))
        slope_j(t) = dampening max(0, 1 - abs(v_j(t) - v_threshold - theta_j(t)))
        e_ij(t) = slope_j(t) (seen_i(t) - adaptation_ij(t))
        adaptation_ij(t+1) = r (adaptation_ij(t) + beta_j e_ij(t))
        filtered_ij(t+1) = k (filtered_ij(t) + e_ij(t))
        gradient_ij = sum over t of error_j(t) filtered_ij(t)

    error_j is the learning signal that `bnsim.ErrorBroadcast` brings from the readout in the same step. The gradient is
    that of the readout's loss where the influence of a spike on other neurons' later spikes is left out. The weight
    changes at the end of a trial (see `bnsim.GradientDescent`). All quantities are those of one synapse and its two
    neurons, and go forward in time. A neuron without adaptation has theta_increment = 0. `bnsim.Network` refuses the
    rule where these equations would not hold: other synapses and neurons, delays, short-term plasticity, a refractory
    period (in which slope would have to be 0), another scale or time constant than those of the neurons and the
    readout, and neurons that no `bnsim.ErrorBroadcast` reaches, or one that is listed later.

    References
    ----------
    G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein and W. Maass, Nature Communications 11:3625
    (2020). There a spike reaches the readout in its own step, and the other neurons in the next; here it reaches both
    in the next.
    """

    tau_m: Quantity = parameter(20 * ms)
    tau_theta: Quantity = parameter(2000 * ms)
    tau_output: Quantity = parameter(20 * ms)
    dampening: float = parameter(0.3, above=0)

    equations: ClassVar[str] = f"{GradientDescent.equations}\nadaptation : 1\nfiltered : 1"
    presynaptic: ClassVar[str] = SEEN
    postsynaptic: ClassVar[str] = "slope : 1"
    common: ClassVar[dict[str, str]] = {"error": "1"}
    on_presynaptic_spike: ClassVar[str] = "newly += 1"
    presynaptic_each_step: ClassVar[str] = "seen = (seen + newly) * exp(-dt / tau_m)\nnewly = 0"
    postsynaptic_each_step: ClassVar[str] = (
        "slope = dampening * clip(1 - abs({membrane} - v_threshold - theta) / scale, 0, 1)"
    )
    each_step: ClassVar[str] = (
        "gradient += error_post * filtered\n"
        "filtered = (filtered + slope_post * (seen_pre - adaptation)) * exp(-dt / tau_output)\n"
        "adaptation = (adaptation + theta_increment / scale * slope_post * (seen_pre - adaptation))"
        " * exp(-dt / tau_theta)"
    )


@dataclass(frozen=True, repr=False)
class GradedEligibilityPropagation(EligibilityPropagation):
    """Eligibility propagation for `bnsim.Graded` synapses, whose presynaptic units hold a value instead of firing.

    Parameters
    ----------
    learning_rate : float
        Change for a gradient of 1, in units of `scale`.
    scale : Quantity
        Unit of the weights: the distance from rest to threshold of the postsynaptic neurons.
    tau_m : Quantity
        Membrane time constant of the postsynaptic neurons.
    tau_theta : Quantity
        Time constant of their adaptation.
    tau_output : Quantity
        Membrane time constant of the readout whose errors come back.
    dampening : float
        Height of the surrogate derivative of a spike by the membrane potential.

    Notes
    -----
    As `bnsim.EligibilityPropagation`, with the value that unit i holds in step t in the place of s_i(t).

    References
    ----------
    G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein and W. Maass, Nature Communications 11:3625
    (2020).
    """

    on_presynaptic_spike: ClassVar[str] = ""
    presynaptic_each_step: ClassVar[str] = "seen = (seen + newly) * exp(-dt / tau_m)\nnewly = drive"
