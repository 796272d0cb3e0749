"""Voltage-based spike-timing-dependent plasticity (Clopath et al. 2010)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from brian2.units import ms, mV, volt
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.description import parameter
from bnsim.errors import InputError
from bnsim.plasticity.base import PlasticityRule


@dataclass(frozen=True, repr=False)
class ClopathSTDP(PlasticityRule):
    """Voltage-based STDP: the postsynaptic membrane potential, not its spikes, decides on the change.

    Parameters
    ----------
    tau_x : Quantity
        Time constant of the presynaptic trace.
    tau_minus, tau_plus : Quantity
        Time constants of the low-pass-filtered membrane potentials for depression and for potentiation.
    theta_minus : Quantity
        Potential that the filtered potentials must exceed; usually the resting potential.
    theta_plus : Quantity
        Potential that the membrane potential itself must exceed for potentiation; above theta_minus.
    a_minus : Quantity
        Depression by one presynaptic spike (A_LTD), as a fraction of `scale` for each volt.
    a_plus : Quantity
        Potentiation (A_LTP), as a fraction of `scale` for each volt squared.
    scale : Quantity
        Unit of the weights.
    w_max : Quantity
        Upper bound, in the unit of the weights.

    Raises
    ------
    InputError
        If theta_plus is not above theta_minus, or `scale` has another unit than w_max.

    Notes
    -----
    With u the membrane potential of the postsynaptic neuron, X the presynaptic spikes as they arrive, and [z]_+ = z
    where z > 0, else 0,

        tau_minus du_minus/dt = u - u_minus
        tau_plus du_plus/dt = u - u_plus
        tau_x dx/dt = -x + X
        dw/dt = -scale a_minus X [u_minus - theta_minus]_+ + scale a_plus x [u - theta_plus]_+ [u_plus - theta_minus]_+.

    Depression happens at the arrival of a presynaptic spike; potentiation is added up in every step, with the values at
    its end, after resets. In the same time step arrivals come first. The filtered potentials start at theta_minus and
    are integrated with the neuron's equations, by its method. w is clipped to [0, w_max].

    Potentiation needs u above theta_plus: a neuron model that shows the upstroke of its spikes (exponential, adaptive
    exponential, Hodgkin-Huxley), or that stays above theta_plus for some time after one. In a leaky
    integrate-and-fire neuron with a threshold below theta_plus there is none.

    Left out are the factor by which depression grows with the mean depolarization of the neuron (a_minus is constant),
    and the delay of both filtered potentials that the authors' program has. What the membrane potential does
    during a spike belongs to the neuron model.

    It is NEST's `clopath_synapse` with delay_u_bars = 0 and A_LTD_const; NEST counts the delay in the dendrite.

    References
    ----------
    C. Clopath, L. Buesing, E. Vasilaki and W. Gerstner, Nature Neuroscience 13 (2010), with the parameters for the
    visual cortex.
    """

    tau_x: Quantity = parameter(15 * ms)
    tau_minus: Quantity = parameter(10 * ms)
    tau_plus: Quantity = parameter(7 * ms)
    theta_minus: Quantity = parameter(-70.6 * mV)
    theta_plus: Quantity = parameter(-45.3 * mV)
    a_minus: Quantity = parameter(14e-5 / mV, minimum=0)
    a_plus: Quantity = parameter(8e-5 / mV**2, minimum=0)
    scale: Quantity = parameter(1 * mV, above=0, any_unit=True)
    w_max: Quantity = parameter(3 * mV, above=0, any_unit=True)

    presynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"x": ("tau_x", "x += 1")}
    postsynaptic: ClassVar[str] = (
        "du_minus/dt = ({membrane} - theta_minus - u_minus) / tau_minus : volt\n"
        "du_plus/dt = ({membrane} - theta_minus - u_plus) / tau_plus : volt"
    )
    on_pre: ClassVar[str] = (
        "w = clip(w - a_minus * scale * u_minus_post * int(u_minus_post > 0 * volt), 0 * w_max, w_max)"
    )
    each_step: ClassVar[str] = (
        "w = clip(w + a_plus * scale * x * dt / tau_x"
        " * ({membrane}_post - theta_plus) * int({membrane}_post > theta_plus)"
        " * u_plus_post * int(u_plus_post > 0 * volt), 0 * w_max, w_max)"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.quantity(f"{type(self).__name__}.scale", self.scale, self.w_max, minimum=None, exclusive=False)
        if self.theta_plus <= self.theta_minus:
            raise InputError(f"{type(self).__name__}.theta_plus: not above theta_minus; raise it or lower theta_minus")

    def doubt(self, ceiling: float) -> str:
        """Return why the rule can only depress, where the membrane potential never exceeds theta_plus.

        Parameters
        ----------
        ceiling : float
            Highest potential of the postsynaptic neurons after a time step, in volt; infinite where there is none.

        Returns
        -------
        str
            The reason and a remedy, "" where the potential may exceed it.
        """
        if not ceiling < float(np.asarray(self.theta_plus)):
            return ""
        return (
            f"the neurons are reset at {checks.describe(ceiling * volt)}, below theta_plus = "
            f"{checks.describe(self.theta_plus)}, so that there is no potentiation; give a model with an upstroke, "
            "such as AdaptiveExponentialLIF, or lower theta_plus"
        )

    @property
    def weight_bounds(self) -> tuple[float, float]:
        return 0.0, float(np.asarray(self.w_max))

    @property
    def weight_scale(self) -> str:
        return "w_max"
