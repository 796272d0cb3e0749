"""Poisson spikes from outside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from brian2.units import Hz, mV
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.cells import check_cells, is_of_cells
from bnsim.description import parameter
from bnsim.drives.base import Drive, check_course
from bnsim.errors import InputError
from bnsim.neurons import NeuronModel
from bnsim.synapses import Delta, SynapseModel


@dataclass(frozen=True, repr=False)
class PoissonDrive(Drive):
    """Poisson spikes from outside (external noise), independent for each neuron, as many in a step as there are.

    Parameters
    ----------
    rate : Quantity, Distribution, str or Binned
        Rate of each input: a constant, an expression of the time t and the index i of the cell, such as
        "20*Hz*(1 + sin(2*pi*5*Hz*t))", or values in bins, 0
        after the last one. Where an expression is negative the rate is 0.
    weight : Quantity or Distribution
        Weight of each spike, in the unit that synapse and neuron demand.
    n : int
        Number of inputs to each neuron. n inputs of rate r are one of rate n r.
    synapse : SynapseModel
        What a spike does; a jump of the membrane potential where none is given.

    Raises
    ------
    InputError
        If the rate is negative or has no unit of a rate.

    Notes
    -----
    In each time step the number of spikes has a Poisson distribution with mean n rate(t) dt: mean and variance are
    those of a Poisson process, however high the rate, unlike those of `bnsim.Poisson`, which fires at most once a step.
    Spikes arrive at the end of the step, after thresholds and resets, with those of projections; a refractory neuron
    discards them where it discards those. No neuron of the network fires them, so they are not recorded.
    """

    rate: Any = field(default_factory=lambda: 1000 * Hz)
    weight: Quantity = parameter(0.1 * mV, signed=True, any_unit=True)
    n: int = 1
    synapse: SynapseModel = field(default_factory=Delta)

    mean_count: ClassVar[str] = "n * rate * dt"
    courses: ClassVar[dict[str, str]] = {"rate": "Hz"}
    same_for_all: ClassVar[tuple[str, ...]] = ("n", "synapse")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_course("PoissonDrive.rate", self.rate, 1 * Hz, minimum=0.0)
        checks.count("PoissonDrive.n", self.n)
        if not isinstance(self.synapse, SynapseModel):
            raise InputError(f"PoissonDrive.synapse: {self.synapse!r} is no SynapseModel; give one")
        if self.synapse.on_pre or not self.synapse.jumps:
            raise InputError(
                f"PoissonDrive.synapse: {type(self.synapse).__name__} does more than make variables jump; project from "
                "a population of bnsim.Poisson instead"
            )

    def check(self, culprit: str, model: NeuronModel, size: int) -> None:
        """Refuse a drive that does not fit a population.

        Parameters
        ----------
        culprit : str
            What the drive was given as, for the message of an error.
        model : NeuronModel
            Model of the neurons.
        size : int
            Number of neurons.

        Raises
        ------
        InputError
            If the weight has another unit than synapse and neuron demand, or is negative though a conductance.
        """
        super().check(culprit, model, size)
        minimum = 0.0 if self.synapse.weight == "conductance" else None
        unit = model.weight_unit(self.synapse.weight)
        model.check_conductance(f"{culprit}.weight", self.synapse.weight, self.weight)
        check = check_cells if is_of_cells(self.weight) else checks.quantity
        check(f"{culprit}.weight", self.weight, unit, minimum=minimum, exclusive=False)

    def _bounds(self, name: str) -> tuple[float | None, bool]:
        if name == "rate" or (name == "weight" and self.synapse.weight == "conductance"):
            return 0.0, False
        return super()._bounds(name)

    @property
    def equations(self) -> str:  # type: ignore[override]
        """Those of the synapse."""
        return self.synapse.equations

    @property
    def current(self) -> str:  # type: ignore[override]
        """That of the synapse."""
        return self.synapse.current

    @property
    def arrivals(self) -> str:  # type: ignore[override]
        """As many jumps as spikes arrive."""
        jumps = ((jump.variable, re.sub(r"\bw\b", "weight", jump.amount)) for jump in self.synapse.jumps)
        return "\n".join(f"{variable} += ({amount}) * count" for variable, amount in jumps)

    @property
    def parameters(self) -> dict[str, Quantity]:
        """The constants of the drive and of its synapse."""
        return {**super().parameters, **self.synapse.parameters, "n": Quantity(float(np.asarray(self.n)))}
