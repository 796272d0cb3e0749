"""Short-term plasticity: what a synapse transmits depends on its own last spikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import ms
from brian2.units.fundamentalunits import Quantity

from bnsim.description import Description, parameter
from bnsim.errors import InputError

__all__ = ["ShortTermPlasticity"]


@dataclass(frozen=True, repr=False)
class ShortTermPlasticity(Description):
    """Short-term depression and facilitation: a spike transmits a part of the weight.

    It belongs to a projection, beside any synapse model and any plasticity rule: `Projection(..., short_term=
    bnsim.ShortTermPlasticity())`. The rule changes the weight w; what jumps at the neuron is u x w.

    Parameters
    ----------
    U : float
        Utilization of a synapse at rest: the part of its resources that a first spike uses, above 0 and at most 1.
    tau_rec : Quantity
        Time constant with which resources recover from depression.
    tau_facil : Quantity
        Time constant with which the utilization falls back to U; 0 ms for a synapse without facilitation.

    Raises
    ------
    InputError
        If U is not above 0 and at most 1, or a time constant is negative.

    Notes
    -----
    At the arrival of a spike u x w acts; then x -= u x and u += U (1 - u), with u and x as the spike found them.
    Between spikes dx/dt = (1 - x) / tau_rec and du/dt = (U - u) / tau_facil, solved in closed form at the next spike;
    with tau_facil = 0 ms u is U at all times. At the start of a trial or of a state u = U and x = 1. In a state they
    are `<projection>.utilization` and `<projection>.resources`, one a synapse, as its last spike left them. They are
    part of transmission, not of learning: they change where learning is off as well, and carry over within continuous
    runs only.

    A regular train with the interval h settles at u = U / (1 - (1 - U) exp(-h / tau_facil)) and x = (1 - exp(-h /
    tau_rec)) / (1 - (1 - u) exp(-h / tau_rec)). A Poisson train of the rate r into a synapse without facilitation
    uses resources at the mean rate r U / (1 + r U tau_rec), which grows little above the limiting frequency 1 / (U
    tau_rec).

    The equations are those of NEST's `tsodyks2_synapse`. Here u is the utilization that the next spike finds, which
    falls back to U; Tsodyks, Pawelzik and Markram write the one that the last spike left, which falls to 0 and rises by
    U (1 - u) before it is used: the same numbers. Resources that a spike has used recover at once; the inactivation
    time constant of the full model is left out. It is short beside tau_rec, and the synapse model holds the time course
    of the current.

    References
    ----------
    M. Tsodyks and H. Markram, Proceedings of the National Academy of Sciences 94:719-723 (1997); M. Tsodyks, K.
    Pawelzik and H. Markram, Neural Computation 10:821-835 (1998). The defaults are those of a depressing synapse.
    """

    U: float = parameter(0.5, above=0)
    tau_rec: Quantity = parameter(800 * ms)
    tau_facil: Quantity = parameter(0 * ms, minimum=0)

    STRUCTURE: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.U > 1:
            raise InputError(f"ShortTermPlasticity.U: {self.U:g} is above 1; give the part of the resources, 0 to 1")

    @property
    def facilitates(self) -> bool:
        """Whether the utilization changes."""
        return float(self.tau_facil) > 0
