"""Synapses by their receptors: AMPA, GABA_A, and NMDA with its block by magnesium and its saturation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import mmolar, ms, mV
from brian2.units.fundamentalunits import Quantity
from scipy.special import gamma, gammainc

from bnsim.description import parameter
from bnsim.errors import InputError
from bnsim.jumps import Jump
from bnsim.synapses.base import SynapseModel, WeightKind
from bnsim.synapses.exponential import ExponentialConductance


@dataclass(frozen=True, repr=False)
class AMPA(ExponentialConductance):
    """Excitatory synapse with AMPA receptors: an exponential conductance.

    Parameters
    ----------
    tau : Quantity
        Time constant of the decay.
    reversal : Quantity
        Reversal potential.

    Notes
    -----
    As `ExponentialConductance`, with the parameters of the paper; the rise, below 1 ms, is left out, as there.

    References
    ----------
    X.-J. Wang, Neuron 36:955-968 (2002).
    """

    tau: Quantity = parameter(2 * ms)
    reversal: Quantity = parameter(0 * mV)


@dataclass(frozen=True, repr=False)
class GABAA(ExponentialConductance):
    """Inhibitory synapse with GABA_A receptors: an exponential conductance.

    Parameters
    ----------
    tau : Quantity
        Time constant of the decay.
    reversal : Quantity
        Reversal potential.

    Notes
    -----
    As `ExponentialConductance`, with the parameters of the paper; the rise is left out, as there.

    References
    ----------
    X.-J. Wang, Neuron 36:955-968 (2002).
    """

    tau: Quantity = parameter(5 * ms)
    reversal: Quantity = parameter(-70 * mV)


@dataclass(frozen=True, repr=False)
class NMDA(SynapseModel):
    """Excitatory synapse with NMDA receptors: a slow conductance that saturates and that magnesium blocks.

    Parameters
    ----------
    tau_rise, tau_decay : Quantity
        Time constants of rise and decay of the gate; the first is below the second.
    alpha : Quantity
        Rate at which the gate opens.
    reversal : Quantity
        Reversal potential.
    magnesium : Quantity
        Extracellular concentration of magnesium.

    Raises
    ------
    InputError
        If the time constant of the rise is not below that of the decay.

    Notes
    -----
    I += g (reversal - v) / (1 + (magnesium / 3.57 mM) exp(-0.062 v / mV)), g being the sum of w s over all synapses.
    At the arrival of a spike s = s exp(-alpha tau_rise) + s_1, with s_1 = (alpha tau_rise)^q gamma(1 - q, alpha
    tau_rise), q = tau_rise / tau_decay and the lower incomplete gamma function; between spikes tau_decay ds/dt = -s.
    The weight w is the conductance with all channels open and none blocked, never negative: siemens where the neuron's
    input is in ampere; relative to the leak (no unit) where it is in volt. A first spike opens the part s_1 of it, 0.65
    with the defaults. The gates s are one a synapse, `<projection>.gate` in a state, as its last spike left them.

    In the paper ds/dt = -s / tau_decay + alpha x (1 - s), tau_rise dx/dt = -x, x += 1. Its solution after a spike that
    finds x at 0 becomes, once x has decayed, that of the jump above, exactly. What deviates is the rise, which takes a
    few tau_rise there and no time here, and what is left of x from a spike less than a few tau_rise before: in a
    depolarization of 9 mV by spikes 5 to 20 ms apart, 0.4 mV at most while the gate rises and 0.1 mV later. This is the
    approximation of NEST's `iaf_bw_2001`.

    The block makes the current no linear function of v. The exponential midpoint rule linearises it in each step and
    stays of second order: 3e-6 mV for a depolarization of 9 mV at a time step of 0.1 ms.

    References
    ----------
    C. Jahr and C. Stevens, Journal of Neuroscience 10:3178-3182 (1990), for the block; N. Brunel and X.-J. Wang,
    Journal of Computational Neuroscience 11:63-85 (2001) and X.-J. Wang, Neuron 36:955-968 (2002), for the gate.
    """

    tau_rise: Quantity = parameter(2 * ms)
    tau_decay: Quantity = parameter(100 * ms)
    alpha: Quantity = parameter(0.5 / ms, above=0)
    reversal: Quantity = parameter(0 * mV)
    magnesium: Quantity = parameter(1 * mmolar, minimum=0)

    equations: ClassVar[str] = "dg/dt = -g / tau_decay : {conductance_unit}"
    current: ClassVar[str] = (
        "g * (reversal - {membrane}) / (1 + magnesium / (3.57*mmolar) * exp(-0.062 * {membrane} / mV))"
    )
    of_each: ClassVar[str] = "dgate/dt = -gate / tau_decay : 1 (event-driven)"
    jumps: ClassVar[tuple[Jump, ...]] = (Jump("g", "w * (opened - (1 - exp(-alpha * tau_rise)) * gate)"),)
    on_pre: ClassVar[str] = "gate = gate * exp(-alpha * tau_rise) + opened"
    weight: ClassVar[WeightKind] = "conductance"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tau_rise >= self.tau_decay:
            raise InputError("NMDA.tau_rise: not below tau_decay; lower tau_rise or raise tau_decay")

    @property
    def opened(self) -> float:
        """Part of the channels that the first spike opens, if the rise is left out."""
        share = float(self.tau_rise / self.tau_decay)
        reach = float(self.alpha * self.tau_rise)
        return float(reach**share * gamma(1 - share) * gammainc(1 - share, reach))

    @property
    def parameters(self) -> dict[str, Quantity]:
        """The parameters, and the part of the channels that the first spike opens."""
        return {**super().parameters, "opened": Quantity(self.opened)}
