"""A projection between the two populations that it joins, and the names of its variables there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from brian2.units.fundamentalunits import Quantity

from bnsim.distributions import Distribution
from bnsim.errors import InputError
from bnsim.network import Network, Population, Projection
from bnsim.neurons import NeuronModel
from bnsim.plasticity import PlasticityRule
from bnsim.plasticity.base import STATEMENTS
from bnsim.program.statements import declared
from bnsim.short_term import ShortTermPlasticity
from bnsim.synapses import SynapseModel

Traces = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Link:
    """Projection together with the populations that it joins.

    Parameters
    ----------
    projection : Projection
        The projection.
    source, target : Population
        The presynaptic and the postsynaptic population.
    weight_unit : str
        Name of the weights' unit in equations.
    shared : str
        Name of the first projection onto the same neurons with an equal synapse, whose variables this one shares.
    portable : bool
        Whether others are to read the program.
    """

    projection: Projection
    source: Population
    target: Population
    weight_unit: str
    shared: str
    portable: bool = False

    @classmethod
    def of(cls, network: Network, projection: Projection, *, portable: bool = False) -> Link:
        """Return the link of one of the network's projections.

        Parameters
        ----------
        network : Network
            The network.
        projection : Projection
            One of its projections.
        portable : bool
            Whether others are to read the program.

        Returns
        -------
        Link
            The projection with its populations.
        """
        identity = projection.synapse.fingerprint()
        equal = (
            other.name
            for other in network.projections
            if other is projection
            or (
                (other.target == projection.target and other.synapse.fingerprint() == identity)
                and not (_reads_synapse(projection) or _reads_synapse(other))
            )
        )
        return cls(
            projection,
            network[projection.source],
            network[projection.target],
            network.weight_unit_name(projection),
            next(equal),
            portable,
        )

    @property
    def name(self) -> str:
        return self.projection.name

    @property
    def synapse(self) -> SynapseModel:
        return self.projection.synapse

    @property
    def rule(self) -> PlasticityRule | None:
        return self.projection.plasticity

    @property
    def model(self) -> NeuronModel:
        """Model of the postsynaptic neurons."""
        assert isinstance(self.target.model, NeuronModel)
        return self.target.model

    @property
    def currents(self) -> dict[Literal["pre", "post"], str]:
        """By end, the neurons' variable that holds the sum of the currents of electrical synapses; {} without any."""
        if not self.synapse.coupling:
            return {}
        return {"pre": f"{self.name}_returned", "post": f"{self.name}_received"}

    @property
    def presynaptic_traces(self) -> Traces:
        return {} if self.rule is None else self.rule.presynaptic_traces

    @property
    def postsynaptic_traces(self) -> Traces:
        return {} if self.rule is None else self.rule.postsynaptic_traces

    @property
    def fixed(self) -> bool:
        """Whether a synapse holds nothing but its weight, which nothing changes, and a spike reads that and the target.

        So its number is not needed, and weights and targets may lie in any order.
        """
        if self.rule is not None or self.short_term is not None or self.synapse.of_each or self.synapse.each_step:
            return False
        text = "\n".join([*(jump.amount for jump in self.synapse.jumps), self.synapse.on_pre])
        return bool(re.search(r"\bw\b", text)) and not re.search(r"\b(\w+_pre|i)\b", text)

    @property
    def counted(self) -> bool:
        """Whether a neuron counts the spikes of a step that reach it here, and their number is multiplied by a weight.

        So it is where the description gives all synapses one weight, a spike does nothing but add it, and the targets
        of a unit are scattered: a count takes a quarter of the room of a sum, and only targets are looked up.
        """
        synapse, weights = self.synapse, self.projection.weights
        jumps = [jump.amount for jump in synapse.jumps] == ["w"] and not synapse.on_pre
        alike = not isinstance(weights, Distribution) and np.ndim(weights) == 0
        return not self.portable and self.fixed and jumps and alike and self.projection.connectivity.scattered

    @property
    def arrived(self) -> str:
        """Variable of the target for the sum of what arrives in a step, where spikes are counted."""
        return f"{self.name}_arrived"

    @property
    def common(self) -> str:
        """Variable of the target for what the sum is multiplied by, where spikes are counted."""
        return f"{self.name}_common"

    def on_neurons(self, trace: str) -> bool:
        """Return whether the neurons hold a trace: where that is exact, it is many times cheaper than one a synapse.

        Parameters
        ----------
        trace : str
            Name of one of the rule's traces.

        Returns
        -------
        bool
            True for one value a neuron, False for one value a synapse.

        Notes
        -----
        A postsynaptic trace is the same for all synapses of a neuron. A presynaptic trace is the same where there is no
        delay; but the neuron changes it before the synapses process its spike, so `on_pre` must not read it.
        """
        assert self.rule is not None
        if trace in self.postsynaptic_traces:
            return True
        if self.portable or self.projection.delay_kind != "none":
            return False
        return not re.search(rf"\b{trace}\b", self.rule.on_pre)

    def in_each_step(self, trace: str) -> bool:
        """Return whether a trace on the synapses must be up to date in every step, not only at their spikes.

        Parameters
        ----------
        trace : str
            Name of one of the rule's presynaptic traces.

        Returns
        -------
        bool
            True where the rule's `each_step` reads it.
        """
        assert self.rule is not None
        return bool(re.search(rf"\b{trace}\b", self.rule.each_step))

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of variables and parameters on the neurons: each is prefixed with a projection's name.

        The projection's name comes first because Brian2 interprets `_pre` and `_post` at the end of a variable.

        Raises
        ------
        InputError
            If synapse model and rule share a name.
        """
        of_synapse = [*declared(self.synapse, "equations"), *self.synapse.parameters]
        names: list[str] = []
        rule = self.rule
        if rule is not None:
            traces = [*self.presynaptic_traces, *self.postsynaptic_traces]
            of_rule = [*declared(rule, "presynaptic"), *declared(rule, "postsynaptic"), *rule.parameters]
            of_rule += [name for name in traces if self.on_neurons(name)]
            shared = sorted({*of_synapse} & {*of_rule, *traces, *declared(rule, "equations")})
            if shared:
                raise InputError(
                    f"Projection({self.name!r}): {type(self.synapse).__name__} and {type(rule).__name__} both "
                    f"have {shared[0]!r}; rename it in one of them"
                )
            names += of_rule
        return {name: f"{self.shared}_{name}" for name in of_synapse} | {name: f"{self.name}_{name}" for name in names}

    @cached_property
    def synapse_names(self) -> dict[str, str]:
        """As `names`, for statements of the synapse, which reads a trace held by its neurons with a suffix."""
        names = dict(self.names)
        for ending, traces in (("pre", self.presynaptic_traces), ("post", self.postsynaptic_traces)):
            names |= {name: f"{names[name]}_{ending}" for name in traces if self.on_neurons(name)}
        return names

    @property
    def constants(self) -> dict[str, Quantity]:
        """Values of the parameters of synapse model, rule and short-term plasticity, under their names in equations."""
        values = dict(self.synapse.parameters)
        if self.rule is not None:
            values |= self.rule.parameters
        own = {} if self.short_term is None else self.short_term.parameters
        named = {self.names[name]: value for name, value in values.items()}
        return named | {self.short_term_names[name]: value for name, value in own.items()}

    @property
    def short_term(self) -> ShortTermPlasticity | None:
        return self.projection.short_term

    @property
    def short_term_names(self) -> dict[str, str]:
        """Names of the parameters of short-term plasticity in statements of the synapse."""
        parameters = () if self.short_term is None else self.short_term.parameters
        return {name: f"{self.name}_short_term_{name}" for name in parameters}


def _reads_synapse(projection: Projection) -> bool:
    """Whether the projection's rule reads a variable of its synapse, which must then be this projection's alone."""
    rule = projection.plasticity
    if rule is None:
        return False
    statements = [statement for _, statement in (*rule.presynaptic_traces.values(), *rule.postsynaptic_traces.values())]
    statements += [*(getattr(rule, attribute) for attribute in STATEMENTS), *(text for _, text in rule.trial_end)]
    text = "\n".join([*statements, rule.equations, rule.presynaptic, rule.postsynaptic])
    return any(re.search(rf"\b{name}(_post)?\b", text) for name in declared(projection.synapse, "equations"))
