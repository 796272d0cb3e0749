"""Learning of a readout: the error of each of its units in every step, and the rule of the synapses that lead there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.plasticity.base import SignalKind
from bnsim.plasticity.descent import SEEN, GradientDescent


@dataclass(frozen=True, repr=False)
class ReadoutError(GradientDescent):
    """Delta rule in every step, for synapses of delta type onto a `bnsim.LeakyReadout`.

    Parameters
    ----------
    learning_rate : float
        Change for a gradient of 1, in units of `scale`.
    scale : Quantity
        Unit of the weights, and the potential above rest by which the logit of a class grows by 1.
    tau_output : Quantity
        Membrane time constant of the readout.

    Notes
    -----
    In step t, with potentials before the spikes of that step act, in units of `scale` above rest; s the spikes of
    presynaptic neuron j, and k the decay of the readout in a step,

        seen_j(t) = k (seen_j(t-1) + s_j(t-1))
        error_k(t) = asked_k(t) (1 / (1 + exp(-v_k(t))) - target_k(t))
        gradient_jk = sum over t of error_k(t) seen_j(t)

    the exact gradient of the cross-entropy of a logistic unit a class, summed over steps with the weights `asked`. The
    error of a unit follows from its own potential alone; that of a softmax would need those of all. The weight changes
    at the end of a trial (see `bnsim.GradientDescent`). All projections onto one readout share its error: give their
    rules the same `scale`, and the same target and asked. `bnsim.Network` refuses other synapses and neurons, delays,
    short-term plasticity and another time constant, for which the gradient would be wrong.

    Signals: target (postsynaptic, required where learning is on): 1 for the unit of the right class, 0 for the others.
    asked (postsynaptic, default 1): how much an error counts; 0 in a step in which no answer is asked for.
    learning_rate_factor, applied: as in `bnsim.GradientDescent`.

    References
    ----------
    G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein and W. Maass, Nature Communications 11:3625
    (2020), with a softmax.
    """

    tau_output: Quantity = parameter(20 * ms)

    presynaptic: ClassVar[str] = SEEN
    postsynaptic: ClassVar[str] = "target : 1\nasked : 1"
    common: ClassVar[dict[str, str]] = {"error": "1"}
    on_presynaptic_spike: ClassVar[str] = "newly += 1"
    presynaptic_each_step: ClassVar[str] = "seen = (seen + newly) * exp(-dt / tau_output)\nnewly = 0"
    postsynaptic_each_step: ClassVar[str] = "error = asked * (1 / (1 + exp((v_rest - {membrane}) / scale)) - target)"
    each_step: ClassVar[str] = "gradient += error_post * seen_pre"
    signals: ClassVar[dict[str, SignalKind]] = {
        **GradientDescent.signals,
        "target": "postsynaptic",
        "asked": "postsynaptic",
    }
    signal_defaults: ClassVar[dict[str, float]] = {**GradientDescent.signal_defaults, "asked": 1.0}
    agreeing: ClassVar[tuple[str, ...]] = ("target", "asked")


@dataclass(frozen=True, repr=False)
class GradedReadoutError(ReadoutError):
    """Delta rule in every step for `bnsim.Graded` synapses onto a readout, such as those of a bias.

    Parameters
    ----------
    learning_rate : float
        Change for a gradient of 1, in units of `scale`.
    scale : Quantity
        Unit of the weights, and the potential above rest by which the logit of a class grows by 1.
    tau_output : Quantity
        Membrane time constant of the readout.

    Notes
    -----
    As `bnsim.ReadoutError`, with the value that unit j holds in step t in the place of s_j(t), and the same signals.

    References
    ----------
    G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein and W. Maass, Nature Communications 11:3625
    (2020).
    """

    on_presynaptic_spike: ClassVar[str] = ""
    presynaptic_each_step: ClassVar[str] = "seen = (seen + newly) * exp(-dt / tau_output)\nnewly = drive"
