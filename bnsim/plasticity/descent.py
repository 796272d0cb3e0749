"""Base class of rules that add up a gradient on each synapse in every step, and change the weight when a trial ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brian2.units import mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.plasticity.base import PlasticityRule, SignalKind, Where

SEEN = "seen : 1\nnewly : 1"
"""Variables of a presynaptic neuron: a low-pass filter of what it sent in earlier steps, and what it sent last."""


@dataclass(frozen=True, repr=False)
class GradientDescent(PlasticityRule, abstract=True):
    """Rule whose synapses hold a `gradient`, and take a step against it at the end of a trial.

    Parameters
    ----------
    learning_rate : float
        Change for a gradient of 1, in units of `scale`.
    scale : Quantity
        Unit of the weights.

    Notes
    -----
    In a trial's last step

        w -= applied x learning_rate x learning_rate_factor x scale x gradient
        gradient = (1 - applied) gradient

    Signals: learning_rate_factor (shared, default 1): the course of the learning rate over trials. applied (shared,
    default 1): 0 where the gradient is to be added to that of the next trial; it is part of a `State`.
    """

    learning_rate: float = parameter(1e-3, minimum=0)
    scale: Quantity = parameter(1 * mV, above=0, any_unit=True)

    equations: ClassVar[str] = "gradient : 1"
    persistent: ClassVar[tuple[str, ...]] = ("gradient",)
    trial_end: ClassVar[tuple[tuple[Where, str], ...]] = (
        ("synapse", "w -= applied * learning_rate * learning_rate_factor * scale * gradient"),
        ("synapse", "gradient *= 1 - applied"),
    )
    signals: ClassVar[dict[str, SignalKind]] = {"learning_rate_factor": "shared", "applied": "shared"}
    signal_defaults: ClassVar[dict[str, float]] = {"learning_rate_factor": 1.0, "applied": 1.0}

    @property
    def weight_scale(self) -> str:
        return "scale"
