"""Homeostatic synaptic scaling: weights follow a slow estimate of the postsynaptic rate (van Rossum et al. 2000)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from brian2.units import Hz, mV, second
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.plasticity.base import PlasticityRule

_AGE = "(t - lastupdate)"  # of the weight: Brian2 sets `lastupdate` after the statements of a spike
_SCALED = (
    f"w = clip(w * exp(beta * (target_rate * {_AGE} - (before - a)) + gamma * (missing * {_AGE}"
    f" + target_rate * {_AGE}**2 / 2 - before * {_AGE} + tau_rate * (before - a))), 0 * w_max, w_max)\n"
    f"missing += target_rate * {_AGE} - (before - a)\n"
)


@dataclass(frozen=True, repr=False)
class SynapticScaling(PlasticityRule):
    """Homeostatic synaptic scaling: all weights of a neuron grow or shrink by a factor until it fires at a target rate.

    Parameters
    ----------
    tau_rate : Quantity
        Time constant of the estimate of the postsynaptic rate (tau).
    target_rate : Quantity
        Rate at which weights stay as they are (a_goal).
    beta : float
        Relative growth of a weight for each missing spike.
    gamma : Quantity
        Relative growth of a weight for each missing spike and second that it has been missing.
    w_max : Quantity
        Upper bound, in the unit of the weights.

    Notes
    -----
    The scaling of van Rossum, Bi and Turrigiano, a controller with a proportional and an integral term. With r the
    estimate of the postsynaptic rate,

        tau_rate dr/dt = -r + (sum of delta functions at the postsynaptic spikes)
        dE/dt = target_rate - r
        dw/dt = beta w (target_rate - r) + gamma w E.

    r and E start at 0. All weights of a neuron change by the same factor, so that their ratios stay, once all are
    brought up to the same time: a state holds each weight as of its last spike (below), and there weights of one
    neuron may differ by some per cent. The change is slow: by the defaults, 2 % in a minute in which 10 Hz are missing.
    gamma 0 leaves out the integral term. Between two spikes at a synapse the equations are solved in closed form, with
    a = tau_rate r, which decays with tau_rate: after a time t that began with a_0, E_0 and w_0,

        E = E_0 + target_rate t - (a_0 - a)
        w = w_0 exp(beta (E - E_0) + gamma (E_0 t + target_rate t^2 / 2 - a_0 t + tau_rate (a_0 - a))).

    So a weight is up to date after each of its presynaptic arrivals and each postsynaptic spike, and a spike is
    transmitted with the weight that the last of these left. Afterwards w is clipped to [0, w_max], which the paper
    does not do.

    The estimate is slow: use a continuous run. In separate trials r and E start at 0 in each. Where learning is off, r
    and E go on.

    References
    ----------
    M. van Rossum, G. Bi and G. Turrigiano, Journal of Neuroscience 20 (2000), equation 3, with their time constant and
    both factors; the target rate is this package's, since it depends on the network.
    """

    tau_rate: Quantity = parameter(100 * second)
    target_rate: Quantity = parameter(10 * Hz, above=0)
    beta: float = parameter(4e-5, minimum=0)
    gamma: Quantity = parameter(1e-7 * Hz, minimum=0)
    w_max: Quantity = parameter(1 * mV, above=0, any_unit=True)

    equations: ClassVar[str] = "da/dt = -a / tau_rate : 1 (event-driven)\nbefore : 1\nmissing : 1"
    on_pre: ClassVar[str] = f"{_SCALED}before = a"
    on_post: ClassVar[str] = f"{_SCALED}a += 1\nbefore = a"

    @property
    def weight_bounds(self) -> tuple[float, float]:
        return 0.0, float(np.asarray(self.w_max))

    @property
    def weight_scale(self) -> str:
        return "w_max"
