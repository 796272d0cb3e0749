"""Weighted synapses from one population to another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from brian2.units import ms

from bnsim import checks
from bnsim.connectivity import AllToAll, Connectivity
from bnsim.description import Description
from bnsim.distributions import Distribution
from bnsim.errors import InputError
from bnsim.network.kinds import demand
from bnsim.network.population import Population
from bnsim.plasticity import PlasticityRule
from bnsim.short_term import ShortTermPlasticity
from bnsim.synapses import SynapseModel
from bnsim.values import extent


def _likely(given: Any) -> str:
    """The connectivity that something of another kind probably stands for."""
    if isinstance(given, (int, np.integer)) and not isinstance(given, bool):
        return f"FixedInDegree({given})"
    if np.ndim(given) > 0:
        return "EdgeList(source, target)"
    return f"FixedProbability({given:g})" if isinstance(given, float) and 0 <= given <= 1 else "AllToAll()"


@dataclass(frozen=True, repr=False)
class Projection(Description):
    """Weighted synapses from one population to another.

    Parameters
    ----------
    source, target : str
        Names of populations.
    synapse : SynapseModel
        What a spike does to the postsynaptic neuron.
    weights : Quantity, Distribution or array
        One value for all synapses, a distribution (`Uniform`, `Normal`, `LogNormal`), or a matrix (source, target), in
        the unit that synapse and target demand.
    connectivity : Connectivity
        Which units are connected.
    delay : Quantity, Distribution or array
        One value for all synapses, a distribution that has a largest value, or a matrix (source, target). Delays are
        rounded to time steps, and those of a distribution may be rounded to 0. A spike that arrives after d steps acts
        at the end of step k + d, where k is the step in which the presynaptic neuron fired.
    plasticity : PlasticityRule, optional
        None for fixed weights.
    short_term : ShortTermPlasticity, optional
        None where every spike transmits the whole weight.
    name : str
        `source_to_target` where it is left empty.
    single_precision : bool
        Whether fixed weights are rounded to single precision (by 6e-8 at most, relatively), so that each takes four
        bytes in a compiled network instead of eight; all else is computed in double precision.

    Raises
    ------
    InputError
        If a part is of the wrong kind. What depends on the populations is checked by `Network`.
    """

    source: str
    target: str
    synapse: SynapseModel
    weights: Any
    connectivity: Connectivity = AllToAll()
    delay: Any = field(default_factory=lambda: 0 * ms)
    plasticity: PlasticityRule | None = None
    short_term: ShortTermPlasticity | None = None
    name: str = ""
    single_precision: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for end in ("source", "target"):
            self._check_end(f"Projection.{end}", getattr(self, end))
        if not self.name:
            object.__setattr__(self, "name", f"{self.source}_to_{self.target}")
        checks.name("Projection.name", self.name)
        culprit = f"Projection({self.name!r})"
        demand(f"{culprit}.synapse", self.synapse, SynapseModel, "is no SynapseModel; give one, such as bnsim.Delta()")
        otherwise = f"is no Connectivity; give one, such as {_likely(self.connectivity)}"
        demand(f"{culprit}.connectivity", self.connectivity, Connectivity, otherwise)
        if self.plasticity is not None:
            otherwise = "is no PlasticityRule; give one, such as bnsim.PairSTDP()"
            demand(f"{culprit}.plasticity", self.plasticity, PlasticityRule, otherwise)
        if self.short_term is not None:
            self._check_short_term()
        if self.single_precision and self.plasticity is not None:
            raise InputError(f"{culprit}.single_precision: weights that learn are in double precision; leave it out")

    def _check_end(self, culprit: str, end: object) -> None:
        if isinstance(end, Population):
            raise InputError(f"{culprit}: a Population; give its name, {end.name!r}")
        if not isinstance(end, str):
            raise InputError(f"{culprit}: {checks.shown(end)} is no name; give that of a population")

    def _check_short_term(self) -> None:
        otherwise = "is no ShortTermPlasticity; give one"
        demand(f"Projection({self.name!r}).short_term", self.short_term, ShortTermPlasticity, otherwise)
        assert self.short_term is not None
        if not (self.synapse.jumps or self.synapse.on_pre):
            raise InputError(
                f"Projection({self.name!r}).short_term: nothing jumps at a spike of {type(self.synapse).__name__}; "
                "leave short_term out"
            )

    @property
    def delay_kind(self) -> Literal["none", "shared", "each"]:
        """Whether synapses have no delay, one for all, or one each: what a compiled network depends on."""
        if isinstance(self.delay, Distribution) or np.ndim(self.delay) > 0:
            return "each"
        return "none" if float(np.asarray(self.delay)) == 0 else "shared"

    @property
    def longest_delay(self) -> float:
        """Longest delay in seconds."""
        return extent(self.delay)[1]
