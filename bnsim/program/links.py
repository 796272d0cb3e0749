"""A projection between the two populations that it joins, and the names that its parts bear there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from brian2.units.fundamentalunits import Quantity

from bnsim.errors import InputError
from bnsim.network import Network, Population, Projection
from bnsim.neurons import NeuronModel
from bnsim.plasticity import PlasticityRule
from bnsim.program.statements import declared
from bnsim.synapses import SynapseModel

Traces = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Link:
    """A projection with its ends. weight_unit: name of the weights' unit in equations."""

    projection: Projection
    source: Population
    target: Population
    weight_unit: str

    @classmethod
    def of(cls, network: Network, projection: Projection) -> Link:
        """The link of one of the network's projections."""
        return cls(
            projection, network[projection.source], network[projection.target], network.weight_unit_name(projection)
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
        """The postsynaptic neuron's."""
        assert isinstance(self.target.model, NeuronModel)
        return self.target.model

    @property
    def presynaptic_traces(self) -> Traces:
        return {} if self.rule is None else self.rule.presynaptic_traces

    @property
    def postsynaptic_traces(self) -> Traces:
        return {} if self.rule is None else self.rule.postsynaptic_traces

    def on_neurons(self, trace: str) -> bool:
        """Whether a trace lives on the neurons: where that is exact, it is many times cheaper than on synapses.

        A postsynaptic trace is the same for all synapses of a neuron. A presynaptic one is where spikes arrive when
        they are sent; but the neuron changes it before its spikes are dealt with, so `on_pre` must not read it.
        """
        assert self.rule is not None
        if trace in self.postsynaptic_traces:
            return True
        return self.projection.delay_kind == "none" and not re.search(rf"\b{trace}\b", self.rule.on_pre)

    @cached_property
    def names(self) -> dict[str, str]:
        """How variables and parameters are called on the neurons: each after the projection's name.

        The name comes first because Brian2 reads `_pre` and `_post` at the end of a variable.

        Raises
        ------
        InputError
            If synapse model and rule share a name.
        """
        names = [*declared(self.synapse, "equations"), *self.synapse.parameters]
        rule = self.rule
        if rule is not None:
            traces = [*self.presynaptic_traces, *self.postsynaptic_traces]
            of_rule = [*declared(rule, "presynaptic"), *declared(rule, "postsynaptic"), *rule.parameters]
            of_rule += [name for name in traces if self.on_neurons(name)]
            shared = sorted({*names} & {*of_rule, *traces, *declared(rule, "equations")})
            if shared:
                raise InputError(
                    f"Projection({self.name!r}): {type(self.synapse).__name__} and {type(rule).__name__} both "
                    f"have {shared[0]!r}; rename it in one of them"
                )
            names += of_rule
        return {name: f"{self.name}_{name}" for name in names}

    @cached_property
    def synapse_names(self) -> dict[str, str]:
        """As `names`, for statements of the synapse, which reaches a trace that lives on its neurons."""
        names = dict(self.names)
        for ending, traces in (("pre", self.presynaptic_traces), ("post", self.postsynaptic_traces)):
            names |= {name: f"{names[name]}_{ending}" for name in traces if self.on_neurons(name)}
        return names

    @property
    def constants(self) -> dict[str, Quantity]:
        """Values of the parameters of synapse model and rule, under their names on the neurons."""
        values = dict(self.synapse.parameters)
        if self.rule is not None:
            values |= self.rule.parameters
        return {self.names[name]: value for name, value in values.items()}
