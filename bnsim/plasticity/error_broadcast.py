"""Learning signals: the errors of a readout reach other neurons in every step, along synapses of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.plasticity.descent import GradientDescent


@dataclass(frozen=True, repr=False)
class ErrorBroadcast(GradientDescent):
    """Broadcast of the errors of a readout in every step, for a projection of `bnsim.Modulatory` synapses.

    Parameters
    ----------
    learning_rate : float
        Change for a gradient of 1, in units of `scale`. 0: the weights stay as they are (random feedback).
    scale : Quantity
        Unit of the weights.
    tau_output : Quantity
        Membrane time constant of the readout.

    Notes
    -----
    In step t, with s the spikes of neuron j, and k the decay of the readout in a step,

        error_j(t) = sum over readout units k of w_kj error_k(t)
        seen_j(t) = k (seen_j(t-1) + s_j(t-1))
        gradient_kj = sum over t of error_k(t) seen_j(t)

    error_k is that of `bnsim.ReadoutError`, and the gradient that of the forward weight between the same two units:
    both ends change their synapse alike, so that feedback weights which start equal to the forward ones, in units of
    `scale`, stay equal. List the projection before those that use the learning signal. `bnsim.Network` refuses another
    order, synapses of another kind, short-term plasticity, and a readout that is no `bnsim.LeakyReadout` with
    `tau_output`, or whose errors no `bnsim.ReadoutError` makes.

    Signals: as in `bnsim.GradientDescent`.

    References
    ----------
    G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein and W. Maass, Nature Communications 11:3625
    (2020): symmetric and random e-prop. T. Lillicrap, D. Cownden, D. Tweed and C. Akerman, Nature Communications
    7:13276 (2016).
    """

    tau_output: Quantity = parameter(20 * ms)
    scale: Quantity = parameter(Quantity(1.0), above=0, any_unit=True)

    postsynaptic: ClassVar[str] = "seen : 1"
    postsynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"fired": ("tau_output", "fired += 1")}
    common: ClassVar[dict[str, str]] = {"error": "1"}
    postsynaptic_each_step: ClassVar[str] = "error = 0\nseen = fired"
    each_step: ClassVar[str] = "error_post += w / scale * error_pre\ngradient += error_pre * seen_post"
